package trace

import (
	"cmp"
	"strconv"
	"strings"

	"runloop/engine"
)

// waitWords is what a task waits for, by the kind of waiting: %s stands for the object, task or future.
var waitWords = [engine.WaitsKinds]string{
	engine.WaitsTurn: "its next turn", engine.WaitsSleep: "its sleep", engine.WaitsFuture: "%s", engine.WaitsGather: "what it gathers",
	engine.WaitsLock: "%s", engine.WaitsRelock: "%s again", engine.WaitsRW: "%s", engine.WaitsSemaphore: "%s",
	engine.WaitsEvent: "%s", engine.WaitsCondition: "a notify of %s", engine.WaitsPut: "room in %s", engine.WaitsGet: "an item of %s", engine.WaitsOffer: "room in %s", engine.WaitsWant: "what is in %s",
	engine.WaitsJoin: "all items of %s to be done", engine.WaitsAny: "its tasks (`wait`)", engine.WaitsCompleted: "the next task to end",
	engine.WaitsGroup: "the tasks of its group", engine.WaitsShield: "%s, shielded", engine.WaitsUnits: "%s",
	engine.WaitsUse:   "its sleep",
	engine.WaitsUntil: "its condition on %s", engine.WaitsFirst: "the first of several things",
	engine.WaitsThread: "a thread",
}

// WaitText is what the task of a RecWait or a RecWake waits, or waited, for.
func (r *Run) WaitText(n uint32) string {
	rec := r.Rec(n)
	text := waitWords[rec.Aux]
	if rec.Obj == engine.KindBarrier { // which has a condition in it
		text = "%s"
	}
	if rec.Obj != engine.KindNull {
		text = strings.ReplaceAll(text, "%s", r.ObjectName(rec.Obj, rec.On))
	}
	return text
}

// Chip is what stands in the ready queue for turn i: whom it is for, and what it does, in a few words.
func (r *Run) Chip(i int) string {
	t := &r.Turns[i]
	rec := r.Rec(t.First)
	who, whom := r.Name(t.Who), ""
	if t.For != 0 {
		whom = r.Name(t.For) + ": "
	}
	switch t.Handle {
	case engine.RunStep:
		if r.begins(t) {
			return who + " begins"
		}
		return who + " goes on"
	case engine.RunWake, engine.RunThrow:
		return who + " goes on"
	case engine.RunCallback:
		return who
	case engine.RunSleep:
		return whom + "sleep ends"
	case engine.RunStart:
		return "worker " + r.Program.Workers[rec.What].Name + " is created"
	case engine.RunShift:
		return r.about(rec) + " gets another capacity"
	case engine.RunUnit:
		return "a unit of " + r.about(rec) + " fails or is repaired"
	case engine.RunGather:
		return whom + r.about(rec) + " ended (gather)"
	case engine.RunGroup:
		return whom + r.about(rec) + " ended (group)"
	case engine.RunWait:
		return whom + r.about(rec) + " ended (wait)"
	case engine.RunCompleted:
		return whom + r.about(rec) + " ended (as_completed)"
	case engine.RunShield:
		return whom + "what it shields ended"
	case engine.RunScope:
		return cmp.Or(whom, "too late: ") + "timeout"
	case engine.RunWaitOver:
		return cmp.Or(whom, "too late: ") + "time is up (wait)"
	case engine.RunThread:
		return whom + "thread done"
	case engine.RunShielded, engine.RunUnshield:
		return r.ObjectName(rec.Obj, rec.On) + " ends (shield)"
	case engine.RunUnthread:
		return whom + "its work is taken back"
	case engine.RunArmOver:
		return cmp.Or(whom, "too late: ") + "time is up (first)"
	case engine.RunMain:
		return "main is done"
	}
	return phaseWords[t.Phase]
}

// phaseWords is what the loop itself does when a phase begins.
var phaseWords = [...]string{
	engine.PhaseBefore: "the run begins", engine.PhaseWorkers: "tasks and timers are created", engine.PhaseLoop: "the loop runs",
	engine.PhaseShutdown: "what is left is cancelled", engine.PhaseDrain: "the loop's last turns", engine.PhaseAfter: "`after` runs",
	engine.PhaseEnded: "the run has ended",
}

// about is the name of the task or future that a record is about.
func (r *Run) about(rec *engine.Rec) string {
	if rec.Obj == engine.KindTask {
		return r.Name(rec.On)
	}
	return r.ObjectName(rec.Obj, rec.On)
}

// begins reports whether a task's turn is its first: what made it ready is its creation.
func (r *Run) begins(t *Turn) bool { return t.Cause != None && r.Rec(t.Cause).Kind == engine.RecSpawn }

// Clock is a loop time as people read it: "6 s", "1.5 s", "250 ms", "30 h 15 m". Without its spaces, and with u for
// µ, it is a duration of the language.
func Clock(ns int64) string {
	const minute, hour = 60 * 1e9, 3600 * 1e9
	switch {
	case ns == 0:
		return "0 s"
	case ns < 1e3 && ns > -1e3:
		return strconv.FormatInt(ns, 10) + " ns"
	case ns < 1e6 && ns > -1e6:
		return strconv.FormatFloat(float64(ns)/1e3, 'f', -1, 64) + " µs"
	case ns < 1e9 && ns > -1e9:
		return strconv.FormatFloat(float64(ns)/1e6, 'f', -1, 64) + " ms"
	case ns < hour:
		return strconv.FormatFloat(float64(ns)/1e9, 'f', -1, 64) + " s"
	}
	text := strconv.FormatInt(ns/hour, 10) + " h"
	if minutes := ns % hour / minute; minutes > 0 {
		text += " " + strconv.FormatInt(minutes, 10) + " m"
	}
	if rest := ns % minute; rest > 0 {
		text += " " + strconv.FormatFloat(float64(rest)/1e9, 'f', -1, 64) + " s"
	}
	return text
}

// Brief is Clock with at most three decimals, for labels. Two loop times may have the same label.
func Brief(ns int64) string {
	unit := int64(1)
	switch {
	case ns >= 1e9:
		unit = 1e6
	case ns >= 1e6:
		unit = 1e3
	}
	return Clock((ns + unit/2) / unit * unit)
}
