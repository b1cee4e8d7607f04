package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// bundle runs esbuild over the entry points and answers which output file
// each became: app.css, app.js, charts.js.
func bundle(used map[string]bool) (map[string]string, error) {
	entries := []string{"app.css", "app.js", "charts.js"}
	points := make([]string, 0, len(entries))
	for _, e := range entries {
		points = append(points, filepath.Join(sources, e))
	}
	result := api.Build(api.BuildOptions{
		EntryPoints:       points,
		EntryNames:        "[name]-[hash]",
		Outdir:            output,
		Bundle:            true,
		Write:             true,
		Metafile:          true,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		LegalComments:     api.LegalCommentsLinked,
		Format:            api.FormatIIFE,
		Target:            api.ES2022,
		Charset:           api.CharsetUTF8,
		LogLevel:          api.LogLevelWarning,
		Plugins:           []api.Plugin{trimmed(used)},
	})
	if len(result.Errors) > 0 {
		return nil, errors.New("esbuild found errors, printed above")
	}
	return outputs(result.Metafile, entries)
}

// trimmed loads Tabler's style sheet without the rules that no page uses.
func trimmed(used map[string]bool) api.Plugin {
	load := func(args api.OnLoadArgs) (api.OnLoadResult, error) {
		b, err := os.ReadFile(args.Path)
		if err != nil {
			return api.OnLoadResult{}, fmt.Errorf("read Tabler's style sheet: %w", err)
		}
		css := trim(string(b), used)
		return api.OnLoadResult{Contents: &css, Loader: api.LoaderCSS}, nil
	}
	return api.Plugin{Name: "trim", Setup: func(b api.PluginBuild) {
		b.OnLoad(api.OnLoadOptions{Filter: `tabler(\.min)?\.css$`}, load)
	}}
}

// outputs reads esbuild's metafile.
func outputs(metafile string, entries []string) (map[string]string, error) {
	var meta struct {
		Outputs map[string]struct {
			EntryPoint string `json:"entryPoint"`
		} `json:"outputs"`
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return nil, fmt.Errorf("read esbuild's metafile: %w", err)
	}
	manifest := make(map[string]string)
	for path, o := range meta.Outputs {
		if o.EntryPoint != "" {
			manifest[filepath.Base(o.EntryPoint)] = filepath.Base(path)
		}
	}
	for _, e := range entries {
		if manifest[e] == "" {
			return nil, fmt.Errorf("esbuild wrote no output for %s", e)
		}
	}
	return manifest, nil
}
