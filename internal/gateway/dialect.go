package gateway

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	// The drivers, by the names below.
	_ "github.com/go-sql-driver/mysql"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/fengcun/fengcun/internal/civil"
)

// dialect is what differs between the databases that agencies have.
type dialect struct {
	driver string // of database/sql
	quote  string
	plain  string             // before a column, so that its value comes as it is stored
	mark   func(n int) string // of the n-th argument, from 1
}

func dialectOf(name string) (dialect, error) {
	switch name {
	case "postgres":
		return dialect{"pgx", `"`, "", func(n int) string { return "$" + strconv.Itoa(n) }}, nil
	case "mysql", "mariadb":
		return dialect{"mysql", "`", "", func(int) string { return "?" }}, nil
	case "sqlite":
		return dialect{"sqlite", `"`, "+", func(int) string { return "?" }}, nil
	}
	return dialect{}, fmt.Errorf("driver: want postgres, mysql, mariadb or sqlite, not %q", name)
}

// identifier quotes a name; with dotted, each part of schema.view by itself.
func (d dialect) identifier(name string, dotted bool) string {
	if dotted {
		if schema, view, found := strings.Cut(name, "."); found {
			return d.identifier(schema, false) + "." + d.identifier(view, false)
		}
	}
	return d.quote + strings.ReplaceAll(name, d.quote, d.quote+d.quote) + d.quote
}

// page is the query for the rows after a position, or from it on where it was
// moved back; with no position, from the first.
func (d dialect) page(v *View, columns []string, from []mark, backed bool) (query string, args []any) {
	quoted := func(names []string, before string) string {
		out := make([]string, len(names))
		for i, n := range names {
			out[i] = before + d.identifier(n, false)
		}
		return strings.Join(out, ", ")
	}
	query = "SELECT " + quoted(columns, d.plain) + " FROM " + d.identifier(v.View, true)
	arg := func(m mark) string {
		args = append(args, m.arg())
		return d.mark(len(args))
	}
	switch {
	case len(from) == 0:
	case backed:
		query += " WHERE " + d.identifier(v.Cursor[0], false) + " >= " + arg(from[0])
	default: // (a, b) > (x, y), spelt so that every database uses its index
		var either []string
		for i := range from {
			var all []string
			for j := range i {
				all = append(all, d.identifier(v.Cursor[j], false)+" = "+arg(from[j]))
			}
			all = append(all, d.identifier(v.Cursor[i], false)+" > "+arg(from[i]))
			either = append(either, "("+strings.Join(all, " AND ")+")")
		}
		query += " WHERE (" + strings.Join(either, " OR ") + ")"
	}
	return query + " ORDER BY " + quoted(v.Cursor, "") + " LIMIT " + strconv.Itoa(v.Page), args
}

// mark is the value of one cursor column.
type mark struct {
	Kind string `json:"kind"` // number, time, text
	Text string `json:"text"`
}

func (m mark) arg() any {
	if n, err := strconv.ParseInt(m.Text, 10, 64); err == nil && m.Kind == "number" {
		return n
	}
	return m.Text
}

// markOf reads a cursor column's value.
func markOf(v any) (mark, error) {
	switch v := v.(type) {
	case int64:
		return mark{"number", strconv.FormatInt(v, 10)}, nil
	case time.Time:
		return mark{"time", v.Format(time.RFC3339Nano)}, nil
	case []byte:
		return textMark(string(v)), nil
	case string:
		return textMark(v), nil
	case nil:
		return mark{}, fmt.Errorf("a cursor column is NULL in a row; choose columns that never are")
	}
	return mark{}, fmt.Errorf("a cursor column holds a %T; whole numbers, times and text can be followed", v)
}

func textMark(s string) mark {
	if _, _, err := readMoment(s); err == nil {
		return mark{"time", s}
	}
	return mark{"text", s}
}

// readMoment reads a time as databases print it, and gives its layout.
func readMoment(s string) (time.Time, string, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, layout, nil
		}
	}
	return time.Time{}, "", strconv.ErrSyntax
}

// overlap is how far a view is read back at each poll: a transaction that
// began earlier may commit later. It is a time or a number, as the cursor is.
type overlap struct {
	time   time.Duration
	number int64
}

func readOverlap(s string) (overlap, error) {
	if s == "" {
		return overlap{time: 10 * time.Minute, number: 1000}, nil
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n >= 0 {
		return overlap{number: n}, nil
	}
	if d, err := time.ParseDuration(s); err == nil && d >= 0 {
		return overlap{time: d}, nil
	}
	return overlap{}, fmt.Errorf("overlap: want a time such as 10m, or how many numbers, such as 1000")
}

// back moves a cursor's first mark; text cannot be moved.
func (o overlap) back(m mark) (mark, bool) {
	switch m.Kind {
	case "number":
		if n, err := strconv.ParseInt(m.Text, 10, 64); err == nil && o.number > 0 {
			return mark{"number", strconv.FormatInt(n-o.number, 10)}, true
		}
	case "time":
		if t, layout, err := readMoment(m.Text); err == nil && o.time > 0 {
			return mark{"time", t.Add(-o.time).Format(layout)}, true
		}
	}
	return m, false
}

// cellOf is a column's value as text that a mapping reads.
func cellOf(v any, kind string) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []byte:
		return string(v)
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		switch kind {
		case "DATE":
			return v.Format(time.DateOnly)
		case "TIMESTAMPTZ":
			return v.In(civil.Shanghai).Format(time.RFC3339Nano)
		}
		return v.Format("2006-01-02 15:04:05")
	}
	return fmt.Sprint(v)
}
