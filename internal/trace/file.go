package trace

import (
	"math"

	"runloop/engine"
)

// FileOptions says what part of a run goes to a trace file.
type FileOptions struct {
	From, To int64  // loop times in nanoseconds, both included
	Real     bool   // the run was on the real clock
	Most     uint32 // records; 0: 1,000,000
}

// Everything is the options for a whole run.
func Everything() FileOptions { return FileOptions{To: math.MaxInt64} }

// maxRecords is how many records a trace file has at most.
const maxRecords = 1_000_000

// part is the records from one up to but without another, and whether some are left out that were asked for.
type part struct {
	from, to uint32
	cut      bool
}

// partOf is the records of the times asked for.
func (r *Run) partOf(o FileOptions) part {
	p := part{0, r.Len(), r.base > 0}
	if o.From > 0 {
		p.from = r.Len()
	}
	for i, it := range r.Iterations {
		if it.At < o.From {
			continue
		}
		if it.At > o.To {
			p.to = it.First
			break
		}
		if it.First < p.from {
			p.from = it.First
			p.cut = p.cut && i == 0 // else the first one is the first of those asked for
		}
	}
	p.from = min(p.from, p.to)
	most := o.Most
	if most == 0 {
		most = maxRecords
	}
	if p.to-p.from > most {
		p.to, p.cut = p.from+most, true
	}
	return p
}

// names keeps the names of tasks and objects in the form in which a file has them: they come again and again.
type names struct {
	r       *Run
	tasks   [][]byte
	objects map[objectKey][]byte
	scratch []byte
}

func newNames(r *Run) *names { return &names{r: r, objects: map[objectKey][]byte{}} }

// who is the name of a Rec.Who as JSON.
func (x *names) who(who uint32) []byte {
	if IsCallback(who) {
		x.scratch = appendText(x.scratch[:0], x.r.Name(who))
		return x.scratch
	}
	if i := int(who); i < len(x.tasks) && x.tasks[i] != nil {
		return x.tasks[i]
	}
	for len(x.tasks) <= int(who) {
		x.tasks = append(x.tasks, nil)
	}
	x.tasks[who] = appendText(nil, x.r.Name(who))
	return x.tasks[who]
}

// object is the name of an object, a task or a future as JSON.
func (x *names) object(k engine.Kind, id uint32) []byte {
	key := objectKey{k, id}
	if text, ok := x.objects[key]; ok {
		return text
	}
	text := appendText(nil, x.r.loop.NameOf(engine.ObjectValue(k, id)))
	x.objects[key] = text
	return text
}

// CauseOf is the record that record n comes of: of a run what made its handle ready, of a timer that fires its arming, of
// anything else the run or the phase that it is part of. None: there is none, or it is not kept.
func (r *Run) CauseOf(n uint32) uint32 {
	turn := r.TurnOf(n)
	return r.causeIn(n, turn, r.Rec(n))
}

// causeIn is CauseOf for a record of which the turn is known.
func (r *Run) causeIn(n uint32, turn int, rec *engine.Rec) uint32 {
	switch rec.Kind {
	case engine.RecRun:
		return r.Turns[turn].Cause
	case engine.RecFire:
		return r.ArmOf(rec.On)
	case engine.RecPhase, engine.RecIteration:
		return None
	}
	if turn < 0 {
		return None
	}
	return r.Turns[turn].First
}
