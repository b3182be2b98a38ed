package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"
)

// progressEvery is how often the progress line is rewritten.
const progressEvery = 100 * time.Millisecond

// progressLine is the last line of a terminal, which shows the progress of a command. It is cleared before anything
// else is printed.
type progressLine struct {
	w     io.Writer // nil if nobody is watching
	shown bool
}

// newProgress makes the progress line of a terminal. There is none in a file or a pipe, nor where a machine records
// the terminal's output.
func newProgress(w io.Writer) progressLine {
	if !isTerminal(w) || os.Getenv("TERM") == "dumb" || os.Getenv("CI") != "" {
		return progressLine{}
	}
	return progressLine{w: w}
}

// show replaces the line. A narrow terminal cuts the line off, because a wrapped line could not be cleared.
func (p *progressLine) show(text string) {
	if p.w == nil {
		return
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
	fmt.Fprintf(p.w, "\r\x1b[K\x1b[?7l%s\x1b[?7h", text)
	p.shown = true
}

func (p *progressLine) clear() {
	if p.shown {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.shown = false
	}
}

// ticks returns a channel that says when to show the line. It is nil if there is no line.
func (p *progressLine) ticks() (c <-chan time.Time, stop func()) {
	if p.w == nil {
		return nil, func() {}
	}
	t := time.NewTicker(progressEvery)
	return t.C, t.Stop
}
