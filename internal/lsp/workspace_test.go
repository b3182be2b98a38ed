package lsp

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"runloop/dsl"
	"runloop/dsl/source"
)

// workspaceFiles is a workspace: two scenarios include a library, one of them through another, and the rest does not.
var workspaceFiles = map[string]string{
	"a.yaml":          "runloop: 1\ninclude: [lib/retry.yaml]\nmain:\n  - { call: retry, with: { times: 2 } }\n  - { call: retry, with: { times: 3 } }\n",
	"b.yaml":          "runloop: 1\ninclude: [lib/all.yaml]\nworkers: { w: { call: retry, with: { times: 1 } } }\n",
	"c.yaml":          "runloop: 1\ncoroutines: { retry: [{ sleep: 1s }] }\nmain: [{ call: retry }]\n",
	"d.yaml":          "runloop: 1\ninclude: [lib/all.yaml]\ncoroutines: { again: [{ sleep: 1s }] }\nmain: [{ call: again }]\n",
	"lib/retry.yaml":  "runloop: 1\nfunctions: { pause: { params: { n: int }, value: n * 2s } }\ncoroutines:\n  retry:\n    params: { times: int }\n    do:\n      - sleep: ${pause(times)}\n",
	"lib/all.yaml":    "runloop: 1\ninclude: [retry.yaml]\n",
	"values.yaml":     "retry: 3\n",
	".git/x.yaml":     "runloop: 1\ncoroutines: { hidden: [stop] }\n",
	"broken.yaml":     "runloop: 1\ninclude: [lib/retry.yaml\n",
	"notes/retry.txt": "runloop: 1\n",
}

func beginWorkspace(t *testing.T) *session {
	files := fstest.MapFS{}
	for name, text := range workspaceFiles {
		files["project/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	below := func(folder string) fs.FS {
		sub, err := fs.Sub(files, strings.TrimPrefix(folder, "/"))
		if err != nil {
			t.Fatal(err)
		}
		return sub
	}
	options := Options{Workspace: below, Folder: func(file string) dsl.Folder { return dsl.Folder{FS: below(path.Dir(file))} }}
	return beginSession(t, options, map[string]any{"workspaceFolders": []any{map[string]any{"uri": "file:///project", "name": "project"}}})
}

// asked returns the parameters of a request about the n-th place of a text in a document.
func (c *session) asked(uri, text string, n int) map[string]any {
	d := c.s.documents[uri]
	at := 0
	for range n {
		at += strings.Index(string(d.text[at:]), text) + 1
	}
	return map[string]any{"textDocument": map[string]any{"uri": uri}, "position": d.position(at-1, c.s.encoding),
		"context": map[string]any{"includeDeclaration": true}}
}

func (c *session) openFile(name string) string {
	uri := "file:///project/" + name
	c.open(uri, workspaceFiles[name])
	return uri
}

// TestRenameIncluded renames what a library defines, from a file that includes it and from the library: everywhere.
func TestRenameIncluded(t *testing.T) {
	for _, from := range []struct {
		file, text string
		n          int
		name       string // the new one
		want       map[string]int
	}{
		{"a.yaml", "retry", 3, "anew", map[string]int{"a.yaml": 2, "b.yaml": 1, "lib/retry.yaml": 1}},
		{"b.yaml", "retry", 1, "anew", map[string]int{"a.yaml": 2, "b.yaml": 1, "lib/retry.yaml": 1}},
		{"lib/retry.yaml", "retry", 1, "anew", map[string]int{"a.yaml": 2, "b.yaml": 1, "lib/retry.yaml": 1}},
		{"lib/retry.yaml", "times", 2, "tries", map[string]int{"a.yaml": 2, "b.yaml": 1, "lib/retry.yaml": 2}},
		{"a.yaml", "times", 1, "tries", map[string]int{"a.yaml": 2, "b.yaml": 1, "lib/retry.yaml": 2}},
		{"lib/retry.yaml", "pause", 1, "wait_for", map[string]int{"lib/retry.yaml": 2}},
		{"c.yaml", "retry", 1, "anew", map[string]int{"c.yaml": 2}},
	} {
		c := beginWorkspace(t)
		uri := c.openFile(from.file)
		at := c.asked(uri, from.text, from.n)
		var places []location
		c.ask("textDocument/references", at, &places)
		total := 0
		for _, n := range from.want {
			total += n
		}
		if len(places) != total {
			t.Errorf("%s %s: the references are %v", from.file, from.text, places)
		}
		var prepared map[string]any
		if c.ask("textDocument/prepareRename", at, &prepared); prepared["placeholder"] != from.text {
			t.Errorf("%s %s cannot be renamed: %v", from.file, from.text, prepared)
		}
		at["newName"] = from.name
		var edit workspaceEdit
		c.ask("textDocument/rename", at, &edit)
		got := map[string]int{}
		renamed := fstest.MapFS{}
		for name, text := range workspaceFiles {
			renamed[name] = &fstest.MapFile{Data: []byte(text)}
		}
		for uri, edits := range edit.Changes {
			name := strings.TrimPrefix(uri, "file:///project/")
			got[name] = len(edits)
			d := &document{}
			d.setText(renamed[name].Data)
			var fixes []source.Fix
			for _, e := range edits {
				fixes = append(fixes, source.Fix{Span: d.span(e.Range, utf16), New: e.NewText})
			}
			renamed[name].Data = apply(d.text, fixes)
		}
		if len(got) != len(from.want) {
			t.Errorf("%s %s: changed are %v", from.file, from.text, got)
		}
		for name, n := range from.want {
			if got[name] != n {
				t.Errorf("%s %s: %s has %d edits, not %d", from.file, from.text, name, got[name], n)
			}
		}
		for name, file := range renamed { // all is as well as before
			sub, _ := fs.Sub(renamed, path.Dir(name))
			if diags := (dsl.Folder{FS: sub}).Analyze(path.Base(name), file.Data).Diagnostics; name != "values.yaml" && name != "broken.yaml" && diags.HasErrors() {
				t.Errorf("%s %s: then %s has %v", from.file, from.text, name, diags)
			}
		}
	}

	c := beginWorkspace(t)
	uri := c.openFile("lib/retry.yaml")
	at := c.asked(uri, "retry", 1)
	at["newName"] = "again"
	if m := c.try("textDocument/rename", at); m.Error == nil || !strings.Contains(m.Error.Message, "the name `retry` cannot be `again` in d.yaml") {
		t.Errorf("a name of another file that includes it is given: %+v", m.Error)
	}
}

// TestWorkspaceSymbols finds names in files that are not open; the text of an open one counts.
func TestWorkspaceSymbols(t *testing.T) {
	c := beginWorkspace(t)
	c.open("file:///project/c.yaml", "runloop: 1\ncoroutines: { fetch: [stop] }\nmain: [{ call: fetch }]\n")
	var list []workspaceSymbol
	c.ask("workspace/symbol", map[string]any{"query": ""}, &list)
	var names []string
	for _, s := range list {
		names = append(names, strings.TrimPrefix(s.Location.URI, "file:///project/")+" "+s.Name)
	}
	want := []string{"b.yaml w", "c.yaml fetch", "d.yaml again", "lib/retry.yaml pause", "lib/retry.yaml retry"}
	if !slices.Equal(names, want) {
		t.Errorf("the symbols are %q, not %q", names, want)
	}
}

// TestLibraryIsEdited checks that what is being edited in a library is known in the files that include it, at once.
func TestLibraryIsEdited(t *testing.T) {
	c := beginWorkspace(t)
	uri := c.openFile("b.yaml")
	if got := c.checked(uri); len(got) != 0 {
		t.Fatalf("published: %v", got)
	}
	library := c.openFile("lib/retry.yaml")
	c.tell("textDocument/didChange", map[string]any{"textDocument": map[string]any{"uri": library, "version": 2},
		"contentChanges": []any{map[string]any{"text": strings.ReplaceAll(workspaceFiles["lib/retry.yaml"], "times: int", "times: string")}}})
	got := c.checked(uri)
	if len(got) == 0 {
		t.Error("nothing is published")
	}
	c.tell("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": library}})
	if got := c.checked(uri); len(got) != 0 {
		t.Errorf("after closing it, published: %v", got)
	}
	c.tell("workspace/didChangeWatchedFiles", map[string]any{"changes": []any{}})
	if got := c.checked(uri); len(got) != 0 {
		t.Errorf("published: %v", got)
	}
}
