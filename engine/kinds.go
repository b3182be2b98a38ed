package engine

import "strconv"

// Kind says what a Value holds.
type Kind uint8

const (
	KindNull   Kind = iota // no value; also what an unassigned slot holds
	KindBool               // true or false
	KindInt                // a 64-bit signed integer
	KindFloat              // an IEEE 754 double
	KindTask               // a task of this loop, by number
	KindHandle             // what call_soon, call_later and call_at return, by number
	KindFuture             // a future made at run time, by number
	KindQueue              // a queue, by number
	KindLock               // a lock, by number
	KindRWLock
	KindSemaphore
	KindEvent
	KindCondition
	KindBarrier
	KindGroup
	KindTimeout // a timeout, by number
	KindResource
	KindContainer
	KindStore
	kindScalars // the kinds below live on the heap

	KindString // text, UTF-8
	KindList   // an immutable sequence of values
	KindMap    // an immutable map from text to values, sorted by key
	KindError  // an error: type, message, cause
)

var kindNames = [...]string{
	"null", "bool", "int", "float", "task", "handle", "future", "queue", "lock", "rwlock", "semaphore", "event",
	"condition", "barrier", "group", "timeout", "resource", "container", "store", "", "string", "list", "map", "error",
}

// String is the kind's name in the language.
func (k Kind) String() string { return kindNames[k] }

// objectKind is what there is to know about one kind of object.
type objectKind struct {
	size  int64                                                    // where ObjectDef.Size is nil
	wrong func(l *Loop, size int64) string                         // what Python says about a bad size; nil: none is
	make  func(l *Loop, d *ObjectDef, name string, size int64) int // makes one and returns its number
	count func(x *objects) int
	at    func(x *objects, id uint32) object
	clone func(to, from *objects)
}

// objectKinds has a row for each kind of object.
var objectKinds = [kindScalars]objectKind{
	KindLock: {
		make:  func(l *Loop, _ *ObjectDef, name string, _ int64) int { return add(&l.locks, lock{name: name}) },
		count: func(x *objects) int { return len(x.locks) },
		at:    func(x *objects, id uint32) object { return &x.locks[id] },
		clone: func(to, from *objects) { cloneAll(&to.locks, from.locks, (*lock).own) },
	},
	KindRWLock: {
		make:  func(l *Loop, _ *ObjectDef, name string, _ int64) int { return add(&l.rwlocks, rwlock{name: name}) },
		count: func(x *objects) int { return len(x.rwlocks) },
		at:    func(x *objects, id uint32) object { return &x.rwlocks[id] },
		clone: func(to, from *objects) { cloneAll(&to.rwlocks, from.rwlocks, (*rwlock).own) },
	},
	KindSemaphore: {
		size: 1,
		wrong: func(l *Loop, size int64) string {
			if size < 0 {
				return "Semaphore initial value must be >= 0"
			}
			return ""
		},
		make: func(l *Loop, d *ObjectDef, name string, size int64) int {
			return add(&l.semaphores, newSemaphore(name, size, d.Bounded))
		},
		count: func(x *objects) int { return len(x.semaphores) },
		at:    func(x *objects, id uint32) object { return &x.semaphores[id] },
		clone: func(to, from *objects) { cloneAll(&to.semaphores, from.semaphores, (*semaphore).own) },
	},
	KindEvent: {
		make:  func(l *Loop, _ *ObjectDef, name string, _ int64) int { return add(&l.events, event{name: name}) },
		count: func(x *objects) int { return len(x.events) },
		at:    func(x *objects, id uint32) object { return &x.events[id] },
		clone: func(to, from *objects) { cloneAll(&to.events, from.events, (*event).own) },
	},
	KindCondition: {
		make: func(l *Loop, d *ObjectDef, name string, _ int64) int {
			return add(&l.conditions, condition{lock: lock{name: name}, given: l.givenLock(d)})
		},
		count: func(x *objects) int { return len(x.conditions) },
		at:    func(x *objects, id uint32) object { return &x.conditions[id] },
		clone: func(to, from *objects) { cloneAll(&to.conditions, from.conditions, (*condition).own) },
	},
	KindBarrier: {
		wrong: func(l *Loop, size int64) string {
			switch {
			case size > 0:
				return ""
			case l.rules[ruleBarrierParties]:
				return "parties must be >= 1"
			}
			return "parties must be > 0"
		},
		make: func(l *Loop, _ *ObjectDef, name string, size int64) int {
			return add(&l.barriers, barrier{name: name, parties: size, cond: condition{lock: lock{name: name}}})
		},
		count: func(x *objects) int { return len(x.barriers) },
		at:    func(x *objects, id uint32) object { return &x.barriers[id] },
		clone: func(to, from *objects) { cloneAll(&to.barriers, from.barriers, (*barrier).own) },
	},
	KindQueue: {
		wrong: func(l *Loop, size int64) string {
			if size < 0 {
				return "a queue's capacity must be 0 (no limit) or more, not " + strconv.FormatInt(size, 10)
			}
			return ""
		},
		make: func(l *Loop, d *ObjectDef, name string, size int64) int {
			plain := d.Order == QueueFIFO && !l.p.choosy
			return add(&l.queues, queue{name: name, capacity: size, order: d.Order, plain: plain})
		},
		count: func(x *objects) int { return len(x.queues) },
		at:    func(x *objects, id uint32) object { return &x.queues[id] },
		clone: func(to, from *objects) { cloneAll(&to.queues, from.queues, (*queue).own) },
	},
	KindResource: {
		size: 1,
		wrong: func(l *Loop, size int64) string {
			if size < 0 {
				return "a resource's capacity must be 0 or more, not " + strconv.FormatInt(size, 10)
			}
			return ""
		},
		make:  makeResource,
		count: func(x *objects) int { return len(x.resources) },
		at:    func(x *objects, id uint32) object { return &x.resources[id] },
		clone: func(to, from *objects) { cloneAll(&to.resources, from.resources, (*resource).own) },
	},
	KindContainer: {
		make:  makeContainer,
		count: func(x *objects) int { return len(x.containers) },
		at:    func(x *objects, id uint32) object { return &x.containers[id] },
		clone: func(to, from *objects) { cloneAll(&to.containers, from.containers, (*container).own) },
	},
	KindStore: {
		wrong: func(l *Loop, size int64) string {
			if size < 0 {
				return "a store's capacity must be 0 (no limit) or more, not " + strconv.FormatInt(size, 10)
			}
			return ""
		},
		make:  makeStore,
		count: func(x *objects) int { return len(x.stores) },
		at:    func(x *objects, id uint32) object { return &x.stores[id] },
		clone: func(to, from *objects) { cloneAll(&to.stores, from.stores, (*store).own) },
	},
	KindTimeout: {
		count: func(x *objects) int { return len(x.timeouts) },
		at:    func(x *objects, id uint32) object { return &x.timeouts[id] },
		clone: func(to, from *objects) { cloneAll(&to.timeouts, from.timeouts, nil) },
	},
	KindFuture: {
		make:  func(l *Loop, _ *ObjectDef, name string, _ int64) int { return add(&l.futures, future{name: name}) },
		count: func(x *objects) int { return len(x.futures) },
		at:    func(x *objects, id uint32) object { return &x.futures[id] },
		clone: func(to, from *objects) { cloneAll(&to.futures, from.futures, (*future).own) },
	},
}

// waitKind says what a task waits for (see doc.go).
type waitKind uint8

const (
	waitNothing   waitKind = iota
	waitTurn               // sleep: 0
	waitSleep              // on: the timer's number
	waitFuture             // await; on: the task or future
	waitGather             // on: the gather
	waitLock               // on: see lockNumber
	waitRelock             // the end of a condition's wait; on: see lockNumber
	waitRW                 // on: the readers–writer lock
	waitSemaphore          // on: the semaphore
	waitEvent              // on: the event
	waitCondition          // on: see lockNumber
	waitPut                // on: the queue
	waitGet                // on: the queue
	waitJoin               // on: the queue
	waitAny                // asyncio.wait; on: the wait set
	waitCompleted          // as_completed; on: the wait set
	waitGroup              // the end of a group's block; on: the group
	waitShield             // on: the task or future shielded
	waitUnits              // on: the request of a resource
	waitUse                // the sleep in a `use`; on: the timer's number
	waitOffer              // `put` into a container or a store; on: the request
	waitWant               // `get` from one; on: the request
	waitFirst              // several at once; on: the task itself
	waitUntil              // on: see untilNumber
	waitThread             // on: the job
	waitKinds
)

// waits has a row for each kind of waiting.
var waits = [waitKinds]waiting{
	waitNothing:   noWait{},
	waitTurn:      noWait{},
	waitSleep:     sleepWait{},
	waitFuture:    futureWait{},
	waitGather:    gatherWait{},
	waitLock:      lockWait{},
	waitRelock:    relockWait{},
	waitRW:        rwWait{objectWait{kind: KindRWLock}},
	waitSemaphore: semaphoreWait{objectWait{kind: KindSemaphore}},
	waitEvent:     eventWait{objectWait{kind: KindEvent}},
	waitCondition: conditionWait{},
	waitPut:       putWait{objectWait{kind: KindQueue, prefix: "room in "}},
	waitGet:       getWait{objectWait{kind: KindQueue, prefix: "an item of "}},
	waitJoin:      joinWait{objectWait{kind: KindQueue, prefix: "join of "}},
	waitAny:       anyWait{},
	waitCompleted: completedWait{},
	waitGroup:     groupWait{},
	waitShield:    shieldWait{},
	waitUnits:     unitsWait{},
	waitUse:       useWait{},
	waitOffer:     stockWait{},
	waitWant:      stockWait{},
	waitFirst:     firstWait{},
	waitUntil:     untilWait{},
	waitThread:    threadWait{},
}

// Attr is an attribute of a task, a handle, an error, the loop, or an object.
type Attr uint8

const (
	AttrName       Attr = iota // task: its name
	AttrState                  // task: pending done failed cancelled
	AttrDone                   // task: has it ended; future: is it resolved
	AttrResult                 // task: what it returned; raises what await would raise
	AttrError                  // task: its error or null; counts as taking it
	AttrSpawned                // task: loop time of its creation, in seconds
	AttrStarted                // task: of its first step; null before
	AttrEnded                  // task: of its end; null before
	AttrCancelling             // task: requests for cancellation that nobody has taken back
	AttrCancelled              // handle: was it cancelled
	AttrWhen                   // handle: when it is due; null for call_soon
	AttrType                   // error: its type; loop: its type
	AttrMessage                // error
	AttrCause                  // error
	AttrErrors                 // error: what an ExceptionGroup holds
	AttrID                     // loop: its id
	AttrTime                   // loop: now, in seconds
	AttrSize                   // queue, store: how many items are in it
	AttrFull                   // queue, container, store
	AttrEmpty                  // queue, container, store
	AttrCapacity               // queue, store: 0 is no limit; resource; container: infinite is no limit
	AttrLocked                 // lock, condition, semaphore: would acquire wait
	AttrValue                  // semaphore
	AttrIsSet                  // event
	AttrWaiting                // barrier: tasks in it (n_waiting); readers–writer lock, resource: tasks that wait for it
	AttrReaders                // readers–writer lock: how many read
	AttrWriter                 // readers–writer lock: whether a task writes
	AttrInUse                  // resource: units
	AttrFree                   // resource: units
	AttrDown                   // resource: units that have broken down
	AttrHolders                // resource: tasks, in the order in which they got it
	AttrWaiters                // resource: tasks, in the order of the line
	AttrLevel                  // container: how much is in it
	AttrWanted                 // container: the amounts that those wait for who take
	AttrOffered                // container: the amounts that those wait with who put
	AttrItems                  // store: what is in it, in the order in which it would be taken
	AttrLent                   // store: how many items are to come back
	AttrExpired                // timeout: has it cancelled its task
	AttrParties                // barrier: how many tasks it waits for
	AttrBroken                 // barrier: was it aborted
)

// classes is what the kinds of tasks, handles and objects are called in text, as Python's classes are.
var classes = [...]string{
	KindTask: "Task", KindHandle: "Handle", KindFuture: "Future", KindQueue: "Queue", KindLock: "Lock", KindRWLock: "RWLock",
	KindSemaphore: "Semaphore", KindEvent: "Event", KindCondition: "Condition", KindBarrier: "Barrier",
	KindGroup: "TaskGroup", KindTimeout: "Timeout", KindResource: "Resource", KindContainer: "Container", KindStore: "Store",
}

// objects holds the synchronisation objects of a run, by kind and number.
type objects struct {
	declared   []Value // by Program.Objects: an object, or the list of them
	locks      []lock
	rwlocks    []rwlock
	semaphores []semaphore
	events     []event
	conditions []condition
	barriers   []barrier
	queues     []queue
	futures    []future
	resources  []resource
	containers []container
	stores     []store
	stored     arena[item] // what is in stores
	requests   arena[request]
	numbers    uint64 // requests so far
	timeouts   []timeout
}

// copyTo makes c a copy.
func (x *objects) copyTo(c *objects) {
	c.declared, c.numbers = x.declared, x.numbers
	requests, stored := c.requests, c.stored
	c.requests, c.stored = x.requests, x.stored
	c.requests.own(&requests, nil)
	c.stored.own(&stored, nil)
	for i := range objectKinds {
		if clone := objectKinds[i].clone; clone != nil {
			clone(c, x)
		}
	}
}
