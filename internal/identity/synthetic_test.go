package identity_test

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/identity"
)

// statement is one statement about a made-up human.
type statement struct {
	identity.Person
	human int
	kind  string // how it was damaged; "" as registered
}

// maker draws made-up people. Surnames and given names have the uneven
// frequencies of real ones; divisions are of a province that there is not.
type maker struct{ *rand.Rand }

func (m maker) of(s string) string {
	r := []rune(s)
	return string(r[min(m.IntN(len(r)), m.IntN(len(r)))]) // the first ones more often
}

const (
	surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严"
	given    = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华文玉建国志海红梅春荣永兴德祥俊峰宇轩浩然子涵雨欣怡佳琪思颖梦瑶晨阳博嘉诚天翔凯泽林松柏清波江河山川飞龙虎彪斌宏达鹏程光辉新民和顺福寿安康宁静远智勤"
)

func (m maker) name() string {
	switch n := m.IntN(100); {
	case n < 3: // of a minority: parts with a dot between
		parts := []string{"买买提", "艾力", "阿卜杜", "热合曼", "吐尔逊", "古丽娜", "帕提玛", "玉素甫", "卡德尔", "依明", "努尔兰", "巴合提", "扎西", "卓玛"}
		return parts[m.IntN(len(parts))] + "·" + parts[m.IntN(len(parts))] + m.of("江汗古娜尔")
	case n < 20:
		return m.of(surnames) + m.of(given)
	}
	return m.of(surnames) + m.of(given) + m.of(given)
}

func (m maker) division() string { return fmt.Sprintf("99%02d%02d", 1+m.IntN(6), 1+m.IntN(9)) }

func (m maker) birth() civil.Date {
	return civil.Of(epoch).AddDays(m.IntN(45 * 365))
}

func number(division string, born civil.Date, order int) string {
	d := division + strings.ReplaceAll(born.String(), "-", "") + fmt.Sprintf("%03d", order)
	return d + string(docket.ResidentCheckCharacter(d))
}

// human is one made-up human as registered.
func (m maker) human(i int) statement {
	sex := "男"
	if m.IntN(10) < 2 {
		sex = "女"
	}
	return m.registered(i, m.name(), sex, m.birth(), m.division())
}

func (m maker) registered(i int, name, sex string, born civil.Date, division string) statement {
	order := 2*m.IntN(400) + 1
	if sex == "女" {
		order++
	}
	p := docket.Identity{Name: name, Sex: sex, Birth: born, Domicile: division, Document: docket.ResidentID, Number: number(division, born, order)}
	s := statement{human: i, Person: identity.Person{Statements: []docket.Identity{p}}}
	for range m.IntN(3) {
		s.With = append(s.With, m.name())
	}
	return s
}

// relative is another human who is easily mistaken for this one.
func (m maker) relative(i int, of statement) statement {
	p := of.Statements[0]
	name := []rune(p.Name)
	born, division := p.Birth, p.Domicile
	switch m.IntN(4) {
	case 0: // a twin
		name[len(name)-1] = []rune(m.of(given))[0]
	case 1: // a brother or sister, with the same friends
		name[len(name)-1] = []rune(m.of(given))[0]
		born = born.AddDays(300 + m.IntN(1500))
	case 2: // a namesake of the same year and city
		born = born.AddDays(m.IntN(360) - 180)
		division = division[:4] + m.division()[4:]
	case 3: // a namesake of the same county, of any age
		born = m.birth()
	}
	s := m.registered(i, string(name), p.Sex, born, division)
	if m.IntN(2) == 0 {
		s.With = of.With
	}
	return s
}

// damages are the ways in which a second statement of one human differs.
var damages = []struct {
	kind string
	do   func(m maker, p *docket.Identity)
}{
	{"no number", func(_ maker, p *docket.Identity) { p.Number, p.Document = "", "" }},
	{"traditional characters", func(_ maker, p *docket.Identity) { p.Number = ""; p.Name = traditional(p.Name) }},
	{"other separator", func(m maker, p *docket.Identity) {
		p.Number = ""
		p.Name = strings.ReplaceAll(p.Name, "·", []string{"•", "．", "", " "}[m.IntN(4)])
	}},
	{"name used before", func(m maker, p *docket.Identity) {
		p.Number = ""
		p.Aliases, p.Name = []string{p.Name}, p.Name[:len("王")]+m.of(given)+m.of(given)
	}},
	{"number corrected", func(m maker, p *docket.Identity) {
		p.Birth = p.Birth.AddDays(m.IntN(60) - 30)
		p.Number = number(p.Domicile, p.Birth, int(p.Number[14]-'0')*100+int(p.Number[15]-'0')*10+int(p.Number[16]-'0'))
	}},
	{"birth mistaken", func(m maker, p *docket.Identity) {
		p.Number = ""
		if m.IntN(2) == 0 {
			p.Birth = p.Birth.AddDays(-(20 + m.IntN(31))) // lunar
		} else {
			p.Birth = p.Birth.AddDays(10 * (1 + m.IntN(2)))
		}
	}},
	{"moved", func(m maker, p *docket.Identity) { p.Number = ""; p.Domicile = m.division() }},
	{"self-reported, heard", func(m maker, p *docket.Identity) {
		p.Number, p.Document = "", ""
		p.Name = heard(m, p.Name)
		if m.IntN(2) == 0 {
			p.Birth = p.Birth.AddDays(m.IntN(200) - 100)
		}
		if m.IntN(2) == 0 {
			p.Domicile = ""
		}
	}},
	{"name and company alone", func(_ maker, p *docket.Identity) {
		*p = docket.Identity{Name: p.Name, Sex: p.Sex}
	}},
	{"invented name", func(m maker, p *docket.Identity) {
		p.Number, p.Document, p.Name = "", "", m.name()
	}},
}

func (m maker) again(of statement) statement {
	d := damages[m.IntN(len(damages))]
	p := of.Statements[0]
	d.do(m, &p)
	s := statement{human: of.human, kind: d.kind, Person: identity.Person{Statements: []docket.Identity{p}}}
	if len(of.With) > 0 && (m.IntN(2) == 0 || d.kind == "name and company alone") {
		s.With = append(s.With, of.With[0])
	}
	return s
}

func traditional(name string) string {
	return strings.NewReplacer("张", "張", "刘", "劉", "陈", "陳", "杨", "楊", "黄", "黃", "赵", "趙", "吴", "吳", "孙", "孫", "马", "馬",
		"罗", "羅", "郑", "鄭", "谢", "謝", "许", "許", "韩", "韓", "冯", "馮", "邓", "鄧", "华", "華", "军", "軍", "强", "強", "静", "靜",
		"丽", "麗", "伟", "偉", "艳", "艷", "涛", "濤", "国", "國", "红", "紅", "荣", "榮", "兴", "興", "龙", "龍", "飞", "飛").Replace(name)
}

// heard is a name as somebody wrote it down by ear.
func heard(m maker, name string) string {
	alike := map[rune]string{
		'王': "汪", '张': "章", '陈': "晨", '徐': "许", '伟': "维玮", '芳': "方", '敏': "民", '静': "晶婧", '丽': "莉利", '强': "強",
		'军': "君俊", '勇': "永咏", '艳': "燕彦", '杰': "洁捷", '涛': "桃", '明': "铭鸣", '平': "萍", '刚': "钢", '英': "颖莹", '文': "雯",
		'玉': "育钰", '建': "健剑", '志': "智芝", '红': "宏洪", '春': "纯", '峰': "锋丰", '宇': "雨羽", '飞': "菲", '斌': "彬滨", '新': "欣鑫",
	}
	r := []rune(name)
	for i, c := range r {
		if other := []rune(alike[c]); len(other) > 0 {
			r[i] = other[m.IntN(len(other))]
			break
		}
	}
	return string(r)
}
