package dsl

import (
	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/lint"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/dsl/yaml"
)

// CodeIdleIgnore is the code for an ignore comment that hides nothing.
const CodeIdleIgnore = "RL0511"

// CodeTies is the code for a scenario that depends on the order of timers of one instant.
const CodeTies = "RL0518"

// Code is the code of a diagnostic with its page, which `runloop explain` prints. The examples are the files of
// testdata/codes, which tests check.
type Code struct {
	Code     string
	Meaning  string // what is wrong, in a few words
	Help     string // why it matters and how to mend it
	Severity source.Severity
	Ran      bool // found by running the scenario: only by a check that does
}

// Codes lists the codes of diagnostics, in order.
var Codes = []Code{
	{Code: yaml.CodeFileTooLarge, Meaning: "a file that is too large",
		Help: "A scenario is text that people write: files of more than 8 MiB are not read. Put data into a `for` " +
			"over a range, or into several scenarios."},
	{Code: yaml.CodeFileEmpty, Meaning: "a file with nothing in it but comments",
		Help: "A file without a value is no scenario. The first line of a scenario is `runloop: 1`."},
	{Code: yaml.CodeFileEncoding, Meaning: "a file that is not UTF-8, or has a character that YAML does not allow",
		Help: "Files are UTF-8 text. Control characters and the invisible characters that YAML forbids are refused " +
			"where they stand; in double quotes each can be written with an escape such as `\\u00A0` or `\\x07`."},
	{Code: yaml.CodeSyntax, Meaning: "something that is not YAML",
		Help: "The file breaks a rule of YAML that has no code of its own. Look at the line before as well: YAML " +
			"often notices a mistake late."},
	{Code: yaml.CodeIndentation, Meaning: "an indentation that fits nothing above it, or is made with tabs",
		Help: "YAML knows by the indentation what belongs to what: keys of one map, and items of one list, begin " +
			"in the same column, and only spaces indent."},
	{Code: yaml.CodeTooDeep, Meaning: "values nested too deeply",
		Help: "Values may be nested 64 levels deep. Move the inner steps into a coroutine of their own and `call` " +
			"it."},
	{Code: yaml.CodeDuplicateKey, Meaning: "a key that stands twice in one map",
		Help: "Many YAML readers silently take the last of two equal keys. Here it is an error: the note shows the " +
			"first of them."},
	{Code: yaml.CodeMergeKey, Meaning: "a merge key `<<`",
		Help: "Merge keys are not part of YAML 1.2, and readers differ on what they override. Write the keys out."},
	{Code: yaml.CodeKeyType, Meaning: "a key that is not text",
		Help: "Keys are names. A number, `true`, `null`, a list or a map must be quoted to be a key."},
	{Code: yaml.CodeSecondDocument, Meaning: "a second YAML document, or a directive",
		Help: "A file is one scenario: it has no second document behind `---`, and no `%` directives."},
	{Code: yaml.CodeAlias, Meaning: "an alias without its anchor, inside it, or expanding to too much",
		Help: "`*name` stands for what `&name` marked above it. Text that begins with `*` is quoted."},
	{Code: yaml.CodeTag, Meaning: "a YAML tag, often meant as `not`",
		Help: "An unquoted `!` begins a YAML tag, and YAML would drop it from the value without a word. In " +
			"expressions write `not`, or quote the whole."},
	{Code: yaml.CodeNumber, Meaning: "a number in a form that YAML's versions read differently, or out of range",
		Help: "`010` is 8 for one YAML reader and 10 for another; `0x1F` and `1_000` are text for some. Integers " +
			"are decimal, without leading zeros or underscores, and fit 64 bits."},
	{Code: yaml.CodeTooLong, Meaning: "a text that is too long, or too many values",
		Help: "One text may have 1 MiB, one file 500,000 values. Compute what is larger: `repeat`, or `for` over a " +
			"range."},
	{Code: yaml.CodeFlowText, Meaning: "an unquoted expression inside [ ] or { }",
		Help: "Inside [ ] and { } YAML gives brackets and commas a meaning of its own, so `${x}` must be quoted " +
			"there. This is the commonest accident of all."},
	{Code: yaml.CodeHash, Meaning: "` #`, which begins a comment, inside a text or after a key",
		Help: "YAML takes a `#` behind a space for the beginning of a comment, also inside an unquoted `${…}`, and " +
			"drops the rest of the line. Quote the text. A comment that holds an expression, or ends a quote, is taken for " +
			"text that was cut off; one that only speaks of an expression has it in backticks."},
	{Code: yaml.CodeColon, Meaning: "`: ` inside an unquoted value",
		Help: "In an unquoted value `: ` ends a key. Text and expressions with a colon and a space in them, such " +
			"as `${c ? 1 : 2}`, are quoted."},
	{Code: yaml.CodeIndicator, Meaning: "an unquoted value that begins with a character that means something to YAML",
		Help: "`* & % @ | > [ {` and the backtick mean something to YAML at the beginning of a value. Quote the " +
			"value."},
	{Code: yaml.CodeAfterQuote, Meaning: "text after a quoted value",
		Help: "YAML ends a value that begins with a quote at the closing quote. Put quotes of the other kind " +
			"around the whole; this is common in conditions that begin with a text."},
	{Code: yaml.CodeUnclosed, Meaning: "a quote or a bracket that is never closed",
		Help: "Every quote and every bracket is closed, on its own line as a rule."},
	{Code: yaml.CodeEscape, Meaning: "an unknown escape in double quotes",
		Help: "In double quotes a backslash begins an escape: `\\n \\t \\\" \\\\ \\xNN \\uNNNN`. For the backslash itself " +
			"write two, or use single quotes."},
	{Code: yaml.CodeMissingColon, Meaning: "a line of a map that is no `key: value`",
		Help: "A line of a map is `key: value`, with a space behind the colon. Text that goes on from the line " +
			"above is indented deeper than its key."},
	{Code: yaml.CodeBraces, Meaning: "`{{ x }}` instead of `${x}`",
		Help: "Expressions are written `${x}`, not `{{ x }}` as in other template languages; YAML reads the braces " +
			"as a map in a map."},
	{Code: syntax.CodeUnknownKey, Meaning: "a key that does not exist here",
		Help: "Every place has a fixed set of keys; anything else is most likely a misspelling. `runloop validate " +
			"--fix` mends it where one key is nearest."},
	{Code: syntax.CodeMissingKey, Meaning: "a required key is missing",
		Help: "Some keys cannot be left out: the message names the key that is missing, and what it takes."},
	{Code: syntax.CodeWrongForm, Meaning: "a value is written in a form that the key does not take",
		Help: "Each key takes one kind of value: a list of steps, a map from names to values, one name and so on."},
	{Code: syntax.CodeUnknownVerb, Meaning: "a verb that does not exist",
		Help: "A step begins with a verb of the language. `runloop validate --fix` mends it where one verb is " +
			"nearest."},
	{Code: syntax.CodeSeveralVerbs, Meaning: "a step with more than one verb",
		Help: "A step has one verb; its other keys belong to that verb. What comes next is the next item of the " +
			"list."},
	{Code: syntax.CodeNoVerb, Meaning: "a step without a verb",
		Help: "An item of a list of steps is a map with a verb, or a bare verb such as `- stop`."},
	{Code: syntax.CodeCondition, Meaning: "`${…}`, or something else that is no expression, where a condition is meant",
		Help: "A condition is an expression already, so `${…}` has no place in it. `runloop validate --fix` " +
			"removes it."},
	{Code: syntax.CodeVersion, Meaning: "a version of the language that does not exist",
		Help: "`runloop:` says which version of the language the file is written in. There is one: 1."},
	{Code: syntax.CodeBadName, Meaning: "a name with characters that it may not have",
		Help: "Variables have names of letters, digits and `_`, and no word of the expressions such as `in` or " +
			"`not`; coroutines and callbacks may have a `-` too."},
	{Code: syntax.CodeUnknownWord, Meaning: "a word that is none of those the key takes",
		Help: "The key takes one of a few words. `runloop validate --fix` mends it where one is nearest."},
	{Code: syntax.CodeDuration, Meaning: "text that is no duration, or a negative one",
		Help: "A duration is a number of seconds or numbers with the units d h m s ms us ns, such as 1m30s. It is " +
			"not negative. `runloop validate --fix` writes `5 seconds` as `5s`."},
	{Code: syntax.CodeReference, Meaning: "neither a name nor one `${…}`",
		Help: "A task, a lock, a queue is named bare, or computed by one `${…}`; text around the `${…}` makes " +
			"neither."},
	{Code: syntax.CodeEntry, Meaning: "an entry without `call` or `do`, or with both",
		Help: "An entry says what a task runs: a coroutine with `call`, or steps of its own with `do`."},
	{Code: syntax.CodeNoValue, Meaning: "a verb without the value it needs, or with one that it does not take",
		Help: "Most verbs need a value; bare ones such as `stop` take none."},
	{Code: syntax.CodePath, Meaning: "a path that is not name(.key | [index])*",
		Help: "`set` and `append` assign a variable or a place inside it: `name`, `name.key`, `name[index]`, and " +
			"so on."},
	{Code: syntax.CodeTemplate, Meaning: "a `${` without its `}`, or an empty `${}`",
		Help: "`${` opens an expression that its `}` closes. `$${` writes the two characters themselves."},
	{Code: syntax.CodeClockStart, Meaning: "a clock start that is no time",
		Help: "The clock starts at `HH:MM:SS`, or at a date and time of RFC 3339 such as 2024-05-01T09:30:00Z."},
	{Code: syntax.CodeParam, Meaning: "a parameter without a known type",
		Help: "The type of a parameter is one word: string, int, number, bool, duration, list, map, task, handle, " +
			"queue, lock … or any."},
	{Code: syntax.CodeParamDefault, Meaning: "a run parameter's default that its type, min, max or enum forbid",
		Help: "The default of a run parameter obeys its own type, min, max and enum; so does the value that a case gives it."},
	{Code: syntax.CodeNothingToDo, Meaning: "a scenario that starts nothing", Severity: source.SeverityWarning,
		Help: "Definitions alone run nothing: a scenario has `main`, a worker, `before` or `after`, or a callback " +
			"with a time."},
	{Code: syntax.CodeCase, Meaning: "a case that the scenario cannot be run as",
		Help: "A case gives constants to run parameters that are declared under `params`, one `seed` or several `seeds` such " +
			"as `1..200`, other `ties` and `limits`, and further expectations."},
	{Code: syntax.CodeInclude, Meaning: "an included file that cannot be read",
		Help: "Paths under `include` are relative to the file that has them, and written with slashes. They stay below the " +
			"folder of the file that was named, or below `--root DIR`: so a scenario that somebody sends cannot show lines of " +
			"other files. What is included is a scenario, too: it has the line `runloop: 1`. A file cannot include itself, " +
			"not through others either."},
	{Code: syntax.CodeNotDefinition, Meaning: "an included file that does more than define",
		Help: "An included file is a library: it has coroutines, callbacks and functions, and may include others. It has no " +
			"variables, objects, tasks or settings, which belong to the file that is run; what its code needs of them is passed " +
			"to it as a parameter. For the same reason none of its callbacks has a time at which it begins by itself."},
	{Code: syntax.CodeCron, Meaning: "a schedule of `cron` that cannot be read, or never comes",
		Help: "A cron expression has five fields: minute, hour, day of the month, month and weekday, with `*`, ranges, steps, lists " +
			"and English names; or it is `@hourly`, `@daily`, `@weekly`, `@monthly` or `@yearly`. The times are those that the " +
			"clock shows, without time zones. A callback has either `cron`, or `every` and `after`."},
	{Code: syntax.CodeSource, Meaning: "a source that does not say when its tasks arrive",
		Help: "A source says when by exactly one key: `every` for gaps, `rate` for a Poisson stream, `at` for a list of times, `rows` " +
			"for a trace, whose rows have an `at`. Times do not fall."},
	{Code: syntax.CodeTimetable, Meaning: "a timetable without a value at every time",
		Help: "`at` maps rising times to values. Loop times begin at 0s, unless `every` repeats them; times of the day or of the week, " +
			"such as \"07:00\" and \"Mon 08:00\", repeat by themselves. One timetable has times of one form."},
	{Code: expr.CodeExprSyntax, Meaning: "an expression that cannot be read",
		Help: "The text between `${` and `}`, or of a condition, is no expression. `==` compares, `and or not` " +
			"combine, `c ? a : b` chooses."},
	{Code: expr.CodeExprSize, Meaning: "an expression that is too long or too deeply nested",
		Help: "An expression has up to 4 KiB and 64 levels of brackets. Compute parts of it with `let` steps."},
	{Code: expr.CodeUnknownName, Meaning: "a variable that an expression does not know",
		Help: "Every name of an expression is known before the run. Text inside an expression is quoted: " +
			"`'ready'`."},
	{Code: expr.CodeUnknownFunc, Meaning: "a function that does not exist",
		Help: "A name before `(` is a built-in function. Coroutines are not called from expressions but with " +
			"`call`."},
	{Code: expr.CodeArguments, Meaning: "too few or too many arguments of a function",
		Help: "The function takes another number of arguments; the hint shows how it is called."},
	{Code: expr.CodeType, Meaning: "a value whose type the operator or function does not take",
		Help: "Operators and functions take values of certain types; nothing is converted without a word. " +
			"`string(x)`, `int(x)` and `float(x)` convert."},
	{Code: expr.CodeNoAttribute, Meaning: "an attribute that does not exist",
		Help: "Tasks, queues, locks and errors have fixed attributes: `queue.size`, `task.state`, `error.message` " +
			"and so on."},
	{Code: expr.CodeNotHere, Meaning: "something that exists, but not in this place",
		Help: "It exists, but not in this place: `tasks` and `loop` are looked into, expectations draw nothing, " +
			"and no expression reads the wall clock."},
	{Code: expr.CodeBadPattern, Meaning: "a regular expression that cannot be compiled",
		Help: "`matches` takes a regular expression in Go's syntax (RE2)."},
	{Code: expr.CodeBadFormat, Meaning: "a format that format() or strftime() does not know",
		Help: "`format()` follows Python's `%`, `strftime()` Python's of the same name: each directive is one of " +
			"those, and each has its argument."},
	{Code: expr.CodeHiddenName, Meaning: "a name inside an expression that would hide another",
		Help: "`let x = …; …` inside an expression cannot use the name of a variable that is known there."},
	{Code: expr.CodeNeverTrue, Meaning: "a comparison whose result is always the same",
		Help: "Values of these two types are never equal, so the comparison has one result for ever. Text that " +
			"looks like a number is text."},
	{Code: expr.CodeOtherIndex, Meaning: "an `#index` that counts another list", Severity: source.SeverityWarning,
		Help: "In a predicate inside another one, `#` and `#index` are the inner one's. A name that `let` gives in the outer " +
			"predicate is seen inside."},
	{Code: expr.CodeNoDraw, Meaning: "truncated() around a number that is not drawn",
		Help: "`truncated(draw, lo, hi)` draws again until the number lies between the bounds: its first argument is a draw. " +
			"`clamp(x, lo, hi)` cuts a number off."},
	{Code: check.CodeHidden, Meaning: "a name that would hide another one",
		Help: "Locals, parameters, shared and context variables, run parameters, declared objects and the " +
			"language's own names may not hide one another. The note shows the other one."},
	{Code: check.CodeNoVariable, Meaning: "a variable that does not exist",
		Help: "`set`, `as`, `acquire`, `await` … name something that exists: a local is made by `let` or `as`, " +
			"shared variables and objects are declared at the top."},
	{Code: check.CodeLetShared, Meaning: "`let` of a variable that is not a local",
		Help: "`let` makes and assigns locals. Shared and context variables are assigned with `set`."},
	{Code: check.CodeUnassigned, Meaning: "a local that is read before it is assigned on every path",
		Help: "There is a way to this place on which the local gets no value: a branch that does not assign it, or " +
			"a loop that may not run."},
	{Code: check.CodeUnreachable, Meaning: "steps that can never run",
		Help: "Every way to this step ends before it: with `return`, `raise`, `break`, `continue`, or a loop that " +
			"is never left."},
	{Code: check.CodeOutsideLoop, Meaning: "`break` or `continue` outside a loop",
		Help: "`break` and `continue` belong to a loop of the same body: `repeat`, `for`, `while` or " +
			"`as_completed`."},
	{Code: check.CodeOutsideBody, Meaning: "`return` where there is nothing to return from",
		Help: "`return` ends a coroutine, a callback, an entry or `main`; `before` and `after` are just steps."},
	{Code: check.CodeNoCoroutine, Meaning: "a coroutine that does not exist",
		Help: "What a task runs is declared under `coroutines:`."},
	{Code: check.CodeNoCallback, Meaning: "a callback that does not exist",
		Help: "What `call_soon`, `call_later` and `call_at` schedule is declared under `callbacks:`."},
	{Code: check.CodeNoTask, Meaning: "a task that does not exist",
		Help: "No worker and no `name:` gives a task this name, and it is not one that the loop gives, `Task-N`."},
	{Code: check.CodeMissingArg, Meaning: "an argument is missing",
		Help: "A parameter without a default needs an argument. The note shows where the parameter is declared."},
	{Code: check.CodeUnknownArg, Meaning: "an argument that has no parameter",
		Help: "`with` gives values to declared parameters only."},
	{Code: check.CodeNoErrorType, Meaning: "a type of error that is neither Python's nor raised in the scenario",
		Help: "A handler, or `expect.errors`, names one of Python's errors, or one that some step of the scenario " +
			"raises."},
	{Code: check.CodeCaughtBefore, Meaning: "a handler that an earlier one leaves nothing to",
		Help: "The first handler that fits runs. A handler for Exception takes everything that derives from it, so " +
			"it comes last."},
	{Code: check.CodeResetUnset, Meaning: "`reset` of a context variable that the activation never sets",
		Help: "`reset` undoes a `set` of the same body, as a Token does in Python. `context:` with `do:` sets and " +
			"resets by itself."},
	{Code: check.CodeSameTask, Meaning: "two workers of one name",
		Help: "Names of living tasks are unique; `count: 2` on worker `w` makes the names `w-1` and `w-2`."},
	{Code: check.CodeBareRaise, Meaning: "`raise` without an error outside a handler",
		Help: "`raise` alone raises again what a `catch` caught, so it stands inside one."},
	{Code: check.CodeConstant, Meaning: "an assignment to what cannot be assigned",
		Help: "Run parameters, declared objects and the language's own names keep their values."},
	{Code: check.CodeWaits, Meaning: "a step that may wait where nothing can wait",
		Help: "Callbacks are plain functions that the loop calls, and `before` and `after` run while there is no " +
			"loop: none of them can wait. Let a task do it."},
	{Code: check.CodeAmbiguous, Meaning: "a name that means two things",
		Help: "Tasks and variables have name spaces of their own, and here either could be meant."},
	{Code: check.CodeRecursion, Meaning: "a function of expressions that calls itself",
		Help: "The value of a function stands in place of its call, so that it must not call itself, not by way of others " +
			"either. Steps have loops, and coroutines may call themselves."},
	{Code: check.CodeCollision, Meaning: "a name that two files define",
		Help: "Coroutines, callbacks and functions of included files are used by their plain names, so no two files of a " +
			"scenario may give one name to different things. The note shows the other definition."},
	{Code: check.CodeValueType, Meaning: "a value whose type the key does not take",
		Help: "The key takes another type of value. A bare word is text: `repeat: n` repeats the text n, `repeat: " +
			"${n}` the number."},
	{Code: check.CodeTwoTypes, Meaning: "a variable with two types",
		Help: "A variable has one type, which its first value gives it; `null` fits all of them."},
	{Code: check.CodeArgType, Meaning: "an argument whose type the parameter does not take",
		Help: "An argument is of the type that its parameter declares."},
	{Code: check.CodeBounds, Meaning: "a number that is out of the key's range",
		Help: "The number is outside of what makes sense here: a period is above 0, a capacity not below."},
	{Code: check.CodeNoElements, Meaning: "a path into something that has no elements",
		Help: "A path goes into lists by index and into maps by key; other values have nothing inside."},
	{Code: lint.CodeUnusedCoroutine, Meaning: "a coroutine that nothing runs", Severity: source.SeverityWarning,
		Help: "Nothing calls, spawns or names this coroutine. Remove it, or give it a worker."},
	{Code: lint.CodeUnusedCallback, Meaning: "a callback that nothing schedules", Severity: source.SeverityWarning,
		Help: "The callback has neither `after` nor `every`, and no step schedules it with `call_soon`, " +
			"`call_later` or `call_at`: it never runs."},
	{Code: lint.CodeUnusedObject, Meaning: "a lock, queue … that nothing uses", Severity: source.SeverityWarning,
		Help: "No step and no expression mentions this lock, queue, event … Remove it, or use it."},
	{Code: lint.CodeUnusedName, Meaning: "a variable or parameter that nothing reads", Severity: source.SeverityWarning,
		Help: "The name gets a value, and nothing ever looks at it. Remove it, or begin the name with `_` to say " +
			"that it is meant so."},
	{Code: lint.CodeEndless, Meaning: "a periodic callback that nothing ever stops", Severity: source.SeverityWarning,
		Help: "Without `main`, the loop runs while a timer is armed, and a periodic callback arms one for ever: " +
			"the run would go on until a limit ends it. Give the callback an `until`, let a step `stop` the loop " +
			"or `cancel` the callback, or set `clock.until`."},
	{Code: lint.CodeSpins, Meaning: "a `while` that neither waits nor changes what it tests", Severity: source.SeverityWarning,
		Help: "Tasks take turns only where they wait. A loop that neither waits, nor changes what its condition " +
			"tests, nor is left another way, never ends, and nobody else ever runs."},
	{Code: lint.CodeLeftTask, Meaning: "a task that `main` spawns and leaves at once", Severity: source.SeverityWarning,
		Help: "When `main` ends, tasks that are left are cancelled. Nothing in `main` waits after this `spawn`, so " +
			"the task hardly begins. Keep it with `as` and `await` it, or use `gather` or a `group`."},
	{Code: lint.CodeLockOrder, Meaning: "two locks or resources that are taken in opposite orders", Severity: source.SeverityWarning,
		Help: "Two tasks that each hold one of them and wait for the other wait for ever. Take locks and resources in the " +
			"same order everywhere, or resources at once: `acquire: [a, b]`. The note shows the other order."},
	{Code: lint.CodeLostUpdate, Meaning: "a shared variable that is written from what it was before a wait",
		Severity: source.SeverityWarning,
		Help: "The value of the shared variable was read before a wait and is written after it: what other tasks " +
			"wrote meanwhile is lost. Read it again after the wait, or hold a lock around all three. The note " +
			"shows where it was read."},
	{Code: lint.CodeSwallowed, Meaning: "a handler that swallows a cancellation", Severity: source.SeverityWarning,
		Help: "A CancelledError asks the task to end. This handler takes it and the task goes on to wait again, so " +
			"the cancellation is lost. Clean up, then `raise` it again."},
	{Code: CodeIdleIgnore, Meaning: "a comment `# runloop: ignore` that ignores nothing", Severity: source.SeverityWarning,
		Help: "The comment names a code that does not exist, or that of an error, which no comment can hide because " +
			"the file does not run; or there is nothing of that code on its line or the next. Remove it."},
	{Code: lint.CodeBareName, Meaning: "text where the value of a variable is most likely meant", Severity: source.SeverityWarning,
		Help: "The text is the name of a variable that is known here, or has one written as in other languages: " +
			"`{name}`, `$name`. The value is written `${name}`. A text that is such a name and is meant as text stands " +
			"in quotes."},
	{Code: lint.CodeNearError, Meaning: "an error whose type is one letter away from one of Python's", Severity: source.SeverityWarning,
		Help: "A step may raise a type of its own, but this one is nearly one of Python's, and nothing handles it by its " +
			"name: most likely it is misspelt. A `catch` of the type that was meant would not catch it."},
	{Code: lint.CodeNeverWoken, Meaning: "a wait that nothing in the file can end", Severity: source.SeverityWarning,
		Help: "Tasks wait for the event, the queue, the condition or the lock, and no step signals, fills, notifies or releases " +
			"it: the run ends in a deadlock, or at a limit if something else goes on for ever. Waits with `within`, and those " +
			"in a `timeout`, end by themselves. A name that begins with `_` says that it is meant."},
	{Code: lint.CodeNotation, Meaning: "text that is a value in another language", Severity: source.SeverityWarning,
		Help: "What is neither a number, `true`, `false`, `null` nor in quotes is text: `None`, `True`, `f\"…\"`, the call of a " +
			"coroutine such as `f(3)`, a number with another dash as its sign, `1, 2`, and text in typographic quotes, which are " +
			"part of it. What is meant as such text stands in quotes."},
	{Code: lint.CodeRemainder, Meaning: "a remainder that has another sign in Python", Severity: source.SeverityWarning,
		Help: "`%` gives a remainder with the sign of what is divided: `-7 % 3` is -1, and in Python it is 2. `mod(-7, 3)` is " +
			"Python's, and `floordiv` its `//`."},
	{Code: lint.CodeHeldUp, Meaning: "a step that holds up the loop", Severity: source.SeverityWarning,
		Help: "While a step blocks, as `time.sleep` or a long computation does, no other task runs and everything that is due " +
			"is late: the commonest mistake with asyncio. Wait with `sleep`, or let a thread do the work with `to_thread`. " +
			"With `loop: { slow: 100ms }` the run itself reports what held it up, and this warning is silent."},
	{Code: CodeTies, Meaning: "a scenario that depends on the order of timers that are due at once", Severity: source.SeverityWarning, Ran: true,
		Help: "asyncio fires timers of one instant in no order that a design may count on, and on a real machine one is a little " +
			"later than the other. `runloop validate --ties` runs the scenario in the orders of such timers, and warns where its " +
			"verdict or its shared variables at the end are not the same in all of them. The two places are those of the two timers. " +
			"`runloop explore` shows what the order breaks. Where it is meant, say so with a comment `# runloop: ignore RL0518`."},
	{Code: lint.CodeLoanPut, Meaning: "an item on loan that is put back by hand", Severity: source.SeverityWarning,
		Help: "`get` with `do` lends an item: it goes back after the steps, whatever happens in them. A step that puts it back as " +
			"well makes two of it. Remove the `put`; or remove the `do`, where the item is to be taken for good."},
}
