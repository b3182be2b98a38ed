package page

import (
	"fmt"
	"strings"

	"runloop/engine"
	"runloop/internal/trace"
	"runloop/internal/why"
)

// endWords is how a run ended.
var endWords = [...]string{
	engine.Running: "Not ended", engine.Completed: "Completed", engine.Stopped: "Stopped by a stop step",
	engine.Until:    "Ended by clock.until",
	engine.Deadlock: "Deadlock", engine.Failed: "Failed", engine.LimitHit: "A limit was hit", engine.Interrupted: "Interrupted",
}

// badEnds is the ends that nobody wants.
var badEnds = [...]bool{engine.Deadlock: true, engine.Failed: true, engine.LimitHit: true, engine.Interrupted: true}

// name is the name of a task or a callback, fit to be shown.
func (g *gatherer) name(who uint32) string { return clip(g.Name(who), maxText) }

// object is what a record is about.
func (g *gatherer) object(rec *engine.Rec) string {
	if rec.Obj == engine.KindTask {
		return g.name(rec.On)
	}
	return clip(g.ObjectName(rec.Obj, rec.On), maxText)
}

// spanText is what somebody does in a span, in words, and the line where.
func (g *gatherer) spanText(s *trace.Span) (text string, line int) {
	rec := g.Rec(s.Rec)
	line = int(g.Place(rec.PC).Line)
	switch {
	case rec.Kind == engine.RecWait && s.State == trace.Waits:
		return "waits for " + clip(g.WaitText(s.Rec), maxText), line
	case rec.Kind == engine.RecWait && s.State == trace.Asleep:
		return "sleeps" + g.until(rec.On), line
	case rec.Kind == engine.RecArm:
		return "its timer is due at " + trace.Clock(rec.Arg), line
	case s.State == trace.Ready:
		if rec.Who != rec.What {
			line = 0 // who made it ready stood there, not the task
		}
		return "ready: " + g.because(s.Rec), line
	}
	return trace.StateWords[s.State], line
}

// until is when a timer is due.
func (g *gatherer) until(timer uint32) string {
	if n := g.ArmOf(timer); n != trace.None {
		return " until " + trace.Clock(g.Rec(n).Arg)
	}
	return ""
}

// because is why what a record is about became ready.
func (g *gatherer) because(n uint32) string {
	rec := g.Rec(n)
	by := g.name(rec.Who)
	switch rec.Kind {
	case engine.RecSpawn:
		return "it was created by " + by
	case engine.RecWait:
		return "it let the others have a turn"
	case engine.RecWake:
		if rec.Aux == engine.WaitsSleep {
			return "its sleep is over"
		}
		return "it waited for " + clip(g.WaitText(n), maxText) + ", and " + by + " ended that"
	case engine.RecEnd:
		return g.name(rec.What) + " has ended"
	case engine.RecResolve:
		return by + " resolved " + g.object(rec)
	case engine.RecFire:
		return "its timer was due at " + trace.Clock(rec.Arg)
	case engine.RecCancel:
		return by + " cancelled it"
	case engine.RecInterrupt:
		return by + " interrupted it"
	case engine.RecReady:
		return by + " called it"
	case engine.RecLink:
		return "what " + g.name(rec.What) + " wants to wait for had ended already"
	case engine.RecRun:
		return loopWords[rec.Aux]
	case engine.RecPhase:
		return "the run begins"
	}
	return by + " made it ready"
}

// loopWords is what the loop's own turns do, as reasons.
var loopWords = [...]string{
	engine.RunStep: "it had a turn", engine.RunWake: "it had a turn", engine.RunThrow: "it had a turn",
	engine.RunCallback: "it had a turn",
	engine.RunSleep:    "the loop ended its sleep", engine.RunStart: "the loop created it",
	engine.RunGather: "one of what it gathers has ended",
	engine.RunGroup:  "the tasks of its group have ended", engine.RunWait: "what its wait was for has ended",
	engine.RunCompleted: "the next task has ended", engine.RunShield: "what it shields has ended",
	engine.RunScope:    "its timeout has expired",
	engine.RunWaitOver: "the time of its wait was up", engine.RunMain: "main is done",
	engine.RunThread: "its thread was done", engine.RunUnthread: "its work was taken back",
	engine.RunShift: "the capacity of the resource changed", engine.RunUnit: "a unit failed or was repaired",
	engine.RunArm: "what it awaits had ended", engine.RunArmOver: "the time of an arm was up",
	engine.RunShielded: "what it shields has ended", engine.RunUnshield: "the shield was over",
}

// whyLinks is how many links of the chain of causes a page tells of a turn.
const whyLinks = 2

// why is why a turn came when it did: what made it ready, what made that ready, and why it came after the turn before it.
func (g *gatherer) why(turn int) []string {
	lines := []string{}
	if g.Turns[turn].Handle == trace.Phase {
		return lines
	}
	for i, l := range why.First(g.Run, turn, whyLinks) {
		switch {
		case l.Because == "":
		case i == 0:
			lines = append(lines, "Ready, because "+clip(l.Because, maxText)+".")
		default:
			lines = append(lines, whyWhen(&l)+clip(l.What, maxText)+": "+clip(l.Because, maxText)+".")
		}
	}
	t := &g.Turns[turn]
	made := t.Cause != trace.None && g.Rec(t.Cause).Kind != engine.RecFire && g.TurnOf(t.Cause) == turn-1 // that one did: no question
	if before := turn - 1; before >= 0 && !made && g.Turns[before].Handle != trace.Phase && g.At(before) == g.At(turn) {
		v := why.Compare(g.Run, before, turn)
		lines = append(lines, clip(v.Sentence(why.TurnName(g.Run, before), why.TurnName(g.Run, turn)), maxLine))
	}
	return lines
}

// whyWhen is when a link of the chain was.
func whyWhen(l *why.Link) string {
	text := ""
	if l.Iteration > 0 {
		text = fmt.Sprintf("Iteration %d at %s, ", l.Iteration, trace.Clock(l.Time))
	}
	if l.Turn > 0 {
		text += fmt.Sprintf("turn %d, ", l.Turn)
	}
	return text
}

// doing is what a record of each kind says that its turn does; empty: nothing worth a line. Kinds that are not here have none.
var doing = [...]func(g *gatherer, n uint32, rec *engine.Rec) string{
	engine.RecSpawn: func(g *gatherer, _ uint32, rec *engine.Rec) string { return "creates " + g.name(rec.What) },
	engine.RecWait: func(g *gatherer, n uint32, rec *engine.Rec) string {
		switch rec.Aux {
		case engine.WaitsTurn:
			return "lets the others have a turn"
		case engine.WaitsSleep:
			return "sleeps" + g.until(rec.On)
		}
		return "waits for " + clip(g.WaitText(n), maxText)
	},
	engine.RecWake: func(g *gatherer, n uint32, rec *engine.Rec) string {
		return "makes " + g.name(rec.What) + " ready, which waited for " + clip(g.WaitText(n), maxText)
	},
	engine.RecEnd: func(g *gatherer, _ uint32, rec *engine.Rec) string {
		return g.name(rec.What) + " ends: " + engine.TaskStateWords[rec.Aux-1]
	},
	engine.RecResolve: func(g *gatherer, _ uint32, rec *engine.Rec) string { return "resolves " + g.object(rec) },
	engine.RecArm: func(g *gatherer, _ uint32, rec *engine.Rec) string {
		if rec.Aux == engine.TimerSleep {
			return "" // the wait says it
		}
		return "sets " + timerWords[rec.Aux] + " for " + trace.Clock(rec.Arg)
	},
	engine.RecDisarm:    func(_ *gatherer, _ uint32, rec *engine.Rec) string { return "takes back " + timerWords[rec.Aux] },
	engine.RecReady:     func(g *gatherer, _ uint32, rec *engine.Rec) string { return "makes " + g.name(rec.What) + " ready" },
	engine.RecCancel:    func(g *gatherer, _ uint32, rec *engine.Rec) string { return "cancels " + g.name(rec.What) },
	engine.RecInterrupt: func(g *gatherer, _ uint32, rec *engine.Rec) string { return "interrupts " + g.name(rec.What) },
	engine.RecPreempt: func(g *gatherer, _ uint32, rec *engine.Rec) string {
		return "takes " + g.object(rec) + " from " + g.name(rec.What)
	},
	engine.RecObject: func(g *gatherer, _ uint32, rec *engine.Rec) string {
		text := opWords[rec.Aux]
		if text == "" {
			return ""
		}
		return fmt.Sprintf(text, g.object(rec))
	},
	engine.RecRead: func(g *gatherer, n uint32, _ *engine.Rec) string {
		c := g.sets[n]
		if c == nil || !c.Stale {
			return ""
		}
		return fmt.Sprintf("reads %s: %s – not what it assigned itself: %s has changed it since", clip(g.variable(n), maxText),
			clip(c.New, maxText), g.name(c.By))
	},
	engine.RecSet: func(g *gatherer, n uint32, _ *engine.Rec) string {
		c := g.sets[n]
		if c == nil {
			return ""
		}
		text := "sets " + clip(g.variable(n), maxText) + ": " + clip(c.Old, maxText) + " → " + clip(c.New, maxText)
		if c.Old == "" {
			text = "sets " + clip(g.variable(n), maxText) + " to " + clip(c.New, maxText)
		}
		if c.Lost {
			text += " – " + g.name(c.By) + " has set it since " + g.name(c.Who) + " read it"
		}
		return text
	},
	engine.RecPrint: func(g *gatherer, _ uint32, rec *engine.Rec) string {
		text := strings.TrimSuffix(string(g.TextOf(trace.Print{Offset: rec.Arg, Len: rec.On})), "\n")
		return "prints “" + clip(strings.ReplaceAll(strings.ReplaceAll(text, "\n", " ⏎ "), "\t", " "), 80) + "”"
	},
	engine.RecRaise: func(g *gatherer, n uint32, rec *engine.Rec) string {
		v, _ := g.Value(n)
		if rec.Aux == 1 {
			return "an error is caught: " + clip(g.Show(v), maxText)
		}
		return "raises " + clip(g.Show(v), maxText)
	},
	engine.RecStop: func(_ *gatherer, _ uint32, rec *engine.Rec) string {
		if rec.Aux == 1 {
			return "the error ends the run"
		}
		return "stops the loop"
	},
	engine.RecBlock: func(g *gatherer, _ uint32, rec *engine.Rec) string {
		return "holds the loop up until " + trace.Clock(rec.Arg)
	},
	engine.RecLimit: func(*gatherer, uint32, *engine.Rec) string { return "hits a limit: the run ends" },
}

var timerWords = [...]string{
	engine.TimerSleep: "a sleep", engine.TimerCallback: "its timer", engine.TimerScope: "a timeout",
	engine.TimerWait:   "the timeout of its wait",
	engine.TimerThread: "the end of its thread's work", engine.TimerArm: "the end of an arm of its `first`",
	engine.TimerStart: "the timer of a worker's start", engine.TimerShift: "what the resource does by itself",
}

// opWords is what is done with objects: %s is the object. That a task stands in its line the wait says already.
var opWords = [len(engine.OpWords)]string{
	engine.OpAcquire: "has %s now", engine.OpRelease: "gives back %s", engine.OpPut: "puts an item into %s",
	engine.OpGet: "takes an item out of %s",
	engine.OpSet: "sets %s", engine.OpClear: "clears %s", engine.OpNotify: "notifies %s", engine.OpArrive: "comes to %s",
	engine.OpLeave: "leaves %s", engine.OpReset: "resets %s", engine.OpAbort: "breaks %s",
	engine.OpTaskDone: "an item of %s is done", engine.OpShutdown: "shuts down %s",
	engine.OpQueue: "", engine.OpUnqueue: "does not wait for %s any more", engine.OpResize: "resizes %s",
}

// variable is the name of the variable that record n is about.
func (g *gatherer) variable(n uint32) string { return g.Variable(g.Rec(n).Aux, g.Rec(n).On) }

// does is what record n says that its turn does; empty: nothing worth a line.
func (g *gatherer) does(n uint32) string {
	rec := g.Rec(n)
	if int(rec.Kind) >= len(doing) || doing[rec.Kind] == nil {
		return ""
	}
	return doing[rec.Kind](g, n, rec)
}
