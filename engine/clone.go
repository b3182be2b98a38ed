package engine

// Clone makes a loop in the same state: both go on independently of each other, and alike as long as nothing else
// comes from outside. It must not be called while one of the loop's methods runs. Lists and maps are shared until one
// of the two changes them. The copy has no trace, does not watch, writes nowhere but keeps its output as the
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
	c.opts.Trace, c.opts.Output = nil, nil
	clonePart(&c.timeline, &l.timeline, (*timeline).own)
	c.progress, c.running, c.memory, c.chosen = l.progress, l.running, l.memory, l.chosen
	clonePart(&c.tasks, &l.tasks, (*taskTable).own)
	clonePart(&c.names, &l.names, (*nameTable).own)
	l.names.shared = true
	clonePart(&c.frames, &l.frames, (*frames).own)
	clonePart(&c.contexts, &l.contexts, (*contexts).own)
	l.objects.copyTo(&c.objects)
	clonePart(&c.joins, &l.joins, (*joins).own)
	clonePart(&c.callbacks, &l.callbacks, (*callbacks).own)
	clonePart(&c.pool, &l.pool, (*pool).own)
	clonePart(&c.vars, &l.vars, (*variables).own)
	c.vars.epoch = epochs.Add(1)
	clonePart(&c.draws, &l.draws, (*draws).own)
	clonePart(&c.out, &l.out, (*output).own)
	l.record.copyTo(&c.record)
	c.enter(c.curID, c.task(c.curID))
	c.interrupt.Store(l.interrupt.Load())
}
