package engine

import (
	"reflect"
	"runtime"
	"strings"
	"testing"
	"unsafe"
)

// given is the fields of a loop that are not state of the run, or that Clone does not copy as they are.
var given = map[string]string{
	"Loop.p": "immutable", "Loop.explore": "what New got", "Loop.opts": "what New got", "Loop.clock": "what New got", "Loop.trace": "what New got",
	"Loop.interrupt":           "the door from outside",
	"Loop.running.cur":         "found again from curID",
	"Loop.running.frame":       "found again from curID",
	"Loop.scratch":             "empty between instructions",
	"Loop.timeline.timers.due": "scratch",
	"Loop.record.watch":        "a copy does not watch",
	"Loop.vars.epoch":          "each loop has its own",
	"Loop.joins.removals":      "a cache",
	"Loop.names.shared":        "a copy shares the maps until one of the two writes",
}

// lookup is the maps of a loop: looked up by key only, never run through.
var lookup = map[string]bool{"Loop.names.given": true, "Loop.names.ranges": true, "Loop.joins.shielded": true}

// result is what came of the run, for those outside.
const result = "Loop.record.res"

// once is what is written before the first clone can be made, or is copied before it is written, and may be shared.
var once = map[string]bool{"Loop.objects.declared": true, "Loop.vars.params": true, result: true,
	"Loop.names.given": true, "Loop.names.ranges": true, "Loop.sources[].bound.times": true,
	"Loop.sources[].bound.rate.times": true, "Loop.shifts.tables[].timetable.times": true, "Loop.shifts.tables[].timetable.values": true, "Loop.sources[].bound.rate.values": true}

// TestStateIsData walks the type of a loop: but for what it was given, its state holds no function, channel, interface
// or pointer that a copy would share.
func TestStateIsData(t *testing.T) {
	var walk func(typ reflect.Type, path string)
	walk = func(typ reflect.Type, path string) {
		if given[path] != "" || lookup[path] || typ == reflect.TypeFor[places[uint32]]() || path == result || typ == reflect.TypeFor[Value]() || typ == reflect.TypeFor[*Error]() {
			return // values are immutable but for lists and maps, which the epoch protects
		}
		switch typ.Kind() {
		case reflect.Func, reflect.Chan, reflect.Interface, reflect.Map, reflect.Pointer, reflect.UnsafePointer:
			t.Errorf("%s is a %s", path, typ)
		case reflect.Slice, reflect.Array:
			walk(typ.Elem(), path+"[]")
		case reflect.Struct:
			for f := range typ.NumField() {
				walk(typ.Field(f).Type, path+"."+typ.Field(f).Name)
			}
		}
	}
	walk(reflect.TypeFor[Loop](), "Loop")
}

// writable is v, an unexported field too.
func writable(v reflect.Value) reflect.Value {
	return reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
}

// fill makes every field of v that is not given something else than zero.
func fill(v reflect.Value, path string) {
	if given[path] != "" || v.Type() == reflect.TypeFor[places[uint32]]() {
		return
	}
	v = writable(v)
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(1)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		v.SetUint(1)
	case reflect.String:
		v.SetString("x")
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.Zero(v.Type().Key()), reflect.Zero(v.Type().Elem()))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 4, 4))
		for i := range v.Len() {
			fill(v.Index(i), path+"[]")
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), path+"[]")
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[Value]() {
			*v.Addr().Interface().(*Value) = Int(1)
			return
		}
		for f := range v.NumField() {
			fill(v.Field(f), path+"."+v.Type().Field(f).Name)
		}
	}
}

// copied holds that b is a copy of a that shares no memory with it.
func copied(t *testing.T, a, b reflect.Value, path string) {
	t.Helper()
	if given[path] != "" || a.Type() == reflect.TypeFor[places[uint32]]() {
		return
	}
	a, b = writable(a), writable(b)
	switch a.Kind() {
	case reflect.Struct:
		if a.Type() == reflect.TypeFor[Value]() {
			break
		}
		for f := range a.NumField() {
			copied(t, a.Field(f), b.Field(f), path+"."+a.Type().Field(f).Name)
		}
		return
	case reflect.Slice, reflect.Map:
		if a.Len() == 0 && b.Len() == 0 {
			return
		}
		if a.Pointer() == b.Pointer() && !once[path] && !strings.HasPrefix(path, result) {
			t.Errorf("the copy shares %s", path)
		}
		if a.Len() == b.Len() && a.Kind() == reflect.Slice {
			for i := range a.Len() {
				copied(t, a.Index(i), b.Index(i), path+"[]")
			}
			return
		}
	}
	if x, y := a.Interface(), b.Interface(); !reflect.DeepEqual(x, y) {
		t.Errorf("the copy's %s differs:\n%v\n%v", path, x, y)
	}
}

// TestCloneCopiesEveryField fills a loop with what is not zero: a field or a part that Clone forgets is found.
func TestCloneCopiesEveryField(t *testing.T) {
	l := &Loop{p: &Program{}}
	fill(reflect.ValueOf(l).Elem(), "Loop")
	l.curID = 0
	c := l.Clone()
	copied(t, reflect.ValueOf(l).Elem(), reflect.ValueOf(c).Elem(), "Loop")
}

// TestCloneCopiesAll compares copies of a loop in mid-run with it.
func TestCloneCopiesAll(t *testing.T) {
	p := sleepers(10, 5, sleeperDelay)
	p.Objects = []ObjectDef{{Name: "q", Kind: KindQueue}, {Name: "m", Kind: KindLock}, {Name: "f", Kind: KindFuture}, {Name: "s", Kind: KindSemaphore},
		{Name: "e", Kind: KindEvent}, {Name: "c", Kind: KindCondition}, {Name: "b", Kind: KindBarrier, Size: count(2)}}
	for k := range objectKinds { // of every kind there is one
		if objectKinds[k].make != nil {
			p.Objects = append(p.Objects, ObjectDef{Name: "one", Kind: Kind(k), Size: count(1)})
		}
	}
	tick := &Callback{Name: "tick", Every: at(0.001), Code: body(line("tick"))}
	p.Callbacks = []*Callback{tick}
	p.Workers = append(p.Workers,
		locals(worker("x", &Group{As: *local(0), Do: []Step{
			&Spawn{Entry: entry(sleep(1)), Group: get(0), As: local(1)},
			&Timeout{For: at(5), Do: []Step{&Gather{Items: []GatherItem{{Task: get(1)}}}}},
		}}), 2),
		worker("y", &Acquire{What: obj(1)}, &Acquire{What: obj(1)}),
		locals(worker("z", &Wait{Tasks: tasks("x"), As: local(0)}), 1),
		worker("q", &Get{Queue: obj(0)}), worker("f", &Await{What: obj(2)}), worker("e", &WaitEvent{Event: obj(4)}))
	if err := p.Assemble(); err != nil {
		t.Fatal(err)
	}
	l := New(p, Options{KeepOutput: true})
	for range 8 {
		l.RunFor(37)
		c := l.Clone()
		copied(t, reflect.ValueOf(l).Elem(), reflect.ValueOf(c).Elem(), "Loop")
	}
}

// TestSteadyStateAllocatesNothing: sleeping, waking, counting.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	p := sleepers(100, 1_000_000, sleeperDelay)
	if err := p.Assemble(); err != nil {
		t.Fatal(err)
	}
	l := New(p, Options{})
	l.RunFor(100_000)
	if n := testing.AllocsPerRun(10, func() { l.RunFor(10_000) }); n != 0 {
		t.Errorf("%v allocations in 10,000 instructions", n)
	}
}

// TestTraceAllocatesNothing: a trace that keeps the last records uses their memory again.
func TestTraceAllocatesNothing(t *testing.T) {
	for _, values := range []bool{false, true} {
		p := sleepers(100, 1_000_000, sleeperDelay)
		if err := p.Assemble(); err != nil {
			t.Fatal(err)
		}
		trace := &Trace{Last: 5000, Values: values}
		l := New(p, Options{Trace: trace})
		l.RunFor(100_000)
		before := trace.Dropped()
		if n := testing.AllocsPerRun(10, func() { l.RunFor(10_000) }); n != 0 {
			t.Errorf("%v allocations in 10,000 instructions, values: %v", n, values)
		}
		if before == 0 || trace.Dropped() == before {
			t.Errorf("the ring was not full: %d records dropped, then %d", before, trace.Dropped())
		}
	}
}

// TestMillionWorkers: one million workers, three sleeps each, in less than 200 MiB.
func TestMillionWorkers(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const n = 1_000_000
	p := &Program{Workers: []*Entry{{Name: "w", Count: count(n), Code: body(&Repeat{N: count(3), Do: []Step{sleep(1)}})}}}
	if err := p.Assemble(); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	l := New(p, Options{})
	r := l.Run()
	runtime.ReadMemStats(&after)
	used := after.Sys - before.Sys
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(l)
	if r.Tasks.Done != n {
		t.Fatalf("%d tasks done", r.Tasks.Done)
	}
	t.Logf("%d MiB from the system, %d bytes a worker live", used>>20, (after.HeapAlloc-before.HeapAlloc)/n)
	if used > 200<<20 {
		t.Errorf("%d MiB", used>>20)
	}
}

func sleeperDelay(i int) int64 { return 1_000_000 + int64(i)*7919%1_000_003 }

// sleepers is a program of n workers that each sleep turns times and count.
func sleepers(n, turns int, delay func(i int) int64) *Program {
	return &Program{
		Shared: []VarDef{{"count", val(Int(0))}},
		Workers: []*Entry{{
			Name: "w", Count: count(int64(n)),
			Code: &Code{Locals: []string{"d"}, Params: 1, Body: []Step{&Repeat{N: count(int64(turns)), Do: []Step{
				&Sleep{For: func(l *Loop) int64 { return l.Local(0).AsInt() }},
				&Set{Assigns: []Assign{{To: Target{Ref: Ref{SharedVar, 0}}, Value: func(l *Loop) Value {
					return Int(l.SharedVar(0).AsInt() + 1)
				}}}},
			}}}},
			Args: []Eval{func(l *Loop) Value { return Int(delay(int(l.Index()))) }},
		}},
	}
}
