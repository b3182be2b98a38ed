package dsl

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"runloop/dsl/compile"
	"runloop/dsl/expr"
	"runloop/dsl/syntax"
	"runloop/engine"
)

var updateDocs = flag.Bool("update", false, "rewrite the tables and the outputs in the documentation")

var (
	tableMark = regexp.MustCompile(`(?s)(<!-- table: ([a-z-]+) -->\n).*?(<!-- end of table -->)`)
	// A yaml block, and the text block that follows it at once or after one line.
	example      = regexp.MustCompile("(?ms)^(```yaml\n((?:[^`\n][^\n]*\n|\n)*)```\n(?:\n[^`\n]+\n)?\n```text\n)(.*?)^```$")
	anyYAML      = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")
	scenarioLine = regexp.MustCompile(`(?m)^runloop:`)
)

// TestDocs checks the documentation against the code: its tables come from the language's tables, and every scenario
// in it is run and followed by its output or its diagnostics. With -update it rewrites both.
func TestDocs(t *testing.T) {
	files, err := filepath.Glob("../docs/*.md")
	if err != nil || len(files) == 0 {
		t.Fatal("there is no documentation", err)
	}
	for _, file := range append(files, "../README.md") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			have := string(data)
			want := withTables(t, withOutputs(t, have))
			scenarios := scenarioLine.FindAllString(strings.Join(anyYAML.FindAllString(have, -1), "\n"), -1)
			if n := countExamples(have); n != len(scenarios) {
				t.Errorf("of %d scenarios, %d are followed by a text block with their output", len(scenarios), n)
			}
			if have == want {
				return
			}
			if *updateDocs {
				if err := os.WriteFile(file, []byte(want), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("it is stale: `go test ./dsl -run TestDocs -update` rewrites it; first %s", staleLine(have, want))
		})
	}
}

func countExamples(doc string) int {
	n := 0
	for _, m := range example.FindAllStringSubmatch(doc, -1) {
		if scenarioLine.MatchString(m[2]) {
			n++
		}
	}
	return n
}

// withOutputs puts the output of each scenario after it.
func withOutputs(t *testing.T, doc string) string {
	return example.ReplaceAllStringFunc(doc, func(block string) string {
		m := example.FindStringSubmatch(block)
		if !scenarioLine.MatchString(m[2]) {
			return block
		}
		return m[1] + runExample(t, m[2]) + "```"
	})
}

// runExample returns the output of a scenario, or its diagnostics.
func runExample(t *testing.T, src string) string {
	s, err := Folder{FS: os.DirFS("../scenarios")}.Load("scenario.yaml", []byte(src))
	if err != nil {
		return err.Error() + "\n"
	}
	loop, err := s.NewLoop(compile.RunOptions{KeepOutput: true})
	if err != nil {
		t.Fatal(err)
	}
	result := loop.Run()
	for _, f := range s.Verify(loop, result) {
		t.Errorf("%s: %s\n%s", f.Pos, f.Message, src)
	}
	return string(result.Output)
}

// withTables puts the tables between their marks.
func withTables(t *testing.T, doc string) string {
	tables := map[string]func() string{
		"verbs": verbTables, "top-keys": topTable, "entry-keys": entryTable, "definition-keys": definitionTable,
		"functions": functionTable, "attributes": attributeTable, "errors": errorTree, "limits": limitTable,
		"codes": codeTable, "pythons": pythonTable,
	}
	return tableMark.ReplaceAllStringFunc(doc, func(part string) string {
		m := tableMark.FindStringSubmatch(part)
		make, ok := tables[m[2]]
		if !ok {
			t.Errorf("there is no table %q", m[2])
			return part
		}
		return m[1] + "\n" + make() + "\n" + m[3]
	})
}

func staleLine(have, want string) string {
	a, b := strings.Split(have, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d:\nhave %s\nwant %s", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("line %d: one of them ends", min(len(a), len(b))+1)
}

// table returns a table in Markdown.
func table(head string, rows [][]string) string {
	var b strings.Builder
	write := func(cells []string) {
		for i, c := range cells {
			cells[i] = strings.ReplaceAll(c, "|", `\|`)
		}
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	columns := strings.Split(head, ", ")
	write(columns)
	b.WriteString(strings.Repeat("| --- ", len(columns)) + "|\n")
	for _, r := range rows {
		write(r)
	}
	return b.String()
}

func verbTables() string {
	var b strings.Builder
	for _, v := range syntax.Verbs {
		notes := "Python: `" + v.Python + "`."
		if v.Waits {
			notes += " It may wait, so not in callbacks, `before` and `after`."
		}
		if v.Bare {
			notes += " It may be written alone: `- " + v.Name + "`."
		}
		fmt.Fprintf(&b, "### `%s`\n\n%s %s\n\n", v.Name, v.Doc, notes)
		if v.Example != v.Name {
			fmt.Fprintf(&b, "```yaml\n%s\n```\n\n", v.ExampleStep())
		}
		if rows := keyRows(nil, "", v.Keys); v.Keys[0].Kind != syntax.NothingKey {
			b.WriteString(table("key, what it takes, meaning", rows) + "\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// keyRows lists keys, and the keys of the maps that they hold.
func keyRows(rows [][]string, prefix string, keys []*syntax.Key) [][]string {
	for _, k := range keys {
		rows = append(rows, []string{"`" + prefix + k.Name + "`", keyTakes(k), keyMeaning(k)})
		switch k.Kind {
		case syntax.RecordKey, syntax.RecordsKey, syntax.DeadlineKey:
			if k == syntax.ExploreExpectKey {
				continue // its keys stand at the scenario's
			}
			rows = keyRows(rows, prefix+k.Name+".", k.Keys)
		case syntax.ObjectsKey, syntax.NamedKey:
			switch {
			case k == syntax.CasesKey: // what it shares with the scenario stands there
				for _, of := range k.Keys {
					rows = append(rows, []string{"`cases.NAME." + of.Name + "`", keyTakes(of), keyMeaning(of)})
				}
				continue
			case prefix == "" && k.Kind == syntax.NamedKey:
				continue // this key has a table of its own
			}
			rows = keyRows(rows, prefix+k.Name+".NAME.", k.Keys)
		}
	}
	return rows
}

func keyTakes(k *syntax.Key) string {
	if k.Kind == syntax.WordKey {
		return quoteAll(k.Words)
	}
	if k.Kind != syntax.ValueKey || len(k.Types) == 0 {
		return k.Kind.String()
	}
	var words []string
	for _, t := range k.Types {
		if !slices.Contains(k.Types, expr.TypeNumber) || t == expr.TypeNumber {
			words = append(words, expr.TypeWords[t])
		}
	}
	return strings.Join(words, " or ")
}

func keyMeaning(k *syntax.Key) string {
	switch {
	case k.Required && k.Instead != nil:
		return k.Doc + " (required, unless there is `" + k.Instead.Name + "`)"
	case k.Required:
		return k.Doc + " (required)"
	case k.Default != "":
		return k.Doc + " (default: " + k.Default + ")"
	}
	return k.Doc
}

func quoteAll(words []string) string { return "`" + strings.Join(words, "`, `") + "`" }

func topTable() string {
	return table("key, what it takes, meaning", keyRows(nil, "", syntax.TopKeys))
}

func entryTable() string {
	var rows [][]string
	add := func(place string, keys []*syntax.Key) {
		for _, r := range keyRows(nil, "", keys) {
			if i := slices.IndexFunc(rows, func(have []string) bool { return have[0] == r[0] && have[2] == r[2] }); i >= 0 {
				rows[i][3] += ", " + place
			} else {
				rows = append(rows, append(r, place))
			}
		}
	}
	add("`workers`", syntax.WorkerKeys)
	add("`spawn`", slices.Concat([]*syntax.Key{syntax.EntryCall, syntax.EntryDo}, syntax.VerbNamed("spawn").Keys[1:]))
	add("`gather`", syntax.EntryKeys)
	add("a generator", syntax.GeneratorKeys)
	return table("key, what it takes, meaning, where", rows)
}

func definitionTable() string {
	return "A coroutine:\n\n" + table("key, what it takes, meaning", keyRows(nil, "", syntax.CoroutineKeys)) +
		"\nA callback:\n\n" + table("key, what it takes, meaning", keyRows(nil, "", syntax.CallbackKeys)) +
		"\nA function of expressions:\n\n" + table("key, what it takes, meaning", keyRows(nil, "", syntax.FunctionsKey.Keys)) +
		"\nA parameter of a coroutine, a callback or a function, where it is more than a type:\n\n" +
		table("key, what it takes, meaning", keyRows(nil, "", syntax.ParamKeys)) +
		"\nA run parameter under `params`, where it is more than its default:\n\n" +
		table("key, what it takes, meaning", keyRows(nil, "", syntax.RunParamKeys))
}

// pythonTable is the differences between the versions of asyncio, older ones first.
func pythonTable() string {
	var rows [][]string
	for _, r := range engine.Rules {
		rows = append(rows, []string{"`" + r.Name + "`", r.Since.String(), r.Before, r.Now, r.Why})
	}
	return table("rule, since, before, now, why", rows)
}

func functionTable() string {
	groups := []struct {
		title string
		list  []*expr.Builtin
	}{
		{"Lists with a test or a value for each element", expr.PredicateBuiltins}, {"Lists", expr.ListBuiltins}, {"Maps", expr.MapBuiltins},
		{"Text", expr.TextBuiltins}, {"Numbers", expr.NumberBuiltins}, {"Other", expr.OtherBuiltins},
		{"Draws from the task's own random stream", expr.DrawBuiltins},
	}
	var b strings.Builder
	for i, g := range groups {
		if i > 0 {
			b.WriteByte('\n')
		}
		var rows [][]string
		for _, f := range g.list {
			rows = append(rows, []string{"`" + f.Signature + "`", f.Doc})
		}
		b.WriteString(g.title + ":\n\n" + table("function, result", rows))
	}
	return b.String()
}

func attributeTable() string {
	var rows [][]string
	add := func(owner string, list []expr.Attribute) {
		for _, a := range list {
			rows = append(rows, []string{owner, "`" + a.Name + "`", a.Typ.String(), a.Doc})
		}
	}
	for kind, word := range expr.TypeWords {
		add(article(word), expr.Attributes[expr.TypeKind(kind)])
	}
	add("`loop`", expr.LoopAttributes)
	add("`datetime`", expr.DatetimeAttributes)
	return table("of, attribute, type, meaning", rows)
}

// topKey returns the top-level key of that name, or nil if there is none.
func topKey(name string) *syntax.Key {
	for _, k := range syntax.TopKeys {
		if k.Name == name {
			return k
		}
	}
	return nil
}

func article(word string) string {
	if strings.ContainsRune("aeiou", rune(word[0])) {
		return "an " + word
	}
	return "a " + word
}

// errorTree lists the error types, each under those that it derives from directly.
func errorTree() string {
	types := engine.ErrorTypes()
	under := func(t, base string) bool { return t != base && engine.IsSubtype(t, base) }
	direct := func(t, base string) bool {
		return under(t, base) && !slices.ContainsFunc(types, func(u string) bool { return under(t, u) && under(u, base) })
	}
	var b strings.Builder
	var write func(base string, depth int)
	write = func(base string, depth int) {
		fmt.Fprintf(&b, "%s- `%s`\n", strings.Repeat("  ", depth), base)
		for _, t := range types {
			if direct(t, base) {
				write(t, depth+1)
			}
		}
	}
	write("BaseException", 0)
	return b.String()
}

func limitTable() string {
	var rows [][]string
	for _, k := range topKey("limits").Keys {
		text := "none"
		limit, _ := engine.ParseLimit(k.Name)
		if n := *engine.DefaultLimits.Of(limit); n > 0 {
			text = bigNumber(n)
		}
		rows = append(rows, []string{"`" + k.Name + "`", k.Doc, text})
	}
	return table("limit, of, default", rows)
}

// bigNumber formats a number for people: in MiB if it is a whole number of them, otherwise in groups of digits.
func bigNumber(n int64) string {
	if n%(1<<20) == 0 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func codeTable() string {
	var rows [][]string
	for _, c := range Codes {
		rows = append(rows, []string{"`" + c.Code + "`", c.Meaning})
	}
	return table("code, meaning", rows)
}
