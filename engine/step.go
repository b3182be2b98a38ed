package engine

// Expressions reach the engine as functions over the running loop. They are part of the immutable Program, never of
// the run state. They read variables through the Loop's accessors (eval.go) and report a failure with Loop.Raise;
// what they return then does not matter.
type (
	Eval      func(l *Loop) Value
	EvalInt   func(l *Loop) int64
	EvalFloat func(l *Loop) float64
	EvalBool  func(l *Loop) bool
	// EvalTime gives nanoseconds: a duration, or a loop time.
	EvalTime func(l *Loop) int64
	// EvalText appends the text to dst and returns it.
	EvalText func(l *Loop, dst []byte) []byte
)

// Pos is a place in the scenario's file; lines and columns count from 1, columns in characters; the zero Pos is
// unknown.
type Pos struct{ Line, Col int32 }

// Step is one step of a program. The engine's assembler turns trees of steps into flat code.
type Step interface{ step() }

// Space says where a variable lives.
type Space uint8

const (
	LocalVar   Space = iota // a slot of the running activation
	SharedVar               // one cell for all tasks
	ContextVar              // a variable of the running task's context
)

// Ref names a variable.
type Ref struct {
	Space Space
	Index int
}

// Target is what an assignment writes: a variable, or a place inside the list or map that it holds.
type Target struct {
	Ref
	Path []Eval // a string selects a map's key, an integer a list's element
}

// PlaceOp is what an Assign does with the place at the end of its path.
type PlaceOp uint8

const (
	OpReplace PlaceOp = iota // it holds Value
	OpAdd                    // Value is added to the number there; the key of a map that is not there counts from 0
	OpRemove                 // it is no longer there: KeyError, IndexError if it is not
	opAppends                // its list has Value at its end
)

// Assign is one assignment.
type Assign struct {
	To    Target
	Value Eval
	Plus  int32 // not 0: Value is what To holds plus this much, where To holds an integer
	Op    PlaceOp
	// Sum is what the place comes to with OpAdd: what it holds and what is added, which it may refuse by Loop.Raise.
	Sum   func(l *Loop, old, amount Value) Value
	Reads []Ref // of a watched program: the variables that Value reads
	Adds  bool  // of a watched program: the value becomes a part of what is there
}

// The steps, in the order of the reference.
type (
	// Print writes one line of output: Text, then End ("\n" when nil).
	Print struct {
		Pos
		Text, End EvalText
	}
	// Set evaluates all values (and paths), then assigns them in order: `let`, `set`, `add` and `remove`.
	Set struct {
		Pos
		Assigns []Assign
	}
	// Append adds values to the ends of lists.
	Append struct {
		Pos
		Assigns []Assign
	}
	// Reset undoes this activation's latest Set of a context variable.
	Reset struct {
		Pos
		Var int
	}
	// WithContext sets context variables, runs Do, and sets them back whatever happens.
	WithContext struct {
		Pos
		Vars []Assign // To.Space is ContextVar, no path
		Do   []Step
	}
	// If runs the first branch whose condition holds.
	If struct {
		Pos
		Branches []Branch
		Else     []Step
	}
	// Branch is one `if` or `elif`.
	Branch struct {
		Pos
		Cond EvalBool
		Then []Step
	}
	// Repeat runs Do N times; As (may be nil) counts from 0.
	Repeat struct {
		Pos
		N  EvalInt
		As *Target
		Do []Step
	}
	// For runs Do for each element of a list or each key of a map.
	For struct {
		Pos
		In Eval
		As Target
		Do []Step
	}
	// While runs Do while Cond holds.
	While struct {
		Pos
		Cond EvalBool
		Do   []Step
	}
	// Break leaves the innermost loop.
	Break struct{ Pos }
	// Continue goes to the innermost loop's next turn.
	Continue struct{ Pos }
	// Call runs a coroutine in the same task and the same context.
	Call struct {
		Pos
		Code  *Code
		Args  []Eval
		Reads [][]Ref // of a watched program: the variables that each argument reads
		As    *Target
	}
	// WaitFor is asyncio.wait_for around a call. Where Within is not above 0 the coroutine does not start. When the time is
	// over, Else runs, or TimeoutError is raised where Else is nil.
	WaitFor struct {
		Pos
		Call   *Call
		Within EvalTime
		Else   []Step
	}
	// Return ends the activation; a nil Value is null.
	Return struct {
		Pos
		Value Eval
		Reads []Ref // of a watched program: the variables that Value reads
	}
	// Raise raises an error of type Type, or the error value that Value gives, or (both empty) the error that the
	// enclosing Catch caught. From is its cause (raise … from).
	Raise struct {
		Pos
		Type        string
		Message     EvalText
		Value, From Eval
	}
	// Try is try, except or except*, else, finally.
	Try struct {
		Pos
		Do, Else []Step
		Catch    []Catch
		Groups   bool // the handlers take parts of groups of errors: except*
		Finally  []Step
	}
	// Catch handles errors of the named types and their subtypes; no types: every Exception.
	Catch struct {
		Pos
		Types []string
		As    int // the slot that gets the error; -1: none
		Do    []Step
	}
	// Assert raises AssertionError unless Cond holds. Detail (may be nil) adds the values of its parts.
	Assert struct {
		Pos
		Cond            EvalBool
		Message, Detail EvalText
	}
	// Sleep waits for For (asyncio.sleep); not above zero: it gives up one turn.
	Sleep struct {
		Pos
		For EvalTime
	}
	// SleepUntil waits for a loop time; a time that has come gives up one turn.
	SleepUntil struct {
		Pos
		At EvalTime
	}
	// Block is time.sleep: the loop stands still for For.
	Block struct {
		Pos
		For EvalTime
	}
	// ToThread is asyncio.to_thread: a thread works for For and returns Value, or with IsError raises it.
	ToThread struct {
		Pos
		For     EvalTime
		Value   Eval // nil: null
		IsError bool
		As      *Target
	}
	// Spawn creates tasks (asyncio.create_task). As gets the task, or the list of tasks where Count is given.
	Spawn struct {
		Pos
		Entry *Entry
		Group Eval // the group it joins; nil: none
		As    *Target
	}
	// Await waits for a task or a future.
	Await struct {
		Pos
		What Eval
		As   *Target
	}
	// Gather is asyncio.gather; As gets the list of results.
	Gather struct {
		Pos
		Items            []GatherItem
		ReturnExceptions EvalBool // nil: false
		Keep             bool     // As gets its future: nothing waits
		As               *Target
	}
	// GatherItem is one task (Task), one new task (Entry), or with In a new task for each element of a list.
	GatherItem struct {
		Pos
		Task  Eval // a task, or a list of tasks
		Entry *Entry
		In    Eval // not nil: for each element of In, bound to As, spawn Entry
		As    Target
	}
	// Cancel requests the cancellation of a task or a handle, or (What nil) of the periodic callback Callback.
	Cancel struct {
		Pos
		What     Eval
		Callback *Callback
		Message  EvalText // nil: none
	}
	// Schedule is call_soon (After and At nil), call_later or call_at; As gets the handle.
	Schedule struct {
		Pos
		Callback  *Callback
		After, At EvalTime
		Args      []Eval
		As        *Target
	}
	// AddDone is add_done_callback: Callback is scheduled when the task or future What ends, or now if it has.
	AddDone struct {
		Pos
		What     Eval
		Callback *Callback
		Args     []Eval
	}
	// RemoveDone is remove_done_callback; As gets how many were removed.
	RemoveDone struct {
		Pos
		What     Eval
		Callback *Callback
		As       *Target
	}
	// Uncancel is Task.uncancel; As gets how many cancellations are left.
	Uncancel struct {
		Pos
		Task Eval
		As   *Target
	}
	// SetName is Task.set_name.
	SetName struct {
		Pos
		Task Eval
		Name EvalText
	}
	// Timeout is asyncio.timeout around Do: For from now, or until the loop time At. When this scope itself expires,
	// Else runs, or TimeoutError is raised where Else is nil. Then runs after Do, outside the scope.
	// Without For and At it never expires. As gets the timeout, for Reschedule.
	Timeout struct {
		Pos
		For, At  EvalTime
		As       *Target
		Do, Then []Step
		Else     []Step
	}
	// Reschedule is Timeout.reschedule: After from now, At a loop time, or never.
	Reschedule struct {
		Pos
		Timeout   Eval
		After, At EvalTime
	}
	// Wait is asyncio.wait on the list of tasks and futures that Tasks gives; As gets {done, pending}.
	Wait struct {
		Pos
		Tasks  Eval
		When   ReturnWhen
		Within EvalTime // nil: no limit
		As     *Target
	}
	// AsCompleted is asyncio.as_completed: Do runs with As bound to each task or future as it ends. Within limits the
	// whole loop; when the time is over, Else runs, or TimeoutError is raised where Else is nil.
	AsCompleted struct {
		Pos
		Tasks    Eval
		Within   EvalTime
		As       Target
		Do, Else []Step
	}
	// Group is asyncio.TaskGroup; As is bound to it in Do.
	Group struct {
		Pos
		As Target
		Do []Step
	}
	// Shield is await asyncio.shield(…).
	Shield struct {
		Pos
		What Eval
		Keep bool // As gets its future: nothing waits
		As   *Target
	}
	// Acquire acquires a lock, a semaphore or a condition. With Scoped, Do runs with it, and it is released whatever
	// happens (`async with`); Within and Else then limit the acquiring alone.
	//
	// Of a resource, or of a list of them, Ask says more; then Within and Else hold without Scoped, too, Else runs also where the
	// request is refused, and As gets the number of the unit.
	Acquire struct {
		Pos
		What   Eval
		Read   bool // of a lock that can be shared: beside others
		Ask    *Ask // nil: it is no resource
		As     *Target
		Scoped bool
		Do     []Step
		Within EvalTime
		Else   []Step

		uses bool // it is that of a Use
	}
	// Use acquires a resource, sleeps for Takes, which is computed once it holds it, and releases it. Within and Else limit the
	// acquiring alone.
	Use struct {
		Pos
		What      Eval
		Ask       *Ask
		Takes     EvalTime
		As        *Target
		Preempted UsePreempted
		Within    EvalTime
		Else      []Step
	}
	// Release releases it; of a resource what task Of got of it last, nil: the running task.
	Release struct {
		Pos
		What, Of Eval
	}
	// Resize gives a resource another capacity, or other room to wait; nil: as it is.
	Resize struct {
		Pos
		What                 Eval
		Capacity, MaxWaiting EvalInt
	}
	// Record is an observation of metrics. By is a text that also keeps it apart; nil: none.
	Record struct {
		Pos
		Values []Observation
		By     EvalText
	}
	// Interrupt raises an Interrupt where a task waits. Cause is what its `cause` says; nil: nothing.
	Interrupt struct {
		Pos
		Task, Cause Eval
	}
	// Put is Queue.put, or put_nowait.
	Put struct {
		Pos
		Queue, Item Eval
		Declared    int // where Queue is a declared object: its index + 1
		Nowait      bool
	}
	// First waits for several things at once, and goes on with what follows the first that is there. See first.go.
	First struct {
		Pos
		Arms []Arm
	}
	// Arm is an Acquire of resources, Offer, Want, Put, Get, Join, WaitEvent, WaitUntil, Await, Sleep or SleepUntil without a limit, and what
	// follows it.
	Arm struct {
		Step Step
		Then []Step
	}
	// Offer puts an item into a store, or with Amount so much into a container.
	Offer struct {
		Pos
		What     Eval
		Declared int  // the index + 1 of the declared object that What is; 0: it is something else
		Item     Eval // what is put in, or how much
		Amount   bool
		Ask      *Ask
		Within   EvalTime
		Else     []Step
	}
	// Want takes an item out of a store, or so much out of a container. Of a store Amount is how many items it takes at once, as a
	// list; at the end of Within AtLeast of them will do. Where it is Scoped the items go back after Do. Lasting says that Where reads
	// nothing but the item, which As has then, the task's other variables, and what no run changes: it is asked once about an item.
	Want struct {
		Pos
		What     Eval
		Declared int
		Amount   Eval // nil: one item
		AtLeast  EvalInt
		As       *Target
		Where    EvalBool
		Lasting  bool
		Ask      *Ask
		Scoped   bool
		Do       []Step
		Within   EvalTime
		Else     []Step
	}
	// Get is Queue.get, or get_nowait. With Where it takes the first item for which that holds; As has the item then.
	Get struct {
		Pos
		Queue    Eval
		Declared int // where Queue is a declared object: its index + 1
		As       *Target
		Where    EvalBool
		Nowait   bool
	}
	// TaskDone is Queue.task_done.
	TaskDone struct {
		Pos
		Queue Eval
	}
	// Join is Queue.join.
	Join struct {
		Pos
		Queue Eval
	}
	// Shutdown is Queue.shutdown of CPython 3.13.
	Shutdown struct {
		Pos
		Queue     Eval
		Immediate EvalBool // nil: false
	}
	// Signal is Event.set.
	Signal struct {
		Pos
		Event Eval
	}
	// Clear is Event.clear.
	Clear struct {
		Pos
		Event Eval
	}
	// WaitEvent is Event.wait.
	WaitEvent struct {
		Pos
		Event Eval
	}
	// WaitUntil waits until a condition on a resource, a container, a store or a queue holds: it is looked at whenever that changes.
	WaitUntil struct {
		Pos
		Object Eval
		Until  EvalBool
	}
	// WaitCondition is Condition.wait, or with Until wait_for.
	WaitCondition struct {
		Pos
		Condition Eval
		Until     EvalBool
	}
	// WaitBarrier is Barrier.wait; As gets the index.
	WaitBarrier struct {
		Pos
		Barrier Eval
		As      *Target
	}
	// ResetBarrier is Barrier.reset, or with Abort Barrier.abort.
	ResetBarrier struct {
		Pos
		Barrier Eval
		Abort   bool
	}
	// Notify is Condition.notify, or without Count notify_all.
	Notify struct {
		Pos
		Condition Eval
		Count     EvalInt
	}
	// Make makes an object or a future at run time.
	Make struct {
		Pos
		Object ObjectDef
		As     *Target
	}
	// Resolve is Future.set_result, or with IsError set_exception.
	Resolve struct {
		Pos
		Future, Value Eval
		IsError       bool
	}
	// Stop is loop.stop().
	Stop struct{ Pos }
)

func (*Print) step()         {}
func (*Set) step()           {}
func (*Append) step()        {}
func (*Reset) step()         {}
func (*WithContext) step()   {}
func (*If) step()            {}
func (*Repeat) step()        {}
func (*For) step()           {}
func (*While) step()         {}
func (*Break) step()         {}
func (*Continue) step()      {}
func (*Call) step()          {}
func (*WaitFor) step()       {}
func (*Return) step()        {}
func (*Raise) step()         {}
func (*Try) step()           {}
func (*Assert) step()        {}
func (*Sleep) step()         {}
func (*SleepUntil) step()    {}
func (*Block) step()         {}
func (*ToThread) step()      {}
func (*AddDone) step()       {}
func (*RemoveDone) step()    {}
func (*Uncancel) step()      {}
func (*SetName) step()       {}
func (*Spawn) step()         {}
func (*Await) step()         {}
func (*Gather) step()        {}
func (*Cancel) step()        {}
func (*Schedule) step()      {}
func (*Timeout) step()       {}
func (*Reschedule) step()    {}
func (*ResetBarrier) step()  {}
func (*Wait) step()          {}
func (*AsCompleted) step()   {}
func (*Group) step()         {}
func (*Shield) step()        {}
func (*Acquire) step()       {}
func (*Release) step()       {}
func (*Use) step()           {}
func (*Resize) step()        {}
func (*Interrupt) step()     {}
func (*Record) step()        {}
func (*Put) step()           {}
func (*Get) step()           {}
func (*First) step()         {}
func (*Offer) step()         {}
func (*Want) step()          {}
func (*TaskDone) step()      {}
func (*Join) step()          {}
func (*Shutdown) step()      {}
func (*Signal) step()        {}
func (*Clear) step()         {}
func (*WaitEvent) step()     {}
func (*WaitUntil) step()     {}
func (*WaitCondition) step() {}
func (*WaitBarrier) step()   {}
func (*Notify) step()        {}
func (*Make) step()          {}
func (*Resolve) step()       {}
func (*Stop) step()          {}
