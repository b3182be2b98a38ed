package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"runloop/engine"
	"runloop/internal/report"
)

// live shows a run on the real clock while it runs: what it prints, and below it a table of the tasks. It is the loop's clock,
// so that the table is drawn when everything that could run has run, and the loop's output, so that nothing is printed into it.
type live struct {
	engine.Clock
	out   io.Writer
	loop  *engine.Loop
	every int64 // loop time between two tables, in nanoseconds

	fresh []byte    // was printed, and is not on the terminal yet
	tail  []byte    // the last line of the output as long as it has no end
	table []string  // as it is on the terminal
	rows  int       // of the terminal that tail and table take
	next  time.Time // before that the table is not drawn again
	err   error     // of the terminal
}

const (
	liveEvery = progressEvery // between two tables
	liveTail  = 1 << 10       // bytes of a line without an end that are shown
	liveFresh = 64 << 10      // bytes of output that are not kept back
)

// newLive checks that there is a terminal, and a clock to look at, and puts itself between them and the run.
func (f *runFlags) newLive(cmd *cobra.Command, out io.Writer, opts *engine.Options) (*live, error) {
	_, _, terminal := terminalSize(out)
	var wrong string
	switch {
	case opts.Clock == nil:
		wrong = "--live shows how time passes, but on the virtual clock it jumps: add --clock real, or look at the run with `runloop see`"
	case f.json || f.trace.path == "-":
		wrong = "--live takes the terminal for the output and a table: it does not go with --json and --trace -"
	case !terminal || os.Getenv("TERM") == "dumb":
		wrong = "--live draws on a terminal, but the output goes to none: leave --live out, or do not redirect the output"
	}
	if wrong != "" {
		return nil, usageError(cmd, wrong)
	}
	v := &live{Clock: opts.Clock, out: out, every: int64(min(float64(liveEvery)*f.speed, 1e15))}
	v.every = max(v.every, 1)
	opts.Clock, opts.Output = v, v
	return v, nil
}

// Wait waits as the clock does, and draws the table before and meanwhile.
func (v *live) Wait(until int64) int64 {
	now := v.Clock.Wait(0)
	for {
		v.draw(now)
		next := min(until, now+v.every)
		now = v.Clock.Wait(next)
		if now < next || now >= until { // somebody called Wake, or it is time
			return now
		}
	}
}

// Write takes what the run prints. It shows with the next table; at once where there is much of it, or where none comes because
// a turn takes long.
func (v *live) Write(p []byte) (int, error) {
	v.fresh = append(v.fresh, p...)
	if len(v.fresh) >= liveFresh || time.Since(v.next) > liveEvery {
		v.paint(v.table)
	}
	return len(p), v.err
}

// draw draws the table anew, but not more often than is pleasant to read, and not so that it takes more than a tenth of the time.
func (v *live) draw(now int64) {
	begun := time.Now()
	if begun.Before(v.next) {
		return
	}
	rows, cols, _ := terminalSize(v.out)
	v.paint(report.TaskTable(now, v.loop.TaskCounts(), v.loop.Result().Files, v.loop.Tasks(), max(rows*2/3, 3), cols-1))
	v.next = begun.Add(max(liveEvery, 10*time.Since(begun)))
}

// paint replaces what stands at the bottom of the terminal, in one piece: the line that has no end yet, and the table.
func (v *live) paint(table []string) {
	text := append(v.tail, v.fresh...)
	ended := bytes.LastIndexByte(text, '\n') + 1
	var b bytes.Buffer
	v.erase(&b)
	b.Write(text[:ended])
	v.tail, v.fresh, v.table = text[ended:], v.fresh[:0], table
	rows := table
	if len(v.tail) > 0 {
		rows = append([]string{string(v.tail[:min(len(v.tail), liveTail)])}, table...)
	}
	const cutOff, wrap = "\x1b[?7l", "\x1b[?7h" // a row that is too long does not go on in the next
	b.WriteString(cutOff + strings.Join(rows, "\n") + wrap)
	v.rows = len(rows)
	v.write(b.Bytes())
}

// erase leaves the terminal with the output alone, up to the last line that has an end.
func (v *live) erase(b *bytes.Buffer) {
	if v.rows > 0 {
		b.WriteByte('\r')
	}
	if v.rows > 1 {
		fmt.Fprintf(b, "\x1b[%dA", v.rows-1)
	}
	if v.rows > 0 {
		b.WriteString("\x1b[J")
	}
}

// end leaves the terminal as the run without the table would have left it.
func (v *live) end() {
	var b bytes.Buffer
	v.erase(&b)
	b.Write(v.tail)
	b.Write(v.fresh)
	v.write(b.Bytes())
}

func (v *live) write(p []byte) {
	if v.err == nil {
		_, v.err = v.out.Write(p)
	}
}
