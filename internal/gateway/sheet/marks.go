package sheet

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// marks are the cells of a sheet whose value must not be used: those with
// formulas, whose last result may be stale, and merged ones, whose value stands
// in one cell and is meant for several.
type marks struct {
	formulas map[[2]int]bool // row, column
	merged   map[int][]area  // by row
	touched  int
}

type area struct{ first, last int } // columns

func (m *marks) fault(row, column int) string {
	if m.formulas[[2]int{row, column}] {
		return "it holds a formula; copy the column and paste it as values"
	}
	for _, a := range m.merged[row] {
		if column >= a.first && column <= a.last {
			return "it is one of merged cells; unmerge them and fill in each row"
		}
	}
	return ""
}

// readMarks reads the whole sheet once, for the marks and because the library
// takes damaged XML for the sheet's end: that would lose rows in silence.
func readMarks(name, sheet string) (*marks, error) {
	z, err := zip.OpenReader(name)
	if err != nil {
		return nil, refuse("it is no workbook: %v", err)
	}
	defer func() { _ = z.Close() }()
	part, err := partOf(&z.Reader, sheet)
	if err != nil {
		return nil, err
	}
	m := &marks{formulas: make(map[[2]int]bool), merged: make(map[int][]area)}
	r, err := part.Open()
	if err != nil {
		return nil, refuse("sheet %q cannot be read: %v", sheet, err)
	}
	defer r.Close()
	return m, m.read(xml.NewDecoder(bufio.NewReaderSize(r, 64<<10)))
}

func (m *marks) read(d *xml.Decoder) error {
	row, column := 0, 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return refuse("its sheet is no XML: %v; the file may be damaged", err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "row":
			row, column = row+1, 0
			if n, err := strconv.Atoi(attribute(start, "r")); err == nil {
				row = n
			}
			if row > excelize.TotalRows {
				return refuse("it has a row %d, past the last that a sheet can have", row)
			}
		case "c":
			column++
			if place := attribute(start, "r"); place != "" {
				column, row, err = excelize.CellNameToCoordinates(place)
			}
		case "f":
			err = m.formula(row, column)
		case "mergeCell":
			err = m.merge(attribute(start, "ref"))
		}
		if err != nil {
			return refuse("its sheet cannot be read: %v", err)
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

func (m *marks) formula(row, column int) error {
	if m.formulas[[2]int{row, column}] = true; len(m.formulas) > MaxFormulas {
		return refuse("more than %d cells hold formulas; paste the sheet as values", MaxFormulas)
	}
	return nil
}

func (m *marks) merge(ref string) error {
	from, to, found := strings.Cut(ref, ":")
	if !found {
		return nil
	}
	c1, r1, err1 := excelize.CellNameToCoordinates(from)
	c2, r2, err2 := excelize.CellNameToCoordinates(to)
	if err := errors.Join(err1, err2); err != nil {
		return refuse("merged cells have no place: %v", err)
	}
	if m.touched += r2 - r1 + 1; m.touched > MaxMerged {
		return refuse("merged cells touch more than %d rows; unmerge them", MaxMerged)
	}
	for row := r1; row <= r2; row++ {
		m.merged[row] = append(m.merged[row], area{c1, c2})
	}
	return nil
}

// partOf finds the part of a workbook that holds a sheet.
func partOf(z *zip.Reader, sheet string) (*zip.File, error) {
	var book struct {
		Sheets []struct {
			Name string     `xml:"name,attr"`
			Attr []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	var links struct {
		Links []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	err := errors.Join(decodePart(z, "xl/workbook.xml", &book), decodePart(z, "xl/_rels/workbook.xml.rels", &links))
	if err != nil {
		return nil, err
	}
	id := ""
	for _, s := range book.Sheets {
		for _, a := range s.Attr {
			if s.Name == sheet && a.Name.Local == "id" {
				id = a.Value
			}
		}
	}
	for _, l := range links.Links {
		if id != "" && l.ID == id {
			target := strings.TrimPrefix(l.Target, "/")
			if target == l.Target {
				target = path.Join("xl", target)
			}
			return entry(z, target)
		}
	}
	return nil, refuse("the workbook does not say where sheet %q lies", sheet)
}

func entry(z *zip.Reader, name string) (*zip.File, error) {
	for _, f := range z.File {
		if strings.EqualFold(strings.ReplaceAll(f.Name, `\`, "/"), name) {
			return f, nil
		}
	}
	return nil, refuse("the workbook has no part %q", name)
}

func decodePart(z *zip.Reader, name string, into any) error {
	f, err := entry(z, name)
	if err != nil {
		return err
	}
	r, err := f.Open()
	if err != nil {
		return refuse("part %q cannot be read: %v", name, err)
	}
	defer r.Close()
	if err := xml.NewDecoder(io.LimitReader(r, MaxParts)).Decode(into); err != nil {
		return fmt.Errorf("%w: part %q: %w", ErrFile, name, err)
	}
	return nil
}
