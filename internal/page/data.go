package page

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"runloop/engine"
	"runloop/internal/trace"
)

// What the script reads. A mark is as in trace.Mark, but counts the page's steps: 2*i is right before step i, 2*i+1 in it. A
// lane is a place in Lanes; -1: none. Lists of mixed values stand for structs that there are many of.
type (
	data struct {
		Name     string   `json:"name"`
		File     string   `json:"file"`
		About    string   `json:"about"`
		Setup    string   `json:"setup"`
		Ended    string   `json:"ended"`
		Bad      bool     `json:"bad"`
		Failed   bool     `json:"failed"`
		Problems string   `json:"problems"`
		Lines    []int    `json:"lines"`
		LeftOut  string   `json:"leftOut"`
		Source   []string `json:"source"`
		Files    [][2]any `json:"files,omitempty"` // of the source, where there are several: name, lines before its first
		Steps    []step   `json:"steps"`
		Rounds   [][3]any `json:"rounds"` // iterations: number, loop time in nanoseconds, as text
		Lanes    []lane   `json:"lanes"`
		Tracks   []track  `json:"tracks"`
		Vars     []vary   `json:"vars"`
		Output   [][2]any `json:"output"` // lines: the step that began it, the text
	}
	step struct {
		Number int      `json:"n"` // as trace.Turn.Number
		Round  int      `json:"r"` // its place in Rounds
		Who    int      `json:"w"` // the lane that runs
		For    int      `json:"f"` // the lane that the loop does it for
		Kind   string   `json:"k"` // task, callback, loop, phase
		Chip   string   `json:"c"`
		Cause  int      `json:"b"` // the mark at which it was made ready
		Line   int      `json:"l"` // where it goes on
		Does   [][2]any `json:"d"` // line and text of each thing that it does
		Why    []string `json:"y"`
		Bad    bool     `json:"x,omitempty"` // an error ends the task
	}
	lane struct {
		Name   string   `json:"n"`
		Code   string   `json:"c"`
		Call   bool     `json:"call"` // it is a callback
		Born   int      `json:"b"`
		Ended  int      `json:"t"` // the mark of its end; -1: none
		End    string   `json:"e"`
		Spans  [][5]any `json:"s"` // state, from, to, what it does in words, the line where
		Parent string   `json:"p"`
	}
	track struct {
		Name     string   `json:"n"`
		Capacity int64    `json:"c"`
		Levels   [][4]any `json:"s"` // mark, level, how many wait, what was done
	}
	vary struct {
		Name    string   `json:"n"`
		Changes [][5]any `json:"s"` // mark, lane, one of set, over, read, stale, the value, what it was before or who assigned it
	}
)

// Bounds of what a page holds, so that it stays one that a browser opens at once.
const (
	maxText    = 200     // characters of a name or a value
	maxLine    = 2000    // characters of a line of the source or the output
	maxOutput  = 2 << 20 // bytes of all lines of the output
	maxDoes    = 40      // things that one step does
	maxChanges = 6       // changes of a variable in one step
	maxLanes   = 2000
)

// gatherer makes the data of a page.
type gatherer struct {
	*trace.Run
	o     Options
	d     *data
	scene *trace.Scene
	steps []int          // the turns that are steps
	at    []int          // by turn from scene.From on: the step that it is, or the next one
	lanes map[uint32]int // by who
	sets  map[uint32]*trace.Change
}

func gather(r *trace.Run, o Options) *data {
	if o.To == 0 {
		o.To = len(r.Turns)
	}
	g := &gatherer{Run: r, o: o, lanes: map[uint32]int{}, sets: map[uint32]*trace.Change{}}
	from, to, left := bounds(r, o)
	g.scene = r.Scene(from, to)
	g.d = &data{Name: clip(r.Source.Name, maxText), File: clip(r.File, maxText), Setup: o.Setup,
		Problems: lines(o.Problems), Failed: o.Failed, Lines: append([]int{}, o.Lines...), LeftOut: left, Steps: []step{},
		Rounds: [][3]any{}, Lanes: []lane{}, Tracks: []track{}, Vars: []vary{}, Output: [][2]any{}}
	g.head()
	g.chooseSteps()
	g.addLanes()
	g.addVariables()
	g.addTracks()
	for _, turn := range g.steps {
		g.addStep(turn)
	}
	g.addOutput()
	return g.d
}

// bounds is the turns that a page shows, and what it says about the others.
func bounds(r *trace.Run, o Options) (from, to int, left string) {
	from, to = o.From, o.To
	switch {
	case to-from > MaxTurns && o.Last:
		from = to - MaxTurns
	case to-from > MaxTurns:
		to = from + MaxTurns
	}
	if from > 0 || to < len(r.Turns) {
		left = fmt.Sprintf("Shown are %d of %d turns, from %s to %s. Other parts: runloop see FILE --from T --to T.",
			to-from, len(r.Turns), clock(r, from), clock(r, to-1))
	}
	if r.Base() > 0 {
		left += fmt.Sprintf(" The run is too long to be recorded whole: its first %d records are missing.", r.Base())
	}
	return from, to, strings.TrimSpace(left)
}

// leftOut adds what the page says about what it does not show.
func (g *gatherer) leftOut(format string, args ...any) {
	g.d.LeftOut = strings.TrimSpace(g.d.LeftOut + " " + fmt.Sprintf(format, args...))
}

func clock(r *trace.Run, turn int) string {
	if turn < 0 || turn >= len(r.Turns) {
		return "the start"
	}
	return trace.Clock(r.At(turn))
}

// head is what the page says above everything.
func (g *gatherer) head() {
	res := g.Result
	g.d.Ended = endWords[res.Ended] + " at " + trace.Clock(res.At)
	g.d.Bad = badEnds[res.Ended] || len(res.Errors) > 0 || g.o.Failed
	for _, f := range res.Files {
		g.d.Files = append(g.d.Files, [2]any{clip(f.Name, maxText), f.Before})
	}
	text := strings.TrimSuffix(strings.ToValidUTF8(string(g.Text), "\ufffd"), "\n")
	for line := range strings.SplitSeq(text, "\n") {
		g.d.Source = append(g.d.Source, clip(strings.TrimSuffix(line, "\r"), maxLine))
		if about, ok := strings.CutPrefix(line, "description:"); ok && g.d.About == "" {
			g.d.About = clip(strings.Trim(about, " \r\"'|>-"), maxText)
		}
	}
}

// chooseSteps leaves out the phases in which nothing happens.
func (g *gatherer) chooseSteps() {
	for i := g.scene.From; i < g.scene.To; i++ {
		g.at = append(g.at, len(g.steps))
		t := &g.Turns[i]
		if from, to := g.OwnRecords(i); t.Handle != trace.Phase || to-from > 1 || t.Phase == engine.PhaseEnded {
			g.steps = append(g.steps, i)
		}
	}
}

// mark is a mark of the scene as one of the page.
func (g *gatherer) mark(m trace.Mark) int {
	i := m.Turn() - g.scene.From
	switch {
	case m < 0 || i < 0:
		return 0
	case i >= len(g.at):
		return 2 * len(g.steps)
	case g.at[i] < len(g.steps) && g.steps[g.at[i]] == m.Turn():
		return 2*g.at[i] + int(m&1)
	}
	return 2 * g.at[i] // the turn is no step: before the next one
}

// markOf is the mark of a record.
func (g *gatherer) markOf(n uint32) int {
	if n == trace.None {
		return 0
	}
	i := g.TurnOf(n)
	if i < 0 {
		return 0
	}
	if _, to := g.OwnRecords(i); n >= to {
		return g.mark(trace.Mark(2*i + 2))
	}
	return g.mark(trace.Mark(2*i + 1))
}

func (g *gatherer) lane(who uint32) int {
	if i, ok := g.lanes[who]; ok {
		return i
	}
	return -1
}

func (g *gatherer) addLanes() {
	for i := range g.scene.Lanes {
		l := &g.scene.Lanes[i]
		if i == maxLanes {
			g.leftOut("Of %d tasks the first %d are drawn.", len(g.scene.Lanes), maxLanes)
			return
		}
		x := lane{Name: clip(l.Name, maxText), Code: clip(l.Code, maxText), Call: l.Callback(), Born: g.mark(l.Born), Ended: -1,
			End: l.End, Spans: [][5]any{}}
		if l.Args != "" && l.Args != "{}" {
			x.Code += " " + clip(l.Args, maxText)
		}
		if !x.Call {
			x.Parent = clip(g.Name(l.Parent), maxText)
		}
		if l.End != "" {
			x.Ended = g.mark(l.Ended)
		}
		for _, s := range l.Spans {
			from, to := g.mark(s.From), g.mark(s.To)
			if from < to {
				text, line := g.spanText(&s)
				x.Spans = append(x.Spans, [5]any{s.State, from, to, text, line})
			}
		}
		g.lanes[l.Who] = len(g.d.Lanes)
		g.d.Lanes = append(g.d.Lanes, x)
	}
}

func (g *gatherer) addTracks() {
	for i := range g.scene.Tracks {
		t := &g.scene.Tracks[i]
		x := track{Name: clip(t.Name, maxText), Capacity: t.Capacity, Levels: [][4]any{}}
		for _, l := range t.Levels {
			level := [4]any{g.mark(l.Mark), l.Level, l.Waiting, engine.OpWords[l.Op]}
			if n := len(x.Levels); n > 0 && x.Levels[n-1][0] == level[0] {
				x.Levels[n-1] = level // what holds after a turn is its last one
			} else {
				x.Levels = append(x.Levels, level)
			}
		}
		g.d.Tracks = append(g.d.Tracks, x)
	}
}

// addVariables adds the variables: one of a context for each task that has it.
func (g *gatherer) addVariables() {
	for i := range g.scene.Variables {
		v := &g.scene.Variables[i]
		places := map[uint32]int{}
		for k := range v.Changes {
			c := &v.Changes[k]
			g.sets[c.Rec] = c
			key, name := uint32(0), clip(v.Name, maxText)
			if engine.Space(v.Space) == engine.ContextVar {
				key, name = c.Who, name+" of "+clip(g.Name(c.Who), maxText)
			}
			at, ok := places[key]
			if !ok {
				at = len(g.d.Vars)
				places[key] = at
				g.d.Vars = append(g.d.Vars, vary{Name: name, Changes: [][5]any{}})
			}
			g.d.Vars[at].add(g.change(c))
		}
	}
}

// add adds a change; of very many in one step the last ones are kept.
func (v *vary) add(c [5]any) {
	if n := len(v.Changes); n >= maxChanges && v.Changes[n-maxChanges][0] == c[0] {
		v.Changes = append(v.Changes[:n-maxChanges+1], v.Changes[n-maxChanges+2:]...)
	}
	v.Changes = append(v.Changes, c)
}

func (g *gatherer) change(c *trace.Change) [5]any {
	kind, other := "set", clip(c.Old, maxText)
	switch {
	case c.Stale:
		kind, other = "stale", clip(g.Name(c.By), maxText)
	case c.Read:
		kind, other = "read", ""
	case c.Lost:
		kind = "over"
	}
	return [5]any{g.mark(c.Mark), g.lane(c.Who), kind, clip(c.New, maxText), other}
}

func (g *gatherer) addStep(turn int) {
	t := &g.Turns[turn]
	x := step{Number: int(t.Number), Round: g.round(t.Iteration), Who: -1, For: -1, Kind: stepKind(t), Chip: clip(g.Chip(turn), maxText),
		Cause: g.markOf(t.Cause), Line: int(g.Place(t.PC).Line), Does: [][2]any{}, Why: g.why(turn)}
	if t.Handle == trace.Phase && t.Phase == engine.PhaseEnded {
		x.Chip += ": " + g.d.Ended
	}
	if t.Who != 0 {
		x.Who = g.lane(t.Who)
	}
	if t.For != 0 {
		x.For = g.lane(t.For)
	}
	from, to := g.OwnRecords(turn)
	for n := from; n < to; n++ {
		text := g.does(n)
		if text == "" {
			continue
		}
		if len(x.Does) == maxDoes {
			x.Does = append(x.Does, [2]any{0, "and more, which is left out here"})
			break
		}
		x.Does = append(x.Does, [2]any{int(g.Place(g.Rec(n).PC).Line), text})
	}
	for n := from; n < to && !x.Bad; n++ {
		rec := g.Rec(n)
		x.Bad = rec.Kind == engine.RecEnd && engine.TaskStateWords[rec.Aux-1] == "failed"
	}
	g.d.Steps = append(g.d.Steps, x)
}

// round is the place of an iteration in the page's list, to which it is added when it is first met.
func (g *gatherer) round(i int32) int {
	if i < 0 {
		return -1
	}
	it := &g.Iterations[i]
	if n := len(g.d.Rounds); n == 0 || g.d.Rounds[n-1][0] != it.Number {
		g.d.Rounds = append(g.d.Rounds, [3]any{it.Number, it.At, trace.Clock(it.At)})
	}
	return len(g.d.Rounds) - 1
}

func stepKind(t *trace.Turn) string {
	switch {
	case t.Handle == trace.Phase:
		return "phase"
	case t.Who == 0:
		return "loop"
	case trace.IsCallback(t.Who):
		return "callback"
	}
	return "task"
}

func (g *gatherer) addOutput() {
	size := 0
	for i := range g.Lines {
		turn := int(g.Prints[g.Lines[i].Print].Turn)
		if turn < g.scene.From || turn >= g.scene.To {
			continue
		}
		text := clip(g.LineText(i), maxLine)
		if size += len(text); size > maxOutput {
			g.leftOut("The output is cut off after %d lines.", len(g.d.Output))
			return
		}
		g.d.Output = append(g.d.Output, [2]any{g.mark(trace.Mark(2*turn+1)) / 2, text})
	}
}

// lines is a text of several lines with each made fit to be shown.
func lines(text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(clip(line, maxLine))
	}
	return b.String()
}

// clip makes text fit to be shown: what a reader would not see, or what would change the direction of other text, is
// written as its number, and what is longer than so many characters is cut off.
func clip(text string, most int) string {
	var b strings.Builder
	n := 0
	for i, c := range text {
		if n++; n > most {
			fmt.Fprintf(&b, "… (%d more characters)", utf8.RuneCountInString(text[i:]))
			break
		}
		switch {
		case c == '\t' || c >= ' ' && c < 0x7f:
			b.WriteRune(c)
		case c < ' ' || hidden(c):
			fmt.Fprintf(&b, "⟨U+%04X⟩", c)
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// hidden reports whether a character is not seen, or reorders what stands beside it.
func hidden(c rune) bool {
	return c >= 0x7f && c < 0xa0 || c == 0xad || c == 0x61c || c >= 0x200b && c <= 0x200f && c != 0x200d ||
		c >= 0x2028 && c <= 0x202e || c >= 0x2060 && c <= 0x206f || c == 0xfeff
}
