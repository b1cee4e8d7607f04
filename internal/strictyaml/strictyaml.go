// Package strictyaml reads the YAML people write by hand: configurations,
// directories, mappings, policy packs. A key nobody knows is refused, so that
// a misspelt one is not silently without effect.
package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/goccy/go-yaml"
)

// Decode reads one document into what into points to. A text without a
// document leaves it as it is.
//
// An error says line and column and shows the place (see [Explain]). The YAML
// library falls over on some texts that are no YAML, a tag without a value
// among them; that is a refusal, too, and must not end the program.
func Decode(text []byte, into any) (err error) {
	defer func() {
		if fell := recover(); fell != nil {
			err = fmt.Errorf("this is no YAML that can be read (%v); check tags, anchors and indentation", fell)
		}
	}()
	had := reflect.New(reflect.TypeOf(into).Elem()).Elem()
	had.Set(reflect.ValueOf(into).Elem())
	err = yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(into)
	if errors.Is(err, io.EOF) { // the library has set all to zero
		reflect.ValueOf(into).Elem().Set(had)
		return nil
	}
	return err
}

// Explain is an error of [Decode] for the person who wrote the text: place,
// cause, and the lines around it.
func Explain(err error) string { return yaml.FormatError(err, false, true) }
