package source

import (
	"regexp"
	"sync"
)

// Pattern is a regular expression that is compiled when it is first used: few runs use many of them, and a program that
// compiles all of them starts slowly.
type Pattern struct {
	text string
	once sync.Once
	re   *regexp.Regexp
}

// NewPattern returns the pattern of a regular expression.
func NewPattern(text string) *Pattern { return &Pattern{text: text} }

// Regexp returns the compiled pattern. It panics if the text is no regular expression.
func (p *Pattern) Regexp() *regexp.Regexp {
	p.once.Do(func() { p.re = regexp.MustCompile(p.text) })
	return p.re
}
