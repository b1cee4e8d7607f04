package province

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/fengcun/fengcun/internal/civil"
	"github.com/fengcun/fengcun/internal/docket"
)

// The surnames are common ones, the earlier the commoner; the given names are
// put together from these characters and belong to nobody in particular.
const (
	surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
	givenMan = "柏崇川岱峰冈衡航浩恒桓锦景靖钧楷岚霖陵茂沐楠磐沛屏乔清榕森山石松涛拓桐威嵩巍贤骁轩岩砚野奕翊毅永宇远岳泽昭峥钟舟卓"
	givenFem = "霭冰采岑澄黛丹蝶汀梵芙甘菡禾荷槿菁静娟珂兰岚澜蕾莲菱苓露眉茉霓宁佩萍琪绮蔷晴筠蓉瑞珊诗书淑舒霜思棠婷薇汶夕溪霞湘欣萱雪瑶漪音瑛颖榆芸韵芝竹姿"
	rare     = "䶮㛃翀堃喆犇旻祎赟龑垚𫖯"
)

// maker draws identities; seq keeps numbers apart.
type maker struct {
	rng  *rand.Rand
	seq  map[string]int // by division, day of birth and sex
	base int            // sequence numbers begin above it
}

func newMaker(rng *rand.Rand) *maker { return &maker{rng: rng, seq: make(map[string]int), base: 200} }

func pick[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }

// person draws somebody of a sex with a birth day, registered in a county.
func (m *maker) person(c county, sex string, birth civil.Date) docket.Identity {
	return docket.Identity{
		Name: m.name(sex), Document: docket.ResidentID, Number: m.number(c.division, sex, birth),
		Sex: sex, Birth: birth, Domicile: c.division, Address: m.address(c),
	}
}

func (m *maker) name(sex string) string {
	all := []rune(surnames)
	// the square of a uniform draw favours the front of the list
	u := m.rng.Float64()
	surname := string(all[int(u*u*float64(len(all)))])
	given := []rune(givenMan)
	if sex == "女" {
		given = []rune(givenFem)
	}
	name := surname + string(pick(m.rng, given))
	if m.rng.IntN(100) < 85 {
		name += string(pick(m.rng, given))
	}
	if m.rng.IntN(400) == 0 {
		name = surname + string(pick(m.rng, []rune(rare)))
	}
	return name
}

// number is a resident identity number of a division that does not exist, odd
// sequence for men (GB 11643-1999).
func (m *maker) number(division, sex string, birth civil.Date) string {
	y, mo, d := birth.YMD()
	head := fmt.Sprintf("%s%04d%02d%02d", division, y, int(mo), d)
	m.seq[head+sex]++
	serial := 2 * m.seq[head+sex]
	if sex == "男" {
		serial--
	}
	digits := fmt.Sprintf("%s%03d", head, serial+m.base) // below 200 lies the cast
	return digits + string(docket.ResidentCheckCharacter(digits))
}

// InventedName draws a name of the kind the province's people have. sex is 男
// or 女.
func InventedName(rng *rand.Rand, sex string) string { return newMaker(rng).name(sex) }

func (m *maker) address(c county) string {
	streets := []string{"槐荫路", "听松街", "古渡巷", "石桥南路", "望岭大道", "柳浪弄", "新圩街", "磨坊路"}
	return fmt.Sprintf("%s%s%s%s%d号", provinceName, cityName, c.name, pick(m.rng, streets), 1+m.rng.IntN(299))
}

func staffNames(n int) []string {
	m := newMaker(rand.New(rand.NewPCG(7, 7))) //nolint:gosec // invented names
	seen := make(map[string]bool)
	var names []string
	for len(names) < n {
		name := m.name("女")
		if !seen[name] && !strings.ContainsAny(name, rare) {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}
