package engine

// Program is a compiled scenario: immutable after Assemble, shared by any number of loops.
type Program struct {
	Name  string // the scenario's name
	File  string // the file it came from, for messages
	Files Files  // that it came from, if there are several

	Params  []string // names of the run parameters; their values come with Options.Params
	Shared  []VarDef // shared variables
	Context []VarDef // context variables; Init is the default

	Objects []ObjectDef // locks, queues …

	Callbacks []*Callback // declared callbacks, in order of declaration, then those of the sources
	Sources   []*Source   // streams of arrivals
	Workers   []*Entry    // tasks created before the loop starts
	Main      *Entry      // run as by asyncio.run; nil: there is none
	Before    *Code       // steps before the loop starts; nil: none
	After     *Code       // steps once it has stopped; nil: none

	Metrics []MetricDef // what steps record, or expressions come to over time
	Options []OptionDef // what statistics tell that are made by themselves

	Checks []Check // conditions that are looked at during the run

	Watched  bool     // the flow of values is followed: see Result.Races and Leaks; the steps have their Reads
	Recycle  bool     // no expression can name a task that no variable refers to, but for the tasks in Named
	Named    []string // names of tasks that expressions, or who reads the result, may ask for
	Shares   bool     // a task may run in the context of another (Entry.SharedBy)
	Held     bool     // a task may keep itself in a variable (Loop.CurrentTask)
	Measures bool     // an expression reads statistics: they are made in every run
	Draws    bool     // whether any expression draws random numbers
	Unit     int64    // what a bare number of time counts, in nanoseconds (`clock.unit`); 0: seconds
	Inverse  bool     // normal draws take one number each, by inversion (`draws: inverse`)

	LoopType string // what loop.type says
	LoopID   string // what loop.id says

	codes    []*Code
	ranks    []EvalFloat // of resources
	assembly             // filled by Assemble
}

// VarDef declares a variable. Init is evaluated once, when a loop is made.
type VarDef struct {
	Name string
	Init Eval
}

// ObjectDef declares a synchronisation object, or says how one is made at run time. The expressions are evaluated when
// it is made.
type ObjectDef struct {
	Pos
	Name  string
	Kind  Kind    // KindLock … KindQueue, KindFuture, KindResource, KindContainer, KindStore
	Count EvalInt // not nil: a list of that many
	// Size is a semaphore's value (default 1), a barrier's parties, a queue's or a store's capacity (default 0: no limit), a
	// resource's (default 1).
	Size      EvalInt
	Lock      Eval        // a condition: the lock that it is given; nil: it has its own
	Bounded   bool        // a semaphore: BoundedSemaphore
	Order     QueueOrder  // a queue
	Resource  ResourceDef // a resource
	Container ContainerDef
	Store     StoreDef
}

// QueueOrder says which item of a queue is next.
type QueueOrder uint8

const (
	QueueFIFO     QueueOrder = iota // asyncio.Queue
	QueueLIFO                       // asyncio.LifoQueue
	QueuePriority                   // asyncio.PriorityQueue: the least
)

// Code is the body of a coroutine, a callback or an inline entry.
type Code struct {
	Pos
	Name   string // for messages: the coroutine's name
	Params int    // the first Params slots are set from the arguments
	Locals []string
	Body   []Step

	codeInfo // filled by Assemble
}

// Callback is a declared callback.
type Callback struct {
	Pos
	Name string
	Code *Code
	// After and Every arm it when the loop is made: the first run after After (default: Every), then each Every.
	// Both nil: it runs only when a step schedules it.
	After, Every EvalTime
	// Cron arms it for the times of a schedule, instead.
	Cron *Cron
	// Until is looked at after each run of Code; when it holds, the callback is not scheduled again and Then runs, in
	// the slots of Code.
	Until  EvalBool
	Then   []Step
	Missed MissedPolicy

	index  int
	source *Source // whose callback it is; nil: it is declared
}

// MissedPolicy says what a periodic callback does when the loop was too late for it.
type MissedPolicy uint8

const (
	MissedSkip    MissedPolicy = iota // leaves out the missed runs and keeps to its grid
	MissedCatchUp                     // runs once for every missed time
	MissedDrift                       // counts the next period from now
)

// Entry says how tasks are created: by a worker, a spawn, a gather, or main.
type Entry struct {
	Pos
	Code *Code
	Args []Eval // evaluated where the task is created; Loop.Index is the new task's index
	// Name is the task's name, NameText a computed one; both empty: Task-N. With Count the names are Name-1, Name-2 …
	Name     string
	NameText EvalText
	Context  []Assign // set in the task's own context before its first step
	SharedBy Eval     // a task in whose context the new one runs; nil: in a copy of the current one
	Daemon   bool     // may be left waiting when nothing is left to run: that is no deadlock
	Count    EvalInt  // nil: one task
	Start    EvalTime // workers: the loop time at which the task is created; nil: before the loop starts

	index     int
	worker    bool // one of Program.Workers
	sourced   bool // of a source: its tasks are Name-1, Name-2 …, by their place among them
	anonymous bool // of a spawn or a source: neither a name, nor a variable, nor a group refers to its tasks
}
