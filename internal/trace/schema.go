package trace

import (
	"encoding/json"
	"slices"
	"strings"

	"runloop/engine"
)

// fileKey is a key of the lines of a trace file.
type fileKey struct {
	name string
	doc  string
	kind string   // a type of JSON Schema; empty: any
	of   []string // the words that there are; nil: any
}

// fileKeys lists the keys, in the order in which they stand in a line.
func fileKeys() []fileKey {
	return []fileKey{
		{"n", "the number of the record, from 0", "integer", nil},
		{"k", "what kind of record it is", "string", nil},
		{"t", "the loop time in nanoseconds", "integer", nil},
		{"i", "the number of the iteration, from 1; 0: before the first", "integer", nil},
		{"who", "what runs: a task, a callback, `before` or `after`; absent: the loop itself", "string", nil},
		{"line", "the line of the step that runs", "integer", nil},
		{"col", "and its column, in characters", "integer", nil},
		{"in", "the file of that line, where it is an included one", "string", nil},
		{"by", "the number of the record that it comes of: of `run` what made the handle ready, of `fire` the arming, of all " +
			"others the `run` or `phase` that they are part of", "integer", nil},
		{"phase", "the phase of the run", "string", engine.PhaseWords[:]},
		{"h", "what the handle does; the loop itself runs all but `step`, `wake`, `throw` and `callback`", "string", engine.RunWords[:]},
		{"turn", "counts the turns that run steps of the scenario, from 1", "integer", nil},
		{"op", "what was done with the object", "string", engine.OpWords[:]},
		{"wait", "how the task waits", "string", engine.WaitWords[:]},
		{"timer", "the timer's number", "integer", nil},
		{"for", "what the timer is for", "string", engine.TimerWords[:]},
		{"worker", "the worker whose tasks are created", "string", nil},
		{"what", "the task or the callback that it is about", "string", nil},
		{"code", "the coroutine that the task runs", "string", nil},
		{"args", "its arguments, as text of about 80 characters at most", "string", nil},
		{"handle", "the number of the callback's handle", "integer", nil},
		{"delayed", "true: the cancellation was requested while the task ran, and reaches what it waits for now", "boolean", nil},
		{"state", "what became of it", "string", engine.TaskStateWords},
		{"kind", "the kind of the object", "string", objectWords()},
		{"object", "the object, task or future, by its name", "string", nil},
		{"level", "how full it is now: items in a queue, holders of a lock, 1 for an event that is set", "integer", nil},
		{"waiting", "how many tasks stand in line", "integer", nil},
		{"due", "when the timer is due, in nanoseconds", "integer", nil},
		{"space", "where the variable lives", "string", []string{"shared", "context"}},
		{"name", "the variable", "string", nil},
		{"type", "the kind of its value", "string", valueWords()},
		{"value", "null, booleans and integers as they are, all else as text, lists and maps of about 80 characters at most", "", nil},
		{"offset", "where in the output the text stands, in bytes", "integer", nil},
		{"text", "what was printed", "string", nil},
		{"picked", "which one was chosen, from 0", "integer", nil},
		{"of", "of how many", "integer", nil},
		{"error", "its type and its message", "string", nil},
		{"caught", "whether a `try` of the coroutine takes it", "boolean", nil},
		{"limit", "which limit", "string", engine.LimitWords},
		{"ended", "how the run ended", "string", engine.OutcomeWords},
		{"at", "the loop time of the end in nanoseconds; with `main`: when it ended", "integer", nil},
		{"now", "the loop time when the loop had stopped", "integer", nil},
		{"iterations", "how many there were", "integer", nil},
		{"steps", "how many instructions ran", "integer", nil},
		{"records", "how many records there were", "integer", nil},
	}
}

// fileKind is a kind of record in a trace file: the keys that it has beside those of all records.
type fileKind struct {
	doc  string
	keys string // those in brackets may be absent
}

// commonKeys is what all records have.
const commonKeys = "n k t i [who] [line] [col] [in] [by]"

// fileKinds has a row for each kind of record.
var fileKinds = [...]fileKind{
	engine.RecPhase:     {"a phase of the run begins", "phase [ended]"},
	engine.RecIteration: {"an iteration begins: the clock has moved, what is due is not yet ready", "phase"},
	engine.RecRun:       {"a handle runs: what follows, up to the next `run`, `phase` or `iteration`, happens in its turn", "h [turn] [worker] [what] [handle] [kind] [object]"},
	engine.RecSpawn:     {"a task was created", "what code [args]"},
	engine.RecLink:      {"a done-callback was added to a task or a future", "h [what] kind object"},
	engine.RecWait:      {"a task begins to wait", "wait [timer] what [kind] [object]"},
	engine.RecWake:      {"what a task waits for is there: it becomes ready", "wait [timer] what [kind] [object]"},
	engine.RecEnd:       {"a task ended", "what state"},
	engine.RecResolve:   {"a future was resolved or cancelled", "state kind object"},
	engine.RecArm:       {"a timer was armed", "timer for [worker] [what] due"},
	engine.RecDisarm:    {"a timer was cancelled", "timer for [worker] [what]"},
	engine.RecFire:      {"a timer was due: its handle becomes ready", "timer for [worker] [object] [what] due"},
	engine.RecReady:     {"a handle becomes ready at once: `call_soon`, `sleep: 0`, a timeout of 0", "h [what] [handle]"},
	engine.RecCancel:    {"a cancellation was requested", "what [delayed]"},
	engine.RecObject:    {"something was done with an object", "op kind object level waiting"},
	engine.RecRead:      {"a shared or context variable was read", "space name type value"},
	engine.RecSet:       {"a shared or context variable was assigned", "space name type value"},
	engine.RecPrint:     {"something was printed", "offset text"},
	engine.RecChoose:    {"one of several equals was chosen", "picked of"},
	engine.RecRaise:     {"an error was raised", "error caught"},
	engine.RecStop:      {"`stop`, or an error that ends the run", ""},
	engine.RecLimit:     {"a limit was hit", "limit"},
	engine.RecInterrupt: {"an Interrupt was requested", "what"},
	engine.RecPreempt:   {"units of a resource were taken from a task", "what kind object"},
	engine.RecBlock:     {"a step has held the loop up: `t` is the time afterwards", ""},
}

// outcomeKeys is what the last line has.
const outcomeKeys = "k ended at now iterations steps records"

func objectWords() (words []string) {
	for k := engine.KindTask; k <= engine.KindStore; k++ {
		words = append(words, k.String())
	}
	return words
}

func valueWords() (words []string) {
	for k := engine.KindNull; k <= engine.KindError; k++ {
		if w := k.String(); w != "" {
			words = append(words, w)
		}
	}
	return words
}

// dict is an object of a schema. Its keys are written in the order of the alphabet.
type dict = map[string]any

// Schema is the JSON Schema (draft 2020-12) of a line of a trace file.
func Schema() []byte {
	header := closed(dict{
		"trace": dict{"const": FileVersion}, "scenario": typed("string"), "file": typed("string"),
		"sha256": dict{"type": "string", "pattern": "^[0-9a-f]{64}$"}, "clock": dict{"enum": []string{"virtual", "real"}},
		"seed": dict{"type": "integer", "minimum": 0}, "ties": dict{"enum": engine.TiesWords},
		"params":  dict{"type": "object", "additionalProperties": typed("string")},
		"dropped": dict{"type": "integer", "minimum": 0}, "cut": typed("boolean"),
	}, "trace", "scenario", "file", "sha256", "clock", "seed", "ties", "params", "dropped", "cut")
	header["title"] = "the first line"
	cut := closed(dict{"cut": dict{"const": true}}, "cut")
	cut["title"] = "after the records: some are left out"
	outcome := lineSchema("outcome", "the last line: how the run ended", outcomeKeys)
	lines := []dict{header, cut, outcome}
	for kind, row := range fileKinds {
		lines = append(lines, lineSchema(engine.RecWords[kind], row.doc, commonKeys+" "+row.keys))
	}
	defs := dict{}
	for _, k := range fileKeys() {
		defs[k.name] = k.schema()
	}
	data, err := json.MarshalIndent(dict{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "A line of a trace of runloop, version 1",
		"oneOf": lines, "$defs": defs,
	}, "", "  ")
	if err != nil {
		panic(err) // it is made of texts and lists
	}
	return append(data, '\n')
}

func typed(t string) dict { return dict{"type": t} }

// closed is an object with these keys and no others.
func closed(properties dict, required ...string) dict {
	return dict{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

func (k *fileKey) schema() dict {
	s := dict{"description": k.doc}
	if k.kind != "" {
		s["type"] = k.kind
	}
	if k.of != nil {
		s["enum"] = k.of
	}
	return s
}

// lineSchema is the schema of the lines of one kind.
func lineSchema(kind, doc, keys string) dict {
	properties, required := dict{}, []string{}
	for _, name := range strings.Fields(keys) {
		name, optional := strings.CutPrefix(name, "[")
		name = strings.TrimSuffix(name, "]")
		properties[name] = dict{"$ref": "#/$defs/" + name}
		if !optional {
			required = append(required, name)
		}
	}
	properties["k"] = dict{"const": kind}
	s := closed(properties, required...)
	s["title"] = doc
	return s
}

// KindTable is the table of the kinds of records, in Markdown.
func KindTable() string {
	var b strings.Builder
	b.WriteString("| `k` | when | its keys |\n| --- | --- | --- |\n")
	for kind, row := range fileKinds {
		keys := strings.Fields(row.keys)
		for i, k := range keys {
			keys[i] = "`" + k + "`"
		}
		b.WriteString("| `" + engine.RecWords[kind] + "` | " + row.doc + " | " + strings.Join(keys, " ") + " |\n")
	}
	return b.String()
}

// KeyTable is the table of the keys, in Markdown.
func KeyTable() string {
	var b strings.Builder
	b.WriteString("| key | what it is |\n| --- | --- |\n")
	for _, k := range fileKeys() {
		words := slices.Clone(k.of)
		for i, w := range words {
			words[i] = "`" + w + "`"
		}
		doc := k.doc
		if len(words) > 0 {
			doc += ": " + strings.Join(words, " ")
		}
		b.WriteString("| `" + k.name + "` | " + doc + " |\n")
	}
	return b.String()
}
