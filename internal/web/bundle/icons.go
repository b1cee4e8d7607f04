package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// sprite joins the icons named in a list, one a line, into one SVG of
// symbols; "name" is the outline form, "filled/name" the filled one. The
// symbol's id is the name with "/" turned into "-".
func sprite(list, dir string) ([]byte, error) {
	names, err := os.ReadFile(list)
	if err != nil {
		return nil, fmt.Errorf("read the list of icons: %w", err)
	}
	var out bytes.Buffer
	out.WriteString(`<svg xmlns="http://www.w3.org/2000/svg">` + "\n")
	for name := range strings.FieldsSeq(string(names)) {
		path := name
		if !strings.Contains(name, "/") {
			path = "outline/" + name
		}
		b, err := os.ReadFile(filepath.Join(dir, path+".svg"))
		if err != nil {
			return nil, fmt.Errorf("icon %s: %w", name, err)
		}
		symbol, err := symbolOf(strings.ReplaceAll(name, "/", "-"), string(b))
		if err != nil {
			return nil, fmt.Errorf("icon %s: %w", name, err)
		}
		out.WriteString(symbol)
	}
	out.WriteString("</svg>\n")
	return out.Bytes(), nil
}

// symbolOf keeps the shapes of an icon file; what strokes and fills them is
// inherited from the page.
func symbolOf(id, svg string) (string, error) {
	start := strings.Index(svg, "<svg")
	if start < 0 {
		return "", fmt.Errorf("no <svg> element")
	}
	open := strings.Index(svg[start:], ">")
	end := strings.LastIndex(svg, "</svg>")
	if open < 0 || end < start+open {
		return "", fmt.Errorf("the <svg> element does not end")
	}
	body := strings.Join(strings.Fields(svg[start+open+1:end]), " ")
	return fmt.Sprintf("<symbol id=%q viewBox=\"0 0 24 24\">%s</symbol>\n", id, body), nil
}
