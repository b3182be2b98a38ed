// Package report says what a run came to, for people and for programs. Its functions are pure: they turn the data of a
// run that has ended into bytes.
package report

import (
	"fmt"
	"time"

	"runloop/engine"
)

// Run is a run that has ended.
type Run struct {
	Name     string // the scenario's name
	File     string // its file, for messages
	Result   *engine.Result
	Final    *engine.Final // for JSON
	Failures []Failure     // what was expected and did not come true
	Warnings Check         // what the check before it found
	OK       bool          // the scenario came to what it expects
	Real     bool          // on the real clock
	Seed     uint64
	Ties     engine.Ties
	Wall     time.Duration // how long it took
}

// Failure is an expectation that did not come true.
type Failure struct {
	Pos     engine.Pos // the expectation
	Message string
	Diff    string // of outputs, as from the function Diff
}

// place is "file:line:col", or the file alone where the place is unknown.
func (r *Run) place(p engine.Pos) string { return place(r.File, p) }

func place(file string, p engine.Pos) string {
	if p.Line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d:%d", file, p.Line, p.Col)
}

// seconds is a loop time as text: "2.5 s".
func seconds(ns int64) string {
	return string(engine.AppendFloat(nil, engine.Seconds(ns))) + " s"
}

// plural is a number with its noun: "1 task", "2 tasks".
func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
