package simulate

import (
	"strconv"
	"strings"

	"github.com/fengcun/fengcun/internal/docket"
)

// penaltyName names a set of penalties: one, or those it may be.
func penaltyName(kinds int) string {
	var names []string
	for i, p := range docket.Penalties() {
		if kinds&(1<<i) != 0 {
			names = append(names, string(p))
		}
	}
	if names == nil {
		return "unknown"
	}
	return strings.Join(names, "/")
}

func yearName(year int) string {
	if year == 0 {
		return "unknown"
	}
	return strconv.Itoa(year)
}
