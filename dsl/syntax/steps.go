package syntax

// Node is what a map with known keys says: one of the types below, for a step that of its verb. The parser fills it
// from the rows of the table; a field whose key is absent, or could not be read, is nil.
type Node interface {
	// Head is the map itself: its place and its keys as they are written.
	Head() *Record
	node()
}

// Parts that several types share.
type (
	// Body is steps under `do`.
	Body struct{ Do *Block }
	// Result is the variable that gets what the step gives.
	Result struct{ As *Name }
	// Arguments is what a coroutine or a callback is called with.
	Arguments struct{ With *Bindings }
	// Limit is how long one step may wait, and what runs when that is over.
	Limit struct {
		Within *Duration
		Else   *Block
	}
	// Message is the text of an error.
	Message struct{ Message *Value }
	// Each is a variable and the list or map that it goes through.
	Each struct {
		Var *Name
		In  *Value
	}
	// Item is the queue, the container or the store that a step works on, and whether it raises instead of waiting.
	Item struct {
		Queue            *Reference
		Amount, Priority *Value // not of a queue
		Nowaiting
	}
	// Nowaiting is whether a step raises instead of waiting.
	Nowaiting struct{ Nowait *Value }
	// Asking is what a step asks of a resource.
	Asking struct {
		Amount, Priority, Preempt, Preemptible *Value
		Nowaiting
		Result
	}
	// Add adds to numbers.
	Add struct {
		Record
		Targets *Targets
	}
	// Remove takes places out of lists and maps.
	Remove struct {
		Record
		Places *Targets
	}
	// Outcome is what comes of a future or of a thread's work: a value, or an error.
	Outcome struct {
		Value *Value // the result
		Type  *Name  // or the type of the error
		Error *Value // or the error itself
		Message
	}
	// Options is what an object is made with.
	Options struct {
		Count    *Value     // a list of so many
		Capacity *Value     // of a queue
		Table    *Timetable // of a resource: its capacity over time
		Failures []*Failure // of a resource
		Rank     *Condition // of a resource, instead of an order
		Order    *Name      // of a queue, a resource
		Value    *Value     // of a semaphore
		Bounded  *Value     // of a semaphore
		Parties  *Value     // of a barrier
		Overtake *Value     // of a resource, as what follows
		Shrink   *Name
		Room     *Value     // max_waiting
		Initial  *Value     // of a container, a store
		Lock     *Reference // of a condition
	}
)

// The steps, in the order of the reference.
type (
	Print struct {
		Record
		Text, End *Value
	}
	Let struct {
		Record
		Locals *Bindings
	}
	Set struct {
		Record
		Targets *Targets
	}
	Append struct {
		Record
		Targets *Targets
	}
	Reset struct {
		Record
		Var *Name
	}
	Context struct {
		Record
		Vars *Bindings
		Body
	}
	If struct {
		Branch
		Elif []*Branch
		Else *Block
	}
	Repeat struct {
		Record
		N *Value
		Result
		Body
	}
	For struct {
		Record
		Each
		Body
	}
	While struct {
		Record
		Cond *Condition
		Body
	}
	Break    struct{ Record }
	Continue struct{ Record }
	Call     struct {
		Record
		Coroutine *Name
		Arguments
		Result
		Limit
	}
	Return struct {
		Record
		Value *Value
	}
	Raise struct {
		Record
		Type  *Name  // the type of the error
		Value *Value // or the error itself
		Lost  bool   // what it raises could not be read, which has been reported
		Message
		From *Reference
	}
	Try struct {
		Record
		Do            *Block
		Catch         []*Handler
		CatchGroup    []*Handler // except*; not beside Catch
		Else, Finally *Block
	}
	Assert struct {
		Record
		Cond *Condition
		Message
	}
	Sleep struct {
		Record
		For *Duration
	}
	SleepUntil struct {
		Record
		At *Duration
	}
	Hold struct {
		Record
		For *Duration
	}
	ToThread struct {
		Record
		For *Duration
		Outcome
		Result
		Limit
	}
	AddDone struct {
		Record
		What     *Reference
		Callback *Name
		Arguments
	}
	RemoveDone struct {
		Record
		What     *Reference
		Callback *Name
		Result
	}
	Uncancel struct {
		Record
		Task *Reference
		Result
	}
	SetName struct {
		Record
		Task *Reference
		Name *Value
	}
	Timeout struct {
		Record
		For *Duration // how long; with neither this nor At: for ever
		At  *Deadline // or when
		As  *Name
		Body
		Else *Block
	}
	Reschedule struct {
		Record
		Timeout   *Reference
		After, At *Duration
	}
	Abort struct {
		Record
		Barrier *Reference
		Limit
	}
	ResetBarrier struct {
		Record
		Barrier *Reference
		Limit
	}
	Spawn struct {
		Entry     // with a coroutine; or its body is the next
		Inline    *Entry
		In        *Reference
		ContextOf *Reference
		Result
	}
	Await struct {
		Record
		What *Reference
		Result
		Limit
	}
	Gather struct {
		Record
		Items            *Items     // what is listed
		Generator        *Generator // or what generates entries
		ReturnExceptions *Value
		Keep             *Value
		Result
		Limit
	}
	Wait struct {
		Record
		What       *References
		ReturnWhen *Name
		Until      *Condition
		Result
		Limit
	}
	AsCompleted struct {
		Record
		Tasks *References
		Result
		Body
		Limit
	}
	Group struct {
		Record
		As *Name
		Body
	}
	Shield struct {
		Record
		What *Reference
		Keep *Value
		Result
		Limit
	}
	Cancel struct {
		Record
		What *Reference
		Message
	}
	// Schedule is `call_soon`, `call_later` or `call_at`.
	Schedule struct {
		Record
		Callback  *Name
		After, At *Duration
		Arguments
		Result
	}
	Stop    struct{ Record }
	Acquire struct {
		Record
		What  *Reference  // one object
		Whats *References // the same, or several resources at once
		Mode  *Name       // of a lock that can be shared: read or write
		Asking
		Body
		Limit
	}
	Use struct {
		Record
		What  *Reference
		Takes *Duration
		Asking
		Preempted *Name
		Limit
	}
	// First is arms of which the first that is there is taken.
	First struct {
		Record
		Arms *Block
	}
	Release struct {
		Record
		What, Of *Reference
	}
	Resize struct {
		Record
		What           *Reference
		Capacity, Room *Value
	}
	Interrupt struct {
		Record
		Task  *Reference
		Cause *Value
	}
	Put struct {
		Record
		Item
		Value *Value
		Limit
	}
	Get struct {
		Record
		Item
		Result
		Where   *Condition
		AtLeast *Value
		Body
		Limit
	}
	TaskDone struct {
		Record
		Queue *Reference
	}
	Join struct {
		Record
		Queue *Reference
		Limit
	}
	Shutdown struct {
		Record
		Queue     *Reference
		Immediate *Value
	}
	Signal struct {
		Record
		Event *Reference
	}
	Clear struct {
		Record
		Event *Reference
	}
	Notify struct {
		Record
		Condition  *Reference
		Count, All *Value
	}
	New struct {
		Record
		Kind *Name
		Result
		Options
	}
	Resolve struct {
		Record
		Future *Reference
		Outcome
	}
)

// What stands inside steps and at the top of a file.
type (
	// Branch is a condition with its steps.
	Branch struct {
		Record
		Cond *Condition
		Then *Block
	}
	// Handler is an item of `catch`.
	Handler struct {
		Record
		Errors *Names
		As     *Name
		Body
	}
	// Deadline is a loop time.
	Deadline struct {
		Record
		At *Duration
	}
	// Entry says which task to create: one that runs a coroutine, or steps of its own.
	Entry struct {
		Record
		Coroutine *Name
		Arguments
		Body
		Name    *Value
		Context *Bindings
		Daemon  *Value
		Count   *Value
		Start   *Duration // of a worker
	}
	// Generator makes an entry for each element of a list or map.
	Generator struct {
		Entry
		Each
	}
	// Definition is a coroutine or a callback.
	Definition struct {
		Record
		Name        *Name
		Description *Value
		Params      []*Param
		Body
		After, Every *Duration // of a callback, as what follows
		Cron         *Value
		Until        *Condition
		Then         *Block
		Missed       *Name
	}
	// Function is an expression with parameters.
	Function struct {
		Record
		Name        *Name
		Description *Value
		Params      []*Param
		Value       *Condition
	}
	// ObjectOptions is the options of a declared object.
	ObjectOptions struct {
		Record
		Options
	}
	// Failure says how the units of a resource break down.
	Failure struct {
		Record
		Every, Lasts  *Duration
		Clock, Holder *Name
	}
	// Clock says how time passes.
	Clock struct {
		Record
		Mode  *Name
		Unit  *Name
		Start *Value
		Speed *Value
		Until *Duration
	}
	// LoopNames is which Python the loop is equal to, and what `loop` shows.
	LoopNames struct {
		Record
		Type, ID *Value
		Python   *Name
		Threads  *Value
		Slow     *Duration
	}
	// Limits is the bounds of a run.
	Limits struct {
		Record
		Time                                            *Duration
		Iterations, Steps, Tasks, Depth, Memory, Output *Value
	}
	// Expect is what a run must come to.
	Expect struct {
		Record
		Ends         *Name
		At           *Moment
		Tolerance    *Duration // of At and of the times of Tasks
		Output       *Value
		That, Always *Conditions
		Eventually   []*Eventually
		Tasks        []*ExpectedTask
		Errors       *Names
	}
	// Eventually is a condition that must hold once.
	Eventually struct {
		Record
		That   *Condition
		Within *Duration
	}
	// ExpectedTask is how a task must end.
	ExpectedTask struct {
		Record
		Name                    *Name
		State                   *Name
		Result                  *Value
		Errors                  *Names
		Spawned, Started, Ended *Moment
		Tolerance               *Duration // nil: that of Expect
	}
	// Moment is an expected loop time: exactly one, or one of a range.
	Moment struct {
		Record
		Exact    *Duration // nil: it is a range
		From, To *Duration // of a range; nil: no bound
	}
)

func (r *Record) node() {}

// Head is the map itself.
func (r *Record) Head() *Record { return r }

// The shared parts of a node, for the setters of the keys that they come from.
type (
	hasBody      interface{ body() *Body }
	hasResult    interface{ result() *Result }
	hasArguments interface{ arguments() *Arguments }
	hasLimit     interface{ limit() *Limit }
	hasEach      interface{ each() *Each }
	hasNowait    interface{ nowaiting() *Nowaiting }
	hasItem      interface{ item() *Item }
	hasAsking    interface{ Ask() *Asking }
	hasOptions   interface{ options() *Options }
	hasEntry     interface{ entry() *Entry }
	hasOutcome   interface{ outcome() *Outcome }
)

func (x *Body) body() *Body                { return x }
func (x *Result) result() *Result          { return x }
func (x *Arguments) arguments() *Arguments { return x }
func (x *Limit) limit() *Limit             { return x }
func (x *Each) each() *Each                { return x }
func (x *Nowaiting) nowaiting() *Nowaiting { return x }
func (x *Item) item() *Item                { return x }
func (x *Options) options() *Options       { return x }
func (x *Entry) entry() *Entry             { return x }
func (x *Outcome) outcome() *Outcome       { return x }

// Ask is what the step asks of a resource.
func (x *Asking) Ask() *Asking { return x }
