package why

import (
	"cmp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"runloop/engine"
	"runloop/internal/trace"
)

// In the tables below {who} is whom the turn is for, {about} what ended, {by} who did what made the turn ready, {object} what
// it was done with.

// runWords is what a turn does, by its handle.
var runWords = [...]string{
	engine.RunStep: "{who} goes on", engine.RunWake: "{who} goes on", engine.RunThrow: "{who} goes on with an error",
	engine.RunSleep: "the sleep of {who} ends", engine.RunStart: "worker {about} is created", engine.RunCallback: "{who} runs",
	engine.RunGather: "the gather of {who} is told that {about} has ended", engine.RunGroup: "the group of {who} is told that {about} has ended",
	engine.RunWait:      "the `wait` of {who} is told that {about} has ended",
	engine.RunCompleted: "the as_completed of {who} is told that {about} has ended",
	engine.RunShield:    "the shield of {who} is told that what it protects has ended", engine.RunScope: "a time-out of {who} is up",
	engine.RunWaitOver: "the time of the `wait` of {who} is up", engine.RunMain: "the loop is told to stop",
	engine.RunThread: "the thread that works for {who} is done", engine.RunUnthread: "the work for {who} is taken back",
	engine.RunShift: "{about} gets another capacity", engine.RunUnit: "a unit of {about} fails or is repaired",
	engine.RunArm: "what {who} awaits has ended", engine.RunArmOver: "the time of an arm of {who} is up",
	engine.RunShielded: "{about}, a shield, is told that what it protects has ended", engine.RunUnshield: "{about}, a shield, lets go of what it protects",
}

// phaseWords is what the run itself does when a phase begins.
var phaseWords = [...]string{
	engine.PhaseBefore: "the run begins", engine.PhaseWorkers: "the run begins: workers, callbacks and main are created",
	engine.PhaseLoop: "the loop begins", engine.PhaseShutdown: "what is left is cancelled", engine.PhaseDrain: "the loop makes its last turns",
	engine.PhaseAfter: "`after` runs", engine.PhaseEnded: "the run ends",
}

// recWords is why a turn was ready, by the kind of the record that made it so. Where there are words for what the record
// is about in one of the tables below, those are used. Kinds that make nothing ready have words for the end of the loop, or
// name the turn in which the cause stands.
var recWords = [...]string{
	engine.RecPhase: "the run had come so far", engine.RecIteration: "an iteration began", engine.RecRun: "{by} was over",
	engine.RecSpawn: "{by} created it", engine.RecLink: "{object} had ended already", engine.RecWait: "{by} waited",
	engine.RecWake: "what it waited for was there", engine.RecEnd: "a task ended", engine.RecResolve: "{object} was settled",
	engine.RecArm: "{by} armed a timer", engine.RecDisarm: "{by} cancelled a timer", engine.RecFire: "a timer was due",
	engine.RecReady: "{by} scheduled it", engine.RecCancel: "{by} cancelled it", engine.RecObject: "{by} used {object}",
	engine.RecRead: "{by} read a variable", engine.RecSet: "{by} set a variable", engine.RecPrint: "{by} printed",
	engine.RecChoose: "the seed chose it", engine.RecRaise: "{by} raised an error", engine.RecStop: "{by} called `stop`",
	engine.RecLimit: "the run came to a limit", engine.RecInterrupt: "{by} interrupted it", engine.RecPreempt: "{by} took {object} from it",
	engine.RecBlock: "{by} held the loop up",
}

// waitWords is why a wait was over where no step with an object says more, by the kind of waiting.
var waitWords = [...]string{
	0: "it was its turn", engine.WaitsTurn: "it had given up its turn", engine.WaitsSleep: "its sleep was over",
	engine.WaitsFuture: "{object} had ended", engine.WaitsGather: "its gather had all that it waited for",
	engine.WaitsLock: "{object} was free for it", engine.WaitsRelock: "{object} was free for it again",
	engine.WaitsRW: "{object} was free for it", engine.WaitsSemaphore: "{object} had room for it", engine.WaitsEvent: "{object} was set",
	engine.WaitsCondition: "{object} was notified", engine.WaitsPut: "{object} had room", engine.WaitsGet: "{object} had an item",
	engine.WaitsJoin: "all items of {object} were done", engine.WaitsAny: "its `wait` was over",
	engine.WaitsCompleted: "a task of its as_completed had ended", engine.WaitsGroup: "the last task of its group had ended",
	engine.WaitsShield: "{object}, which it shields, had ended", engine.WaitsUnits: "{object} was free for it",
	engine.WaitsUse:    "its sleep was over",
	engine.WaitsOffer:  "{object} had room for it",
	engine.WaitsWant:   "{object} had what it wanted",
	engine.WaitsFirst:  "one of the things that it waited for was there",
	engine.WaitsUntil:  "what it waited for held of {object}",
	engine.WaitsThread: "its thread was done",
}

// opWords is what somebody did with an object, so that a wait was over.
var opWords = [...]string{
	engine.OpAcquire: "{by} took {object}", engine.OpRelease: "{by} released {object}", engine.OpPut: "{by} put an item into {object}",
	engine.OpGet: "{by} took an item out of {object}", engine.OpSet: "{by} set {object}", engine.OpClear: "{by} cleared {object}",
	engine.OpNotify: "{by} notified {object}", engine.OpArrive: "{by} was the last to come to {object}",
	engine.OpLeave: "{by} was the last to leave {object}", engine.OpTaskDone: "{by} was done with the last item of {object}",
	engine.OpShutdown: "{by} shut down {object}", engine.OpQueue: "{by} stood in line for {object}",
	engine.OpUnqueue: "{by} left the line for {object}", engine.OpResize: "{by} resized {object}",
	engine.OpReset: "{by} reset {object}", engine.OpAbort: "{by} aborted {object}",
}

// timerWords is why a turn came when a timer was due, by what the timer is for.
var timerWords = [...]string{
	engine.TimerSleep: "its timer was due", engine.TimerCallback: "its timer was due", engine.TimerScope: "its timer was due",
	engine.TimerWait: "its timer was due", engine.TimerStart: "its start had come",
	engine.TimerShift: "its time had come", engine.TimerThread: "the work was done", engine.TimerArm: "its timer was due",
}

// readyWords is why a turn came that was made ready at once, by its handle.
var readyWords = [...]string{
	engine.RunStep: "it had given up its turn for one iteration (`sleep: 0`)", engine.RunThrow: "it had awaited itself",
	engine.RunCallback: "{by} scheduled it for the next iteration", engine.RunScope: "its time is not after now",
}

// cancelWords is who cancelled a task, by the handle that did.
var cancelWords = [...]string{
	engine.RunScope: "its time-out was up, which cancels it", engine.RunGroup: "a task of the group failed, which cancels the others",
}

// at is the words that a table has for a kind; else "".
func at(words []string, kind uint8) string {
	if int(kind) < len(words) {
		return words[kind]
	}
	return ""
}

// subject is what turn i does, in words.
func subject(r *trace.Run, i int) string {
	t := &r.Turns[i]
	if t.Handle == trace.Phase {
		return phaseWords[t.Phase]
	}
	words := runWords[t.Handle]
	rec := r.Rec(t.First)
	about := ""
	switch {
	case t.Handle == engine.RunStart:
		about = clean(r.Program.Workers[rec.What].Name)
	case t.Handle == engine.RunStep && t.Cause != trace.None && r.Rec(t.Cause).Kind == engine.RecSpawn:
		words = "{who} begins"
	case t.Handle == engine.RunGather && t.For == 0:
		words, about = "a gather that no task awaits is told that {about} has ended", object(r, rec)
	case t.Handle == engine.RunScope && t.For == 0:
		words = "a time-out comes too late: its block was left"
	case t.Handle == engine.RunWaitOver && t.For == 0:
		words = "the time of a `wait` is up too late: it was over"
	case rec.Obj == engine.KindTask || rec.Obj == engine.KindFuture || t.Handle == engine.RunShift || t.Handle == engine.RunUnit:
		about = object(r, rec)
	}
	return put(words, func(place string) string {
		if place == "who" {
			return name(r, t.Who|t.For)
		}
		return about
	})
}

// because is why turn i came.
func because(r *trace.Run, i int, c *cause) string {
	t := &r.Turns[i]
	switch {
	case t.Handle == trace.Phase:
		return phaseBecause(r, t, c)
	case c.rec == trace.None:
		return ""
	}
	rec := r.Rec(c.rec)
	words := recWords[rec.Kind]
	switch rec.Kind {
	case engine.RecRun:
		if rec.Aux == engine.RunSleep {
			words = "its sleep was over"
		}
	case engine.RecSpawn:
		words = spawnWords(r, c)
	case engine.RecWake:
		words = wakeWords(r, c)
	case engine.RecEnd:
		return taskName(r, rec.What) + " ended (" + engine.TaskStateWords[rec.Aux-1] + ")"
	case engine.RecResolve:
		words += " (" + engine.TaskStateWords[rec.Aux-1] + ")"
	case engine.RecFire:
		return timerWords[rec.Aux] + " at " + trace.Clock(rec.Arg) + armedWords(r, t, c)
	case engine.RecReady:
		words = cmp.Or(at(readyWords[:], rec.Aux), words)
	case engine.RecCancel:
		words = cancelledWords(r, rec, c)
	}
	return fill(r, words, rec, c)
}

// fill puts names into words about a record.
func fill(r *trace.Run, words string, rec *engine.Rec, c *cause) string {
	return put(words, func(place string) string {
		if place == "by" {
			return actor(r, c.turn)
		}
		return object(r, rec)
	})
}

// put puts names into the places that words have for them.
func put(words string, name func(place string) string) string {
	before, rest, ok := strings.Cut(words, "{")
	if !ok {
		return words
	}
	place, rest, _ := strings.Cut(rest, "}")
	return before + name(place) + put(rest, name)
}

func handleOf(r *trace.Run, turn int) uint8 {
	if turn < 0 {
		return trace.Phase
	}
	return r.Turns[turn].Handle
}

// phaseBecause is why a phase of the run began.
func phaseBecause(r *trace.Run, t *trace.Turn, c *cause) string {
	switch {
	case t.Phase <= engine.PhaseWorkers:
		return ""
	case c.rec == trace.None && t.Phase == engine.PhaseAfter:
		if r.Turns[c.turn].Handle == trace.Phase && r.Turns[c.turn].Phase == engine.PhaseShutdown {
			return "what was left had ended"
		}
		return endWords[r.Result.Ended]
	case c.rec == trace.None:
		return "all before it was over"
	}
	if rec := r.Rec(c.rec); rec.Kind == engine.RecRun {
		return "main had ended"
	}
	if r.Rec(c.rec).Aux == 1 {
		return fill(r, "{by} raised an error that ends the run", r.Rec(c.rec), c)
	}
	return fill(r, recWords[engine.RecStop], r.Rec(c.rec), c)
}

// endWords is why the loop ended where no step or task ended it.
var endWords = [...]string{
	engine.Running: "the loop had ended", engine.Completed: "nothing was left to do", engine.Stopped: "the loop was stopped",
	engine.Until: "the time of `until` had come", engine.Deadlock: "the tasks that were left waited for ever",
	engine.Failed: "the run had failed", engine.LimitHit: "the run came to a limit", engine.Interrupted: "the run was broken off",
}

func cancelledWords(r *trace.Run, rec *engine.Rec, c *cause) string {
	by := handleOf(r, c.turn)
	switch {
	case by == trace.Phase:
		return "the loop had ended, which cancels what is left"
	case rec.Aux != 0:
		return "it had been cancelled while it ran"
	}
	return cmp.Or(at(cancelWords[:], by), recWords[engine.RecCancel])
}

func spawnWords(r *trace.Run, c *cause) string {
	switch t := &r.Turns[c.turn]; {
	case t.Handle == trace.Phase && t.Phase == engine.PhaseWorkers:
		return "the run created it when it began"
	case t.Handle == engine.RunStart:
		return "its start had come"
	}
	return recWords[engine.RecSpawn]
}

// wakeWords is why a wait was over: by what was done with the object, else by the kind of waiting.
func wakeWords(r *trace.Run, c *cause) string {
	rec := r.Rec(c.rec)
	if op := opOf(r, c); op != trace.None {
		return opWords[r.Rec(op).Aux]
	}
	return waitWords[rec.Aux]
}

// opOf is the record of what was done with an object so that a task woke up: in the same step of the same turn; None: there
// is none.
func opOf(r *trace.Run, c *cause) uint32 {
	rec := r.Rec(c.rec)
	if rec.Obj == engine.KindNull || rec.Who == 0 {
		return trace.None
	}
	from, to := r.RecordsOf(c.turn)
	did := func(n uint32) bool {
		x := r.Rec(n)
		return x.Kind == engine.RecObject && x.PC == rec.PC && x.Obj == rec.Obj && x.On == rec.On && x.Aux != engine.OpQueue
	}
	for n := c.rec + 1; n < to && r.Rec(n).PC == rec.PC; n++ {
		if did(n) {
			return n
		}
	}
	for n := c.rec; n > from && r.Rec(n).PC == rec.PC; n-- {
		if did(n) {
			return n
		}
	}
	return trace.None
}

// armedWords says who armed a timer and when.
func armedWords(r *trace.Run, t *trace.Turn, c *cause) string {
	if c.turn < 0 {
		return ""
	}
	by := actor(r, c.turn)
	if arm := &r.Turns[c.turn]; arm.Who != 0 && arm.Who == t.Who|t.For {
		by += " itself"
	}
	return "; armed at " + trace.Clock(r.At(c.turn)) + " by " + by
}

// actor is who does something in a turn.
func actor(r *trace.Run, turn int) string {
	switch {
	case turn < 0:
		return "somebody"
	case r.Turns[turn].Who != 0:
		return name(r, r.Turns[turn].Who)
	case r.Turns[turn].Handle != trace.Phase:
		return "the loop"
	case r.Turns[turn].Phase == engine.PhaseBefore:
		return "`before`"
	case r.Turns[turn].Phase == engine.PhaseAfter:
		return "`after`"
	}
	return "the run"
}

// object is the kind and the name of what a record is about.
func object(r *trace.Run, rec *engine.Rec) string {
	switch {
	case rec.Obj == engine.KindNull:
		return "it"
	case rec.Obj == engine.KindTask:
		return taskName(r, rec.On)
	}
	return clean(r.ObjectName(rec.Obj, rec.On))
}

func taskName(r *trace.Run, id uint32) string { return name(r, id) }

func name(r *trace.Run, who uint32) string { return clean(r.Name(who)) }

// maxName is how many characters of a name, of a line of output or of source text are shown.
const maxName = 72

// clean is text that cannot harm a terminal: what does not print is escaped, what is long is cut off.
func clean(text string) string {
	plain := len(text) <= maxName
	for i := 0; plain && i < len(text); i++ {
		plain = text[i] >= ' ' && text[i] < 0x7f
	}
	if plain {
		return text
	}
	var b strings.Builder
	n := 0
	for len(text) > 0 {
		c, size := utf8.DecodeRuneInString(text)
		if n++; n > maxName {
			return b.String() + "…"
		}
		switch {
		case c == utf8.RuneError && size == 1:
			b.WriteString(`\x` + strconv.FormatUint(uint64(text[0]), 16))
		case unicode.IsPrint(c):
			b.WriteRune(c)
		default:
			quoted := strconv.QuoteRune(c)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		text = text[size:]
	}
	return b.String()
}
