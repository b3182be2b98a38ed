package lsp

import (
	"maps"
	"slices"
	"strings"
	"testing"
	utf16pkg "unicode/utf16"

	"runloop/dsl"
)

const file = "file:///scenarios/test.yaml"

// TestDiagnostics compares what is published with what validate says, for the whole corpus, in each encoding.
func TestDiagnostics(t *testing.T) {
	files := corpus(t)
	for e, word := range encodingWords {
		c := begin(t, word)
		for n, name := range slices.Sorted(maps.Keys(files)) {
			text := files[name]
			if n%len(encodingWords) != e && !strings.ContainsFunc(text, func(r rune) bool { return r > 0x7F }) {
				continue // ASCII is the same in all
			}
			if !strings.HasPrefix(text, "runloop:") && !strings.Contains(text, "\nrunloop:") || !isUTF8(text) {
				continue
			}
			uri := "file:///scenarios/" + strings.TrimPrefix(name, "../../")
			c.open(uri, text)
			compareDiagnostics(t, name, c.checked(uri), text, encoding(e))
			c.tell("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": uri}})
			if got := c.checked(uri); len(got) != 0 {
				t.Errorf("%s: a closed document has the diagnostics %v", name, got)
			}
		}
	}
}

func isUTF8(text string) bool { return strings.ToValidUTF8(text, "") == text }

// compareDiagnostics compares published diagnostics with those of validate. It finds the places in its own way.
func compareDiagnostics(t *testing.T, name string, got []diagnostic, text string, e encoding) {
	t.Helper()
	if strings.Contains(text, "\ninclude:") {
		return // what it includes is not there
	}
	base := name[strings.LastIndexByte(name, '/')+1:]
	want := dsl.Check(base, []byte(text))
	if len(got) != len(want) {
		t.Errorf("%s: %d diagnostics are published, validate says %d", name, len(got), len(want))
		return
	}
	for i, w := range want {
		g := got[i]
		message := w.Message
		if w.Hint != "" {
			message += "\nhint: " + w.Hint
		}
		if g.Code != w.Code || g.Message != message || (g.Severity == protocolError) != (w.Severity == dsl.SeverityError) ||
			g.About == nil || g.About.Href != "runloop:"+w.Code {
			t.Errorf("%s: published is %+v, validate says %+v", name, g, w)
		}
		if start := placeOf(text, w.Span.Start, e); g.Range.Start != start {
			t.Errorf("%s: %s is published at %v, it is at %v", name, w.Code, g.Range.Start, start)
		}
		if end := placeOf(text, w.Span.End, e); g.Range.End != end {
			t.Errorf("%s: %s ends at %v, it ends at %v", name, w.Code, g.Range.End, end)
		}
		if (w.Note != "") != (len(g.Related) == 1) {
			t.Errorf("%s: %s has the notes %v", name, w.Code, g.Related)
		}
	}
}

// placeOf counts lines and units from the beginning of a text.
func placeOf(text string, offset int, e encoding) position {
	offset = min(offset, len(text))
	before := strings.ReplaceAll(strings.ReplaceAll(text[:offset], "\r\n", "\n"), "\r", "\n")
	line := before[strings.LastIndexByte(before, '\n')+1:]
	n := len(line)
	switch e {
	case utf16:
		n = len(utf16Units(line))
	case utf32:
		n = len([]rune(line))
	}
	return position{Line: int64(strings.Count(before, "\n")), Character: int64(n)}
}

func utf16Units(text string) []uint16 { return utf16pkg.Encode([]rune(text)) }

// TestPositions changes texts with characters of all widths, and goes from offsets to positions and back.
func TestPositions(t *testing.T) {
	texts := []string{"", "a", "a\nb", "é\r\n漢字 x\r🏃🏽‍♀️ e\u0301\n\n", "\uFEFFrunloop: 1\n", "a\r", "\r\n\r\n", "👩‍👩‍👧"}
	for e := range encodingWords {
		for _, text := range texts {
			d := &document{}
			d.setText([]byte(text))
			for offset := range text { // of characters
				p := d.position(offset, encoding(e))
				if strings.HasPrefix(text[offset:], "\n") && offset > 0 && text[offset-1] == '\r' {
					continue // inside a line break
				}
				if back := d.offset(p, encoding(e)); back != offset {
					t.Errorf("%q, %s: offset %d is %v, which is offset %d", text, encodingWords[e], offset, p, back)
				}
				if want := placeOf(text, offset, encoding(e)); p != want {
					t.Errorf("%q, %s: offset %d is %v, not %v", text, encodingWords[e], offset, p, want)
				}
			}
			for _, p := range []position{{-1, 0}, {0, -5}, {1 << 40, 0}, {0, 1 << 40}, {1, 1 << 40}, {-1 << 60, -1 << 60}} {
				if at := d.offset(p, encoding(e)); at < 0 || at > len(text) {
					t.Errorf("%q: %v is at %d", text, p, at)
				}
			}
		}
	}
	d := &document{}
	d.setText([]byte("🏃x"))
	if at := d.offset(position{0, 1}, utf16); at != 0 {
		t.Errorf("a position inside a pair of surrogates is offset %d, not the beginning of the character", at)
	}
}

// TestChanges applies changes and compares with the text that they are meant to make.
func TestChanges(t *testing.T) {
	at := func(line, from, to int64) *textRange {
		return &textRange{position{line, from}, position{line, to}}
	}
	tests := []struct {
		text    string
		changes []contentChange
		want    string
	}{
		{"abc", []contentChange{{Range: at(0, 1, 2), Text: "X"}}, "aXc"},
		{"abc\ndef", []contentChange{{Range: at(1, 0, 0), Text: "🏃"}, {Range: at(1, 2, 3), Text: ""}}, "abc\n🏃ef"},
		{"abc", []contentChange{{Text: "new"}, {Range: at(0, 3, 3), Text: "!"}}, "new!"},
		{"a\r", []contentChange{{Range: at(1, 0, 0), Text: "\n"}, {Range: at(1, 0, 0), Text: "b"}}, "a\r\nb"},
		{"abc", []contentChange{{Range: at(7, 3, 9), Text: "d"}}, "abcd"},
		{"abc", []contentChange{{Range: &textRange{position{0, 2}, position{0, 1}}, Text: "-"}}, "ab-c"},
	}
	for _, test := range tests {
		c := begin(t)
		c.open(file, test.text)
		c.change(file, test.changes...)
		if got := string(c.s.documents[file].text); got != test.want {
			t.Errorf("%q with %v becomes %q, not %q", test.text, test.changes, got, test.want)
		}
	}
}

// TestHostileClient sends what no client should.
func TestHostileClient(t *testing.T) {
	s := New(Options{})
	answer := func(text string) string {
		out := s.Handle([]byte(text))
		if len(out) == 0 {
			return ""
		}
		return string(out[0])
	}
	steps := []struct{ message, want string }{
		{"rubbish", "-32700"},
		{"[]", "-32700"},
		{`{"jsonrpc":"2.0","id":1,"method":"textDocument/hover","params":{}}`, "-32002"},
		{`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{}}`, ""},
		{`{"jsonrpc":"2.0","id":1,"method":"initialize","params":7}`, "-32602"},
		{`{"jsonrpc":"2.0","id":"a","method":"initialize","params":{"capabilities":{}}}`, `"id":"a","result"`},
		{`{"jsonrpc":"2.0","id":2,"method":"initialize","params":{}}`, "-32600"},
		{`{"jsonrpc":"2.0","id":3,"method":"no/such","params":{}}`, "-32601"},
		{`{"jsonrpc":"2.0","method":"no/such","params":{}}`, ""},
		{`{"jsonrpc":"2.0","id":4,"result":null}`, ""},
		{`{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"x","version":2}}}`, "not open"},
		{`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"x","version":5,"text":"ab"}}}`, ""},
		{`{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"x","version":4},"contentChanges":[{"text":""}]}}`, "version 4 comes after version 5"},
		{`{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"x","version":6},"contentChanges":[{"range":{"start":{"line":1.5,"character":0},"end":{"line":0,"character":0}},"text":""}]}}`, "cannot be read"},
		{`{"jsonrpc":"2.0","id":5,"method":"workspace/textDocumentContent","params":{"uri":"runloop:RL9999"}}`, "-32602"},
		{`{"jsonrpc":"2.0","id":6,"method":"workspace/textDocumentContent","params":{"uri":"runloop:RL0107"}}`, "# RL0107"},
		{`{"jsonrpc":"2.0","id":7,"method":"shutdown"}`, `"result":null`},
		{`{"jsonrpc":"2.0","id":8,"method":"shutdown"}`, "-32600"},
	}
	for _, step := range steps {
		if got := answer(step.message); step.want == "" && got != "" || !strings.Contains(got, step.want) {
			t.Errorf("%s is answered with %s, not %s", step.message, got, step.want)
		}
	}
	if string(s.documents["x"].text) != "ab" {
		t.Errorf("the text is %q", s.documents["x"].text)
	}
	if _, ended := s.Exited(); ended {
		t.Error("the session has ended before exit")
	}
	answer(`{"jsonrpc":"2.0","method":"exit"}`)
	if code, ended := s.Exited(); !ended || code != 0 {
		t.Errorf("after exit: %d, %v", code, ended)
	}
	s = New(Options{})
	answer(`{"jsonrpc":"2.0","method":"exit"}`)
	if code, ended := s.Exited(); !ended || code != 1 {
		t.Errorf("after exit without shutdown: %d, %v", code, ended)
	}
}

// TestOtherFiles opens YAML that is no scenario: nothing is said of it, unless the client calls it one.
func TestOtherFiles(t *testing.T) {
	c := begin(t)
	c.open(file, "services:\n  web: {}\n")
	if got := c.checked(file); len(got) != 0 {
		t.Errorf("of a file that is no scenario is said %v", got)
	}
	c.tell("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": file, "languageId": "runloop", "version": 1, "text": "services:\n  web: {}\n"}})
	if got := c.checked(file); len(got) == 0 {
		t.Error("of a file that its client calls a scenario nothing is said")
	}
}

// TestIdle checks that of many changes only the last text is checked, and each document in its turn.
func TestIdle(t *testing.T) {
	c := begin(t)
	for _, uri := range []string{"file:///b.yaml", "file:///a.yaml"} {
		c.open(uri, "runloop: 1\n")
		c.change(uri, contentChange{Text: "runloop: 2\n"})
		c.change(uri, contentChange{Text: "runloop: 1\nmain: [stop]\n"})
	}
	if out := c.s.Idle(); len(out) != 2 || !strings.Contains(string(out[0]), `a.yaml","version":3`) {
		t.Errorf("published is %q", out)
	}
	if out := c.s.Idle(); len(out) != 0 {
		t.Errorf("published again is %q", out)
	}
	if names := slices.Sorted(maps.Keys(c.s.documents)); len(names) != 2 {
		t.Errorf("open are %v", names)
	}
}
