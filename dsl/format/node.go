package format

import "runloop/dsl/source"

// kind is the form in which a node is written.
type kind uint8

const (
	nullNode   kind = iota // nothing, behind an anchor
	plainNode              // text without quotes
	singleNode             // text in single quotes
	doubleNode             // text in double quotes
	aliasNode              // *name
	textNode               // a block scalar, | or >
	listNode
	mapNode
	pairNode // the map of one pair that stands in [ ] without braces
)

// node is a value as it is written.
type node struct {
	kind   kind
	flow   bool        // of a collection: in brackets
	broken bool        // of a collection: it was in brackets, or in one that was
	anchor source.Span // with its &; empty if there is none
	span   source.Span // a scalar with its quotes, a collection with its brackets, the header of a block scalar

	items  []*item       // of a collection
	end    []comment     // of a collection: the comments below its last item; of a block scalar: the one beside its header
	behind []comment     // the comments between the anchor and what it names
	lines  []source.Span // of a scalar that spans lines: each line without its indentation; of a block scalar: its content
	body   int           // of a block scalar: the columns that its content is indented by beyond its item; 0: as it likes
	keeps  bool          // of a block scalar: the line breaks at its end count
	cut    bool          // of a block scalar: the file ends in its last line, which so has no line break
}

// isCollection reports whether a node is a list or a map.
func (n *node) isCollection() bool { return n != nil && n.kind >= listNode }

// isScalar reports whether a node is text in quotes or without.
func (n *node) isScalar() bool { return n.kind >= plainNode && n.kind <= doubleNode }

// item is an item of a list, or a pair of a map.
type item struct {
	span   source.Span // from the dash or the key to the end of the value, or of the comment beside it
	before []comment   // the comments above it
	blank  bool        // an empty line stands right above it
	dash   source.Span // in a list; empty if it stood in brackets
	key    *node       // nil in a list
	intro  []comment   // the comments between the key or the dash and the value
	gap    bool        // an empty line stands between them and the value
	value  *node       // nil: there is none
	trail  *comment    // the comment behind the value
}

// comment is one comment.
type comment struct {
	span  source.Span
	col   int  // the column of its #, from 0
	own   bool // it has a line of its own
	blank bool // an empty line stands right above it
	moved bool // it is written before something that it stands behind
}
