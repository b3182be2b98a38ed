package lsp

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"runloop/dsl"
)

// TestSignatures looks at the function that is shown while its arguments are typed.
func TestSignatures(t *testing.T) {
	const head = "runloop: 1\nfunctions: { twice: { params: { x: int }, value: 2 * x, description: doubles } }\nmain:\n  - print: \""
	tests := []struct {
		text, label string
		at          int
	}{
		{"${round(◆", "round(x number, n? int) number", 0}, {"${round(1.5, ◆)}\"", "round(x number, n? int) number", 1},
		{"${round(len([1, 2]), ◆", "round(x number, n? int) number", 1}, {"${twice(len(◆))}\"", "len(x string|list|map) int", 0},
		{"${twice(◆)}\"", "twice(x int) int", 0}, {"${max(1, 2, 3, ◆)}\"", "max(...values any) any", 0}, {"${twice(1)} ◆\"", "", 0}, {"round(◆", "", 0},
	}
	for _, test := range tests {
		c := begin(t)
		var help *signatureHelp
		c.ask("textDocument/signatureHelp", c.marked(head+test.text), &help)
		switch {
		case help == nil && test.label != "":
			t.Errorf("%s: nothing is shown", test.text)
		case help != nil && (help.Signatures[0].Label != test.label || help.ActiveParameter != test.at):
			t.Errorf("%s: shown is %+v", test.text, help)
		}
	}
}

// TestHints looks at the times behind steps.
func TestHints(t *testing.T) {
	c := begin(t)
	text := `runloop: 1
coroutines:
  short: { do: [{ sleep: 1s }, { sleep: 250ms }, { return: 1 }] }
  long:
    do:
      - sleep: 1m
      - repeat: 3
        do: [{ sleep: 2s }]
      - sleep: 1s
      - while: now > 3
        do: [{ sleep: 1s }]
      - sleep: 1s
  itself: { do: [{ sleep: 1s }, { call: itself }, { sleep: 1s }] }
workers:
  w: { start: 2s, do: [{ sleep: 1s }] }
main:
  - sleep: 1s
  - call: short
  - if: now > 1
    then: [{ print: a }]
  - sleep_until: 5s
  - spawn: { do: [{ sleep: 9s }] }
  - sleep: 0.5
  - call: long
  - sleep: 1s
`
	c.open(file, text)
	var list []inlayHint
	c.ask("textDocument/inlayHint", map[string]any{"textDocument": map[string]any{"uri": file}}, &list)
	got := []string{}
	for _, h := range list {
		line := strings.Split(text, "\n")[h.Position.Line]
		got = append(got, strings.TrimSpace(line[:h.Position.Character])+" "+h.Label)
	}
	want := []string{"- sleep: 1s until 1.0s", "- call: short until 2.25s", "- sleep_until: 5s until 5.0s", "- sleep: 0.5 until 5.5s",
		"short: { do: [{ sleep: 1s until +1.0s", "short: { do: [{ sleep: 1s }, { sleep: 250ms until +1.25s",
		"- sleep: 1m until +60.0s", "- sleep: 1s until +67.0s", "itself: { do: [{ sleep: 1s until +1.0s",
		"w: { start: 2s, do: [{ sleep: 1s until 3.0s"}
	if !slices.Equal(got, want) {
		t.Errorf("the times are\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestTokens decodes the tokens of every bundled scenario: they are in order, none overlaps another, and they have the right
// kinds.
func TestTokens(t *testing.T) {
	files := bundled(t)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		c := begin(t)
		c.open(file, files[name])
		var out semanticTokens
		c.ask("textDocument/semanticTokens/full", map[string]any{"textDocument": map[string]any{"uri": file}}, &out)
		if len(out.Data) < 50 {
			t.Errorf("%s has only %d numbers", name, len(out.Data))
		}
		for i := 0; i < len(out.Data); i += 5 {
			if d := out.Data[i : i+5]; d[0] < 0 || d[1] < 0 || d[2] <= 0 || d[3] < 0 || int(d[3]) >= len(tokenTypes) || d[4] >= 1<<len(tokenModifiers) {
				t.Errorf("%s: a token is %v", name, d)
			}
		}
	}
	c := begin(t)
	c.open(file, "runloop: 1 # 🏃\nparams: { k: 2 }\nshared: { n: 1 }\nmain:\n  - set: { n: \"${round(n * 2.5) + k}\" }\n  - raise: ValueError\n    message: \"🏃 ${not (n > now) ? 'a' : 'b'}\"\n")
	var got []string
	for _, tok := range c.s.documents[file].tokens() {
		got = append(got, fmt.Sprintf("%s:%s:%d", c.s.documents[file].string(tok.span), tokenTypes[tok.kind], tok.modifier))
	}
	want := "k:parameter:3 n:variable:1 set:keyword:0 n:variable:4 round:function:8 n:variable:0 2.5:number:0 k:parameter:2 raise:keyword:0 " +
		"ValueError:type:0 not:keyword:0 n:variable:0 now:variable:10 'a':string:0 'b':string:0"
	if text := strings.Join(got, " "); text != want {
		t.Errorf("the tokens are\n%s\nnot\n%s", text, want)
	}
	var whole, part semanticTokens
	c.ask("textDocument/semanticTokens/full", map[string]any{"textDocument": map[string]any{"uri": file}}, &whole)
	c.ask("textDocument/semanticTokens/range", map[string]any{"textDocument": map[string]any{"uri": file},
		"range": textRange{position{4, 0}, position{4, 100}}}, &part)
	if len(part.Data) != 6*5 || len(whole.Data) != 15*5 {
		t.Errorf("%d numbers in a line, %d in all", len(part.Data), len(whole.Data))
	}
}

// TestLenses runs a scenario from its lenses, and looks at what they say then.
func TestLenses(t *testing.T) {
	const text = "runloop: 1\nmain:\n  - sleep: 2s\n  - print: hello\nexpect:\n  ends: completed\n  at: 2s\n  output: [hello]\n"
	titles := func(c *session) string {
		var list []codeLens
		c.ask("textDocument/codeLens", map[string]any{"textDocument": map[string]any{"uri": file}}, &list)
		var all []string
		for _, l := range list {
			all = append(all, fmt.Sprintf("%d:%s", l.Range.Start.Line, l.Command.Title))
		}
		return strings.Join(all, ", ")
	}
	c := begin(t)
	c.open(file, text)
	if got := titles(c); got != "0:▶ run, 0:see, 0:explore" {
		t.Errorf("before a run the lenses are %s", got)
	}
	run := map[string]any{"command": commandRun, "arguments": []any{file}}
	var o outcome
	if c.ask("workspace/executeCommand", run, &o); !o.OK || o.Output != "hello\n" || o.Summary != "completed at 2.0s" {
		t.Errorf("the run came to %+v", o)
	}
	if got := titles(c); got != "0:▶ run, 0:see, 0:explore, 0:ended completed at 2.0s, 4:✓ held" {
		t.Errorf("after a run the lenses are %s", got)
	}
	c.change(file, contentChange{Text: strings.Replace(text, "at: 2s", "at: 3s", 1)})
	if got := titles(c); got != "0:▶ run, 0:see, 0:explore" {
		t.Errorf("after a change the lenses are %s", got)
	}
	c.ask("workspace/executeCommand", run, &o)
	if got := titles(c); o.OK || !strings.Contains(got, "6:✗ ") {
		t.Errorf("after a run that failed the lenses are %s", got)
	}
	var picture drawing
	c.ask("workspace/executeCommand", map[string]any{"command": commandSee, "arguments": []any{file}}, &picture)
	if !strings.HasPrefix(picture.SVG, "<svg") || !strings.Contains(picture.SVG, "main") {
		t.Errorf("the picture is %.100s", picture.SVG)
	}
	c.change(file, contentChange{Text: "runloop: 1\nmain: [{ while: true, do: [{ print: a }] }]\n"})
	if c.ask("workspace/executeCommand", run, &o); o.OK || !strings.HasPrefix(o.Summary, "limit") {
		t.Errorf("a run without end came to %s", o.Summary)
	}
	c.change(file, contentChange{Text: "runloop: 1\nmain: [{ slep: 1 }]\n"})
	if m := c.try("workspace/executeCommand", run); m.Error == nil {
		t.Error("a file with errors is run")
	}
	if m := c.try("workspace/executeCommand", map[string]any{"command": "rm", "arguments": []any{file}}); m.Error == nil {
		t.Error("a command that there is not is run")
	}
}

// TestExploreLens runs scenarios in other orders.
func TestExploreLens(t *testing.T) {
	const lost = "runloop: 1\nshared: { n: 0 }\nworkers:\n  a: [{ sleep: 1s }, { let: { seen: \"${n}\" } }, { sleep: 1s }, { set: { n: \"${seen + 1}\" } }]\n" +
		"  b: [{ sleep: 3s }, { set: { n: \"${n + 1}\" } }]\nexpect: { that: [n == 2] }\n"
	const section = "explore: { late: 1500ms }\n"
	c := begin(t)
	explore := map[string]any{"command": commandExplore, "arguments": []any{file}}
	for _, test := range []struct {
		text, summary string
		steps         int
	}{
		{lost, "there is one order only", 0},
		{lost + section, "another order fails", 2},
		{strings.Replace(lost, "sleep: 3s", "sleep: 2s", 1) + "ties: random\n", "the usual run fails already", 0},
		{strings.Replace(lost, "n == 2", "n > 0", 1) + section, "all 4 orders are as expected", 0},
		{"runloop: 1\nworkers: { w: { count: 9, do: [{ repeat: 90, do: [{ sleep: 1s }] }] } }\nexpect: { ends: completed }\n" +
			"explore: { ready: true, runs: 100 }\n", "100 schedules are as expected: no proof", 0},
	} {
		c.open(file, test.text)
		var x explored
		c.ask("workspace/executeCommand", explore, &x)
		if x.Summary != test.summary || len(x.Steps) != test.steps || (x.Schedule != "") != (test.steps > 0) {
			t.Errorf("explored is %+v, not %q", x, test.summary)
		}
		var list []codeLens
		c.ask("textDocument/codeLens", map[string]any{"textDocument": map[string]any{"uri": file}}, &list)
		if last := list[len(list)-1].Command.Title; last != mark(x.OK)+test.summary {
			t.Errorf("the lens says %q", last)
		}
	}
}

// TestFormatting compares edits of documents and of ranges, in every encoding, with what package dsl does.
func TestFormatting(t *testing.T) {
	files := corpus(t)
	formatted := 0
	for n, name := range slices.Sorted(maps.Keys(files)) {
		// Every line gets a blank more behind its first colon: that is always another layout of the same.
		text := strings.ReplaceAll(files[name], ": ", ":  ")
		want, err := dsl.Format("test.yaml", []byte(text))
		if !isUTF8(text) || !strings.Contains("\n"+text, "\nrunloop:") {
			continue
		}
		c := begin(t, encodingWords[n%len(encodingWords)])
		c.open(file, text)
		params := map[string]any{"textDocument": map[string]any{"uri": file}, "options": map[string]any{"tabSize": 4}}
		m := c.try("textDocument/formatting", params)
		if (err != nil) != (m.Error != nil) {
			t.Errorf("%s: the answer is %v, the error of Format %v", name, m.Error, err)
		}
		if err != nil || m.Error != nil {
			continue
		}
		formatted++
		var edits []textEdit
		c.read(m.Result, &edits)
		if got := c.edited(workspaceEdit{map[string][]textEdit{file: edits}}); got != string(want) {
			t.Errorf("%s is laid out as\n%s\nnot\n%s", name, got, want)
		}
		last := len(c.s.documents[file].lines)
		params["range"] = textRange{position{int64(last / 2), 0}, position{int64(last/2 + 1), 0}}
		m = c.try("textDocument/rangeFormatting", params)
		if m.Error != nil {
			t.Errorf("%s: a range: %v", name, m.Error)
			continue
		}
		c.read(m.Result, &edits)
		part := c.edited(workspaceEdit{map[string][]textEdit{file: edits}})
		if whole, err := dsl.Format("test.yaml", []byte(part)); err != nil || string(whole) != string(want) {
			t.Errorf("%s: after a range is laid out the whole is laid out otherwise: %v", name, err)
		}
	}
	if formatted < 50 {
		t.Errorf("only %d files were laid out", formatted)
	}
}
