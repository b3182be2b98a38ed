package lsp

import (
	"flag"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
)

var edits = flag.Int("edits", 1500, "how many random edits TestEdits makes")

// TestEdits edits the bundled scenarios at random: inserts, deletes, pastes, undoes. After every edit the server has the text
// that the client has, and answers requests at random places without a defect or a place outside the text; diagnostics are
// those of validate. With many edits it also checks that memory stays flat.
func TestEdits(t *testing.T) {
	files := bundled(t)
	names := slices.Sorted(maps.Keys(files))
	r := rand.New(rand.NewPCG(1, 2))
	var heap uint64
	for n := 0; n < *edits; {
		name := names[r.IntN(len(names))]
		e := encoding(r.IntN(len(encodingWords)))
		c := begin(t, encodingWords[e])
		text := files[name]
		c.open(file, text)
		history := []string{text}
		for range min(100, *edits-n) {
			n++
			text = c.editAtRandom(r, text, history, files[names[r.IntN(len(names))]])
			history = append(history, text)
			if got := string(c.s.documents[file].text); got != text {
				t.Fatalf("%s: the server has\n%q, the client\n%q", name, got, text)
			}
			if n%5 == 0 && strings.Contains("\n"+text, "\nrunloop:") {
				compareDiagnostics(t, "test.yaml", c.checked(file), text, e)
			}
			c.askAtRandom(r)
			if t.Failed() {
				t.Fatalf("edit %d of %s, in %s: the text is\n%s", n, name, encodingWords[e], text)
			}
		}
		c.tell("textDocument/didClose", map[string]any{"textDocument": map[string]any{"uri": file}})
		if n == 20_000 || n == *edits && heap > 0 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			t.Logf("after %d edits the heap has %d KiB", n, m.HeapAlloc>>10)
			if heap > 0 && m.HeapAlloc > 2*heap+(8<<20) {
				t.Errorf("the heap has grown from %d to %d bytes", heap, m.HeapAlloc)
			}
			heap = m.HeapAlloc
		}
	}
}

// pieces are what people type, and what hurts.
var pieces = []string{"a", ":", " ", "- ", "\n", "\n    ", "{", "}", "[", "]", "\"", "'", "${", "}", "#", " # ", "🏃", "漢", "e\u0301", "\t", "\r\n", "\r",
	"print: ", "do:\n", "|\n", ">\n", "&a ", "*a", "!", "?", "%", "@", "`", "\\", "tasks[\"", ".", "..", "(", ")", "0", "é: ", "---\n", "\uFEFF", ",", "x: {"}

// editAtRandom makes one edit of a text and tells the server. It returns the new text.
func (c *session) editAtRandom(r *rand.Rand, text string, history []string, other string) string {
	d := c.s.documents[file]
	starts := []int{0}
	for i := range text {
		starts = append(starts, i)
	}
	starts = append(starts, len(text))
	from := starts[r.IntN(len(starts))]
	to, insert := from, ""
	switch r.IntN(6) {
	case 0, 1:
		insert = pieces[r.IntN(len(pieces))]
	case 2: // delete a little
		to = starts[min(slices.Index(starts, from)+1+r.IntN(4), len(starts)-1)]
	case 3: // replace lines
		to = from + strings.IndexByte(text[from:]+"\n", '\n')
		to = min(to, len(text))
		insert = pieces[r.IntN(len(pieces))]
	case 4: // paste a part of another file
		lines := strings.SplitAfter(other, "\n")
		i := r.IntN(len(lines))
		insert = strings.Join(lines[i:min(i+1+r.IntN(5), len(lines))], "")
	case 5: // undo
		text = history[max(len(history)-1-r.IntN(5), 0)]
		c.change(file, contentChange{Text: text})
		return text
	}
	if from > 0 && text[from-1] == '\r' && strings.HasPrefix(text[from:], "\n") ||
		to > 0 && text[to-1] == '\r' && strings.HasPrefix(text[to:], "\n") {
		return text // inside a line break no position is
	}
	c.change(file, contentChange{Range: &textRange{d.position(from, c.s.encoding), d.position(to, c.s.encoding)}, Text: insert})
	return text[:from] + insert + text[to:]
}

// askAtRandom sends a request about a random place, which may be outside the text.
func (c *session) askAtRandom(r *rand.Rand) {
	d := c.s.documents[file]
	at := d.position(r.IntN(len(d.text)+1), c.s.encoding)
	if r.IntN(20) == 0 {
		at = position{int64(r.IntN(500)) - 10, int64(r.IntN(500)) - 10}
	}
	where := map[string]any{"textDocument": map[string]any{"uri": file}, "position": at}
	if r.IntN(3) == 0 {
		c.askOfText(r, where)
	}
	var list completionList
	c.ask("textDocument/completion", where, &list)
	for _, item := range list.Items {
		c.inText(item.Edit.Range)
		sp := d.span(item.Edit.Range, c.s.encoding)
		if offset := d.offset(at, c.s.encoding); sp.Start > offset || offset > sp.End {
			c.t.Errorf("at %v, %s replaces %v", at, item.Label, item.Edit.Range)
		} else if prefix := string(d.text[sp.Start:offset]); !hasPrefixFold(item.Label, prefix) {
			c.t.Errorf("at %v, behind %q, %s is offered", at, prefix, item.Label)
		}
	}
}

// askOfText sends requests about a place, or about the whole document, and looks at the ranges of the answers.
func (c *session) askOfText(r *rand.Rand, where map[string]any) {
	methods := []string{"hover", "definition", "references", "documentHighlight", "prepareRename", "documentSymbol", "foldingRange",
		"selectionRange", "inlayHint", "semanticTokens/full", "signatureHelp", "codeLens"}
	method := "textDocument/" + methods[r.IntN(len(methods))]
	where["positions"] = []any{where["position"]}
	where["context"] = map[string]any{"includeDeclaration": true}
	var result any
	c.ask(method, where, &result)
	c.ranges(result)
	if m := c.try("textDocument/formatting", where); m.Error != nil && m.Error.Code != codeRequestFailed {
		c.t.Errorf("formatting: %v", m.Error)
	} else if m.Error == nil {
		c.read(m.Result, &result)
		c.ranges(result)
	}
	if r.IntN(10) == 0 {
		where["range"] = textRange{End: where["position"].(position)}
		where["context"] = map[string]any{"only": []string{quickFix}}
		c.ask("textDocument/codeAction", where, &result)
		c.ranges(result)
	}
}

// ranges checks every range in a result.
func (c *session) ranges(result any) {
	switch v := result.(type) {
	case []any:
		for _, item := range v {
			c.ranges(item)
		}
	case map[string]any:
		start, isRange := v["start"].(map[string]any)
		end, both := v["end"].(map[string]any)
		if isRange && both {
			at := func(p map[string]any) position {
				return position{int64(p["line"].(float64)), int64(p["character"].(float64))}
			}
			c.inText(textRange{at(start), at(end)})
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			c.ranges(v[key])
		}
	}
}

// inText checks that a range lies inside the document, at characters.
func (c *session) inText(at textRange) {
	c.t.Helper()
	d := c.s.documents[file]
	for _, p := range []position{at.Start, at.End} {
		if back := d.position(d.offset(p, c.s.encoding), c.s.encoding); back != p {
			c.t.Errorf("the place %v is not in the text: the nearest is %v", p, back)
		}
	}
}
