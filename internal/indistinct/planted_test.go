package indistinct_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/suite"
)

// leaks are mistakes such as platforms make. Each is planted in front of both
// worlds, and the comparison must find it: a test that finds nothing proves
// nothing before it has found something.
var leaks = map[string]func(*side, *http.Request, *answer){
	"a count that takes in what is sealed": func(s *side, r *http.Request, a *answer) {
		if r.URL.Path == "/" {
			a.body += fmt.Sprintf("<p>%d</p>", s.number(`SELECT COUNT(*) FROM record`))
		}
	},
	"a size": func(s *side, _ *http.Request, a *answer) {
		a.body += strings.Repeat(" ", int(s.number(`SELECT COUNT(*) FROM vault_record`)%100))
	},
	"a serial number drawn from a sequence": func(s *side, _ *http.Request, a *answer) {
		if strings.Contains(a.body, "无犯罪记录证明") {
			a.header += fmt.Sprintf("No: %d\n", s.number(`SELECT COUNT(*) FROM certificate`)+s.number(`SELECT COUNT(*) FROM vault_person`))
		}
	},
	"forbidden where there is something, not found where there is not": func(s *side, r *http.Request, a *answer) {
		code := strings.ReplaceAll(strings.TrimPrefix(r.URL.Path, "/api/v1/cases/"), "-", "")
		if a.status == http.StatusNotFound && s.number(`SELECT COUNT(*) FROM record WHERE code = $1`, code) > 0 {
			a.status = http.StatusForbidden
		}
	},
	"a list in the order of rows": func(s *side, _ *http.Request, a *answer) {
		if s.number(`SELECT COUNT(*) FROM record WHERE status = 'sealed'`)%2 == 0 {
			lines := strings.Split(a.body, "<tr>")
			lines[0], lines[len(lines)-1] = lines[len(lines)-1], lines[0]
			a.body = strings.Join(lines, "<tr>")
		}
	},
	"words in an error": func(s *side, _ *http.Request, a *answer) {
		if a.status >= http.StatusBadRequest && s.number(`SELECT COUNT(*) FROM notice`) > 0 {
			a.body = strings.Replace(a.body, "nothing here", "nothing open here", 1)
		}
	},
}

func TestPlantedLeaks(t *testing.T) {
	p := newPair(t, suite.Intl())
	for name, leak := range leaks {
		t.Run(name, func(t *testing.T) {
			p.without.leak, p.with.leak = leak, leak
			found, looked := 0, 0
			worlds(t, p, 5e6, 12, func(uint64) bool {
				looked++
				found += len(p.tells(effort{near: 2, far: 2, share: 1}, newTally()))
				return found == 0
			})
			if found == 0 {
				t.Errorf("%d pairs of worlds did not show it", looked)
			}
		})
	}
}
