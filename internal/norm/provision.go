package norm

import (
	"strconv"
	"strings"
	"sync"
)

// Norm is one provision that attaches a consequence to a conviction
// (附随后果规范).
type Norm struct {
	No       int
	Position string // whom or what it touches, "法官 (judge)"
	Trigger  string // in words; the vocabulary of the statutes is not uniform
	Duration string // "life (no period stated)": the text names no end
	Type     string // any, intentional, crime-list, occupational, penalty, …
	Level    Level
	Law      string
	Article  string
	Verbatim string
	Source   string
	OfWork   bool // touches a position: work, office, a licence to practise
}

// Level is the rank of the text a norm stands in.
type Level string

// The levels that occur.
const (
	Statute    Level = "法律"
	Regulation Level = "行政法规"
	Rule       Level = "部门规章"
)

// Queryable says whether a unit may query on this basis: only where a 法律 or
// 行政法规 bans the position; a 部门规章 is not enough (公安机关办理犯罪记录查询
// 工作规定 4).
func (n Norm) Queryable() bool {
	return n.OfWork && (n.Level == Statute || n.Level == Regulation)
}

// Citation is the law and article, as a form has to name them.
func (n Norm) Citation() string { return "《" + n.Law + "》" + n.Article }

var norms = sync.OnceValue(func() []Norm {
	var out []Norm
	for _, r := range table("consequences.tsv", "no", "position", "trigger", "duration", "trigger_type", "level", "law", "article", "verbatim", "source_file", "touches") {
		no, err := strconv.Atoi(r[0])
		if err != nil {
			panic(err)
		}
		out = append(out, Norm{
			No: no, Position: r[1], Trigger: r[2], Duration: r[3], Type: r[4], Level: Level(r[5]),
			Law: r[6], Article: r[7], Verbatim: r[8], Source: r[9], OfWork: r[10] == "position",
		})
	}
	return out
})

// Norms lists the provisions.
func Norms() []Norm { return append([]Norm(nil), norms()...) }

// ByNo finds one by its number.
func ByNo(no int) (Norm, bool) {
	for _, n := range norms() {
		if n.No == no {
			return n, true
		}
	}
	return Norm{}, false
}

// NormsFor searches positions, laws and texts for words, all of which must
// occur; no words give every provision.
func NormsFor(words ...string) []Norm {
	var out []Norm
	for _, n := range norms() {
		text := strings.ToLower(n.Position + n.Law + n.Article + n.Verbatim)
		hit := true
		for _, w := range words {
			hit = hit && strings.Contains(text, strings.ToLower(w))
		}
		if hit {
			out = append(out, n)
		}
	}
	return out
}

// Cited finds the provisions that a citation as filed by a unit means: the law
// by its full or short name, and the article in Chinese or Arabic numerals
// ("公务员法第二十六条", "公务员法 26").
func Cited(citation string) []Norm {
	cited := strings.NewReplacer("《", "", "》", "", " ", "", "　", "").Replace(citation)
	var out []Norm
	for _, n := range norms() {
		short := strings.TrimPrefix(n.Law, "中华人民共和国")
		_, rest, ok := strings.Cut(cited, short)
		if !ok {
			continue
		}
		if rest == "" || n.Article == rest || strings.HasPrefix(rest, n.Article) || articleNumber(n.Article) == strings.Trim(rest, "第条") {
			out = append(out, n)
		}
	}
	return out
}

// articleNumber is "第一百三十六条" as "136".
func articleNumber(article string) string {
	total, digit := 0, 0
	for _, r := range strings.Trim(article, "第条") {
		switch {
		case strings.ContainsRune("零〇", r):
		case r == '十':
			total, digit = total+max(digit, 1)*10, 0
		case r == '百':
			total, digit = total+digit*100, 0
		default:
			digit = strings.Index("一二三四五六七八九", string(r))/3 + 1
		}
	}
	return strconv.Itoa(total + digit)
}

// Time is a legal time limit.
type Time struct {
	ID     string
	Zh, En string
	Amount int
	Unit   string // days, working_days, months, years
	Basis  string
	Mark   string // "unverified" where the text was not read
}

var times = sync.OnceValue(func() []Time {
	var out []Time
	for _, r := range table("times.tsv", "id", "zh", "en", "amount", "unit", "basis", "mark") {
		amount, err := strconv.Atoi(r[3])
		if err != nil {
			panic(err)
		}
		out = append(out, Time{ID: r[0], Zh: r[1], En: r[2], Amount: amount, Unit: r[4], Basis: r[5], Mark: r[6]})
	}
	return out
})

// Times lists the legal times.
func Times() []Time { return append([]Time(nil), times()...) }

// TimeByID finds one.
func TimeByID(id string) (Time, bool) {
	for _, t := range times() {
		if t.ID == id {
			return t, true
		}
	}
	return Time{}, false
}
