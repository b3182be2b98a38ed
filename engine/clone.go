package engine

// Clone makes a loop in the same state: both go on independently of each other, and alike as long as nothing else
// comes from outside. It must not be called while one of the loop's methods runs. Lists and maps are shared until one
// of the two changes them. The copy has no trace and no monitor, does not watch, writes nowhere but keeps its output as the
// original does, and waits on the same clock.
func (l *Loop) Clone() *Loop {
	c := &Loop{}
	l.CloneInto(c)
	return c
}

// CloneInto is Clone into a loop of the same program that is of no use any more: it uses that one's memory again. What came
// of that one, its result and its tasks, must not be read afterwards.
func (l *Loop) CloneInto(c *Loop) {
	l.vars.epoch = epochs.Add(1) // from now on neither loop owns a list or map that is there
	c.p, c.opts, c.rules, c.clock, c.trace, c.explore = l.p, l.opts, l.rules, l.clock, nil, l.explore
	c.opts.Trace, c.opts.Output, c.opts.Monitor = nil, nil, nil
	// Written out for each part: through a type parameter, what the copy had before would escape to the heap.
	timeline := c.timeline
	c.timeline = l.timeline
	c.timeline.own(&timeline)
	c.progress, c.running, c.memory, c.chosen = l.progress, l.running, l.memory, l.chosen
	tasks := c.tasks
	c.tasks = l.tasks
	c.tasks.own(&tasks)
	names := c.names
	c.names = l.names
	c.names.own(&names)
	l.names.shared = true
	frames := c.frames
	c.frames = l.frames
	c.frames.own(&frames)
	contexts := c.contexts
	c.contexts = l.contexts
	c.contexts.own(&contexts)
	l.objects.copyTo(&c.objects)
	joins := c.joins
	c.joins = l.joins
	c.joins.own(&joins)
	callbacks := c.callbacks
	c.callbacks = l.callbacks
	c.callbacks.own(&callbacks)
	sources := c.sources
	c.sources = l.sources
	c.sources.own(&sources)
	shifts := c.shifts
	c.shifts = l.shifts
	c.shifts.own(&shifts)
	pool := c.pool
	c.pool = l.pool
	c.pool.own(&pool)
	vars := c.vars
	c.vars = l.vars
	c.vars.own(&vars)
	c.vars.epoch = epochs.Add(1)
	draws := c.draws
	c.draws = l.draws
	c.draws.own(&draws)
	out := c.out
	c.out = l.out
	c.out.own(&out)
	l.record.copyTo(&c.record)
	c.stats = l.stats.clone()
	c.enter(c.curID, c.task(c.curID))
	c.interrupt.Store(l.interrupt.Load())
}
