// Package report formats the results of runs, checks and tests, for people and for programs. Its functions are pure:
// they turn finished data into bytes.
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
	Failures []Failure     // the expectations that were not met
	Warnings Check         // the result of the check before the run
	OK       bool          // all expectations were met
	Real     bool          // on the real clock
	Seed     uint64
	Ties     engine.Ties
	Wall     time.Duration // how long it took
	Stats    *Statistics   // for JSON; nil: none were asked for
	See      string        // the command that shows the run; empty: it cannot be repeated
}

// Failure is an expectation that was not met.
type Failure struct {
	Pos     engine.Pos // the expectation
	Message string
	Diff    string // of the outputs, as returned by the function Diff
}

// place returns "file:line:col", or only the file if the place is unknown.
func (r *Run) place(p engine.Pos) string { return place(r.File, r.Result.Files, p) }

func place(file string, files engine.Files, p engine.Pos) string {
	if p.Line == 0 {
		return file
	}
	if other, at := files.In(p); other != "" {
		file, p = other, at
	}
	return fmt.Sprintf("%s:%d:%d", file, p.Line, p.Col)
}

// seconds returns a loop time as text: "2.5 s".
func seconds(ns int64) string {
	return string(engine.AppendFloat(nil, engine.Seconds(ns))) + " s"
}

// plural returns a number with its noun: "1 task", "2 tasks".
func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
