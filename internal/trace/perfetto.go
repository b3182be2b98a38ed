package trace

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math"
	"sort"
	"strconv"
	"unicode/utf8"

	"runloop/engine"
)

// The processes of a file of trace events: the first has the loop time. As all turns of an instant are at one place there, the
// second shows each turn as one microsecond.
const (
	timeProcess = 1
	turnProcess = 2
)

// loopThread is the track of the loop's own turns; those of the lanes follow.
const loopThread = 1

// maxPrinted is how much of what a turn printed is shown, in bytes.
const maxPrinted = 200

// events writes a scene as trace events.
type events struct {
	*Scene
	w       io.Writer
	out     []byte
	threads map[uint32]int // by who
	failed  error
	event   event // that is being written
	first   bool
}

// WriteEvents writes the run in the trace-event format, which Perfetto and Chrome read.
func (r *Run) WriteEvents(w io.Writer, o FileOptions) error {
	p := r.partOf(o)
	turn := func(n uint32) int {
		return sort.Search(len(r.Turns), func(i int) bool { return r.Turns[i].First >= n })
	}
	e := &events{Scene: r.Scene(turn(p.from), turn(p.to)), w: w, threads: map[uint32]int{0: loopThread}, first: true}
	for i := range e.Lanes {
		e.threads[e.Lanes[i].Who] = loopThread + 1 + i
	}
	e.header(o, p)
	e.names()
	for i := range e.Lanes {
		e.lane(&e.Lanes[i])
	}
	for i := e.From; i < e.To; i++ {
		e.turn(i)
	}
	e.counters()
	e.out = append(e.out, "\n]}\n"...)
	e.flush()
	return e.failed
}

func (e *events) header(o FileOptions, p part) {
	l := line{buf: []byte(`{"displayTimeUnit":"ns","otherData":{"trace":` + strconv.Itoa(FileVersion))}
	sum := sha256.Sum256(e.Text)
	l.text("scenario", e.Source.Name)
	l.text("file", e.Source.File)
	l.word("sha256", hex.EncodeToString(sum[:]))
	l.word("clock", clockWord(o.Real))
	l.word("ended", e.Result.Ended.String())
	l.raw("cut", strconv.AppendBool(nil, p.cut))
	e.out = append(l.buf, "},\"traceEvents\":["...)
}

// event is one event; its keys and its arguments are added one by one.
type event struct {
	line
	e    *events
	args bool
}

// begin begins an event: ph is its kind, ts its place in nanoseconds, or in thousandths of turns.
func (e *events) begin(ph, name, category string, process, thread int, ts int64) *event {
	x := &e.event
	x.e, x.args = e, false
	x.buf = append(x.buf[:0], `{"ph":"`...)
	x.buf = append(append(x.buf, ph...), '"')
	x.text("name", name)
	x.word("cat", category) // some readers want it for all events
	x.int("pid", int64(process))
	x.int("tid", int64(thread))
	x.micros("ts", ts)
	return x
}

// micros writes nanoseconds as microseconds.
func (x *event) micros(key string, ns int64) {
	x.key(key)
	x.buf = strconv.AppendInt(x.buf, ns/1000, 10)
	if part := ns % 1000; part != 0 {
		x.buf = append(x.buf, '.', byte('0'+part/100), byte('0'+part/10%10), byte('0'+part%10))
	}
}

// arg begins an argument: its value is to be added.
func (x *event) arg(name string) *line {
	if !x.args {
		x.args = true
		x.key("args")
		x.buf = append(x.buf, '{')
	} else {
		x.buf = append(x.buf, ',')
	}
	x.buf = append(appendText(x.buf, name), ':')
	return &x.line
}

func (x *event) argText(name, v string) { l := x.arg(name); l.buf = appendText(l.buf, v) }
func (x *event) argInt(name string, v int64) {
	l := x.arg(name)
	l.buf = strconv.AppendInt(l.buf, v, 10)
}

// place adds where an instruction stands.
func (x *event) place(pc int32) {
	if file, at := x.e.PlaceIn(pc); at.Line > 0 {
		x.argInt("line", int64(at.Line))
		if file != "" {
			x.argText("in", file)
		}
		x.argText("text", x.e.Step(pc))
	}
}

func (x *event) end() {
	if x.args {
		x.buf = append(x.buf, '}')
	}
	e := x.e
	if !e.first {
		e.out = append(e.out, ',')
	}
	e.first = false
	e.out = append(append(append(e.out, '\n'), x.buf...), '}')
	if len(e.out) > 64<<10 {
		e.flush()
	}
}

func (e *events) flush() {
	if e.failed == nil {
		_, e.failed = e.w.Write(e.out)
	}
	e.out = e.out[:0]
}

// names names the processes and the tracks.
func (e *events) names() {
	meta := func(what string, process, thread int, name string, order int) {
		x := e.begin("M", what+"_name", "__metadata", process, thread, 0)
		x.argText("name", name)
		x.end()
		x = e.begin("M", what+"_sort_index", "__metadata", process, thread, 0)
		x.argInt("sort_index", int64(order))
		x.end()
	}
	for process, name := range []string{timeProcess: "time", turnProcess: "turns (1 turn = 1 µs)"} {
		if process == 0 {
			continue
		}
		meta("process", process, loopThread, name, process)
		meta("thread", process, loopThread, "the loop", 0)
		for i := range e.Lanes {
			meta("thread", process, e.threads[e.Lanes[i].Who], e.Lanes[i].Name, i+1)
		}
	}
}

// time is the loop time of a mark.
func (e *events) time(m Mark) int64 {
	if i := m.Turn(); i < len(e.Turns) {
		return e.At(i)
	}
	return e.Result.Now
}

// lane writes a task's life, and what it does while it does not run.
func (e *events) lane(l *Lane) {
	thread := e.threads[l.Who]
	if !l.Callback() {
		ended := Mark(2 * e.To)
		if l.End != "" {
			ended = l.Ended
		}
		x := e.begin("b", l.Name, "task", timeProcess, thread, e.time(l.Born))
		x.int("id", int64(thread))
		x.argText("code", l.Code)
		if l.Args != "" {
			x.argText("args", l.Args)
		}
		x.end()
		x = e.begin("e", l.Name, "task", timeProcess, thread, e.time(ended))
		x.int("id", int64(thread))
		x.argText("state", cmp.Or(l.End, engine.TaskStateWords[0]))
		x.end()
	}
	for _, s := range l.Spans {
		e.span(l, s, timeProcess, e.time(s.From), e.time(s.To))
		from, to := 1000*int64((s.From+1)/2), 1000*int64((s.To+1)/2)
		if i := s.To.Turn(); s.To&1 == 1 && i < len(e.Turns) && e.Turns[i].Who == l.Who {
			to -= 1000 // the turn's own slice follows
		}
		e.span(l, s, turnProcess, max(from, 1000*int64(e.From)), to)
	}
}

// span writes what a lane does for a while. What begins and ends in one instant has no place in the time.
func (e *events) span(l *Lane, s Span, process int, from, to int64) {
	if from >= to {
		return
	}
	name := StateWords[s.State]
	if s.State == Waits {
		name = "waits for " + e.WaitText(s.Rec)
	}
	x := e.begin("X", name, StateWords[s.State], process, e.threads[l.Who], from)
	x.micros("dur", to-from)
	x.place(e.Rec(s.Rec).PC)
	if s.Open {
		x.argText("ends", "not in this trace")
	}
	x.end()
}

// turn writes a turn, and the arrow from what made it ready.
func (e *events) turn(i int) {
	t := &e.Turns[i]
	thread, ok := e.threads[t.Who]
	if !ok {
		thread = loopThread // `before` and `after` have no lane
	}
	at := 1000 * int64(i)
	for _, process := range []int{timeProcess, turnProcess} {
		var x *event
		if process == timeProcess {
			x = e.begin("i", e.Chip(i), "turn", process, thread, e.At(i))
			x.word("s", "t")
		} else {
			x = e.begin("X", e.Chip(i), "turn", process, thread, at)
			x.micros("dur", 1000)
		}
		if t.Number != 0 {
			x.argInt("turn", int64(t.Number))
		}
		x.argInt("time", e.At(i))
		if t.Iteration >= 0 {
			x.argInt("iteration", e.Iterations[t.Iteration].Number)
		}
		x.place(t.PC)
		if text := e.printed(i); text != "" {
			x.argText("printed", text)
		}
		x.end()
	}
	e.arrow(i, thread)
}

// printed is what a turn printed, cut off.
func (e *events) printed(i int) string {
	var text []byte
	for _, p := range e.PrintsOf(i) {
		text = append(text, e.TextOf(p)...)
		if n := maxPrinted; len(text) > n {
			for n > 0 && !utf8.RuneStart(text[n]) {
				n--
			}
			return string(text[:n]) + "…"
		}
	}
	return string(bytes.TrimRight(text, "\n"))
}

// arrow leads from the turn that made turn i ready, or that armed its timer, to it.
func (e *events) arrow(i, thread int) {
	cause, name := e.Turns[i].Cause, "makes ready"
	if cause != None && e.Rec(cause).Kind == engine.RecFire {
		cause, name = e.ArmOf(e.Rec(cause).On), "timer"
	}
	if cause == None {
		return
	}
	from := e.TurnOf(cause)
	if from < e.From {
		return
	}
	start, ok := e.threads[e.Turns[from].Who]
	if !ok {
		start = loopThread
	}
	x := e.begin("s", name, "cause", turnProcess, start, 1000*int64(from)+500)
	x.int("id", int64(i))
	x.end()
	x = e.begin("f", name, "cause", turnProcess, thread, 1000*int64(i)+500)
	x.int("id", int64(i))
	x.word("bp", "e")
	x.end()
}

// sample is what a counter shows from a mark on.
type sample struct {
	mark   Mark
	values [2][]byte // as JSON; the second may be absent
}

// counters writes how full objects are, and the numbers in shared variables.
func (e *events) counters() {
	for _, t := range e.Tracks {
		var list []sample
		for _, x := range t.Levels {
			list = append(list, sample{x.Mark, [2][]byte{strconv.AppendInt(nil, x.Level, 10), strconv.AppendInt(nil, x.Waiting, 10)}})
		}
		e.counter(t.Name, [2]string{"level", "waiting"}, list)
	}
	for _, v := range e.Variables {
		if engine.Space(v.Space) != engine.SharedVar {
			continue
		}
		var list []sample
		for _, c := range v.Changes {
			if value, ok := e.Value(c.Rec); ok {
				if text := number(value); text != nil {
					list = append(list, sample{mark: c.Mark, values: [2][]byte{text}})
				}
			}
		}
		e.counter("shared "+v.Name, [2]string{"value"}, list)
	}
}

// number is a number as JSON; nil: it is none.
func number(v engine.Value) []byte {
	switch v.Kind() {
	case engine.KindInt:
		return strconv.AppendInt(nil, v.AsInt(), 10)
	case engine.KindFloat:
		if f := v.AsFloat(); !math.IsNaN(f) && !math.IsInf(f, 0) {
			return strconv.AppendFloat(nil, f, 'g', -1, 64)
		}
	}
	return nil
}

// counter writes a counter in both processes: the last value of each instant, and of each turn.
func (e *events) counter(name string, keys [2]string, list []sample) {
	places := [...]func(Mark) int64{timeProcess: e.time, turnProcess: func(m Mark) int64 { return 1000 * int64(m.Turn()) }}
	for process := timeProcess; process <= turnProcess; process++ {
		at := places[process]
		for i, s := range list {
			ts := at(s.mark)
			if i+1 < len(list) && at(list[i+1].mark) == ts {
				continue
			}
			x := e.begin("C", name, "counter", process, loopThread, ts)
			for k, v := range s.values {
				if v != nil {
					l := x.arg(keys[k])
					l.buf = append(l.buf, v...)
				}
			}
			x.end()
		}
	}
}
