package engine

import (
	"math/bits"
	"slices"
)

// Outcome says how a run ended.
type Outcome uint8

const (
	Running     Outcome = iota // it has not
	Completed                  // every task that is no daemon has ended; with main: main returned
	Stopped                    // by `stop`
	Until                      // clock.until came
	Deadlock                   // tasks wait, and nothing is left that could wake them
	Failed                     // main, before or an initial value raised
	LimitHit                   // a limit was hit
	Interrupted                // from outside: Loop.Interrupt
)

// Outcomes is the outcomes of a run that has ended, in order.
var Outcomes = []Outcome{Completed, Stopped, Until, Deadlock, Failed, LimitHit, Interrupted}

// Result is what a run came to.
type Result struct {
	Ended      Outcome
	Files      Files         // what the lines of places count through
	At         int64         // loop time of the end, in nanoseconds; with main: when main ended
	Now        int64         // loop time when the loop had stopped
	Iterations int64         // iterations of the loop
	Steps      int64         // instructions
	Limit      *LimitReport  // with LimitHit
	Blocked    []Blocked     // with Deadlock every waiting task; with LimitHit and Interrupted the first of them
	Waiting    int           // how many tasks wait then
	Cycles     [][]int       // circles of tasks that wait for each other: indices into Blocked
	Interrupts []Place       // with Interrupted: where the run was, once or twice
	Errors     []Report      // errors that nobody took, in the order in which they happened: the first 1,000
	MoreErrors int           // how many more of them there are
	Races      []Race        // of a watched program: updates that were lost
	Leaks      []Leak        // of a watched program: context variables that calls left changed
	Checks     []CheckReport // of a program with checks: what came of each
	Kept       []Kept        // units of resources that tasks held when they ended: the first 1,000
	Tasks      TaskCounts
	Slow       []SlowTurn // turns that held up the loop, in order: the first 1,000
	MoreSlow   int        // how many more of them there are
	Missed     int64      // runs of periodic callbacks left out because the loop was late
	Lateness   Lateness   // of timers, on a real clock
	Output     []byte     // what was printed, with Options.KeepOutput
	WriteError error      // the first error of Options.Output
}

// Kept is units of a resource that stay taken because the task that held them has ended.
type Kept struct {
	Task, Object string
	Pos          Pos   // the step that acquired them
	At           int64 // loop time of the task's end
}

// TaskCounts is how many tasks are in each state.
type TaskCounts struct{ Pending, Done, Failed, Cancelled int64 }

// Report is an error that nobody took.
type Report struct {
	Err     *Error
	Task    string // the name of the task; empty: not a task's
	In      string // what else raised it: a callback's name, before, after; main, whose task is named too
	At      int64  // loop time of the failure
	Spawned Pos    // where the task was created, as far as that is a step
}

// TaskInfo is what there is to say about one task.
type TaskInfo struct {
	ID      uint32
	Name    string
	State   string // pending done failed cancelled
	Result  Value
	Err     *Error
	Spawned int64
	Started int64  // -1: it has not
	Ended   int64  // -1: it has not
	Parent  uint32 // the task that created it; 0: none
	Pos     Pos    // pending: the step it is at
	Waits   string // pending: what it waits for; empty: its turn
	Since   int64  // pending: when its wait began
}

// Tasks lists the tasks, in the order of creation: every one with Options.KeepTasks, else those that have not ended,
// those that something refers to, and of the others those whose lines were not given back yet.
func (l *Loop) Tasks() []TaskInfo {
	var infos []TaskInfo
	l.inOrder(func(id uint32, t *task) bool {
		info := TaskInfo{ID: id, Name: l.taskName(id), State: t.state.String(), Spawned: l.spawned(id), Started: l.started(id), Ended: -1}
		if t.cold != 0 {
			info.Parent = l.parentOf(id, l.cold(t.cold).parent)
		}
		if t.state.ended() {
			info.Ended = t.since
			info.Result, info.Err = l.peekOutcome(awaitable(id))
		} else {
			info.Pos, info.Since = l.p.pos[t.pc], t.since
			if t.wait > waitTurn {
				info.Waits = waits[t.wait].words(l, t)
			}
		}
		infos = append(infos, info)
		return true
	})
	return infos
}

// TaskCounts is how many tasks are in each state now.
func (l *Loop) TaskCounts() TaskCounts {
	return TaskCounts{int64(l.tasks.living), l.tasks.ended[taskDone], l.tasks.ended[taskFailed], l.tasks.ended[taskCancelled]}
}

// parentOf is the task that created task id: parent, or 0 where that one's line was given back.
func (l *Loop) parentOf(id, parent uint32) uint32 {
	if l.warm(parent).entry == 0 || l.ordinal(parent) > l.ordinal(id) {
		return 0
	}
	return parent
}

// SharedValue is what a shared variable holds.
type SharedValue struct {
	Name  string
	Value Value
}

// Final is what there is when a run has ended, as plain data.
type Final struct {
	Tasks  []TaskInfo    // as Loop.Tasks
	Shared []SharedValue // in the order of declaration
	Names  NameTable     // of what is in the values of both
}

// Final is what there is now that the run has ended.
func (l *Loop) Final() *Final {
	f := &Final{Tasks: l.Tasks()}
	var values []Value
	for _, t := range f.Tasks {
		values = append(values, t.Result)
	}
	for i, v := range l.p.Shared {
		f.Shared = append(f.Shared, SharedValue{v.Name, l.vars.shared[i]})
	}
	f.Names = l.namesIn(append(values, l.vars.shared...))
	return f
}

// EvalBool evaluates a condition on a run that has ended.
func (l *Loop) EvalBool(f EvalBool) (bool, *Error) {
	l.enter(0, l.task(0))
	l.fault, l.overflow = nil, false
	ok := f(l)
	err := l.evaluated()
	return ok && err == nil, err
}

// EvalText evaluates a text on a run that has ended; with an error it returns what there is so far.
func (l *Loop) EvalText(f EvalText) string {
	l.enter(0, l.task(0))
	s := string(f(l, nil))
	l.evaluated()
	return s
}

// newError makes an error raised now; unwind fills in the place.
func (l *Loop) newError(typ, message string) *Error {
	return &Error{Type: typ, Message: message, At: l.now}
}

// record is what came of the run so far.
type record struct {
	failures []failure
	untold   int           // errors that nobody took and that are beyond those that are told
	keeps    []Kept        // units that ended tasks held
	checks   []CheckReport // by Program.Checks
	checking bool          // a check is being evaluated
	watch    *watch        // of a watched program
	res      Result
}

// copyTo makes c a copy. It does not watch.
func (x *record) copyTo(c *record) {
	failures, keeps, checks := c.failures, c.keeps, c.checks
	*c = *x
	c.failures, c.checks, c.watch = append(failures[:0], x.failures...), append(checks[:0], x.checks...), nil
	c.keeps = append(keeps[:0], x.keeps...)
	c.res.Lateness.buckets = slices.Clone(x.res.Lateness.buckets)
}

// failure is an error that ended a task or a callback, or that a future was resolved with. For a task, until its line is
// given back, and for a future the report is filled in at the end.
type failure struct {
	task   uint32    // 0: a callback, before or after, or a future, or a task whose line was given back
	future awaitable // 0: not a future
	told   bool      // it is reported even where somebody took it
	Report
}

// maxReports is how many errors that nobody took are told; the rest are counted.
const maxReports = 1000

func (l *Loop) fail(f failure) {
	l.failures = append(l.failures, f)
	l.tasks.idle++
}

// reported fills in the report of a failure; false: somebody took the error.
func (l *Loop) reported(f *failure) bool {
	switch {
	case f.future != 0:
		f.In = l.awaitableName(f.future)
		return f.told || !l.future(f.future).taken
	case f.task == 0:
		return true
	case f.task == l.mainID:
		f.In = "main"
	default:
		f.Spawned = l.entryOf(f.task).Pos
	}
	f.Task = l.taskName(f.task)
	return f.In != "" || f.told || f.Err.endsRun() || l.task(f.task).flags&flagTaken == 0
}

// settle drops the failures that are of no use, or beyond those that are told, when the lines of the tasks that are not
// used are given back.
func (l *Loop) settle(used []bool) {
	kept, told := l.failures[:0], 0
	for _, f := range l.failures {
		switch {
		case f.task != 0 && !used[f.task]:
			if !l.reported(&f) {
				continue
			}
			f.task = 0
			fallthrough
		case f.task == 0 && f.future == 0:
			if told++; told > maxReports {
				l.untold++
				continue
			}
		}
		kept = append(kept, f)
	}
	clear(l.failures[len(kept):])
	l.failures = kept
}

func (l *Loop) fillResult() {
	r := &l.res
	r.Now, r.Iterations, r.Steps = l.now, l.iteration, l.steps+l.slice-l.left
	r.Checks, r.Kept = l.checks, l.keeps
	r.Missed = l.callbacks.missed
	r.Tasks = l.TaskCounts()
	if l.opts.KeepOutput {
		r.Output = l.out.buf
	}
	r.MoreErrors = l.untold
	for _, f := range l.failures {
		switch {
		case !l.reported(&f):
		case len(r.Errors) < maxReports:
			r.Errors = append(r.Errors, f.Report)
		default:
			r.MoreErrors++
		}
	}
}

// Lateness is how late timers ran on a real clock: a histogram whose buckets grow by a quarter of a power of two.
type Lateness struct {
	Count   int64
	Max     int64   // nanoseconds
	Drift   int64   // nanoseconds: by how much a chain of timers, each armed by what the one before it ran, can be late in all
	woken   int64   // the loop time of the latest timer
	buckets []int64 // nil: there was none; a copy of a loop has its own
}

// add counts a timer that was due at when and fired at now. Of those that fire at one time the first is the latest, and a
// chain of timers has only one of them in it.
func (x *Lateness) add(now, when int64) {
	late := max(now-when, 0)
	if x.buckets == nil {
		x.buckets = make([]int64, 256)
	}
	if x.Count++; now > x.woken {
		x.Drift += late
		x.woken = now
	}
	x.Max = max(x.Max, late)
	x.buckets[bucketOf(late)]++
}

func bucketOf(ns int64) int {
	if ns < 4 {
		return int(ns)
	}
	e := bits.Len64(uint64(ns)) - 3
	return 4*e + int(ns>>e)
}

// Quantile is the lateness in nanoseconds that the share q of the timers, 0 to 1, did not exceed, accurate to a quarter.
func (x *Lateness) Quantile(q float64) int64 {
	rank := int64(q * float64(x.Count))
	for i, n := range x.buckets {
		if rank -= n; rank < 0 {
			if i < 4 {
				return int64(i)
			}
			e := i/4 - 1
			return min(int64(i-4*e+1)<<e-1, x.Max)
		}
	}
	return x.Max
}
