package picture

import "fmt"

// Options is what a reader may wish of a picture. Each form takes what it can use.
type Options struct {
	Title  string                 // empty: the scenario's name and the times
	Foot   []string               // paragraphs below the picture, such as what `why` says of two turns
	Theme  string                 // light, dark; empty: as the reader's screen
	Tasks  func(name string) bool // which tasks and callbacks are shown; nil: all
	Values []string               // what has a column or a chart: shared and context variables, objects in a timeline; nil: what changes
	All    bool                   // nothing is folded or refused because it is much
	ASCII  bool                   // text: only ASCII characters
	Colour bool                   // text: with the colours of a terminal
	Linear bool                   // timeline: a second is everywhere as wide
}

// TooMuch is the error of a picture that would be longer than anybody can read.
type TooMuch struct {
	Rows, Most int
	Until      int64 // up to and with this loop time there are few enough; less than 0: there is none
}

func (e *TooMuch) Error() string {
	return fmt.Sprintf("%d rows are too many to read: at most %d are shown", e.Rows, e.Most)
}
