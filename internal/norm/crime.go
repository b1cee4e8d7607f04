package norm

import "strings"

// Category is a group of crimes that policies exclude or favour.
type Category string

// The categories marked in the catalogue.
const (
	NationalSecurity Category = "national_security" // 危害国家安全
	Terrorism        Category = "terrorism"         // 恐怖活动
	Sexual           Category = "sexual"            // 性侵害
	Drug             Category = "drug"              // 毒品
	Mafia            Category = "mafia"             // 黑社会性质组织
	Duty             Category = "duty"              // 职务
	Violent          Category = "violent"           // the eight acts of 刑法 17Ⅱ
)

// Categories lists them in the order of the catalogue's columns.
func Categories() []Category {
	return []Category{NationalSecurity, Terrorism, Sexual, Drug, Mafia, Duty, Violent}
}

// index is the column of c, -1 if there is none.
func (c Category) index() int {
	switch c {
	case NationalSecurity:
		return 0
	case Terrorism:
		return 1
	case Sexual:
		return 2
	case Drug:
		return 3
	case Mafia:
		return 4
	case Duty:
		return 5
	case Violent:
		return 6
	}
	return -1
}

// Valid says that c is one of the categories.
func (c Category) Valid() bool { return c.index() >= 0 }

// Mark says how a crime belongs to a category; see data/README.md.
type Mark byte

// The marks. All but Never and Always depend on an attribute of the case.
const (
	Never         Mark = 0
	Always        Mark = 'Y'
	IfVictimMinor Mark = 'M' // only where the victim is a minor
	IfOfficial    Mark = 'S' // only where a public official in office commits it
	BesideOffice  Mark = 'P' // a crime of chapter 8 that others than officials commit
	Related       Mark = 'R' // depends on the facts of the case
	IfVariant     Mark = 'C' // only in the variant that Crime.Variant names
)

// Crime is one crime of the Criminal Law as in force.
type Crime struct {
	ID        string   // article and ordinal in it: "347.1"
	Article   string   // "347", "133-1"
	Clause    string   // 款, where one
	Name      string   // official name, with 罪
	ChapterNo string   // "6"
	Chapter   string   // "妨害社会管理秩序罪"
	SectionNo string   // "" where the chapter has none
	Section   string   //
	MensRea   string   // "intent" or "negligence": the default by law
	MensNote  string   // where it is disputed or mixed
	Articles  []string // every article that punishes it
	Variant   string   // for IfVariant: what the variant is
	Source    string   // how the name came into the list
	marks     [7]Mark
}

// Mark says how c belongs to the category; Never for an unknown category.
func (c *Crime) Mark(of Category) Mark {
	if i := of.index(); i >= 0 {
		return c.marks[i]
	}
	return Never
}

// Disputed says that the form of guilt is disputed or mixed, so that it has to
// be stated for the case (刑法 15Ⅱ: negligence is punished only where the law
// says so).
func (c *Crime) Disputed() bool { return c.MensNote != "" }

func crimeOf(row []string) *Crime {
	c := &Crime{
		ID: row[0], Article: row[1], Clause: row[2], Name: row[3],
		ChapterNo: row[4], Chapter: row[5], SectionNo: row[6], Section: row[7],
		MensRea: "intent", MensNote: row[9],
		Articles: strings.Split(row[17], ";"), Source: row[18],
	}
	if row[8] == "过失" {
		c.MensRea = "negligence"
	}
	for i := range c.marks {
		mark, variant, _ := strings.Cut(row[10+i], ":")
		if mark != "" {
			c.marks[i] = Mark(mark[0])
		}
		if variant != "" {
			c.Variant = variant
		}
	}
	return c
}
