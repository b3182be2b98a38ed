package syntax

import (
	"runloop/dsl/expr"
)

// The keys of an entry: what says which task to create.
var (
	EntryCall    = &Key{Name: "call", Kind: NameKey, Space: CoroutineSpace, Doc: "the coroutine"}
	EntryDo      = &Key{Name: "do", Kind: StepsKey, Doc: "the steps, instead of `call`: an activation of their own"}
	EntryName    = &Key{Name: "name", Kind: TextKey, Default: "Task-N", Doc: "the task's name"}
	entryContext = &Key{Name: "context", Kind: BindingsKey, Space: ContextSpace,
		Doc: "set in the task's own context first"}
	EntryDaemon = &Key{Name: "daemon", Kind: ValueKey, Types: BoolTypes, Literal: true, Default: "false",
		Doc: "may be left waiting at the end: that is no deadlock"}

	entryBody = []*Key{EntryCall, withKey, EntryDo}
	// EntryKeys is the keys of an entry in `gather`.
	EntryKeys = []*Key{EntryCall, withKey, EntryDo, EntryName, entryContext}
	// WorkerKeys is the keys of a worker.
	WorkerKeys = []*Key{
		EntryCall, withKey, EntryDo, entryContext, EntryDaemon,
		{Name: "count", Kind: ValueKey, Types: intTypes,
			Doc: "how many: name-1, name-2 …; `index` counts them from 0"},
		{Name: "start", Kind: DurationKey, Default: "before the loop starts", Doc: "the loop time of its creation"},
	}
	GeneratorKeys = []*Key{
		{Name: "for", Kind: NameKey, Space: TargetSpace, Required: true, Doc: "the variable"},
		{Name: "in", Kind: ValueKey, Types: []expr.TypeKind{expr.TypeList, expr.TypeMap}, Required: true, Doc: "the list or map"},
		EntryCall, withKey, EntryDo, EntryName, entryContext,
	}
)

// The keys of objects.
var (
	objectCount = &Key{Name: "count", Kind: ValueKey, Types: intTypes, Doc: "declares a list of that many: `name[i]`"}
	capacityKey = &Key{Name: "capacity", Kind: ValueKey, Types: intTypes, Default: "0: no limit",
		Doc: "how many items a queue holds"}
	orderKey = &Key{Name: "order", Kind: WordKey, Words: []string{"fifo", "lifo", "priority"}, Default: "fifo",
		Doc: "which item of a queue is next"}
	semaphoreValueKey = &Key{Name: "value", Kind: ValueKey, Types: intTypes, Default: "1",
		Doc: "how many may hold a semaphore"}
	boundedKey = &Key{Name: "bounded", Kind: ValueKey, Types: BoolTypes, Literal: true, Default: "false",
		Doc: "releasing a semaphore above its first value is a ValueError"}
	PartiesKey = &Key{Name: "parties", Kind: ValueKey, Types: intTypes,
		Doc: "how many tasks a barrier waits for"}
)

// CoroutineKeys is the keys of a coroutine.
var CoroutineKeys = []*Key{
	{Name: "description", Kind: TextKey, Literal: true, Doc: "what it is for"},
	{Name: "params", Kind: ParamsKey, Keys: ParamKeys, Doc: "name to type, or to {type, default}"},
	DoKey,
}

// CallbackKeys is the keys of a callback.
var CallbackKeys = []*Key{
	{Name: "description", Kind: TextKey, Literal: true, Doc: "what it is for"},
	{Name: "params", Kind: ParamsKey, Keys: ParamKeys, Doc: "name to type, or to {type, default}"},
	{Name: "after", Kind: DurationKey, Default: "one period", Doc: "when it runs first"},
	{Name: "every", Kind: DurationKey, Doc: "the period; without `after` and `every` it runs only when scheduled"},
	{Name: "do", Kind: StepsKey, Required: true, Doc: "the steps"},
	{Name: "until", Kind: ConditionKey, Doc: "looked at after each run; when it holds, it is not scheduled again"},
	{Name: "then", Kind: StepsKey, Doc: "runs once when `until` holds"},
	{Name: "missed", Kind: WordKey, Words: []string{"skip", "catch-up", "drift"}, Default: "skip",
		Doc: "what to do on the real clock when a period was missed"},
}

var ParamKeys = []*Key{
	{Name: "type", Kind: NameKey, Required: true, Doc: "its type"},
	{Name: "default", Kind: ValueKey, Doc: "its value where none is given"},
	{Name: "description", Kind: TextKey, Literal: true, Doc: "what it is for"},
}

var RunParamKeys = []*Key{
	{Name: "type", Kind: NameKey, Default: "the default's type",
		Doc: "string, int, number, bool, duration, list or map"},
	{Name: "default", Kind: ValueKey, Literal: true, Doc: "its value where none is given"},
	{Name: "min", Kind: ValueKey, Types: numberTypes, Literal: true, Doc: "the least value"},
	{Name: "max", Kind: ValueKey, Types: numberTypes, Literal: true, Doc: "the greatest value"},
	{Name: "enum", Kind: ValueKey, Types: []expr.TypeKind{expr.TypeList}, Literal: true, Doc: "the values it may have"},
	{Name: "description", Kind: TextKey, Literal: true, Doc: "what it is for"},
}

var expectTaskKeys = []*Key{
	{Name: "state", Kind: WordKey, Words: []string{"pending", "done", "failed", "cancelled"}, Doc: "its state at the end"},
	{Name: "result", Kind: ValueKey, Doc: "what it returned"},
	{Name: "error", Kind: TypesKey, Doc: "the type of its error, or types of which it is one"},
	{Name: "spawned", Kind: DurationKey, Doc: "the loop time of its creation"},
	{Name: "started", Kind: DurationKey, Doc: "the loop time of its first step"},
	{Name: "ended", Kind: DurationKey, Doc: "the loop time of its end"},
}

// TopKeys is the keys of a scenario, in the order of the reference.
var TopKeys = []*Key{
	{Name: "runloop", Kind: ValueKey, Types: intTypes, Literal: true, Required: true,
		Doc: "the version of the language: 1"},
	{Name: "name", Kind: TextKey, Literal: true, Default: "the file's name", Doc: "the scenario's name"},
	{Name: "description", Kind: TextKey, Literal: true, Doc: "what it shows"},
	{Name: "clock", Kind: RecordKey, Doc: "how time passes", Keys: []*Key{
		{Name: "mode", Kind: WordKey, Words: []string{"virtual", "real"}, Default: "virtual", Doc: "jump, or wait"},
		{Name: "start", Kind: TextKey, Default: "1970-01-01 (virtual), the time (real)",
			Doc: "what the clock shows at loop time 0: HH:MM:SS, or a date and time of RFC 3339"},
		{Name: "speed", Kind: ValueKey, Types: numberTypes, Default: "1", Doc: "how much faster the real clock runs"},
		{Name: "until", Kind: DurationKey, Doc: "ends the run before anything due then"},
	}},
	{Name: "loop", Kind: RecordKey, Doc: "what `loop` shows", Keys: []*Key{
		{Name: "type", Kind: TextKey, Literal: true, Doc: "loop.type"},
		{Name: "id", Kind: TextKey, Literal: true, Doc: "loop.id"},
	}},
	{Name: "seed", Kind: ValueKey, Types: intTypes, Default: "0", Doc: "keys the draws"},
	{Name: "ties", Kind: WordKey, Words: []string{"fifo", "heapq", "lifo", "random"}, Default: "fifo",
		Doc: "the order of timers of one instant"},
	{Name: "params", Kind: RunParamsKey, Keys: RunParamKeys,
		Doc: "constants of a run: a default, or {type, default, …}"},
	{Name: "shared", Kind: BindingsKey, Space: SharedSpace, Doc: "variables of all tasks, with their first values"},
	{Name: "context", Kind: BindingsKey, Space: SharedSpace, Doc: "context variables, with their defaults"},
	{Name: "locks", Kind: ObjectsKey, Types: []expr.TypeKind{expr.TypeLock}, Keys: []*Key{objectCount},
		Doc: "locks"},
	{Name: "semaphores", Kind: ObjectsKey, Types: []expr.TypeKind{expr.TypeSemaphore}, Keys: []*Key{semaphoreValueKey, boundedKey, objectCount},
		Doc: "semaphores; a number is its value"},
	{Name: "events", Kind: ObjectsKey, Types: []expr.TypeKind{expr.TypeEvent}, Keys: []*Key{objectCount},
		Doc: "events"},
	{Name: "conditions", Kind: ObjectsKey, Types: []expr.TypeKind{expr.TypeCondition}, Keys: []*Key{objectCount},
		Doc: "conditions"},
	{Name: "barriers", Kind: ObjectsKey, Types: []expr.TypeKind{expr.TypeBarrier}, Keys: []*Key{PartiesKey, objectCount},
		Doc: "barriers; a number is its parties"},
	{Name: "queues", Kind: ObjectsKey, Types: []expr.TypeKind{expr.TypeQueue}, Keys: []*Key{capacityKey, orderKey, objectCount},
		Doc: "queues; a number is its capacity"},
	{Name: "resources", Unbuilt: true, Doc: "resources"},
	{Name: "containers", Unbuilt: true, Doc: "containers"},
	{Name: "coroutines", Kind: NamedKey, Space: CoroutineSpace, Keys: CoroutineKeys, Doc: "definitions of coroutines"},
	{Name: "callbacks", Kind: NamedKey, Space: CallbackSpace, Keys: CallbackKeys,
		Doc: "plain functions that timers run; they cannot wait"},
	{Name: "workers", Kind: NamedKey, Space: TaskSpace, Keys: WorkerKeys,
		Doc: "tasks created before the loop starts, in order"},
	{Name: "main", Kind: StepsKey, Doc: "run as by asyncio.run; when it ends, so does the loop"},
	{Name: "before", Kind: StepsKey, Doc: "steps before the loop starts"},
	{Name: "after", Kind: StepsKey, Doc: "steps once the loop has stopped"},
	{Name: "limits", Kind: RecordKey, Doc: "bounds of a run", Keys: []*Key{
		{Name: "time", Kind: DurationKey, Doc: "loop time"},
		{Name: "iterations", Kind: ValueKey, Types: intTypes, Doc: "iterations of the loop"},
		{Name: "steps", Kind: ValueKey, Types: intTypes, Doc: "steps run"},
		{Name: "tasks", Kind: ValueKey, Types: intTypes, Doc: "tasks created"},
		{Name: "depth", Kind: ValueKey, Types: intTypes, Doc: "nested calls: RecursionError"},
		{Name: "memory", Kind: ValueKey, Types: intTypes, Doc: "bytes of values"},
		{Name: "output", Kind: ValueKey, Types: intTypes, Doc: "bytes of output"},
	}},
	{Name: "expect", Kind: RecordKey, Doc: "what the run must come to", Keys: []*Key{
		{Name: "ends", Kind: WordKey, Doc: "how it ends", Words: []string{
			"completed", "stopped", "until", "deadlock", "failed", "limit", "interrupted"}},
		{Name: "at", Kind: DurationKey, Doc: "the loop time at which it ends"},
		{Name: "output", Kind: ValueKey, Types: []expr.TypeKind{expr.TypeString, expr.TypeList}, Literal: true,
			Doc: "the exact text, or lines that come in this order"},
		{Name: "that", Kind: ConditionsKey, Doc: "what holds at the end"},
		{Name: "always", Kind: ConditionsKey, Doc: "what holds after every step, of whatever task"},
		{Name: "eventually", Kind: RecordsKey, Doc: "what holds after some step", Keys: []*Key{
			{Name: "that", Kind: ConditionKey, Required: true, Doc: "the condition"},
			{Name: "within", Kind: DurationKey, Default: "the end of the run",
				Doc: "the loop time up to which it must have held once"},
		}},
		{Name: "tasks", Kind: NamedKey, Space: TaskSpace, Keys: expectTaskKeys, Doc: "how tasks end, by name"},
		{Name: "errors", Kind: TypesKey, Doc: "types of the unhandled errors, in any order"},
	}},
}
