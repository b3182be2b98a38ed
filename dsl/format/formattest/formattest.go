// Package formattest writes scenarios in random layouts, for tests of what lays them out.
package formattest

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"runloop/dsl/source"
	"runloop/dsl/yaml"
)

// Layout writes a tree of nodes in a layout that r decides: blocks and brackets, indentation, line breaks, quotes, empty
// lines and comments. Now and then a YAML parser reads something else in it, so the caller compares.
func Layout(r *rand.Rand, root *yaml.Node) []byte {
	w := &writer{r: r, comments: r.IntN(3), brackets: r.Float64() * 0.6, eol: "\n"}
	if w.chance(0.1) {
		w.eol = "\r\n"
	}
	if w.chance(0.1) {
		w.above(0)
		w.text("---")
		w.endLine()
	}
	w.above(0)
	if w.chance(0.05) {
		w.flow(root, 0)
		w.endLine()
	} else {
		w.block(root, 0, false)
	}
	if w.above(0); w.chance(0.1) {
		w.text("...")
		w.endLine()
	}
	text := w.b.String()
	if w.chance(0.1) {
		text = strings.TrimSuffix(text, "\n")
	}
	return []byte(strings.ReplaceAll(text, "\n", w.eol))
}

// writer writes one layout.
type writer struct {
	r        *rand.Rand
	b        strings.Builder
	comments int // how many there are: 0 to 2
	brackets float64
	eol      string
	count    int  // comments so far
	bare     bool // a block scalar has just ended: a comment there must not be indented
}

func (w *writer) chance(p float64) bool { return w.r.Float64() < p }

func (w *writer) text(s string) { w.b.WriteString(s) }

func (w *writer) blanks(atLeast int) string {
	if w.chance(0.8) {
		return strings.Repeat(" ", atLeast)
	}
	return strings.Repeat(" ", atLeast+w.r.IntN(3))
}

func (w *writer) comment() string {
	w.count++
	return fmt.Sprintf("#%s%d%s", w.blanks(1), w.count, []string{"", "", " ", "  # x", " é: [", " \"'"}[w.r.IntN(6)])
}

// endLine ends a line, perhaps with a comment.
func (w *writer) endLine() {
	if w.chance(0.06 * float64(w.comments)) {
		w.text(w.blanks(1) + w.comment())
	} else if w.chance(0.03) {
		w.text("  ")
	}
	w.text("\n")
}

// above writes empty lines and comments, near a column.
func (w *writer) above(col int) {
	for w.chance(0.12) {
		if w.chance(0.1 * float64(w.comments)) {
			at := max(col-4+w.r.IntN(8), 0)
			if w.bare || w.chance(0.6) {
				at = w.r.IntN(col + 1)
			}
			w.text(strings.Repeat(" ", at) + w.comment() + "\n")
		} else {
			w.text([]string{"", "", "  "}[w.r.IntN(3)] + "\n")
		}
	}
	w.bare = false
}

func (w *writer) indent(col int) { w.text(strings.Repeat(" ", col)) }

// block writes a list or a map in lines of their own, from column col on. inline says that the first line has begun.
func (w *writer) block(n *yaml.Node, col int, inline bool) {
	for i, item := range n.Items {
		if i > 0 || !inline {
			w.above(col)
			w.indent(col)
		}
		w.text("-")
		w.value(item, col, false)
	}
	for i, pair := range n.Pairs {
		if i > 0 || !inline {
			w.above(col)
			w.indent(col)
		}
		key := w.scalar(&yaml.Node{Text: pair.Key, Quoted: !isPlain(pair.Key)}, false)
		if w.chance(0.02) {
			w.text("? " + key)
			w.endLine()
			w.indent(col)
		} else {
			w.text(key + w.blanks(0))
		}
		w.text(":")
		w.value(pair.Value, col, true)
	}
}

// value writes the value of an item, which is in column col, behind its dash or its colon.
func (w *writer) value(n *yaml.Node, col int, ofKey bool) {
	switch isEmpty := len(n.Items)+len(n.Pairs) == 0; {
	case n.Kind == yaml.ScalarNode:
		w.scalarValue(n, col)
	case isEmpty || w.chance(w.brackets):
		if w.text(w.blanks(1)); w.chance(0.05) {
			w.below(col)
		}
		w.flow(n, col)
		w.endLine()
	case !ofKey && w.chance(0.9):
		step := 1 + w.r.IntN(3)
		w.text(strings.Repeat(" ", step))
		w.block(n, col+1+step, true)
	default:
		if w.chance(0.02) {
			w.text(" &a" + fmt.Sprint(w.r.IntN(1000)))
		}
		w.endLine()
		step := 1 + w.r.IntN(4)
		if ofKey && n.Kind == yaml.ListNode && w.chance(0.3) {
			step = 0
		}
		w.block(n, col+step, false)
	}
}

// below goes to a line of its own for the value of an item in column col.
func (w *writer) below(col int) {
	w.endLine()
	w.above(col + 1)
	w.indent(col + 1 + w.r.IntN(3))
}

func (w *writer) scalarValue(n *yaml.Node, col int) {
	if n.Quoted && strings.Contains(n.Text, "\n") && w.chance(0.7) && !strings.HasPrefix(n.Text, "\n") {
		w.blockText(n.Text, col)
		return
	}
	text := w.scalar(n, false)
	if text == "" {
		w.endLine()
		return
	}
	w.text(w.blanks(1))
	if w.chance(0.03) {
		w.below(col)
	}
	if w.chance(0.1) {
		text = strings.Replace(text, " ", []string{"\n", " \n  "}[w.r.IntN(2)]+strings.Repeat(" ", col+1+w.r.IntN(4)), 1)
	}
	w.text(text)
	w.endLine()
}

// blockText writes a block scalar.
func (w *writer) blockText(text string, col int) {
	header, body := "|", strings.TrimRight(text, "\n")
	switch ends := len(text) - len(body); {
	case ends == 0:
		header += "-"
	case ends > 1:
		header += "+"
		body += strings.Repeat("\n", ends-1)
	}
	step := 1 + w.r.IntN(4)
	if strings.HasPrefix(body, " ") || w.chance(0.1) {
		header = header[:1] + fmt.Sprint(step) + header[1:]
	}
	w.text(w.blanks(1) + header)
	w.endLine()
	for line := range strings.Lines(body + "\n") {
		if line != "\n" {
			w.indent(col + step)
		}
		w.text(line)
	}
	w.bare = true
}

// flow writes a value in brackets.
func (w *writer) flow(n *yaml.Node, col int) {
	open, shut := "[", "]"
	if n.Kind == yaml.MapNode {
		open, shut = "{", "}"
	}
	if n.Kind == yaml.ScalarNode {
		text := w.scalar(n, true)
		if w.chance(0.03) {
			text = strings.Replace(text, " ", "\n"+strings.Repeat(" ", col+1), 1)
		}
		w.text(text)
		return
	}
	w.text(open)
	w.flowGap(col)
	for i, item := range n.Items {
		w.flowComma(i, col)
		if item.Kind == yaml.MapNode && len(item.Pairs) == 1 && w.chance(0.3) {
			w.flowPair(item.Pairs[0], col)
		} else {
			w.flow(item, col)
		}
	}
	for i, pair := range n.Pairs {
		w.flowComma(i, col)
		w.flowPair(pair, col)
	}
	if len(n.Items)+len(n.Pairs) > 0 && w.chance(0.1) {
		w.text(",")
	}
	w.flowGap(col)
	w.text(shut)
}

func (w *writer) flowComma(i, col int) {
	if i > 0 {
		w.text(",")
		if w.flowGap(col); w.chance(0.8) {
			w.text(" ")
		}
	}
}

func (w *writer) flowPair(pair yaml.Pair, col int) {
	w.text(w.scalar(&yaml.Node{Text: pair.Key, Quoted: !isPlain(pair.Key)}, true) + ":" + w.blanks(1))
	if w.chance(0.03) {
		w.flowGap(col)
	}
	w.flow(pair.Value, col)
}

// flowGap writes what may stand between two tokens inside brackets.
func (w *writer) flowGap(col int) {
	switch {
	case w.chance(0.5):
	case w.chance(0.7):
		w.text(w.blanks(1))
	default:
		w.endLine()
		w.above(col + 2)
		w.indent(col + 1 + w.r.IntN(4))
	}
}

// scalar is a scalar in quotes, or as it is.
func (w *writer) scalar(n *yaml.Node, flow bool) string {
	switch {
	case !n.Quoted && (!flow || !strings.ContainsAny(n.Text, ",[]{}?")):
		return n.Text
	case strings.ContainsFunc(n.Text, unicode.IsControl):
		return strconv.Quote(n.Text) // its \x07 is YAML's, too
	case strings.ContainsAny(n.Text, "\\\u00a0") || strings.TrimSpace(n.Text) != n.Text || w.chance(0.5):
		return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(n.Text) + `"`
	}
	return "'" + strings.ReplaceAll(n.Text, "'", "''") + "'"
}

// isPlain reports whether a key can stand without quotes.
func isPlain(key string) bool {
	return key != "" && strings.Trim(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == "" &&
		key[0] > '9'
}

// Equal reports whether two trees say the same, where b may have a list of steps instead of a map that holds only it.
func Equal(a, b *yaml.Node) bool {
	if a == nil || b == nil {
		return a == b
	}
	if a.Kind == yaml.MapNode && b.Kind == yaml.ListNode && len(a.Pairs) == 1 && a.Pairs[0].Key == "do" {
		return Equal(a.Pairs[0].Value, b)
	}
	if a.Kind != b.Kind || a.Type != b.Type || a.Text != b.Text || a.Quoted != b.Quoted || a.Broken != b.Broken ||
		len(a.Items) != len(b.Items) || len(a.Pairs) != len(b.Pairs) {
		return false
	}
	for i := range a.Items {
		if !Equal(a.Items[i], b.Items[i]) {
			return false
		}
	}
	for i, p := range a.Pairs {
		if p.Key != b.Pairs[i].Key || !Equal(p.Value, b.Pairs[i].Value) {
			return false
		}
	}
	return true
}

// Parse reads a file into nodes.
func Parse(text []byte) (*yaml.Node, source.Diagnostics) {
	var diags source.Diagnostics
	root, _ := yaml.Parse(source.NewSource("test.yaml", text), &diags)
	return root, diags
}

// Names returns the names of files in order.
func Names(files map[string][]byte) []string { return slices.Sorted(maps.Keys(files)) }

// Edits is a function that lays a file out.
type Edits func(*source.Source) (edits []source.Fix, at int)

// Check lays out a file without mistakes, and returns the result. The error says which promise was not kept.
func Check(edits Edits, text []byte) (result []byte, err error) {
	if result, err = keeps(edits, text); err != nil {
		return result, err
	}
	again, at := edits(source.NewSource("test.yaml", result))
	if at >= 0 || len(again) > 0 {
		return result, fmt.Errorf("the result changes when it is laid out again: %v", again)
	}
	return result, nil
}

// CheckLayout is Check for what Layout wrote: it also compares the comments.
func CheckLayout(edits Edits, text []byte) (result []byte, err error) {
	if result, err = Check(edits, text); err != nil {
		return result, err
	}
	return result, sameComments(text, result)
}

// CheckPart is CheckLayout for edits of a part of the file, which may leave more to do.
func CheckPart(edits Edits, text []byte) (result []byte, err error) {
	if result, err = keeps(edits, text); err != nil {
		return result, err
	}
	return result, sameComments(text, result)
}

// keeps lays a file out, and checks that it means the same.
func keeps(edits Edits, text []byte) (result []byte, err error) {
	src := source.NewSource("test.yaml", text)
	list, at := edits(src)
	if at >= 0 {
		return nil, fmt.Errorf("it cannot be laid out: %s", src.Pos(at))
	}
	result = apply(text, list)
	before, _ := Parse(text)
	after, diags := Parse(result)
	if diags.HasErrors() {
		return result, fmt.Errorf("the result is no YAML: %v", diags)
	}
	if !Equal(before, after) {
		return result, errors.New("the result means something else")
	}
	return result, nil
}

func sameComments(before, after []byte) error {
	if was, is := comments(before), comments(after); !slices.Equal(was, is) {
		return fmt.Errorf("the comments %q became %q", was, is)
	}
	return nil
}

func apply(text []byte, edits []source.Fix) []byte {
	for _, e := range slices.Backward(edits) {
		text = slices.Concat(text[:e.Span.Start], []byte(e.New), text[e.Span.End:])
	}
	return text
}

// comments returns the comments that Layout wrote into a file, in order: they begin with a number.
func comments(text []byte) []string {
	var list []string
	for _, m := range numbered.FindAll(text, -1) {
		list = append(list, strings.TrimSpace(string(m)))
	}
	return list
}

var numbered = regexp.MustCompile(`# {1,3}\d+[^\r\n]*`)
