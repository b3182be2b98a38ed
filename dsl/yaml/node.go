package yaml

import (
	"math"
	"sort"
	"strconv"
	"strings"

	"runloop/dsl/source"
)

// NodeKind is the kind of a YAML node.
type NodeKind uint8

// The kinds of nodes.
const (
	ScalarNode NodeKind = iota
	ListNode
	MapNode
)

// ScalarType is what YAML takes a scalar for. Only `true` and `false` are booleans, only 0|[1-9][0-9]* with a sign are
// integers; null is `null`, `~` or nothing at all.
type ScalarType uint8

// The types of scalars.
const (
	StringScalar ScalarType = iota
	IntScalar
	FloatScalar
	BoolScalar
	NullScalar
)

// Node is one node of a file's YAML tree; aliases are resolved. It is immutable.
type Node struct {
	Kind  NodeKind
	Span  source.Span // with its quotes, brackets or block indicator
	Items []*Node     // of a list
	Pairs []Pair      // of a map, in the order of the file; keys are unique

	Type   ScalarType // of a scalar
	Text   string     // of a scalar: its decoded text
	Quoted bool       // of a scalar: in quotes or a block
	Broken bool       // an error here has been reported: it is not what was meant, so say no more about it

	Partial bool // of a map: a key in it cannot be read, which has been reported

	Source   *source.Source // for TextSpan
	segments []segment      // of a scalar: where its text stands in the source, in order; nil: unknown
}

// Pair is one entry of a map. Keys are strings.
type Pair struct {
	Key     string
	KeySpan source.Span
	Value   *Node
}

// segment says that the text from one offset up to the next segment's is written as size bytes of the source: the same
// bytes where both are of one length, else (an escape, a folded line break) something that can only be taken whole.
type segment struct{ text, src, size int }

// Get is the value under key in a map, nil if there is none.
func (n *Node) Get(key string) *Node {
	for _, p := range n.Pairs {
		if p.Key == key {
			return p.Value
		}
	}
	return nil
}

// Int is the integer of an IntScalar.
func (n *Node) Int() int64 {
	i, _ := strconv.ParseInt(n.Text, 10, 64)
	return i
}

// Float is the number of an IntScalar or a FloatScalar.
func (n *Node) Float() float64 {
	switch strings.ToLower(strings.TrimLeft(n.Text, "+-")) {
	case ".nan":
		return math.NaN()
	case ".inf":
		if n.Text[0] == '-' {
			return math.Inf(-1)
		}
		return math.Inf(1)
	}
	f, _ := strconv.ParseFloat(n.Text, 64)
	return f
}

// Bool is the truth of a BoolScalar.
func (n *Node) Bool() bool { return n.Text == "true" }

// TextSpan is the place in the file of the bytes [from, to) of a scalar's decoded Text.
func (n *Node) TextSpan(from, to int) source.Span {
	if len(n.segments) == 0 {
		return n.Span
	}
	from = min(max(from, 0), len(n.Text))
	to = min(max(to, from), len(n.Text))
	// A span begins in the last segment that begins at or before it, and ends in the last that begins before its end.
	first := sort.Search(len(n.segments), func(i int) bool { return n.segments[i].text > from }) - 1
	start := n.sourceOffset(first, from, false)
	if to == from {
		return source.Span{Start: start, End: start}
	}
	last := sort.Search(len(n.segments), func(i int) bool { return n.segments[i].text >= to }) - 1
	return source.Span{Start: start, End: max(n.sourceOffset(last, to, true), start)}
}

// sourceOffset is the offset in the file of the text's offset at, which is in (or at the end of) segment i.
func (n *Node) sourceOffset(i, at int, isEnd bool) int {
	s := n.segments[i]
	textEnd := len(n.Text)
	if i+1 < len(n.segments) {
		textEnd = n.segments[i+1].text
	}
	switch {
	case textEnd-s.text == s.size:
		return s.src + at - s.text
	case isEnd:
		return s.src + s.size
	}
	return s.src
}

// Head is the place that stands for a whole map: its first key.
func (n *Node) Head() source.Span {
	if n.Kind == MapNode && len(n.Pairs) > 0 {
		return n.Pairs[0].KeySpan
	}
	return n.Span
}

// Shift moves a tree into a source in which its own begins at an offset. Nobody else may use the tree meanwhile.
func (n *Node) Shift(to *source.Source, by int) { n.shift(to, by, map[*Node]bool{}) }

// shift leaves alone the nodes that were seen: an alias is the node that it stands for.
func (n *Node) shift(to *source.Source, by int, seen map[*Node]bool) {
	if seen[n] {
		return
	}
	seen[n] = true
	n.Span, n.Source = n.Span.Shifted(by), to
	for i := range n.segments {
		n.segments[i].src += by
	}
	for _, item := range n.Items {
		item.shift(to, by, seen)
	}
	for i := range n.Pairs {
		n.Pairs[i].KeySpan = n.Pairs[i].KeySpan.Shifted(by)
		n.Pairs[i].Value.shift(to, by, seen)
	}
}
