package lsp

import (
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"runloop/dsl"
	"runloop/dsl/source"
)

// marked splits a text at its ◆ and gives the position of it.
func (c *session) marked(text string) map[string]any {
	before, after, _ := strings.Cut(text, "◆")
	c.open(file, before+after)
	return c.place(len(before))
}

// place returns the parameters of a request about an offset.
func (c *session) place(offset int) map[string]any {
	return map[string]any{"textDocument": map[string]any{"uri": file}, "position": c.s.documents[file].position(offset, c.s.encoding)}
}

// textAt returns the text of a range.
func (c *session) textAt(r textRange) string {
	d := c.s.documents[file]
	return d.string(d.span(r, c.s.encoding))
}

// edited returns the text of the document after an edit of the workspace.
func (c *session) edited(e workspaceEdit) string {
	d := c.s.documents[file]
	var fixes []source.Fix
	for _, edit := range e.Changes[file] {
		fixes = append(fixes, source.Fix{Span: d.span(edit.Range, c.s.encoding), New: edit.NewText})
	}
	return string(apply(d.text, fixes))
}

const navigated = `runloop: 1
params: { speed: { type: int, default: 3, description: items a second } }
shared: { count: 0, totals: { tea: 1 } }
queues: { jobs: 2 }
functions: { twice: { params: { x: int }, value: 2 * x, description: doubles } }
coroutines:
  work:
    description: works a while
    params: { n: int }
    do:
      - let: { m: "${n + count}" }
      - sleep: 1m30s
      - put: jobs
        value: ${m}
      - spawn: { do: [{ print: "${m} ${'n'} ${twice(m)}" }] }
      - set: { count: "${count + m}", totals.tea: 2 }
callbacks:
  tick: { every: 2s, do: [stop] }
workers:
  first: { call: work, with: { n: 1 } }
  many: { count: 2, call: work, with: { n: 2 } }
main:
  - await: first
  - await: many-2
  - try: [{ raise: Broken }]
    catch: [{ error: Broken, as: e, do: [{ print: "${e.message} ${error.type}" }] }]
  - print: "${tasks['first'].state} ${jobs.size} ${now} ${speed} ${round(1.5)}"
  - cancel: tick
`

// TestDefinitions goes from names to their declarations, and to all their places.
func TestDefinitions(t *testing.T) {
	tests := []struct {
		at    string // the text behind the cursor
		decl  string // the line of the declaration
		count int    // how many places there are
	}{
		{"count + m}", "shared:", 4}, {"m}\", totals", "- let:", 5}, {"n + count", "params: { n", 4}, {"work, with: { n: 1", "work:", 3},
		{"jobs\n", "queues:", 3}, {"first\n", "first: {", 3}, {"many-2", "many: {", 2}, {"tick\n", "tick: {", 2}, {"twice(m)", "functions:", 2},
		{"x, desc", "functions:", 2}, {"e.message", "catch:", 2}, {"speed} ${round", "params: { speed", 2}, {"first'].state", "first: {", 3},
		{"n: 2 } }", "params: { n", 4},
	}
	for _, test := range tests {
		c := begin(t)
		before, after, found := strings.Cut(navigated, test.at)
		if !found {
			t.Fatalf("no %q", test.at)
		}
		where := c.marked(before + "◆" + test.at + after)
		var at location
		c.ask("textDocument/definition", where, &at)
		if line := strings.TrimSpace(strings.Split(navigated, "\n")[at.Range.Start.Line]); !strings.HasPrefix(line, test.decl) {
			t.Errorf("%q is declared in the line %q", test.at, line)
		}
		where["context"] = map[string]any{"includeDeclaration": true}
		var list []location
		c.ask("textDocument/references", where, &list)
		if len(list) != test.count {
			t.Errorf("%q has %d places, not %d: %v", test.at, len(list), test.count, list)
		}
		var marks []highlight
		c.ask("textDocument/documentHighlight", where, &marks)
		if len(marks) != test.count {
			t.Errorf("%q has %d marks", test.at, len(marks))
		}
	}
}

// TestHover looks at what is said of names, keys, verbs and times.
func TestHover(t *testing.T) {
	tests := []struct{ at, want string }{
		{"count + m}", "count: int"}, {"count + m}", "a shared variable, first `0`"}, {"count + m}", "Declared in line 3."},
		{"work, with: { n: 1", "coroutine work(n int)"}, {"work, with: { n: 1", "works a while"}, {"jobs\n", "jobs: queue"},
		{"twice(m)", "twice(x int) int"}, {"twice(m)", "doubles"}, {"round(1.5)", "round(x number, n? int) number"},
		{"size}", "size: int"}, {"size}", "how many items are in it"}, {"now}", "the loop time in seconds"}, {"now}", "now: float"},
		{"first\n", "It runs the coroutine `work`."}, {"1m30s", "`1m30s` is 90 seconds"}, {"2s, do", "`2s` is 2 seconds"},
		{"sleep: 1m30s", "asyncio.sleep"}, {"every: 2s", "the period"}, {"coroutines:", "definitions of coroutines"},
		{"stop] }\nworkers", "loop.stop()"}, {"message}", "its message"}, {"speed} ${round", "items a second"}, {"type}\"", "the name of its type"},
		{"tea: 2", "tea"}, {"m} ${'n'}", "m: int"},
	}
	for _, test := range tests {
		c := begin(t)
		before, after, found := strings.Cut(navigated, test.at)
		if !found {
			t.Fatalf("no %q", test.at)
		}
		var h hover
		c.ask("textDocument/hover", c.marked(before+"◆"+test.at+after), &h)
		if !strings.Contains(h.Contents.Value, test.want) {
			t.Errorf("of %q is said %q, which lacks %q", test.at, h.Contents.Value, test.want)
		}
	}
}

// TestRename gives names others, and refuses what would change more than the name.
func TestRename(t *testing.T) {
	tests := []struct{ at, to, want string }{ // want: a part of the new text, or of the error behind an !
		{"count + m}", "total", "set: { total: \"${total + m}\", totals.tea"},
		{"m}\", totals", "sum", "do: [{ print: \"${sum} ${'n'} ${twice(sum)}\" }]"},
		{"n: 1", "size", "first: { call: work, with: { size: 1 } }"},
		{"many-2", "all", "await: all-2"}, {"first\n", "the first", "tasks['the first'].state"},
		{"twice(m)", "double", "${double(m)}"}, {"twice(m)", "round", "!would hide"}, {"count + m}", "speed", "!speed"},
		{"count + m}", "m", "!"}, {"count + m}", "2nd", "!begins with no digit"}, {"count + m}", "in", "!looks into a list"},
		{"now}", "later", "!no name here"}, {"first\n", "a: b", "!cannot be a name"}, {"count + m}", "now", "!now"}, {"first\n", "many-1", "!"},
	}
	for _, test := range tests {
		c := begin(t)
		before, after, _ := strings.Cut(navigated, test.at)
		where := c.marked(before + "◆" + test.at + after)
		where["newName"] = test.to
		m := c.try("textDocument/rename", where)
		if want, refused := strings.CutPrefix(test.want, "!"); refused {
			if m.Error == nil || !strings.Contains(m.Error.Message, want) {
				t.Errorf("%q to %q: the error is %v, not %q", test.at, test.to, m.Error, want)
			}
			continue
		}
		if m.Error != nil {
			t.Errorf("%q to %q: %v", test.at, test.to, m.Error)
			continue
		}
		var e workspaceEdit
		c.read(m.Result, &e)
		if got := c.edited(e); !strings.Contains(got, test.want) {
			t.Errorf("%q to %q gives\n%s", test.at, test.to, got)
		}
	}
}

// TestMetricNames: metrics, and the objects whose statistics an entry is about, are found where they are declared, recorded and read.
func TestMetricNames(t *testing.T) {
	const text = `runloop: 1
resources: [desk]
metrics:
  stay: { unit: s }
  desk.wait: { shares: [1s] }
main:
  - use: desk
    takes: 1
  - record: { stay: 1 }
    by: gold
  - print: ${metrics.stay.gold.mean + metrics.desk.wait.mean}
`
	for _, test := range []struct{ at, to, want string }{
		{"stay: 1", "visit", "metrics.visit.gold.mean"},
		{"stay.gold", "visit", "record: { visit: 1 }"},
		{"stay: {", "visit", "  visit: { unit"},
		{"desk.wait: {", "till", "resources: [till]"},
		{"desk]", "till", "  till.wait: { shares: [1s] }"},
	} {
		c := begin(t)
		c.open(file, text)
		before, after, _ := strings.Cut(text, test.at)
		where := c.marked(before + "◆" + test.at + after)
		where["newName"] = test.to
		var e workspaceEdit
		c.ask("textDocument/rename", where, &e)
		got := c.edited(e)
		if _, err := dsl.Load("a.yaml", []byte(got)); err != nil || !strings.Contains(got, test.want) {
			t.Errorf("%q to %q gives, %v,\n%s", test.at, test.to, err, got)
		}
	}
}

// TestNamesOfStatistics: what is named in the statistics of tasks, sources, objects and metrics, behind a dot or in brackets, is found
// from each of its places, goes to its declaration, and gets another name with it.
func TestNamesOfStatistics(t *testing.T) {
	const text = `runloop: 1
resources: [desk]
coroutines:
  serve:
    params: { n: int }
    do: [{ use: desk, takes: 1s }]
workers:
  clerk: { call: serve, with: { n: 1 } }
  boy: [{ sleep: 1s }]
sources:
  customers: { every: 1s, limit: 2, call: serve, with: { n: 2 } }
metrics:
  lost: { kind: count }
  tasks.serve.time: { shares: [2s] }
  tasks.boy.time: { shares: [2s] }
after:
  - record: { lost: 1 }
  - print: ${metrics.tasks.serve.done} ${metrics.tasks["serve"].done} ${metrics["tasks"].serve.time.mean} ${metrics["tasks"]['serve'].failed}
  - print: ${metrics.tasks.boy.done} ${metrics["tasks"]["boy"].done}
  - print: ${metrics.sources.customers.arrivals} ${metrics["sources"]["customers"].rate}
  - print: ${metrics.desk.wait.mean} ${metrics["desk"].wait.mean} ${metrics.lost} ${metrics["lost"]}
expect:
  that: [metrics.tasks.serve.done == 3]
`
	for _, test := range []struct {
		name, decl string
		count      int
	}{
		{"serve", "serve:", 9}, {"boy", "boy:", 4}, {"customers", "customers:", 3}, {"desk", "resources:", 4}, {"lost", "lost:", 4},
	} {
		for at := range len(text) {
			if !strings.HasPrefix(text[at:], test.name) {
				continue
			}
			c := begin(t)
			where := c.marked(text[:at] + "◆" + text[at:])
			line, _, _ := strings.Cut(text[at:], "\n")
			var to location
			c.ask("textDocument/definition", where, &to)
			if got := strings.TrimSpace(strings.Split(text, "\n")[to.Range.Start.Line]); !strings.HasPrefix(got, test.decl) {
				t.Errorf("%q is declared in the line %q", line, got)
			}
			where["context"] = map[string]any{"includeDeclaration": true}
			var list []location
			if c.ask("textDocument/references", where, &list); len(list) != test.count {
				t.Errorf("%q: %d places, not %d", line, len(list), test.count)
			}
			where["newName"] = "other"
			var e workspaceEdit
			c.ask("textDocument/rename", where, &e)
			if got := c.edited(e); got != strings.ReplaceAll(text, test.name, "other") {
				t.Errorf("%q: another name gives\n%s", line, got)
			}
		}
	}
}

// TestRenameAll gives every name that a bundled scenario declares another one, and then its own again.
func TestRenameAll(t *testing.T) {
	files := bundled(t)
	renamed := 0
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text := files[name]
		c := begin(t)
		c.open(file, text)
		for _, m := range c.s.documents[file].names() {
			if !m.isDecl() {
				continue
			}
			where := c.place(m.span.Start)
			var at struct{ Range textRange }
			if c.ask("textDocument/prepareRename", where, &at); c.textAt(at.Range) != m.text {
				t.Errorf("%s: the name %s is asked for as %s", name, m.text, c.textAt(at.Range))
			}
			where["newName"] = "zz_other"
			var e workspaceEdit
			c.ask("textDocument/rename", where, &e)
			other := c.edited(e)
			if _, err := dsl.Load("a.yaml", []byte(other)); err != nil {
				t.Errorf("%s: with another name for %s it does not load: %v", name, m.text, err)
			}
			back := begin(t)
			back.open(file, other)
			where = back.place(strings.Index(other, "zz_other"))
			where["newName"] = m.text
			back.ask("textDocument/rename", where, &e)
			if got := back.edited(e); got != text {
				t.Errorf("%s: %s renamed twice gives another text:\n%s", name, m.text, got)
			}
			renamed++
		}
	}
	if renamed < 100 {
		t.Errorf("only %d names were changed", renamed)
	}
}

// TestEveryName checks that every name of the bundled scenarios is known as one, and that its declaration has its text.
func TestEveryName(t *testing.T) {
	files := bundled(t)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		text := files[name]
		c := begin(t)
		c.open(file, text)
		d := c.s.documents[file]
		for _, sp := range spotsOf(text) {
			switch sp.what {
			case "key", "verb", "word", "type", "error":
				continue
			}
			m, ok := d.nameAt(sp.Start + 1)
			if !ok || m.text != sp.word {
				t.Errorf("%s: the %s %s is %+v", name, sp.what, sp.word, m)
			} else if decl := d.string(m.decl); m.decl != (source.Span{}) && decl != m.text[:len(m.text)-m.suffix] {
				t.Errorf("%s: %s is declared as %s", name, m.text, decl)
			}
			if d.describe(m) == "" && m.kind != memberName && m.kind != keyName {
				t.Errorf("%s: nothing is said of the %s %s", name, sp.what, sp.word)
			}
		}
	}
}

// TestActions applies what is offered for the problems of every file that has one problem, and checks that it mends it.
func TestActions(t *testing.T) {
	mended, hinted, problems := 0, 0, 0
	for name, text := range corpus(t) {
		if !strings.Contains(filepath.ToSlash(name), "/codes/") || !isUTF8(text) || !strings.Contains("\n"+text, "\nrunloop:") {
			continue
		}
		c := begin(t)
		c.open(file, text)
		d := c.s.documents[file]
		for _, p := range d.analyze().Diagnostics {
			problems++
			var list []codeAction
			c.ask("textDocument/codeAction", map[string]any{"textDocument": map[string]any{"uri": file}, "range": d.rangeOf(p.Span, utf16),
				"context": map[string]any{"diagnostics": []any{}, "only": []string{quickFix}}}, &list)
			for _, a := range list {
				after := dsl.Check("test.yaml", []byte(c.edited(a.Edit)))
				if before := d.analyze().Diagnostics; after.Errors() >= before.Errors() && len(after) >= len(before) {
					t.Errorf("%s: %q mends nothing: %v", name, a.Title, after)
				}
			}
			switch fixes := slices.DeleteFunc(list, func(a codeAction) bool { return !a.IsPreferred }); {
			case len(fixes) > 0 && p.Fix == (source.Fix{}):
				hinted++
			case len(fixes) > 0:
				mended++
			case p.Fix != (source.Fix{}):
				t.Errorf("%s: the fix of %s is not offered", name, p.Code)
			}
		}
	}
	t.Logf("of %d problems %d have a fix, %d more one from their hint", problems, mended, hinted)
	if mended == 0 || hinted == 0 {
		t.Error("nothing is mended")
	}
	c := begin(t)
	c.open(file, "runloop: 1\nmian: [{ slep: 1 }]\n")
	var list []codeAction
	c.ask("textDocument/codeAction", map[string]any{"textDocument": map[string]any{"uri": file}, "range": textRange{},
		"context": map[string]any{"diagnostics": []any{}, "only": []string{"source.fixAll"}}}, &list)
	if len(list) != 1 || c.edited(list[0].Edit) != "runloop: 1\nmain: [{ sleep: 1 }]\n" {
		t.Errorf("mending all is %+v", list)
	}
}

// TestLayout looks at symbols, folding and selections, also of a text that cannot be parsed.
func TestLayout(t *testing.T) {
	c := begin(t)
	text := "# one\n# two\nrunloop: 1\nqueues: [a, b]\nshared: { n: 1 }\ncoroutines:\n  w:\n    do:\n      - print: \"${x + yy}\"\n      - print: \"open\nworkers:\n  z: { call: w }\n"
	c.open(file, text)
	var symbols []documentSymbol
	c.ask("textDocument/documentSymbol", map[string]any{"textDocument": map[string]any{"uri": file}}, &symbols)
	var words []string
	for _, s := range symbols {
		words = append(words, s.Name)
		for _, child := range s.Children {
			words = append(words, s.Name+"/"+child.Name)
		}
	}
	if got, want := strings.Join(words, " "), "runloop queues queues/a queues/b shared shared/n coroutines coroutines/w workers workers/z"; got != want {
		t.Errorf("the symbols are %s, not %s", got, want)
	}
	var found []workspaceSymbol
	c.ask("workspace/symbol", map[string]any{"query": "W"}, &found)
	if len(found) != 1 || found[0].Name != "w" || found[0].ContainerName != "coroutines" {
		t.Errorf("found is %v", found)
	}
	var folds []foldingRange
	c.ask("textDocument/foldingRange", map[string]any{"textDocument": map[string]any{"uri": file}}, &folds)
	if want := []foldingRange{{5, 9, ""}, {6, 9, ""}, {7, 9, ""}, {10, 11, ""}, {0, 1, "comment"}}; !slices.Equal(folds, want) {
		t.Errorf("folded are %v, not %v", folds, want)
	}
	var selections []*selectionRange
	c.ask("textDocument/selectionRange", map[string]any{"textDocument": map[string]any{"uri": file},
		"positions": []position{c.s.documents[file].position(strings.Index(text, "yy")+1, utf16)}}, &selections)
	var texts []string
	for s := selections[0]; s != nil; s = s.Parent {
		texts = append(texts, c.textAt(s.Range))
	}
	if want := []string{"", "yy", "x + yy", "${x + yy}", `"${x + yy}"`, `print: "${x + yy}"`, `- print: "${x + yy}"`}; !slices.Equal(texts[:7], want) {
		t.Errorf("selected are %q", texts)
	}
	if last := texts[len(texts)-1]; last != text {
		t.Errorf("selected is at last %q", last)
	}
}

// TestIncluded checks what is said about names that are defined in a file which the document includes.
func TestIncluded(t *testing.T) {
	library := "runloop: 1\ncoroutines:\n  greet:\n    params: { who: string }\n    do:\n      - sleep: 1m\n      - print: hello ${who}\n"
	files := fstest.MapFS{"scenarios/lib/a b.yaml": {Data: []byte(library)}}
	options := Options{Folder: func(file string) dsl.Folder {
		sub, err := fs.Sub(files, path.Dir(strings.TrimPrefix(file, "/")))
		if err != nil {
			t.Fatal(err)
		}
		return dsl.Folder{FS: sub}
	}}
	text := "runloop: 1\ninclude: [lib/a b.yaml]\nmain:\n  - { call: greet, with: { who: you } }\n"
	c := beginWith(t, options)
	c.open(file, text)
	if got := c.checked(file); len(got) != 0 {
		t.Errorf("published: %v", got)
	}
	at := c.place(strings.Index(text, "greet"))
	var found location
	c.ask("textDocument/definition", at, &found)
	want := location{"file:///scenarios/lib/a%20b.yaml", textRange{position{2, 2}, position{2, 7}}}
	if found != want {
		t.Errorf("the definition is at %v, want %v", found, want)
	}
	at["newName"] = "hail"
	if m := c.try("textDocument/rename", at); m.Error == nil || !strings.Contains(m.Error.Message, "`greet` is defined in lib/a b.yaml") {
		t.Errorf("renamed: %+v", m)
	}
	var hints []inlayHint
	c.ask("textDocument/inlayHint", at, &hints)
	if len(hints) != 1 || hints[0].Label != "until 60.0s" || hints[0].Position.Line != 3 {
		t.Errorf("the times are %v", hints)
	}
	for offset := range text { // no place of the other file is taken for one of this
		c.ask("textDocument/hover", c.place(offset), nil)
		c.ask("textDocument/completion", c.place(offset), nil)
		c.ask("textDocument/references", c.place(offset), nil)
	}
	var tokens semanticTokens
	if c.ask("textDocument/semanticTokens/full", at, &tokens); len(tokens.Data) != 3*5 {
		t.Errorf("the tokens are %v", tokens.Data)
	}
	for _, broken := range []string{"  - { call: g", "  - call: g"} { // a text that cannot be read, and that was never seen whole
		c = beginWith(t, options)
		start := text[:strings.Index(text, "  - {")] + broken
		if items := c.offers(start, len(start)); len(items) != 1 || items[0].Label != "greet" {
			t.Errorf("behind %s is offered %v", broken, items)
		}
	}
}
