package engine

import (
	"reflect"
	"runtime"
	"testing"
	"unsafe"
)

// TestStateIsData walks the type of a loop: but for what it was given, its state holds no function, channel, interface
// or pointer that a copy would share; maps are only looked up, never run through.
func TestStateIsData(t *testing.T) {
	given := map[string]bool{
		"p": true, "opts": true, "clock": true, "obs": true, // what New got
		"cur": true, "frame": true, // found again from curID
		"event": true,                   // what the observer was shown last
		"res":   true,                   // what came of the run
		"watch": true,                   // never in a clone
		"plans": true, "planArgs": true, // scratch, empty between steps
		"interrupt": true,                 // the door from outside
		"names":     true, "ranges": true, // looked up by name only
	}
	seen := map[reflect.Type]bool{}
	var walk func(typ reflect.Type, path string)
	walk = func(typ reflect.Type, path string) {
		if seen[typ] || typ == reflect.TypeFor[Value]() || typ == reflect.TypeFor[*Error]() {
			return // immutable but for lists and maps, which the epoch protects
		}
		seen[typ] = true
		switch typ {
		case reflect.TypeFor[*[1 << chunkBits]task](), reflect.TypeFor[*[1 << chunkBits]warmTask](), reflect.TypeFor[*[1 << slotBits]Value]():
			typ = typ.Elem() // a chunk, copied whole
		}
		switch typ.Kind() {
		case reflect.Func, reflect.Chan, reflect.Interface, reflect.Map, reflect.Pointer, reflect.UnsafePointer:
			t.Errorf("%s is a %s", path, typ)
		case reflect.Slice, reflect.Array:
			walk(typ.Elem(), path+"[]")
		case reflect.Struct:
			for f := range typ.NumField() {
				field := typ.Field(f)
				if typ == reflect.TypeFor[Loop]() && given[field.Name] {
					continue
				}
				walk(field.Type, path+"."+field.Name)
			}
		}
	}
	walk(reflect.TypeFor[Loop](), "Loop")
}

// TestCloneCopiesAll holds Clone to the fields of Loop: a copy of a loop in mid-run is equal in every field and shares
// no slice with the original.
func TestCloneCopiesAll(t *testing.T) {
	p := sleepers(10, 5, sleeperDelay)
	p.Objects = []ObjectDef{{Name: "q", Kind: KindQueue}, {Name: "m", Kind: KindLock}, {Name: "f", Kind: KindFuture}, {Name: "s", Kind: KindSemaphore},
		{Name: "e", Kind: KindEvent}, {Name: "c", Kind: KindCondition}, {Name: "b", Kind: KindBarrier, Size: count(2)}}
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
		if l.tasks[0] == c.tasks[0] || l.warms[0] == c.warms[0] || len(l.slots) > 0 && l.slots[0] == c.slots[0] {
			t.Error("the copy shares a chunk")
		}
		a, b := reflect.ValueOf(l).Elem(), reflect.ValueOf(c).Elem()
		for i := range a.NumField() {
			name := a.Type().Field(i).Name
			switch name {
			case "opts", "obs", "epoch", "cur", "frame", "args", "vals", "plans", "planArgs", "event", "interrupt":
				continue // given anew, found again, or scratch
			}
			equalField(t, name, a.Field(i), b.Field(i))
		}
	}
}

// equalField compares two fields deeply, unexported ones too, and that slices do not share their memory.
func equalField(t *testing.T, name string, a, b reflect.Value) {
	t.Helper()
	x := reflect.NewAt(a.Type(), unsafe.Pointer(a.UnsafeAddr())).Elem().Interface()
	y := reflect.NewAt(b.Type(), unsafe.Pointer(b.UnsafeAddr())).Elem().Interface()
	if a.Kind() == reflect.Slice && a.Len() == 0 && b.Len() == 0 {
		return
	}
	if name == "timers" { // its scratch is not copied
		tx, ty := x.(timers), y.(timers)
		tx.due, ty.due = nil, nil
		x, y = tx, ty
	}
	if !reflect.DeepEqual(x, y) {
		t.Errorf("the copy's %s differs:\n%v\n%v", name, x, y)
	}
	shared := map[string]bool{"params": true, "workerStart": true, "objects": true} // written once
	if a.Kind() == reflect.Slice && a.Pointer() == b.Pointer() && !shared[name] {
		t.Errorf("the copy shares %s", name)
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
