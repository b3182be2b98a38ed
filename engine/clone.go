package engine

// Clone makes a loop in the same state: both go on independently of each other, and alike as long as nothing else
// comes from outside. It must not be called while one of the loop's methods runs. Lists and maps are shared until one
// of the two changes them. The copy has no trace, does not watch, writes nowhere but keeps its output as the
// original does, and waits on the same clock.
func (l *Loop) Clone() *Loop {
	l.vars.epoch = epochs.Add(1) // from now on neither loop owns a list or map that is there
	c := &Loop{
		p: l.p, opts: l.opts, rules: l.rules, clock: l.clock,
		timeline: l.timeline.clone(), progress: l.progress, running: l.running,
		tasks: l.tasks.clone(), names: l.names.clone(), frames: l.frames.clone(), contexts: l.contexts.clone(),
		objects: l.objects.clone(), joins: l.joins.clone(), callbacks: l.callbacks.clone(),
		vars: l.vars.clone(), draws: l.draws.clone(), memory: l.memory,
		out: l.out.clone(), record: l.record.clone(),
	}
	c.opts.Trace, c.opts.Output = nil, nil
	c.vars.epoch = epochs.Add(1)
	c.enter(c.curID, c.task(c.curID))
	c.interrupt.Store(l.interrupt.Load())
	return c
}
