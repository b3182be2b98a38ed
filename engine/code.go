package engine

// opcode is what an instruction does. The steps compile to these; step.go says what each step means.
type opcode uint8

const (
	opNop opcode = iota
	opPrint
	opSetLocal     // frame[a] = val
	opSetShared    // shared[a] = val
	opCountLocal   // the same where val is frame[a] + b, and frame[a] is an integer
	opCountShared  // the same where val is shared[a] + b
	opSet          // x.assigns, all values first
	opAppend       // x.assigns
	opReset        // context variable a; b: the slot with this activation's tokens
	opCtxEnter     // x.assigns set, the old values kept in slots b, b+1 …
	opCtxExit      // the old values set back
	opJump         // to c
	opUnless       // to c unless bool
	opRepeat       // frame[a] = how often; to c when never
	opRepeatEnd    // counts frame[a] down; to c while any is left
	opRepeatAs     // x.as = frame[b]
	opRepeatEndAs  // the same as opRepeatEnd, and x.as = frame[b], counted up
	opFor          // frame[a] = the sequence, frame[a+1] = 0
	opForNext      // x.as = the next element; to c at the end
	opCall         // x.code with x.args
	opReturn       // val, or null
	opReturnSlot   // frame[a]
	opRaise        // x.typ with text, or val
	opReraise      // frame[a]
	opMatch        // to c unless the error in frame[a] is one of x.types; else frame[b] = it
	opReraiseGroup // of a handler of groups: what it has taken, again; a: the slots of its try
	opStartGroup   // a: the slots
	opMatchGroup   // as opMatch, of a part of the error
	opKeepRaised   // a: the slots, frame[b]: what a handler of groups raised
	opEndGroup     // a: the slots
	opEnter        // frame[a] = b: why a finally block is entered; frame[a+1] = val; to c
	opEnterFrom    // the same, with frame[a+1] = frame[x.slot]
	opLeave        // a finally block's end: goes on as frame[a] says
	opAssert
	opSleep
	opSleepUntil
	opBlock    // int
	opToThread // int: how long; x.item: the result, or x.typ says that it is an error
	opSpawn
	opAwait
	opGather
	opCancel
	opSchedule
	opAddDone        // val; x.callback with x.args
	opRemoveDone     // val; x.callback; x.as gets how many
	opUncancel       // val; x.as gets how many are left
	opSetName        // val; text
	opWith           // frame[a] = val, which must be of kind b where that is not 0
	opEnterScope     // a timeout of int (x.at: until int; nil: without end); its number to frame[a]
	opReschedule     // val; as opEnterScope
	opLeaveScope     // frame[a]: the scope, frame[b]: why it ends; expired: to c, or TimeoutError
	opAcquire        // val, or frame[a]; b: acquireRead or acquireWrite
	opRelease        // val, or frame[a]; of a resource x.item: of which task; without val the request is in frame[a+1]
	opRefused        // to c where the request of frame[a+1] was refused
	opUnit           // x.as = the number of the unit that the request in frame[a+1] has
	opUseTakes       // frame[a+useLeft] = int
	opUseSleep       // sleeps for that; b: what it does when its units are taken, to c to wait again
	opResize         // val; int: the capacity, x.most: max_waiting
	opRecord         // text: by; x.records
	opInterrupt      // val; x.item: the cause
	opPut            // val into x.what; to c; the item is kept in frame[a] while it waits
	opPutAgain       // follows opPut
	opOffer          // `put` of a container or a store: val into x.what; its request to frame[a]
	opWant           // `get` of a container or a store: val, or one item, from x.what to x.as; its request to frame[a]
	opEndLoan        // the items of the request in frame[a] go back
	opGet            // from x.what to x.as; to c
	opGetAgain       // follows opGet
	opFirst          // x.arms; the number of the one that is met to frame[a]; to x.targets
	opTaskDone       // val
	opJoin           // val
	opShutdown       // val; bool: immediate
	opSignal         // val
	opClear          // val
	opWaitEvent      // val
	opWaitUntil      // val bool; a: the error of the condition
	opOwned          // raises unless the condition in frame[a] is locked
	opWaitCondition  // frame[a]
	opReacquire      // frame[a]; frame[a+1]: the cancellation meanwhile; frame[b]: why
	opNotify         // val, or frame[a]; int: how many, nil: all
	opBarrier        // b: which step of Barrier.wait, on frame[a]; where it says so to c
	opWaitTasks      // val; int: within
	opOpenCompleted  // val; int: within; the wait set to frame[a]
	opNextCompleted  // frame[a]; to c at the end
	opCloseCompleted // frame[a]
	opOpenGroup      // to frame[a]
	opCloseGroup     // frame[a], frame[b]: why it ends
	opAwaitGroup     // the same
	opShield         // val
	opNew            // x.object
	opResolve        // val, with x.item; x.typ says whether that is an error
	opStop
	opWatchSet    // of a watched program: follows x.assigns; b: the value is what a call returned
	opWatchCall   // x.assigns: what the arguments read
	opWatchEnter  // a: slots
	opWatchReturn // x.assigns[0]: what the value reads
	opCheck       // of a program with checks: looks at them
	opArrive      // x.source: creates the tasks of an arrival and arms the source for the next
	opPeriodic    // the end of a periodic callback's steps: schedules it again, or goes on to its `then`
)

// Why a finally block was entered: kept in its slot; from leaveExits on it counts the block's exits.
const (
	leaveNormally = iota
	leaveRaising
	leaveExits
)

// instr is one instruction, a cache line long: the operands that most instructions have, and the others behind x.
type instr struct {
	op       opcode
	a, b, c  int32
	local    int32 // where x.as is a whole local: its slot + 1
	declared int32 // where x.what is a declared object: its index + 1
	int      func(*Loop) int64
	bool     EvalBool
	val      Eval
	text     EvalText
	x        *operands
}

// How a lock that can be shared is acquired.
const (
	acquireWrite = iota
	acquireRead
)

// operands is what only some instructions have.
type operands struct {
	assigns   []Assign
	as        *Target
	code      *Code
	args      []Eval
	typ       string
	types     []string
	slot      int32
	targets   []int32 // of opLeave; of opFirst: what follows each arm
	arms      []int32 // of opFirst: the instructions that are its arms
	end       EvalText
	detail    EvalText
	entry     *Entry
	items     []GatherItem
	callback  *Callback
	source    *Source
	at        bool // of opSchedule, opEnterScope: the time is absolute
	otherwise bool // of opLeaveScope: c is the scope's else; of opAcquire: opRefused leads to it
	what      Eval // a queue, a group
	item      Eval
	nowait    bool
	keep      bool // of opGather, opShield: x.as gets the future
	where     EvalBool
	lasting   bool // what where says of an item lasts as long as the task waits
	when      ReturnWhen
	object    *ObjectDef
	ask       *Ask          // of opAcquire, opOffer, opWant: what it says of a resource, a container or a store
	uses      bool          // of opAcquire: it is that of a `use`
	scoped    bool          // of opAcquire, opWant: a block gives it back
	most      EvalInt       // of opResize
	records   []Observation // of opRecord
	least     EvalInt       // of opWant: how many will do when the time of the scope in frame[slot] is over
	amount    bool          // of opOffer, opWant: val is an amount
}

// region says where an error raised by an instruction goes: to pc, the error in slot.
type region struct{ pc, slot int32 }

// assembly is the flat form of a program.
type assembly struct {
	code     []instr
	pos      []Pos   // of each instruction
	owner    []int32 // of each instruction: the index of its Code
	handler  []int32 // of each instruction: the index of its region; 0: the activation ends
	regions  []region
	entries  []*Entry  // Entry.index counts from 0 here
	choosy   bool      // a get takes only some items
	failures []Failure // of all resources
	numbered bool      // a step asks for the number of its unit
	looked   bool      // a step waits until something holds of an object
	sharing  bool      // a resource is shared
}

// codeInfo is what the assembler knows of a Code.
type codeInfo struct {
	index     int32
	start     int32 // its first instruction
	slots     int32 // locals and hidden slots
	assembled bool
}
