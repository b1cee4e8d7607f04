package judgment

import (
	"strings"
	"unicode/utf8"

	"github.com/fengcun/fengcun/internal/norm"
)

// crimeNames reads the names of crimes behind 犯, each with 罪, and their length
// in bytes. Several stand together when one row of penalties follows them all;
// within one name 、 parts the choices of a selective crime, so the catalogue
// tells where a name ends.
func crimeNames(s string) (names []string, width int) {
	if strings.HasPrefix(s, "罪") {
		return nil, 0
	}
	limit := strings.IndexAny(s, "，。；：（《")
	if limit < 0 {
		limit = len(s)
	}
	if utf8.RuneCountInString(s[:limit]) > 120 {
		return nil, 0
	}
	head := s[:limit]
	for _, w := range []string{"判处", "免予", "免于", "处以", "单处", "并处", "的", "一案", "被判"} {
		if i := strings.Index(head, w); i > 0 && nameBefore(head[:i]) {
			head = head[:i]
		}
	}
	end := strings.LastIndex(head, "罪")
	if end < 0 {
		if names = known(head); names == nil {
			return nil, 0
		}
		return names, len(head)
	}
	for _, piece := range pieces(head[:end+len("罪")]) {
		if more := known(piece); more != nil {
			names = append(names, more...)
		} else {
			names = append(names, strings.TrimSuffix(piece, "罪")+"罪")
		}
	}
	return names, end + len("罪")
}

// nameBefore says that a name of a crime may end here; some hold such words
// themselves (非法处置查封、扣押、冻结的财产罪).
func nameBefore(s string) bool {
	return strings.HasSuffix(s, "罪") || known(s) != nil
}

// pieces parts names at 罪、 and 罪和.
func pieces(s string) []string {
	var out []string
	for s != "" {
		i := strings.Index(s, "罪")
		if i < 0 {
			return append(out, s)
		}
		i += len("罪")
		if i == len(s) {
			return append(out, s)
		}
		w := skip(s[i:], "、", "和", "及", "与", "以及")
		if w == 0 { // 罪 within a name: 包庇毒品犯罪分子罪
			next := pieces(s[i:])
			return append(append(out, s[:i]+next[0]), next[1:]...)
		}
		out = append(out, s[:i])
		s = s[i+w:]
	}
	return out
}

// known splits a list of names into crimes of the catalogue, as few as
// possible, and gives each 罪; nil when a part is not in the catalogue.
func known(s string) []string {
	s = strings.TrimSuffix(s, "罪")
	if s == "" {
		return nil
	}
	if official(s) != "" {
		return []string{s + "罪"}
	}
	for i := len(s); i > 0; {
		k := strings.LastIndex(s[:i], "、")
		if k < 0 {
			return nil
		}
		if official(s[:k]) != "" {
			if rest := known(s[k+len("、"):]); rest != nil {
				return append([]string{s[:k] + "罪"}, rest...)
			}
		}
		i = k
	}
	return nil
}

// official is the name in force of a crime, "" where the catalogue does not
// know it or knows several.
func official(name string) Word {
	m, ok := norm.Crimes().Find(name)
	if !ok {
		return ""
	}
	return Word(m.Name)
}
