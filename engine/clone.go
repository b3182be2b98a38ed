package engine

import (
	"maps"
	"slices"
)

// Clone makes a loop in the same state: both go on independently of each other, and alike as long as nothing else
// comes from outside. Not while one of the loop's methods runs. Lists and maps are shared until one of the two
// changes them. The copy has no observer, does not
// watch, writes nowhere but keeps its output as the original does, and waits on the
// same clock.
func (l *Loop) Clone() *Loop {
	c := &Loop{}
	c.p, c.opts, c.clock = l.p, l.opts, l.clock
	c.opts.Observer, c.opts.Output = nil, nil
	// From now on neither loop owns a list or map that is there.
	l.epoch, c.epoch = epochs.Add(1), epochs.Add(1)

	c.now, c.iteration, c.todo, c.turning, c.stopping = l.now, l.iteration, l.todo, l.turning, l.stopping
	c.ready = ring[handle]{slices.Clone(l.ready.buf), l.ready.head, l.ready.n}
	c.timers = l.timers.clone()

	c.tasks = make([]*[1 << chunkBits]task, len(l.tasks))
	for i := range l.tasks {
		c.tasks[i] = clonePtr(l.tasks[i])
	}
	c.warms = make([]*[1 << chunkBits]warmTask, len(l.warms))
	for i := range l.warms {
		c.warms[i] = clonePtr(l.warms[i])
	}
	c.taskCount, c.created, c.freeTask, c.freeCold = l.taskCount, l.created, l.freeTask, l.freeCold
	c.recycle, c.recycled = l.recycle, l.recycled
	c.colds = slices.Clone(l.colds)
	for i := range c.colds {
		c.colds[i].callbacks = slices.Clone(c.colds[i].callbacks)
	}
	c.slots = make([]*[1 << slotBits]Value, len(l.slots))
	for i := range l.slots {
		c.slots[i] = clonePtr(l.slots[i])
	}
	c.slotsUsed, c.freeFrames = l.slotsUsed, slices.Clone(l.freeFrames)
	c.names, c.ranges, c.workerStart = maps.Clone(l.names), maps.Clone(l.ranges), l.workerStart
	c.workerFirst, c.workerLine = slices.Clone(l.workerFirst), slices.Clone(l.workerLine)
	c.living, c.unfinished, c.ended = l.living, l.unfinished, l.ended

	c.contexts = slices.Clone(l.contexts)
	for i := range c.contexts {
		c.contexts[i].vals = slices.Clone(c.contexts[i].vals)
	}
	c.freeContext, c.base = l.freeContext, l.base
	c.gathers = slices.Clone(l.gathers)
	for i := range c.gathers {
		c.gathers[i].children = slices.Clone(c.gathers[i].children)
	}
	c.freeGather = l.freeGather
	c.cloneObjects(l)
	c.scheduled, c.freeScheduled = slices.Clone(l.scheduled), l.freeScheduled
	c.periodic, c.missed = slices.Clone(l.periodic), l.missed

	c.shared, c.params = slices.Clone(l.shared), l.params
	c.syncDraws, c.choice = slices.Clone(l.syncDraws), l.choice

	c.phase, c.curID, c.pc, c.fault = l.phase, l.curID, l.pc, l.fault
	c.overflow, c.limit, c.result = l.overflow, l.limit, l.result
	c.entryIndex, c.sync, c.syncID, c.syncIndex = l.entryIndex, l.sync, l.syncID, l.syncIndex
	c.active, c.mainID, c.shutdown, c.drains = l.active, l.mainID, l.shutdown, l.drains
	c.left, c.steps, c.slice = l.left, l.steps, l.slice
	c.charged, c.chargeCheck, c.depthLimit = l.charged, l.chargeCheck, l.depthLimit
	c.chargeBase, c.making, c.evaluating, c.turns = l.chargeBase, l.making, l.evaluating, l.turns
	c.enter(c.curID, c.task(c.curID))

	c.out, c.flushed, c.outBase = slices.Clone(l.out), l.flushed, l.outBase
	c.lateness, c.seq = l.lateness, l.seq
	c.checks, c.checking = slices.Clone(l.checks), l.checking
	c.failures, c.res = slices.Clone(l.failures), l.res
	c.interrupt.Store(l.interrupt.Load())
	return c
}

// cloneObjects copies the synchronisation objects of l.
func (c *Loop) cloneObjects(l *Loop) {
	c.objects = l.objects
	c.locks = slices.Clone(l.locks)
	for i := range c.locks {
		c.locks[i].waiters = c.locks[i].waiters.clone()
	}
	c.semaphores = slices.Clone(l.semaphores)
	for i := range c.semaphores {
		s := &c.semaphores[i]
		s.waiters, s.holders = s.waiters.clone(), slices.Clone(s.holders)
	}
	c.events = slices.Clone(l.events)
	for i := range c.events {
		c.events[i].waiters = c.events[i].waiters.clone()
	}
	c.conditions = slices.Clone(l.conditions)
	for i := range c.conditions {
		c.conditions[i] = c.conditions[i].clone()
	}
	c.barriers = slices.Clone(l.barriers)
	for i := range c.barriers {
		c.barriers[i].cond = c.barriers[i].cond.clone()
	}
	c.queues = slices.Clone(l.queues)
	for i := range c.queues {
		c.queues[i] = c.queues[i].clone()
	}
	c.futures = slices.Clone(l.futures)
	for i := range c.futures {
		c.futures[i].callbacks = slices.Clone(c.futures[i].callbacks)
	}
	c.groups, c.freeGroup = slices.Clone(l.groups), l.freeGroup
	for i := range c.groups {
		c.groups[i].tasks, c.groups[i].errors = slices.Clone(c.groups[i].tasks), slices.Clone(c.groups[i].errors)
	}
	c.scopes, c.freeScope = slices.Clone(l.scopes), l.freeScope
	c.waitSets, c.freeWaitSet = slices.Clone(l.waitSets), l.freeWaitSet
	for i := range c.waitSets {
		w := &c.waitSets[i]
		w.items, w.completed.buf = slices.Clone(w.items), slices.Clone(w.completed.buf)
	}
}

func (c condition) clone() condition {
	c.lock.waiters, c.waiters = c.lock.waiters.clone(), c.waiters.clone()
	return c
}

func clonePtr[T any](p *T) *T {
	c := *p
	return &c
}
