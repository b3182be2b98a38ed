package engine

// Observer is shown what happens in a run. It must not keep the event beyond the call, as the same one is used
// again, and must not call the loop's methods that run it. Observing never changes a run.
type Observer interface {
	Event(l *Loop, e *Event)
}

// Tee is an observer that passes every event on to each of the observers, in order; nil ones are left out.
func Tee(observers ...Observer) Observer {
	var all tee
	for _, o := range observers {
		if o != nil {
			all = append(all, o)
		}
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return all
}

type tee []Observer

func (t tee) Event(l *Loop, e *Event) {
	for _, o := range t {
		o.Event(l, e)
	}
}

// EventKind says what happened.
type EventKind uint8

const (
	EventIteration   EventKind = iota // an iteration began
	EventSpawn                        // Other was created, by Task or by what else ran
	EventResume                       // Task runs
	EventWait                         // Task waits, at Pos
	EventEnd                          // Task ended, with Err where that is not nil
	EventTimer                        // Task, or Handle, armed a timer for When
	EventFire                         // the timer of Task, or Handle, that was due at When, is ready
	EventSchedule                     // Handle is ready to run (call_soon)
	EventCallback                     // Handle runs
	EventCallbackEnd                  // Handle's run ended, with Err where that is not nil
	EventCancel                       // the cancellation of Other, or Handle, was requested
	EventPrint                        // Text was printed
	EventStopCalled                   // `stop`
	EventStop                         // the run has ended
)

// Event is one thing that happened.
type Event struct {
	Kind      EventKind
	Seq       uint64 // counts all events from 1
	At        int64  // loop time
	Iteration int64
	Task      uint32 // what runs; 0: no task
	Other     uint32
	Handle    uint32
	When      int64
	Pos       Pos // of EventWait: the waiting step
	Text      string
	Err       *Error
}

// trace is what the observer was shown.
type trace struct {
	seq   uint64 // events
	event Event  // the latest
}

// emit shows an event to the observer.
func (l *Loop) emit(e Event) {
	l.trace.seq++
	l.trace.event = e
	p := &l.trace.event
	p.Seq, p.At, p.Iteration = l.trace.seq, l.now, l.iteration
	if p.Task == 0 {
		p.Task = l.curID
	}
	if e.Kind == EventWait {
		p.Pos = l.p.pos[l.cur.pc]
	}
	l.obs.Event(l, p)
}
