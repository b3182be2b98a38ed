package engine

import (
	"reflect"
	"strings"
	"testing"
)

// left is the fields that a fingerprint leaves out, with the reason. A name stands for what is below it, too.
var left = map[string]string{
	"Loop.progress.measuring":       "statistics never change a run",
	"Loop.progress.warming":         "statistics never change a run",
	"Loop.stats":                    "statistics never change a run",
	"Loop.objects.queues[].puts":    "of the statistics",
	"Loop.objects.queues[].nowhere": "of no meaning",
	"Loop.p":                        "the same for both", "Loop.opts": "the same for both", "Loop.clock": "the virtual one", "Loop.trace": "observes",
	"Loop.explore": "the same for both", "Loop.rules": "of the options", "Loop.scratch": "empty between units",
	"Loop.interrupt": "from outside", "Loop.memory": "of a limit", "Loop.running": "nothing runs between units",
	"Loop.sources[].bound":                       "computed before the first unit",
	"Loop.sources[].ids":                         "follows from the tasks that are taken in",
	"Loop.callbacks.scheduled.chunks[][].armed":  "the timer is taken in",
	"Loop.callbacks.scheduled.chunks[][].number": "only tells timers apart",
	"Loop.callbacks.scheduled.chunks[][].pos":    "for reports",
	"Loop.callbacks.missed":                      "a count for the result",
	"Loop.chosen.idle":                           "says which timers are held back: taken in with them",
	"Loop.contexts.arena.n":                      "a new context's number means nothing",
	"Loop.contexts.arena.chunks[][].refs":        "of memory",
	"Loop.draws.choice":                          "taken in where the seed orders timers",
	"Loop.draws.sync[].stream.key":               "of the seed",
	"Loop.draws.named.chunks[][].stream.key":     "made of the key of the task and the name",
	"Loop.draws.named.n":                         "the number of a stream means nothing",
	"Loop.frames.used":                           "the place of a frame means nothing",
	"Loop.joins.removals":                        "a cache",
	"Loop.joins.shielded":                        "taken in with the handles that refer to it",
	"Loop.names.given":                           "taken in with the tasks that have names of their own",
	"Loop.names.ranges":                          "of the workers, which are taken in",
	"Loop.names.shared":                          "of memory",
	"Loop.objects.declared":                      "made before the first unit",
	"Loop.objects.queues[].plain":                "as declared",
	"Loop.objects.numbers":                       "only tells which request came first",
	"Loop.objects.requests.n":                    "which number is next means nothing",
	"Loop.objects.containers[].overtake":         "as declared",
	"Loop.objects.stored.n":                      "which number is next means nothing",
	"Loop.objects.stores[].items.buf[]":          "what is in it is taken in",
	"Loop.objects.stores[].items.head":           "what is in it is taken in",
	"Loop.objects.stores[].order":                "as declared",
	"Loop.objects.stores[].puts":                 "only tells which item came first",
	"Loop.objects.resources[].interrupts":        "as declared",
	"Loop.objects.resources[].joints.order":      "as declared",
	"Loop.objects.resources[].last":              "of the list that is taken in",
	"Loop.objects.resources[].line.order":        "as declared",
	"Loop.objects.resources[].order":             "as declared",
	"Loop.objects.resources[].overtake":          "as declared",
	"Loop.objects.resources[].rank":              "as declared",
	"Loop.objects.resources[].table":             "as declared", "Loop.objects.resources[].failing": "as declared", "Loop.objects.resources[].failures": "as declared",
	"Loop.objects.resources[].sharing.timed": "the timer is taken in", "Loop.objects.resources[].sharing.when": "the timer is taken in",
	"Loop.objects.resources[].sharing.users": "follows from the requests that are taken in",
	"Loop.objects.resources[].units":         "taken in where a step asks for the number of a unit",
	"Loop.objects.resources[].victims":       "follows from the requests that are taken in",
	"Loop.objects.semaphores[].first":        "as declared",
	"Loop.out.base":                          "what was printed is taken in from where it is kept",
	"Loop.out.flushed":                       "nothing is written",
	"Loop.progress.left":                     "of a slice",
	"Loop.progress.slice":                    "of a slice",
	"Loop.progress.steps":                    "of a limit",
	"Loop.record.checking":                   "nothing is checked between units",
	"Loop.record.checks[].At":                "for reports",
	"Loop.record.checks[].Detail":            "for reports",
	"Loop.record.checks[].Err":               "for reports",
	"Loop.record.checks[].Pos":               "for reports",
	"Loop.record.checks[].Task":              "for reports",
	"Loop.record.checks[].within":            "as declared",
	"Loop.record.watch":                      "a copy does not watch",
	"Loop.record.res.At":                     "taken in once the loop has ended",
	"Loop.tasks.colds.n":                     "the number of a cold record means nothing",
	"Loop.tasks.warms.n":                     "that of the lines",
	"Loop.tasks.created":                     "of a limit",
	"Loop.tasks.ended":                       "counts of states that are taken in",
	"Loop.tasks.living":                      "counts of states that are taken in",
	"Loop.tasks.unfinished":                  "counts of states that are taken in",
	"Loop.tasks.idle":                        "of memory",
	"Loop.tasks.sweepAt":                     "of memory",
	"Loop.tasks.recycle":                     "the same for both",
	"Loop.tasks.recycled":                    "of memory",
	"Loop.timeline.iteration":                "of a limit",
	"Loop.timeline.plainUntil":               "of speed",
	"Loop.timeline.timers.cancelled":         "timers that are not meant any more are left out",
	"Loop.timeline.timers.count":             "only tells timers apart",
	"Loop.timeline.timers.fresh":             "of speed",
	"Loop.timeline.timers.last":              "of speed",
	"Loop.timeline.timers.limit":             "of speed",
	"Loop.timeline.timers.touched":           "of speed",
	"Loop.timeline.timers.wheel":             "where timers are kept means nothing; each is taken in",
	"Loop.timeline.timers.wheelFrom":         "of speed",
	"Loop.vars.epoch":                        "of memory",
	"Loop.vars.params":                       "the same for both",
}

// resultOnly is fields of the result that are filled in at the end.
var resultOnly = []string{"Now", "Iterations", "Steps", "Limit", "Waiting", "MoreErrors", "Tasks", "Missed", "Lateness", "Output", "WriteError"}

func init() {
	for _, name := range resultOnly {
		left["Loop.record.res."+name] = "filled in at the end"
	}
}

// leftEnds is the same for fields that several parts have.
var leftEnds = map[string]string{
	".stock.offers.n": "of the requests that are taken in", ".stock.wants.n": "of the requests that are taken in",
	".offers.due": "follows from the requests that are taken in", ".wants.due": "follows from the requests that are taken in",
	".offers.barred": "follows from the requests that are taken in", ".wants.barred": "follows from the requests that are taken in",
	".spare[]": "of memory", ".attributes": "tells whether any were looked at",
	".find": "a cache", ".asking": "a cache of waiters", ".free": "which number is next means nothing", ".unseen": "of statistics",
}

// TestFingerprintTakesInEveryField changes every field of loops in mid-run, one after the other. Each must change the
// fingerprint somewhere, or be among those that are left out: a new field is found.
func TestFingerprintTakesInEveryField(t *testing.T) {
	fields := map[string]bool{} // by path: whether a change was noticed
	for _, l := range midRuns(t) {
		base, ok := l.Fingerprint(true)
		if !ok {
			t.Fatal("too large")
		}
		eachField(reflect.ValueOf(l).Elem(), "Loop", func(v reflect.Value, path string) {
			if fields[path] {
				return
			}
			undo := otherwise(v)
			if undo == nil {
				return
			}
			fields[path] = differs(l, base)
			undo()
		})
		if again, _ := l.Fingerprint(true); again != base {
			t.Fatal("the fingerprint is another one, though nothing has changed")
		}
	}
	used := map[string]bool{}
	for path, noticed := range fields {
		reason := leftOut(path, used)
		switch {
		case noticed && reason != "":
			t.Errorf("%s is taken in, though it is to be left out: %s", path, reason)
		case !noticed && reason == "":
			t.Errorf("%s: a change is not noticed. Take it in (fingerprint.go), or say in `left` why not", path)
		}
	}
	for end := range leftEnds {
		if !used[end] {
			t.Errorf("there is no field %s to be left out", end)
		}
	}
	for path := range left {
		if !used[path] {
			t.Errorf("there is no field %s to be left out", path)
		}
	}
}

// leftOut is the reason why a field is left out.
func leftOut(path string, used map[string]bool) string {
	if strings.HasSuffix(path, ".name") && strings.HasPrefix(path, "Loop.objects.") {
		return "as declared"
	}
	if strings.HasSuffix(path, ".pending") && strings.HasPrefix(path, "Loop.objects.") {
		return "a cache of waiters"
	}
	for end, reason := range leftEnds {
		if strings.Contains(path+".", end+".") || strings.Contains(path+"[", end+"[") {
			used[end] = true
			return reason
		}
	}
	for at := path; at != ""; {
		if reason := left[at]; reason != "" {
			used[at] = true
			return reason
		}
		cut := strings.LastIndexAny(at, ".[")
		if cut < 0 {
			break
		}
		at = at[:cut]
	}
	return ""
}

// differs reports whether the fingerprint is another one now; where it cannot be made, the change was noticed.
func differs(l *Loop, base Fingerprint) (noticed bool) {
	defer func() {
		if recover() != nil {
			noticed = true
		}
	}()
	f, _ := l.Fingerprint(true)
	return f != base
}

// eachField calls f for every field of data below v.
func eachField(v reflect.Value, path string, f func(v reflect.Value, path string)) {
	v = writable(v)
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[Value]() {
			f(v, path)
			return
		}
		if leftOut(path, map[string]bool{}) != "" {
			f(v, path)
			return
		}
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if name == "first" && v.Type().Field(i).Type.Kind() == reflect.Slice {
				continue // the first of an arena's chunks again
			}
			eachField(v.Field(i), path+"."+name, f)
		}
	case reflect.Slice, reflect.Array:
		if elem := v.Type().Elem(); v.Len() == 0 && (elem.Kind() == reflect.Slice || elem.Kind() == reflect.Struct && elem != reflect.TypeFor[Value]()) {
			return // what is in it is found in another loop
		}
		if v.Len() == 0 && v.Kind() == reflect.Slice { // with one element it is another one
			defer v.SetLen(0)
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			f(v.Index(0), path+"[]")
			return
		}
		for i := range v.Len() {
			eachField(v.Index(i), path+"[]", f)
		}
	default:
		f(v, path)
	}
}

// otherwise makes v something else and returns what undoes it; nil: it cannot be changed here.
func otherwise(v reflect.Value) (undo func()) {
	old := reflect.New(v.Type()).Elem()
	old.Set(v)
	undo = func() { v.Set(old) }
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(v.Int() ^ 1)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(v.Uint() ^ 1)
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Pointer:
		if v.Type() != reflect.TypeFor[*Error]() {
			return func() {}
		}
		v.Set(reflect.ValueOf(&Error{Type: "Changed"}))
	case reflect.Struct:
		if v.Type() != reflect.TypeFor[Value]() {
			return func() {}
		}
		*v.Addr().Interface().(*Value) = Int(987654321)
	default:
		return func() {}
	}
	return undo
}

// midRuns is loops in the middle of runs that use everything.
func midRuns(t *testing.T) []*Loop {
	t.Helper()
	p := sleepers(3, 4, func(i int) int64 { return 1_000_000 })
	p.Context = []VarDef{{"c", val(Int(1))}}
	p.Draws = true
	p.Objects = []ObjectDef{{Name: "q", Kind: KindQueue}, {Name: "m", Kind: KindLock}, {Name: "f", Kind: KindFuture}, {Name: "s", Kind: KindSemaphore},
		{Name: "e", Kind: KindEvent}, {Name: "c", Kind: KindCondition}, {Name: "b", Kind: KindBarrier, Size: count(2)}, {Name: "full", Kind: KindQueue, Size: count(1)}}
	for k := range objectKinds {
		if objectKinds[k].make != nil {
			p.Objects = append(p.Objects, ObjectDef{Name: "one", Kind: Kind(k), Size: count(1)})
		}
	}
	tick := &Callback{Name: "tick", Every: at(0.001), Code: body(line("tick"))}
	comes := &Callback{Name: "comes", Code: body()}
	p.Callbacks = []*Callback{tick, comes}
	p.Sources = []*Source{{Callback: comes, Entry: &Entry{Name: "comes", Code: body(sleep(1))}, Every: at(0.001)}}
	p.Checks = []Check{{Holds: func(*Loop) bool { return true }, Detail: func(_ *Loop, b []byte) []byte { return b }}}
	p.Workers = append(p.Workers,
		locals(worker("x", &Group{As: *local(0), Do: []Step{
			&Spawn{Entry: entry(sleep(1)), Group: get(0), As: local(1)},
			&Timeout{For: at(5), Do: []Step{&Gather{Items: []GatherItem{{Task: get(1)}}}}},
		}}), 2),
		worker("y", &Acquire{What: obj(1)}, &Acquire{What: obj(1)}),
		locals(worker("z", &Wait{Tasks: tasks("x"), As: local(0)}), 1),
		locals(worker("done", &AsCompleted{Tasks: tasks("w-1", "w-2", "w-3", "x"), As: *local(0), Do: []Step{sleep(0.004)}}), 3),
		locals(worker("named", &Spawn{Entry: &Entry{Name: "own", Code: body(sleep(1))}, As: local(0)}, &Set{Assigns: []Assign{{To: *local(0), Value: func(l *Loop) Value {
			l.DrawFrom("x")
			defer l.DrawFromOwn()
			return Bool(l.Chance(0.5))
		}}}}, sleep(1)), 1),
		worker("thread", &ToThread{For: at(1), Value: val(Int(1))}), worker("line", &ToThread{For: at(1), Value: val(Int(2))}),
		locals(worker("kept", &Timeout{For: at(5), As: local(0), Do: []Step{&Block{For: at(0.001)}, sleep(1)}}), 2),
		locals(worker("keeps", &Gather{Items: []GatherItem{{Task: obj(2)}}, Keep: true, As: local(0)}, &Shield{What: obj(2), Keep: true, As: local(1)}, sleep(1)), 3),
		worker("full", &Put{Queue: obj(7), Item: val(Int(1))}, &Put{Queue: obj(7), Item: val(Int(2))}),
		worker("q", &Get{Queue: obj(0)}), worker("f", &Await{What: obj(2)}), worker("e", &WaitEvent{Event: obj(4)}))
	if err := p.Assemble(); err != nil {
		t.Fatal(err)
	}
	var loops []*Loop
	for _, x := range []*Explore{nil, {Ties: true, Cancel: 1, Pick: func(*Loop, ChoiceKind, int) int { return 0 }}} {
		l := New(p, Options{KeepOutput: true, Explore: x, Ties: TiesRandom, Threads: 1})
		for i := range 40 {
			for range i {
				l.RunUnit()
			}
			loops = append(loops, l.Clone())
		}
	}
	return loops
}
