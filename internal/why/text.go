package why

import (
	"cmp"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"runloop/engine"
	"runloop/internal/trace"
)

// Few is how many links of a chain are shown where not all are asked for.
const Few = 6

// Link is one link of a chain, as data.
type Link struct {
	Time      int64  `json:"time"`           // loop time in nanoseconds
	Iteration int64  `json:"iteration"`      // from 1; 0: before the first
	Turn      int32  `json:"turn,omitempty"` // its number; 0: the loop's own
	Who       string `json:"who,omitempty"`  // the task or callback; empty: the loop
	What      string `json:"what"`           // what ran
	Because   string `json:"because,omitempty"`
	Line      int32  `json:"line,omitempty"` // of the file: the step that made it ready, or armed its timer
	File      string `json:"file,omitempty"` // of the line, where it is an included one
	Step      string `json:"step,omitempty"` // the text of that line
}

// linkOf is a turn as a link.
func linkOf(r *trace.Run, turn int) Link {
	t := &r.Turns[turn]
	why := causeOf(r, turn)
	l := Link{Time: r.At(turn), Turn: t.Number, What: subject(r, turn), Because: because(r, turn, &why)}
	if t.Iteration >= 0 {
		l.Iteration = r.Iterations[t.Iteration].Number
	}
	if t.Who != 0 {
		l.Who = r.Name(t.Who)
	}
	l.File, l.Line, l.Step = place(r, stepLine(r, t, &why))
	return l
}

// place is the file of a line, empty where that is the scenario's own, its number there, and its text.
func place(r *trace.Run, line int32) (file string, number int32, text string) {
	file, at := r.Result.Files.In(engine.Pos{Line: line})
	return file, at.Line, r.SourceLine(int(line))
}

// stepLine is the line of what made a turn ready, or armed its timer; 0: none.
func stepLine(r *trace.Run, t *trace.Turn, c *cause) int32 {
	n := c.rec
	if c.fired() {
		n = c.arm
	}
	if n == trace.None {
		return 0
	}
	rec := r.Rec(n)
	switch who := t.Who | t.For; {
	case rec.Kind == engine.RecArm && rec.Aux == engine.TimerCallback && trace.IsCallback(who) && (rec.Who == 0 || rec.Who == who && declared(r, who)):
		return r.Program.Callbacks[who&^engine.WhoCallback].Line
	case rec.Kind == engine.RecArm && rec.Aux == engine.TimerStart:
		return r.Program.Workers[rec.What].Line
	case rec.Kind == engine.RecSpawn && rec.Who == 0:
		return workerLine(r, rec.What)
	}
	return r.Place(rec.PC).Line
}

// declared reports whether a callback is armed by its declaration.
func declared(r *trace.Run, who uint32) bool {
	cb := r.Program.Callbacks[who&^engine.WhoCallback]
	return cb.After != nil || cb.Every != nil || cb.Cron != nil
}

// workerLine is where the worker stands that a task of the start is.
func workerLine(r *trace.Run, task uint32) int32 {
	name := r.Name(task)
	for _, w := range r.Program.Workers {
		if rest, ok := strings.CutPrefix(name, w.Name); ok && w.Name != "" && (rest == "" || w.Count != nil && rest[0] == '-') {
			return w.Line
		}
	}
	if m := r.Program.Main; m != nil {
		return m.Line
	}
	return 0
}

// First is the first links of a turn's chain of causes, at most so many. What comes before them is not looked at, so that it
// is quick for every turn of a long run.
func First(r *trace.Run, turn, most int) []Link {
	var links []Link
	for ; turn >= 0 && len(links) < most; turn = before(r, turn) {
		links = append(links, linkOf(r, turn))
		if starts(r, turn) {
			break
		}
	}
	return links
}

// Links is the chain's first links, at most so many; 0: all.
func (c *Chain) Links(most int) []Link {
	var links []Link
	c.each(c.Shown(most), func(turn int) { links = append(links, linkOf(c.r, turn)) })
	return links
}

// Shown is how many links are shown of a chain if no more than most are wanted, 0: all. One more link is shown rather than
// counted.
func (c *Chain) Shown(most int) int {
	if most <= 0 || c.Len <= most+1 {
		return c.Len
	}
	return most
}

// Lines is the chain as text, at most so many links of it; 0: all of them.
func (c *Chain) Lines(most int) []string {
	var lines []string
	c.Write(most, func(line string) { lines = append(lines, line) })
	return lines
}

// together is how many lines of a chain have their columns in common.
const together = 1000

// Write calls f with each line of Lines: a chain can have millions.
func (c *Chain) Write(most int, f func(line string)) {
	n := c.Shown(most)
	rows := make([]row, 0, min(n, together))
	flush := func() {
		for _, line := range layout(rows) {
			f(line)
		}
		rows = rows[:0]
	}
	c.each(n, func(turn int) {
		if rows = append(rows, rowOf(c.r, linkOf(c.r, turn))); len(rows) == together {
			flush()
		}
	})
	flush()
	switch rest := c.Len - n; {
	case rest > 0 && c.Whole:
		f(fmt.Sprintf("… %d more, back to the start; --all shows them", rest))
	case rest > 0:
		f(fmt.Sprintf("… %d more, back to where the record begins; --all shows them", rest))
	case !c.Whole:
		f("What came before is not in the record: the run is too long")
	}
}

// row is a link in columns.
type row struct{ time, iteration, turn, text, place string }

func rowOf(r *trace.Run, l Link) row {
	x := row{time: trace.Clock(l.Time), text: l.What}
	if l.Iteration > 0 {
		x.iteration = fmt.Sprintf("it. %d", l.Iteration)
	}
	if l.Turn > 0 {
		x.turn = fmt.Sprintf("turn %d", l.Turn)
	}
	if l.Because != "" {
		x.text += ": " + l.Because
	}
	if l.Line > 0 {
		x.place = placeText(r, l.File, l.Line, l.Step)
	}
	return x
}

// placeText is a line of a file, by the file's name, and what stands there.
func placeText(r *trace.Run, file string, line int32, step string) string {
	return fmt.Sprintf("%s:%d  %s", clean(filepath.Base(cmp.Or(file, r.File))), line, clean(step))
}

// widest is how long a text may be so that the column of places stands behind it.
const widest = 84

func layout(rows []row) []string {
	var w [4]int
	for _, x := range rows {
		for i, cell := range [...]string{x.time, x.iteration, x.turn, x.text} {
			if n := utf8.RuneCountInString(cell); i < 3 || n <= widest {
				w[i] = max(w[i], n)
			}
		}
	}
	lines := make([]string, len(rows))
	for i, x := range rows {
		line := pad(x.time, w[0]) + "  " + pad(x.iteration, w[1]) + "  " + pad(x.turn, w[2]) + "  " + pad(x.text, w[3]) + "  " + x.place
		lines[i] = strings.TrimRight(line, " ")
	}
	return lines
}

func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(width-utf8.RuneCountInString(text), 0))
}

// Lines is the verdict as text: the two turns with what made them ready, and what decided.
func (v *Verdict) Lines() []string {
	lines := layout([]row{rowOf(v.r, linkOf(v.r, v.First)), rowOf(v.r, linkOf(v.r, v.Second))})
	return append(lines, v.Sentence(TurnName(v.r, v.First), TurnName(v.r, v.Second)))
}

// Sentence is the verdict in words, in which the two are called as given, the first one first.
func (v *Verdict) Sentence(first, second string) string {
	text := upper(first) + " is before " + second + ": "
	if text += v.Text; v.Rule > 0 {
		text += fmt.Sprintf(" (rule %d)", v.Rule)
	}
	return text + "."
}

// upper is text with its first letter in upper case, if that is a plain one.
func upper(text string) string {
	if text == "" || text[0] < 'a' || text[0] > 'z' {
		return text
	}
	return string(text[0]-'a'+'A') + text[1:]
}

// Described is what a user asked about, as data: a turn, or a line of the output that it printed.
type Described struct {
	Output    int    `json:"output_line,omitempty"` // the number of the line, from 1
	Text      string `json:"text,omitempty"`        // what stands there
	Turn      int32  `json:"turn,omitempty"`
	Who       string `json:"who"`
	Time      int64  `json:"time"`
	Iteration int64  `json:"iteration"`
	Line      int32  `json:"line,omitempty"` // of the file: the print, or the step that the turn begins or goes on with
	File      string `json:"file,omitempty"` // of the line, where it is an included one
	Step      string `json:"step,omitempty"`
	Causes    []Link `json:"causes"` // the turn itself first
	More      int    `json:"more"`   // links that are left out; they go back to the start
	Whole     bool   `json:"whole"`  // the causes, with those left out, go back to the start
}

// Describe is the turn of a chain, or line number line of the output where that is above 0, as data, with at most so many
// causes; 0: with all.
func Describe(c *Chain, line, most int) *Described {
	r, turn := c.r, c.Turn
	t := &r.Turns[turn]
	d := &Described{Output: line, Turn: t.Number, Who: whose(r, turn), Time: r.At(turn), Whole: c.Whole}
	at := r.Place(t.PC).Line
	if t.Iteration >= 0 {
		d.Iteration = r.Iterations[t.Iteration].Number
	}
	if line > 0 {
		d.Text = r.LineText(line - 1)
		at = r.Place(r.Prints[r.Lines[line-1].Print].PC).Line
	}
	d.File, d.Line, d.Step = place(r, at)
	d.Causes = c.Links(most)
	d.More = c.Len - len(d.Causes)
	return d
}

// whose is the name of whose turn it is.
func whose(r *trace.Run, turn int) string {
	t := &r.Turns[turn]
	switch {
	case t.Handle != trace.Phase:
		return r.Name(t.Who)
	case t.Phase == engine.PhaseBefore:
		return "before"
	case t.Phase == engine.PhaseAfter:
		return "after"
	}
	return r.Name(0)
}

// Lines is what was asked about, as text; its causes are not part of it.
func (d *Described) Lines(r *trace.Run) []string {
	place := ""
	if d.Line > 0 {
		place = "  " + placeText(r, d.File, d.Line, d.Step)
	}
	where := trace.Clock(d.Time)
	if d.Iteration > 0 {
		where = fmt.Sprintf("iteration %d, %s", d.Iteration, where)
	}
	of := cmp.Or(clean(d.Who), "the loop")
	switch {
	case d.Output == 0:
		return []string{fmt.Sprintf("turn %d: %s, %s%s", d.Turn, of, where, place)}
	case d.Turn == 0:
		return []string{fmt.Sprintf("line %d “%s”: printed by `%s`, %s%s", d.Output, clean(d.Text), of, where, place)}
	}
	return []string{fmt.Sprintf("line %d “%s”: printed by %s in turn %d, %s%s", d.Output, clean(d.Text), of, d.Turn, where, place)}
}

// Judged is a verdict as data.
type Judged struct {
	First   Side   `json:"first"`
	Second  Side   `json:"second"`
	Decides string `json:"decides"` // one of DecidesWords
	Rule    int    `json:"rule"`    // of Rules
	Ties    string `json:"ties"`    // one of ChangeWords
	Text    string `json:"text"`
}

// Side is one of the two that are compared.
type Side struct {
	Turn      int32 `json:"turn,omitempty"`
	Time      int64 `json:"time"`
	Iteration int64 `json:"iteration"`
}

// Data is the verdict as data.
func (v *Verdict) Data() *Judged {
	side := func(turn int) Side { return Side{v.r.Turns[turn].Number, v.r.At(turn), v.iteration(turn)} }
	return &Judged{side(v.First), side(v.Second), DecidesWords[v.Decides], v.Rule, ChangeWords[v.Ties], v.Text}
}
