// Package yaml reads bytes into a tree of nodes, forgivingly, and says what is wrong with them as YAML. It is the only
// one that imports a YAML library, and knows nothing of the language.
package yaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"runloop/dsl/source"
)

// The codes of what can be wrong with a file as a file and as YAML.
const (
	CodeFileTooLarge   = "RL0001" // the file has more than maxFileSize bytes
	CodeFileEmpty      = "RL0002" // there is nothing in the file but comments
	CodeFileEncoding   = "RL0003" // not UTF-8, or a character that YAML does not allow
	CodeSyntax         = "RL0004" // not YAML, for a reason that has no code of its own
	CodeIndentation    = "RL0005" // a line's indentation fits nothing above it, or is made with tabs
	CodeTooDeep        = "RL0006" // nested deeper than maxDepth
	CodeDuplicateKey   = "RL0007" // a key stands twice in one map
	CodeMergeKey       = "RL0008" // a merge key `<<`
	CodeKeyType        = "RL0009" // a key that is not text
	CodeSecondDocument = "RL0010" // more than one YAML document, or a directive
	CodeAlias          = "RL0011" // an alias without anchor, or inside its own anchor, or too much expansion
	CodeTag            = "RL0012" // a YAML tag, often meant as "not"
	CodeNumber         = "RL0013" // 010, 0x1F, 1_000, or a number out of range
	CodeTooLong        = "RL0014" // a text of more than maxTextSize bytes, or too many values in one file
	CodeFlowText       = "RL0015" // `${…}`, brackets or commas of an expression, unquoted inside [ ] or { }
	CodeHash           = "RL0016" // ` #` began a comment inside a text, or made a value empty
	CodeColon          = "RL0017" // `: ` inside an unquoted value
	CodeIndicator      = "RL0018" // an unquoted value begins with a character that means something to YAML
	CodeAfterQuote     = "RL0019" // text after a quoted value
	CodeUnclosed       = "RL0020" // a quote or a bracket that is never closed
	CodeEscape         = "RL0021" // an unknown escape in double quotes
	CodeMissingColon   = "RL0022" // a line of a map that is no `key: value`
	CodeBraces         = "RL0023" // `{{ x }}` instead of ${x}
)

// The bounds of a file. What is above one is an error.
const (
	MaxFileSize   = 8 << 20 // in bytes
	MaxTextSize   = 1 << 20 // of one scalar, in bytes
	maxDepth      = 64      // of the tree
	maxAliasNodes = 20_000  // that aliases expand to, all in all
	maxNodes      = 500_000 // in one file
)

// Parse reads a file into a tree and reports all that is wrong with it as YAML. The root is nil where there is no tree
// at all; else it is what could be read, with Broken nodes where it could not. hidden is the lines that fit nowhere
// and were left out: what they hold is missing in the tree.
func Parse(src *source.Source, diags *source.Diagnostics) (root *Node, hidden []source.Span) {
	if !CheckBytes(src, diags) {
		return nil, nil
	}
	scan := scanAccidents(src)
	if scan.fatal {
		scan.report(diags, true)
		return nil, nil
	}
	// YAML itself decides: mistakes that it does not mind are reported only if they change what is meant.
	doc, err := decodeYAML(scan.patched(false))
	patched := err != nil && scan.found()
	if patched {
		doc, err = decodeYAML(scan.patched(true))
		hidden = scan.hidden
	}
	scan.report(diags, patched)
	switch {
	case err != nil && patched: // said enough
		return nil, nil
	case err != nil:
		reportSyntax(src, err, diags)
		return nil, nil
	case doc == nil || len(doc.Content) == 0:
		if len(scan.accidents) == 0 {
			diags.Add(source.Diagnostic{Code: CodeFileEmpty, Message: "the file is empty: a scenario was expected",
				Hint: "the first line of a scenario is `runloop: 1`"})
		}
		return nil, nil
	}
	w := &treeWalker{src: src, diags: diags, patches: scan.applied(patched), nodes: map[*yaml.Node]*measured{},
		referred: map[*yaml.Node]bool{}}
	n := w.node(doc.Content[0], 1).Node
	w.lostAnchors()
	return n, hidden
}

// Valid reports whether YAML itself finds nothing wrong with a file.
func Valid(src *source.Source) bool {
	scan := scanAccidents(src)
	_, err := decodeYAML(scan.patched(false))
	return err == nil && !scan.fatal
}

// CheckBytes reports what makes a file no text, and whether it is text.
func CheckBytes(src *source.Source, diags *source.Diagnostics) bool {
	data := src.Bytes()
	fail := func(code string, at, size int, message, hint string) bool {
		diags.Add(source.Diagnostic{Code: code, Span: source.Span{Start: at, End: at + size}, Message: message, Hint: hint})
		return false
	}
	if len(data) > MaxFileSize {
		return fail(CodeFileTooLarge, 0, 0, fmt.Sprintf("the file has %d bytes: at most %d are read", len(data),
			MaxFileSize), "")
	}
	if isUTF16(data) {
		return fail(CodeFileEncoding, 0, min(2, len(data)), "the file is UTF-16: UTF-8 was expected", "save it as UTF-8")
	}
	for i := src.Lines[0]; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return fail(CodeFileEncoding, i, 1, fmt.Sprintf("the byte 0x%02X is not UTF-8", data[i]), "save the file as UTF-8")
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', r == 0x7F:
			return fail(CodeFileEncoding, i, size, fmt.Sprintf("the control character U+%04X cannot stand in a YAML file", r),
				fmt.Sprintf(`in double quotes it is written "\x%02X"`, r))
		case r >= 0x80 && r < 0xA0, r == 0x2028, r == 0x2029, r == 0xFEFF, r == 0xFFFE, r == 0xFFFF:
			return fail(CodeFileEncoding, i, size,
				fmt.Sprintf("the invisible character U+%04X cannot stand in a YAML file as it is", r),
				fmt.Sprintf(`remove it; in double quotes it is written "\u%04X"`, r))
		}
		i += size
	}
	return true
}

// isUTF16 reports whether a file looks like UTF-16: by its mark, or by a zero byte in one of its first two.
func isUTF16(data []byte) bool {
	return bytes.HasPrefix(data, []byte("\xFE\xFF")) || bytes.HasPrefix(data, []byte("\xFF\xFE")) ||
		len(data) >= 4 && (data[0] == 0) != (data[1] == 0)
}

// decodeYAML parses the first document of data; nil if there is none.
func decodeYAML(data []byte) (doc *yaml.Node, err error) {
	// The library panics on some input that it should refuse.
	defer func() {
		if p := recover(); p != nil {
			doc, err = nil, fmt.Errorf("%v", p)
		}
	}()
	doc = new(yaml.Node)
	dec := yaml.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(doc); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	// What follows the document is read only now; a lesser indentation than the first line's ends a document.
	next := new(yaml.Node)
	if err := dec.Decode(next); err == nil {
		return doc, fmt.Errorf("yaml: line %d: did not find expected end", next.Line-1)
	} else if !errors.Is(err, io.EOF) {
		return doc, err
	}
	return doc, nil
}

// isScalarDocument reports whether a document is one scalar.
func isScalarDocument(doc *yaml.Node) bool {
	return doc != nil && len(doc.Content) > 0 && doc.Content[0].Kind == yaml.ScalarNode
}

const messageNoColon = "a key without its `:`"

var yamlErrorLine = source.NewPattern(`^yaml: line (\d+): `)

// syntaxWords says in our words what the YAML library finds, by a part of its message.
var syntaxWords = []struct{ part, message, hint string }{
	{"mapping values are not allowed", "a `: ` stands where no key can be",
		"quote the value, or put the key on a line of its own"},
	{"could not find expected ':'", messageNoColon, "write `key: value`; quote text that spans lines"},
	{"did not find expected key", "a line near here fits neither as a key nor as a value of the map above it",
		"check the indentation: keys of one map stand in the same column"},
	{"expected '-' indicator", "a line near here does not begin with `- ` as the items of its list do",
		"check the indentation: items of one list stand in the same column"},
	{"expected ',' or ']'", "a list in [ ] is not written as YAML expects",
		"separate items with commas; quote items with `[ ] { }`"},
	{"expected ',' or '}'", "a map in { } is not written as YAML expects",
		"separate pairs with commas; quote values with `[ ] { }`"},
	{"block sequence entries", "a list item `- ` stands where no list can be", "begin the list on the next line"},
	{"cannot start any token", "an unquoted value begins with a character that means something to YAML",
		"quote the value"},
	{"tab character", "a tab stands where YAML wants spaces", "indent with spaces"},
	{"end of stream", "a quote is never closed", "close it"},
	{"unknown anchor", "an alias `*name` without an anchor `&name` above it", "quote the value if it is text"},
}

// reportSyntax reports an error of the YAML library that no accident explains. The library tells no column, and for
// some errors the line before the one that it means.
func reportSyntax(src *source.Source, err error, diags *source.Diagnostics) {
	text := err.Error()
	line := 1
	if m := yamlErrorLine.Regexp().FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
	}
	if strings.Contains(text, "did not find expected") {
		line++
	}
	d := source.Diagnostic{Code: CodeSyntax, Message: "this is not YAML",
		Hint: "check the indentation, and quote what is text"}
	for _, w := range syntaxWords {
		if strings.Contains(text, w.part) {
			d.Message, d.Hint = w.message, w.hint
			break
		}
	}
	if locate(&d, src) {
		diags.Add(d)
		return
	}
	line = min(max(line, 1), len(src.Lines))
	for line > 1 && strings.TrimSpace(src.Line(line)) == "" {
		line--
	}
	start, end := src.Lines[line-1], src.LineEnd(line)
	d.Span = trimSpan(src.Data, source.Span{Start: start, End: end})
	diags.Add(d)
}

// trimSpan is a span without white space at its ends.
func trimSpan(data []byte, sp source.Span) source.Span {
	for sp.Start < sp.End && isSpace(data[sp.Start]) {
		sp.Start++
	}
	for sp.End > sp.Start && isSpace(data[sp.End-1]) {
		sp.End--
	}
	return sp
}

// treeWalker turns the library's tree into ours.
type treeWalker struct {
	src      *source.Source
	diags    *source.Diagnostics
	patches  []patch
	nodes    map[*yaml.Node]*measured // what anchors stand for; nil while inside
	expanded int                      // nodes that aliases stood for
	anchored []anchored               // unquoted texts
	referred map[*yaml.Node]bool      // by an alias
	deep     bool                     // too much depth has been reported
}

// measured is a node with what aliases to it cost, and its place, which for an alias is not the node's own.
type measured struct {
	*Node
	place  source.Span
	size   int // nodes in it, itself included
	height int // levels in it, itself included
}

func (w *treeWalker) error(code string, sp source.Span, message, hint string) {
	w.diags.Add(source.Diagnostic{Code: code, Span: sp, Message: message, Hint: hint})
}

// broken is a node that stands for what could not be read.
func (w *treeWalker) broken(sp source.Span) measured {
	return measured{Node: &Node{Span: sp, Type: NullScalar, Broken: true, Source: w.src}, place: sp, size: 1, height: 1}
}

func (w *treeWalker) node(y *yaml.Node, depth int) measured {
	start := w.src.Offset(y.Line, y.Column)
	if y.Kind == yaml.AliasNode {
		return w.alias(y, start, depth)
	}
	if y.Anchor != "" {
		w.nodes[y] = nil
	}
	at := start
	start = w.skipProperties(start)
	var m measured
	switch {
	case depth > maxDepth:
		if !w.deep {
			w.error(CodeTooDeep, source.Span{Start: start, End: start + 1},
				fmt.Sprintf("the file is nested more than %d levels deep", maxDepth),
				fmt.Sprintf("this `%c` is one too many: move the inner steps into a coroutine", w.src.Data[start]))
		}
		w.deep = true
		m = w.broken(source.Span{Start: start, End: start})
	case y.Kind == yaml.SequenceNode:
		m = w.list(y, start, depth)
	case y.Kind == yaml.MappingNode:
		m = w.mapping(y, start, depth)
	default:
		m = w.scalar(y, start)
	}
	if y.Anchor != "" {
		kept := m // here alone is it on the heap
		w.nodes[y] = &kept
		if m.Kind == ScalarNode && m.Type == StringScalar && !m.Quoted {
			w.anchored = append(w.anchored, anchored{y, source.Span{Start: at, End: m.Span.End}})
		}
	}
	return m
}

// alias is the node that an alias stands for: the same one, for nodes are immutable.
func (w *treeWalker) alias(y *yaml.Node, start, depth int) measured {
	sp := w.src.Clip(source.Span{Start: start, End: start + 1 + len(y.Value)})
	target, known := w.nodes[y.Alias]
	switch {
	case !known || target == nil:
		w.error(CodeAlias, sp, fmt.Sprintf("the alias `*%s` stands inside what `&%s` names", y.Value, y.Value),
			"it would have no end: write the values out")
		return w.broken(sp)
	case depth+target.height-1 > maxDepth:
		w.error(CodeTooDeep, sp, fmt.Sprintf("with what `*%s` stands for, the file is nested more than %d levels deep",
			y.Value, maxDepth), "")
		return w.broken(sp)
	case w.expanded+target.size > maxAliasNodes:
		if w.expanded <= maxAliasNodes {
			w.error(CodeAlias, sp, fmt.Sprintf("aliases expand to more than %d values", maxAliasNodes), "write fewer aliases")
		}
		w.expanded = maxAliasNodes + 1
		return w.broken(sp)
	}
	w.expanded += target.size
	w.referred[y.Alias] = true
	return measured{Node: target.Node, place: sp, size: target.size, height: target.height}
}

// anchored is an unquoted text with an anchor, and the place of both.
type anchored struct {
	node *yaml.Node
	source.Span
}

// lostAnchors reports the anchors of texts that nothing refers to: they are the texts' beginnings, which YAML takes
// away.
func (w *treeWalker) lostAnchors() {
	for _, a := range w.anchored {
		if w.referred[a.node] || w.diags.HasErrors() {
			continue
		}
		text := w.src.Text(a.Span)
		w.diags.Add(source.Diagnostic{Code: CodeIndicator, Span: a.Span, Hint: "quote it if it is text: write `" +
			source.QuoteYAML(text) + "`",
			Message: "`&" + a.node.Anchor + "` is an anchor that nothing refers to: YAML takes it out of the text",
			Fix:     source.Fix{Span: a.Span, New: source.QuoteYAML(text)}})
	}
}

// skipProperties is the offset behind the anchor at start, and behind a tag, which it reports.
func (w *treeWalker) skipProperties(start int) int {
	data := w.src.Data
	for start < len(data) && (data[start] == '&' || data[start] == '!') && !w.isPatched(source.Span{Start: start,
		End: start + 1}) {
		end := start
		for end < len(data) && !isSpace(data[end]) && !isFlowIndicator(data[end]) {
			if data[start] == '&' && strings.IndexByte(":?%@`", data[end]) >= 0 {
				break // they end the name of an anchor for the library
			}
			end++
		}
		if data[start] == '!' {
			sp := source.Span{Start: start, End: end}
			w.error(CodeTag, sp, "`"+w.src.Text(sp)+"` is a YAML tag: there are no tags here", "quote the value if it is text")
		}
		start = skipBlank(data, end)
	}
	return start
}

func (w *treeWalker) list(y *yaml.Node, start, depth int) measured {
	n := &Node{Kind: ListNode, Source: w.src}
	n.Items = make([]*Node, 0, len(y.Content))
	m := measured{Node: n, size: 1}
	end := start
	for _, c := range y.Content {
		item := w.node(c, depth+1)
		n.Items = append(n.Items, item.Node)
		m.add(item)
		end = max(end, item.place.End)
	}
	m.height++
	m.close(w.collectionEnd(y, start, end))
	return m
}

func (w *treeWalker) mapping(y *yaml.Node, start, depth int) measured {
	n := &Node{Kind: MapNode, Source: w.src}
	m := measured{Node: n, size: 1}
	end := start
	n.Pairs = make([]Pair, 0, len(y.Content)/2)
	first := keyIndex{n: n}
	for i := 0; i+1 < len(y.Content); i += 2 {
		key := w.node(y.Content[i], depth+1)
		value := w.node(y.Content[i+1], depth+1)
		m.add(value)
		end = max(end, key.place.End, value.place.End)
		if !w.checkKey(key) {
			n.Partial = true
			continue
		}
		if at, dup := first.find(key.Text); dup {
			w.diags.Add(source.Diagnostic{
				Code: CodeDuplicateKey, Span: key.place,
				Message: fmt.Sprintf("the key %q stands twice in this map", key.Text),
				Hint:    "remove one of them, or give it another name",
				Note:    fmt.Sprintf("%q is first here", key.Text), NoteSpan: at,
			})
			continue
		}
		n.Pairs = append(n.Pairs, Pair{Key: key.Text, KeySpan: key.place, Value: value.Node})
	}
	m.height++
	m.close(w.collectionEnd(y, start, end))
	return m
}

// keyIndex finds the keys that a map has so far.
type keyIndex struct {
	n    *Node
	many map[string]source.Span // of maps that are not small
}

func (x *keyIndex) find(key string) (at source.Span, found bool) {
	const small = 16 // keys that are found sooner without an index
	if len(x.n.Pairs) <= small {
		i := slices.IndexFunc(x.n.Pairs, func(p Pair) bool { return p.Key == key })
		if i < 0 {
			return source.Span{}, false
		}
		return x.n.Pairs[i].KeySpan, true
	}
	if x.many == nil {
		x.many = map[string]source.Span{}
	}
	for _, p := range x.n.Pairs[len(x.many):] {
		x.many[p.Key] = p.KeySpan
	}
	at, found = x.many[key]
	return at, found
}

// add accounts for a child.
func (m *measured) add(child measured) {
	m.size += child.size
	m.height = max(m.height, child.height)
}

func (m *measured) close(sp source.Span) { m.Span, m.place = sp, sp }

// checkKey reports a key that is not text, and whether it can be used.
func (w *treeWalker) checkKey(key measured) bool {
	text := w.src.Text(key.place)
	switch {
	case key.Broken:
		return false
	case key.Kind != ScalarNode:
		w.error(CodeKeyType, key.place, "a key must be text, not a list or a map", "quote it if it is text")
	case key.Text == "<<" && !key.Quoted:
		w.error(CodeMergeKey, key.place, "merge keys `<<` are not supported", "write the keys out")
	case key.Type == NullScalar:
		w.error(CodeKeyType, key.place, "a key must be text, not null", `quote it: "`+text+`":`)
	case key.Type != StringScalar:
		w.error(CodeKeyType, key.place, "a key must be text: `"+text+"` is not", `quote it: "`+text+`":`)
	default:
		return true
	}
	return false
}

// collectionEnd is the place of a list or map whose last child ends at end.
func (w *treeWalker) collectionEnd(y *yaml.Node, start, end int) source.Span {
	data := w.src.Data
	closer := byte(0)
	if start < len(data) && y.Style&yaml.FlowStyle != 0 {
		switch {
		case data[start] == '[' && y.Kind == yaml.SequenceNode:
			closer = ']'
		case data[start] == '{' && y.Kind == yaml.MappingNode:
			closer = '}'
		}
	}
	if closer == 0 {
		return source.Span{Start: start, End: end}
	}
	for i := skipBlank(data, max(end, start+1)); i < len(data); i = skipBlank(data, i+1) {
		if data[i] == closer {
			return source.Span{Start: start, End: i + 1}
		}
	}
	return source.Span{Start: start, End: end}
}

func (w *treeWalker) scalar(y *yaml.Node, start int) measured {
	n := &Node{Text: y.Value, Source: w.src}
	const quotes = yaml.DoubleQuotedStyle | yaml.SingleQuotedStyle
	const blocks = yaml.LiteralStyle | yaml.FoldedStyle
	n.Quoted = y.Style&(quotes|blocks) != 0
	end, ok := start, true
	switch {
	case y.Style&quotes != 0:
		end, n.segments, ok = alignQuoted(w.src.Data, start, y.Value)
	case y.Style&blocks != 0:
		end, n.segments, ok = alignText(w.src.Data, lineBreak(w.src.Data, start), y.Value)
	case y.Value != "":
		end, n.segments, ok = alignText(w.src.Data, start, y.Value)
	}
	if !ok {
		n.segments = nil
	}
	n.Span = w.src.Clip(source.Span{Start: start, End: end})
	m := measured{Node: n, place: n.Span, size: 1, height: 1}
	switch {
	case w.isPatched(source.Span{Start: start, End: max(end, start+1)}), !ok && len(w.patches) > 0:
		return w.broken(n.Span)
	case len(n.Text) > MaxTextSize:
		w.error(CodeTooLong, source.Span{Start: start, End: start + 1},
			fmt.Sprintf("this text has %d bytes: at most %d are read", len(n.Text), MaxTextSize), "")
		return w.broken(n.Span)
	case !n.Quoted:
		var problem string
		if n.Type, problem = scalarType(n.Text); problem != "" {
			w.error(CodeNumber, n.Span, problem, "quote it if it is text: \""+n.Text+"\"")
			n.Broken = true
		}
	}
	return m
}

func (w *treeWalker) isPatched(sp source.Span) bool {
	for _, p := range w.patches {
		if p.Start < sp.End && sp.Start < p.End {
			return true
		}
	}
	return false
}

// scalarType is what an unquoted scalar is: YAML 1.2's core schema, but integers are decimal only and booleans and
// null are written in one way. problem is not empty for what is surely meant as a number but is none.
func scalarType(text string) (typ ScalarType, problem string) {
	switch text {
	case "", "~", "null":
		return NullScalar, ""
	case "true", "false":
		return BoolScalar, ""
	}
	switch {
	case strings.IndexByte("+-.0123456789", text[0]) < 0:
		return StringScalar, ""
	case isInt(text):
		if _, err := strconv.ParseInt(text, 10, 64); err != nil {
			return IntScalar, fmt.Sprintf("the integer %s is out of range: it must be from %d to %d", text,
				int64(math.MinInt64), int64(math.MaxInt64))
		}
		return IntScalar, ""
	case isForeignInt(text):
		return StringScalar, "`" + text + "` is no integer: integers are written 0 or with a first digit from 1 to 9, " +
			"in decimal, without underscores"
	case isNonFinite(text):
		return FloatScalar, ""
	case isFloat(text):
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			return FloatScalar, fmt.Sprintf("the number %s is out of range", text)
		}
		return FloatScalar, ""
	}
	return StringScalar, ""
}
