package syntax

import (
	"runloop/dsl/expr"
	"runloop/engine"
	"slices"
	"strconv"
)

// The keys of an entry: what says which task to create.
var (
	EntryCall = &Key{Name: "call", Kind: NameKey, Space: CoroutineSpace, Doc: "the coroutine",
		into: func(n Node, v FieldValue) { n.(hasEntry).entry().Coroutine, _ = v.(*Name) }}
	EntryDo = &Key{Name: "do", Kind: StepsKey, Doc: "the steps, instead of `call`: an activation of their own",
		into: intoBody}
	EntryName = &Key{Name: "name", Also: []string{"title"}, Kind: TextKey, Default: "Task-N", Doc: "the task's name",
		into: func(n Node, v FieldValue) { n.(hasEntry).entry().Name, _ = v.(*Value) }}
	entryContext = &Key{Name: "context", Kind: BindingsKey, Space: ContextSpace,
		Doc:  "set in the task's own context first",
		into: func(n Node, v FieldValue) { n.(hasEntry).entry().Context, _ = v.(*Bindings) }}
	EntryDaemon = &Key{Name: "daemon", Kind: ValueKey, Types: BoolTypes, Literal: true, Default: "false",
		Doc:  "may be left waiting at the end: that is no deadlock",
		into: func(n Node, v FieldValue) { n.(hasEntry).entry().Daemon, _ = v.(*Value) }}

	entryBody = []*Key{EntryCall, WithKey, EntryDo}
	// EntryKeys is the keys of an entry in `gather`.
	EntryKeys = []*Key{EntryCall, WithKey, EntryDo, EntryName, entryContext}
	// WorkerKeys is the keys of a worker.
	WorkerKeys = []*Key{
		EntryCall, WithKey, EntryDo, entryContext, EntryDaemon,
		WorkerCount,
		{Name: "start", Kind: DurationKey, Default: "before the loop starts", Doc: "the loop time of its creation",
			into: func(n Node, v FieldValue) { n.(*Entry).Start, _ = v.(*Duration) }},
	}
	GeneratorKeys = []*Key{
		{Name: "for", Kind: NameKey, Space: TargetSpace, Required: true, Doc: "the variable",
			into: func(n Node, v FieldValue) { n.(hasEach).each().Var, _ = v.(*Name) }},
		{Name: "in", Kind: ValueKey, Types: []expr.TypeKind{expr.TypeList, expr.TypeMap}, Required: true,
			Doc:  "the list or map",
			into: func(n Node, v FieldValue) { n.(hasEach).each().In, _ = v.(*Value) }},
		EntryCall, WithKey, EntryDo, EntryName, entryContext,
	}
)

// Keys of definitions, parameters and of the top level that later stages ask for.
var (
	VersionKey = &Key{Name: "runloop", Also: []string{"version"}, Kind: ValueKey, Types: intTypes, Literal: true,
		Required: true,
		Doc:      "the version of the language: 1",
		into:     func(n Node, v FieldValue) { n.(*File).Version, _ = v.(*Value) }}
	IncludeKey = &Key{Name: "include", Also: []string{"includes", "import", "imports"}, Kind: ValueKey,
		Types: []expr.TypeKind{expr.TypeString, expr.TypeList}, Literal: true,
		Doc:  "files whose coroutines, callbacks and functions can be used, by their paths from this one",
		into: func(n Node, v FieldValue) { n.(*File).Includes, _ = v.(*Value) }}
	nameKey = &Key{Name: "name", Kind: TextKey, Literal: true, Default: "the file's name", Doc: "the scenario's name",
		into: func(n Node, v FieldValue) { n.(*File).Title, _ = v.(*Value) }}
	descriptionKey = &Key{Name: "description", Kind: TextKey, Literal: true, Doc: "what it shows",
		into: func(n Node, v FieldValue) { n.(*File).About, _ = v.(*Value) }}
	CoroutinesKey = &Key{Name: "coroutines", Also: []string{"definitions"}, Kind: NamedKey,
		Space: CoroutineSpace, Keys: CoroutineKeys, Doc: "definitions of coroutines",
		new:  func() Node { return new(Definition) },
		into: func(n Node, v FieldValue) { n.(*File).Coroutines = definitions(v) }}
	CallbacksKey = &Key{Name: "callbacks", Also: []string{"timers", "timer"}, Kind: NamedKey, Space: CallbackSpace,
		Keys: CallbackKeys,
		Doc:  "plain functions that timers run; they cannot wait", new: func() Node { return new(Definition) },
		into: func(n Node, v FieldValue) { n.(*File).Callbacks = definitions(v) }}
	FunctionsKey = &Key{Name: "functions", Also: []string{"macros", "lambdas"}, Kind: NamedKey, Space: FunctionSpace, Keys: functionKeys,
		Doc: "expressions with parameters, which every expression can call", new: func() Node { return new(Function) },
		into: func(n Node, v FieldValue) {
			for _, item := range named(v) {
				f := item.Record.Node.(*Function)
				f.Name = item.Name
				n.(*File).Functions = append(n.(*File).Functions, f)
			}
		}}
	WorkersKey = &Key{Name: "workers", Also: []string{"tasks", "processes", "actors"}, Kind: NamedKey, Space: TaskSpace,
		Keys: WorkerKeys,
		Doc:  "tasks created before the loop starts, in order", new: func() Node { return new(Entry) },
		into: func(n Node, v FieldValue) { n.(*File).Workers = workers(v) }}
	AfterKey = &Key{Name: "after", Kind: DurationKey, Default: "one period", Doc: "when it runs first",
		into: func(n Node, v FieldValue) { n.(*Definition).After, _ = v.(*Duration) }}
	EveryKey = &Key{Name: "every", Also: []string{"interval", "period"}, Kind: DurationKey,
		Doc:  "the period; without `after`, `every` and `cron` it runs only when scheduled",
		into: func(n Node, v FieldValue) { n.(*Definition).Every, _ = v.(*Duration) }}
	CronKey = &Key{Name: "cron", Kind: TextKey, Literal: true,
		Doc:  "the times at which it runs, instead of a period: minute hour day month weekday, or @hourly",
		into: func(n Node, v FieldValue) { n.(*Definition).Cron, _ = v.(*Value) }}
	UntilKey = &Key{Name: "until", Kind: ConditionKey, Needs: EveryKey, Or: CronKey,
		Doc:  "looked at after each run; when it holds, it is not scheduled again",
		into: func(n Node, v FieldValue) { n.(*Definition).Until, _ = v.(*Condition) }}
	WorkerCount = &Key{Name: "count", Kind: ValueKey, Types: intTypes,
		Doc:  "how many: name-1, name-2 …; `index` counts them from 0",
		into: func(n Node, v FieldValue) { n.(*Entry).Count, _ = v.(*Value) }}
	MinKey = &Key{Name: "min", Also: []string{"minimum"}, Kind: ValueKey, Types: numberTypes, Literal: true,
		Doc:  "the least value",
		into: func(n Node, v FieldValue) { n.(*Param).Min, _ = v.(*Value) }}
	MaxKey = &Key{Name: "max", Also: []string{"maximum"}, Kind: ValueKey, Types: numberTypes, Literal: true,
		Doc:  "the greatest value",
		into: func(n Node, v FieldValue) { n.(*Param).Max, _ = v.(*Value) }}
	EnumKey = &Key{Name: "enum", Also: []string{"values", "choices"}, Kind: ValueKey,
		Types: []expr.TypeKind{expr.TypeList}, Literal: true, Doc: "the values it may have",
		into: func(n Node, v FieldValue) { n.(*Param).Enum, _ = v.(*Value) }}
	ThreadsKey = &Key{Name: "threads", Also: []string{"max_workers", "workers"}, Kind: ValueKey, Types: intTypes,
		Default: strconv.Itoa(engine.DefaultThreads), Doc: "how many threads `to_thread` has",
		into: func(n Node, v FieldValue) { n.(*LoopNames).Threads, _ = v.(*Value) }}
	SlowKey = &Key{Name: "slow", Also: []string{"slow_callback_duration"}, Kind: DurationKey,
		Doc:  "a turn in which a step holds up the loop for so long is reported, as in asyncio's debug mode",
		into: func(n Node, v FieldValue) { n.(*LoopNames).Slow, _ = v.(*Duration) }}
	WarmupKey = &Key{Name: "warmup", Also: []string{"warm_up", "warm-up"}, Kind: DurationKey,
		Doc:  "at this loop time all statistics begin anew: what came before shows the empty system, not the usual one",
		into: func(n Node, v FieldValue) { n.(*File).Warmup, _ = v.(*Duration) }}
	SeedKey = &Key{Name: "seed", Kind: ValueKey, Types: intTypes, Default: "0", Doc: "keys the draws",
		into: func(n Node, v FieldValue) { n.(*File).Seed, _ = v.(*Value) }}
	SpeedKey = &Key{Name: "speed", Kind: ValueKey, Types: numberTypes, Default: "1",
		Doc:  "how much faster the real clock runs",
		into: func(n Node, v FieldValue) { n.(*Clock).Speed, _ = v.(*Value) }}
)

// CoroutineKeys is the keys of a coroutine.
var CoroutineKeys = []*Key{
	{Name: "description", Kind: TextKey, Literal: true, Doc: "what it is for",
		into: func(n Node, v FieldValue) { n.(*Definition).Description, _ = v.(*Value) }},
	{Name: "params", Also: []string{"inputs", "parameters", "args", "arguments", "with"}, Kind: ParamsKey,
		Keys: ParamKeys, Doc: "name to type, or to {type, default}",
		new: func() Node { return new(Param) }, into: intoParams},
	DoKey,
}

var functionKeys = []*Key{
	{Name: "description", Kind: TextKey, Literal: true, Doc: "what it is for",
		into: func(n Node, v FieldValue) { n.(*Function).Description, _ = v.(*Value) }},
	{Name: "params", Also: []string{"inputs", "parameters", "args", "arguments", "with"}, Kind: ParamsKey, Keys: ParamKeys,
		Doc: "name to type, or to {type, default}", new: func() Node { return new(Param) }, into: intoParams},
	{Name: "value", Also: []string{"return", "result", "do", "body", "expression"}, Kind: ExpressionKey, Required: true,
		Doc:  "what it comes to: an expression of its parameters and those of the run",
		into: func(n Node, v FieldValue) { n.(*Function).Value, _ = v.(*Condition) }},
}

// CallbackKeys is the keys of a callback.
var CallbackKeys = []*Key{
	{Name: "description", Kind: TextKey, Literal: true, Doc: "what it is for",
		into: func(n Node, v FieldValue) { n.(*Definition).Description, _ = v.(*Value) }},
	{Name: "params", Also: []string{"inputs", "parameters", "args", "arguments", "with"}, Kind: ParamsKey,
		Keys: ParamKeys, Doc: "name to type, or to {type, default}",
		new: func() Node { return new(Param) }, into: intoParams},
	AfterKey,
	EveryKey,
	CronKey,
	{Name: "do", Kind: StepsKey, Required: true, Doc: "the steps", into: intoBody},
	UntilKey,
	{Name: "then", Kind: StepsKey, Needs: UntilKey, Doc: "runs once when `until` holds",
		into: func(n Node, v FieldValue) { n.(*Definition).Then, _ = v.(*Block) }},
	{Name: "missed", Kind: WordKey, Words: engine.MissedWords, Default: "skip",
		Doc:  "what to do on the real clock when a period was missed",
		into: func(n Node, v FieldValue) { n.(*Definition).Missed, _ = v.(*Name) }},
}

// ParamKeys are the keys of a parameter of a coroutine or callback.
var ParamKeys = []*Key{
	{Name: "type", Kind: NameKey, Required: true, Doc: "its type"},
	{Name: "default", Kind: ValueKey, Doc: "its value where none is given",
		into: func(n Node, v FieldValue) { n.(*Param).Default, _ = v.(*Value) }},
	{Name: "description", Kind: TextKey, Literal: true, Doc: "what it is for",
		into: func(n Node, v FieldValue) { n.(*Param).Description = ConstText(valueOf(v)) }},
}

// RunParamKeys are the keys of a parameter of the run, under `params`.
var RunParamKeys = []*Key{
	{Name: "type", Kind: NameKey, Default: "the default's type",
		Doc: "string, int, number, bool, duration, list or map"},
	{Name: "default", Kind: ValueKey, Literal: true, Doc: "its value where none is given",
		into: func(n Node, v FieldValue) { n.(*Param).Default, _ = v.(*Value) }},
	MinKey,
	MaxKey,
	EnumKey,
	{Name: "description", Kind: TextKey, Literal: true, Doc: "what it is for",
		into: func(n Node, v FieldValue) { n.(*Param).Description = ConstText(valueOf(v)) }},
}

// moment is an expected loop time.
func moment(v FieldValue) *Moment {
	if d, ok := v.(*Duration); ok {
		return &Moment{Record: Record{Span: d.Span}, Exact: d}
	}
	return nodeOf[*Moment](v)
}

func newMoment() Node { return new(Moment) }

var momentKeys = []*Key{
	{Name: "from", Kind: DurationKey, Doc: "not before this loop time",
		into: func(n Node, v FieldValue) { n.(*Moment).From, _ = v.(*Duration) }},
	{Name: "to", Kind: DurationKey, Doc: "not after this loop time",
		into: func(n Node, v FieldValue) { n.(*Moment).To, _ = v.(*Duration) }},
}

var expectTaskKeys = []*Key{
	{Name: "state", Kind: WordKey, Words: engine.TaskStateWords, Doc: "its state at the end",
		into: func(n Node, v FieldValue) { n.(*ExpectedTask).State, _ = v.(*Name) }},
	{Name: "result", Kind: ValueKey, Doc: "what it returned",
		into: func(n Node, v FieldValue) { n.(*ExpectedTask).Result, _ = v.(*Value) }},
	{Name: "error", Kind: TypesKey, Doc: "the type of its error, or types of which it is one",
		into: func(n Node, v FieldValue) { n.(*ExpectedTask).Errors, _ = v.(*Names) }},
	{Name: "spawned", Kind: DeadlineKey, Keys: momentKeys, new: newMoment,
		Doc:  "the loop time of its creation, or {from, to}",
		into: func(n Node, v FieldValue) { n.(*ExpectedTask).Spawned = moment(v) }},
	{Name: "started", Kind: DeadlineKey, Keys: momentKeys, new: newMoment,
		Doc:  "the loop time of its first step, or {from, to}",
		into: func(n Node, v FieldValue) { n.(*ExpectedTask).Started = moment(v) }},
	{Name: "ended", Kind: DeadlineKey, Keys: momentKeys, new: newMoment, Doc: "the loop time of its end, or {from, to}",
		into: func(n Node, v FieldValue) { n.(*ExpectedTask).Ended = moment(v) }},
	{Name: "tolerance", Kind: DurationKey, Default: "that of `expect`", Doc: "how far these times may be off",
		into: func(n Node, v FieldValue) { n.(*ExpectedTask).Tolerance, _ = v.(*Duration) }},
}

// limitKeys is the bounds of a run.
var limitKeys = []*Key{
	{Name: "time", Kind: DurationKey, Doc: "loop time",
		into: func(n Node, v FieldValue) { n.(*Limits).Time, _ = v.(*Duration) }},
	{Name: "iterations", Kind: ValueKey, Types: intTypes, Doc: "iterations of the loop",
		into: func(n Node, v FieldValue) { n.(*Limits).Iterations, _ = v.(*Value) }},
	{Name: "steps", Kind: ValueKey, Types: intTypes, Doc: "steps run",
		into: func(n Node, v FieldValue) { n.(*Limits).Steps, _ = v.(*Value) }},
	{Name: "tasks", Kind: ValueKey, Types: intTypes, Doc: "tasks created",
		into: func(n Node, v FieldValue) { n.(*Limits).Tasks, _ = v.(*Value) }},
	{Name: "depth", Kind: ValueKey, Types: intTypes, Doc: "nested calls: RecursionError",
		into: func(n Node, v FieldValue) { n.(*Limits).Depth, _ = v.(*Value) }},
	{Name: "memory", Kind: ValueKey, Types: intTypes, Doc: "bytes of values",
		into: func(n Node, v FieldValue) { n.(*Limits).Memory, _ = v.(*Value) }},
	{Name: "output", Kind: ValueKey, Types: intTypes, Doc: "bytes of output",
		into: func(n Node, v FieldValue) { n.(*Limits).Output, _ = v.(*Value) }},
}

// expectKeys is what a run must come to.
var expectKeys = []*Key{
	{Name: "ends", Kind: WordKey, Doc: "how it ends",
		into: func(n Node, v FieldValue) { n.(*Expect).Ends, _ = v.(*Name) }, Words: engine.OutcomeWords},
	{Name: "at", Kind: DeadlineKey, Keys: momentKeys, new: newMoment, Doc: "the loop time at which it ends, or {from, to}",
		into: func(n Node, v FieldValue) { n.(*Expect).At = moment(v) }},
	{Name: "tolerance", Kind: DurationKey, Default: "0s; on the real clock 50ms and what the timers were late",
		Doc:  "how far loop times may be off",
		into: func(n Node, v FieldValue) { n.(*Expect).Tolerance, _ = v.(*Duration) }},
	{Name: "output", Kind: ValueKey, Types: []expr.TypeKind{expr.TypeString, expr.TypeList}, Literal: true,
		Doc:  "the exact text, or lines that come in this order",
		into: func(n Node, v FieldValue) { n.(*Expect).Output, _ = v.(*Value) }},
	{Name: "that", Kind: ConditionsKey, Doc: "what holds at the end",
		into: func(n Node, v FieldValue) { n.(*Expect).That, _ = v.(*Conditions) }},
	{Name: "always", Kind: ConditionsKey, Doc: "what holds after every step, of whatever task",
		into: func(n Node, v FieldValue) { n.(*Expect).Always, _ = v.(*Conditions) }},
	{Name: "eventually", Kind: RecordsKey, Doc: "what holds after some step", new: func() Node { return new(Eventually) },
		into: func(n Node, v FieldValue) { n.(*Expect).Eventually = nodes[*Eventually](v) }, Keys: []*Key{
			{Name: "that", Kind: ConditionKey, Required: true, Doc: "the condition",
				into: func(n Node, v FieldValue) { n.(*Eventually).That, _ = v.(*Condition) }},
			{Name: "within", Kind: DurationKey, Default: "the end of the run",
				Doc:  "the loop time up to which it must have held once",
				into: func(n Node, v FieldValue) { n.(*Eventually).Within, _ = v.(*Duration) }},
		}},
	{Name: "tasks", Kind: NamedKey, Space: TaskSpace, Keys: expectTaskKeys, Doc: "how tasks end, by name",
		new: func() Node { return new(ExpectedTask) }, into: intoTasks},
	{Name: "errors", Kind: TypesKey, Doc: "types of the unhandled errors, in any order",
		into: func(n Node, v FieldValue) { n.(*Expect).Errors, _ = v.(*Names) }},
}

// TopKeys is the keys of a scenario, in the order of the reference.
var TopKeys = slices.Concat(firstKeys, ObjectKeys, lastKeys)

// firstKeys is those of TopKeys before the objects.
var firstKeys = []*Key{
	VersionKey,
	nameKey,
	descriptionKey,
	IncludeKey,
	{Name: "clock", Kind: RecordKey, Doc: "how time passes", new: func() Node { return new(Clock) },
		into: func(n Node, v FieldValue) { n.(*File).Clock = nodeOf[*Clock](v) }, Keys: []*Key{
			{Name: "mode", Kind: WordKey, Words: []string{"virtual", "real"}, Default: "virtual", Doc: "jump, or wait",
				into: func(n Node, v FieldValue) { n.(*Clock).Mode, _ = v.(*Name) }},
			{Name: "start", Kind: TextKey, Default: "1970-01-01 (virtual), the time (real)",
				Doc:  "what the clock shows at loop time 0: HH:MM:SS, or a date and time of RFC 3339",
				into: func(n Node, v FieldValue) { n.(*Clock).Start, _ = v.(*Value) }},
			SpeedKey,
			{Name: "unit", Kind: WordKey, Words: engine.TimeUnitWords, Default: "s",
				Doc:  "what bare numbers count in durations, `now`, `started` …; `30s` stays 30 s",
				into: func(n Node, v FieldValue) { n.(*Clock).Unit, _ = v.(*Name) }},
			{Name: "until", Kind: DurationKey, Doc: "ends the run before anything due then",
				into: func(n Node, v FieldValue) { n.(*Clock).Until, _ = v.(*Duration) }},
		}},
	{Name: "loop", Kind: RecordKey, Doc: "the Python it is equal to, how it works, and what `loop` shows", new: func() Node { return new(LoopNames) },
		into: func(n Node, v FieldValue) { n.(*File).Loop = nodeOf[*LoopNames](v) }, Keys: []*Key{
			{Name: "type", Kind: TextKey, Literal: true, Doc: "loop.type",
				into: func(n Node, v FieldValue) { n.(*LoopNames).Type, _ = v.(*Value) }},
			{Name: "id", Kind: TextKey, Literal: true, Doc: "loop.id",
				into: func(n Node, v FieldValue) { n.(*LoopNames).ID, _ = v.(*Value) }},
			{Name: "python", Kind: WordKey, Words: engine.PythonWords, Default: engine.PythonWords[0],
				Doc:  "the version whose asyncio it is equal to",
				into: func(n Node, v FieldValue) { n.(*LoopNames).Python, _ = v.(*Name) }},
			ThreadsKey, SlowKey,
		}},
	SeedKey,
	{Name: "ties", Kind: WordKey, Words: engine.TiesWords, Default: "fifo",
		Doc:  "the order of timers of one instant",
		into: func(n Node, v FieldValue) { n.(*File).Ties, _ = v.(*Name) }},
	{Name: "draws", Kind: WordKey, Words: engine.DrawsWords, Default: "classic",
		Doc:  "how normal numbers are made: `inverse` takes one number of the stream for each",
		into: func(n Node, v FieldValue) { n.(*File).Draws, _ = v.(*Name) }},
	{Name: "params", Declares: true, Kind: RunParamsKey, Keys: RunParamKeys, new: func() Node { return new(Param) },
		into: intoParams,
		Doc:  "constants of a run: a default, or {type, default, …}"},
	{Name: "shared", Also: []string{"vars", "variables", "globals", "state"}, Declares: true, Kind: BindingsKey,
		Space: SharedSpace, Doc: "variables of all tasks, with their first values",
		into: func(n Node, v FieldValue) { n.(*File).SharedValues, _ = v.(*Bindings) }},
	{Name: "context", Declares: true, Kind: BindingsKey, Space: SharedSpace, Doc: "context variables, with their defaults",
		into: func(n Node, v FieldValue) { n.(*File).ContextValues, _ = v.(*Bindings) }},
}

// lastKeys is those of TopKeys behind the objects.
var lastKeys = []*Key{
	FunctionsKey,
	CoroutinesKey,
	CallbacksKey,
	WorkersKey,
	SourcesKey,
	MetricsKey,
	WarmupKey,
	{Name: "main", Also: []string{"steps", "do", "run"}, Kind: StepsKey,
		Doc:  "run as by asyncio.run; when it ends, so does the loop",
		into: func(n Node, v FieldValue) { n.(*File).Main, _ = v.(*Block) }},
	{Name: "before", Kind: StepsKey, Doc: "steps before the loop starts",
		into: func(n Node, v FieldValue) { n.(*File).Before, _ = v.(*Block) }},
	{Name: "after", Kind: StepsKey, Doc: "steps once the loop has stopped",
		into: func(n Node, v FieldValue) { n.(*File).After, _ = v.(*Block) }},
	{Name: "limits", Kind: RecordKey, Keys: limitKeys, Doc: "bounds of a run", new: func() Node { return new(Limits) },
		into: func(n Node, v FieldValue) { n.(*File).Limits = nodeOf[*Limits](v) }},
	{Name: "expect", Kind: RecordKey, Keys: expectKeys, Doc: "what the run must come to",
		new:  func() Node { return new(Expect) },
		into: func(n Node, v FieldValue) { n.(*File).Expect = nodeOf[*Expect](v) }},
	CasesKey,
	ExploreKey,
}
