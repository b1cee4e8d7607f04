package identity

import (
	"slices"
	"strconv"

	"github.com/fengcun/fengcun/internal/docket"
)

// Tokens are what two statements of one person are likely to share: whoever
// shares one is compared. Each joins several fields, so that none is as common
// as a name and none can be told from its frequency; the ledger keeps them
// keyed. Statements that say too little have none: a name alone finds half a
// city and proves nothing.
func Tokens(p Person) []string {
	var out []string
	add := func(parts ...string) {
		t := ""
		for _, x := range parts {
			if x == "" {
				return
			}
			t += x + "\x00"
		}
		if !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	for _, s := range p.Statements {
		tokensOf(s, add)
		for _, n := range namesOf(s) {
			for _, other := range p.With {
				add("with", n, NormalName(other))
			}
		}
	}
	slices.Sort(out)
	return out
}

func tokensOf(s docket.Identity, add func(...string)) {
	if s.Unit {
		return // units are not people; their numbers decide
	}
	add("permit", s.Document, PermitCore(s))
	birth, sex, home := "", gender(s), domicile(s)
	if d := born(s); !d.IsZero() {
		birth = d.String()
	}
	for _, n := range namesOf(s) {
		heard := sound(n)
		add("name+domicile", heard, sex, home)
		if birth != "" {
			add("name+birthday", n, birth[5:])
			year, _ := strconv.Atoi(birth[:4])
			for y := year / 2; y <= (year+1)/2; y++ { // years side by side share one of the pairs
				add("name+year", heard, sex, strconv.Itoa(y))
			}
		}
	}
	add("birth+domicile", birth, sex, home)
}
