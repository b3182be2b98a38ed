package source

import (
	"regexp"
	"sync"
)

// Pattern is a regular expression that is compiled on first use. A run uses few of them, and compiling all would slow
// the start.
type Pattern struct {
	text string
	once sync.Once
	re   *regexp.Regexp
}

// NewPattern returns a Pattern that compiles text when it is first used.
func NewPattern(text string) *Pattern { return &Pattern{text: text} }

// Regexp returns the compiled pattern. It panics if the text is no regular expression.
func (p *Pattern) Regexp() *regexp.Regexp {
	p.once.Do(func() { p.re = regexp.MustCompile(p.text) })
	return p.re
}
