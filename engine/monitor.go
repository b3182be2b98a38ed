package engine

import "strconv"

// Monitor is told of a run while it goes on, and keeps nothing of it. It never changes the run; a loop that has one makes
// statistics. A clone has none.
type Monitor struct {
	Vector func(Vector)    // nil: nobody asks
	Task   func(EndedTask) // nil: nobody asks

	touched []levelRef
	last    map[levelRef]float64 // what was told last of a level; not there: 0
	states  map[int]int          // the same of metrics of states: the place + 1
	tasks   []taskLog            // by the number of the task
}

// Vector is a single value that was observed, or a value that a level has from now on: one that lasts.
type Vector struct {
	At     float64 // loop time in the scenario's unit
	Metric string  // desk.wait, tasks.customer.inside, the name of a metric
	Value  float64
	State  string // in place of Value, of a metric of states
	Is     bool   // State is the value
}

// EndedTask is a task that has ended. Times are in the scenario's unit.
type EndedTask struct {
	Name, Coroutine         string
	Spawned, Started, Ended float64
	Ran                     bool // it has started
	State                   string
	Waited                  float64 // in lines and for events, however many at a time
	Held                    float64 // of all that it held, added up
}

// levelRef is a level: of an object, of the tasks of a code, or of a metric.
type levelRef struct {
	of    MeasureOf
	index int32
	place int32
}

// taskLog is what is known of a task that runs.
type taskLog struct {
	started int64 // -1: it has not
	waited  int64
	until   int64 // the waits up to then are among them
	held    int64
	locks   int // locks and their like that it holds
}

// levelTouched is that a level may have changed.
func (l *Loop) levelTouched(of MeasureOf, index, place int) {
	if m := l.opts.Monitor; m != nil && m.Vector != nil {
		m.touched = append(m.touched, levelRef{of, int32(index), int32(place)})
	}
}

// vector tells a value.
func (l *Loop) vector(metric string, value float64) {
	l.opts.Monitor.Vector(Vector{At: l.InUnits(l.now), Metric: metric, Value: value})
}

func (l *Loop) telling() bool { return l.opts.Monitor != nil && l.opts.Monitor.Vector != nil }

// timePasses looks at what an expression says, and tells the levels that have changed: right before time passes.
func (l *Loop) timePasses() {
	l.seeLevels()
	l.sampleMetrics()
	if l.telling() {
		l.tellLevels()
	}
}

func (l *Loop) tellLevels() {
	m, s := l.opts.Monitor, l.measured()
	if m.last == nil {
		m.last, m.states = map[levelRef]float64{}, map[int]int{}
	}
	tell := func(ref levelRef, x *level, name func() string) {
		if v := x.number(); v != m.last[ref] {
			m.last[ref] = v
			l.vector(name(), v)
		}
	}
	for _, ref := range m.touched {
		if ref.of == MeasureTasks {
			tell(ref, &s.codes[ref.index].inside, func() string { return "tasks." + l.p.codes[ref.index].Name + ".inside" })
			continue
		}
		o := &s.objects[ref.index]
		if name := objectStatRows[o.kind].levels[ref.place]; name != "" {
			tell(ref, &o.levels[ref.place], func() string { return o.name + "." + name })
		}
	}
	m.touched = m.touched[:0]
	for i := range l.p.Metrics {
		switch p := &s.metrics[i].all; l.p.Metrics[i].Kind {
		case MetricLevel:
			tell(levelRef{MeasureMetric, int32(i), 0}, &p.level, func() string { return l.p.Metrics[i].Name })
		case MetricStates:
			if p.state != m.states[i] {
				m.states[i] = p.state
				m.Vector(Vector{At: l.InUnits(l.now), Metric: l.p.Metrics[i].Name, State: p.states[p.state-1].value, Is: true})
			}
		}
	}
}

// tally counts a duration of an object that ends now.
func (l *Loop) tally(o *objectStats, place int, d int64) {
	o.tallies[place].addDuration(d, l.now)
	if l.telling() {
		l.vector(o.name+"."+objectStatRows[o.kind].tallies[place], l.InUnits(d))
	}
}

// taskLog is the log of a task; nil: nobody asks for it.
func (l *Loop) taskLog(id uint32) *taskLog {
	m := l.opts.Monitor
	if m == nil || m.Task == nil || id == 0 {
		return nil
	}
	for uint32(len(m.tasks)) <= id {
		m.tasks = append(m.tasks, taskLog{started: -1})
	}
	return &m.tasks[id]
}

// logStart is that a task runs.
func (l *Loop) logStart(id uint32) {
	if t := l.taskLog(id); t != nil && t.started < 0 {
		t.started = l.now
	}
}

// logWait is that a task has waited since a time.
func (l *Loop) logWait(id uint32, since int64) {
	if t := l.taskLog(id); t != nil {
		t.waited += l.now - max(since, t.until)
		t.until = l.now
	}
}

// logHold is that a task has held something since a time.
func (l *Loop) logHold(id uint32, since int64) {
	if t := l.taskLog(id); t != nil {
		t.held += l.now - since
	}
}

// logLock is that a task holds so many more locks.
func (l *Loop) logLock(id uint32, n int) {
	if t := l.taskLog(id); t != nil {
		t.locks += n
	}
}

// logEnd tells that a task has ended, and forgets it. What it still holds it has held until now.
func (l *Loop) logEnd(id uint32, c *Code, state taskState) {
	t := l.taskLog(id)
	if t == nil {
		return
	}
	if cold := l.task(id).cold; cold != 0 {
		for q := l.cold(cold).holds; q != 0; q = l.request(q).older {
			if r := l.request(q); r.state != requestLost {
				t.held += l.now - r.since
			}
		}
	}
	for i := range l.measured().objects {
		if t.locks == 0 {
			break
		}
		for _, h := range l.measured().objects[i].holds {
			if h.task == id {
				t.held += l.now - h.at
				t.locks--
			}
		}
	}
	l.opts.Monitor.Task(EndedTask{
		Name: l.taskName(id), Coroutine: c.Name, Spawned: l.InUnits(l.spawned(id)), Started: l.InUnits(t.started), Ran: t.started >= 0,
		Ended: l.InUnits(l.now), State: codeRow[state-taskDone+1], Waited: l.InUnits(t.waited), Held: l.InUnits(t.held),
	})
	*t = taskLog{started: -1}
}

// partName is the name of a metric, or of the observations that a text keeps apart.
func partName(name, by string) string {
	if by == "" {
		return name
	}
	return name + "[" + strconv.Quote(by) + "]"
}
