package engine

import (
	"runtime"
	"testing"
)

// tenTasks is a small scenario: workers that wait for each other, an object of some kinds, a callback.
func tenTasks(tb testing.TB) *Program {
	tb.Helper()
	p := sleepers(6, 5, sleeperDelay)
	p.Objects = []ObjectDef{{Name: "q", Kind: KindQueue}, {Name: "m", Kind: KindLock}, {Name: "e", Kind: KindEvent}}
	p.Callbacks = []*Callback{{Name: "tick", Every: at(0.001), Code: body(line("tick"))}}
	p.Workers = append(p.Workers,
		worker("get", &Get{Queue: obj(0)}), worker("lock", &Acquire{What: obj(1)}), worker("wait", &WaitEvent{Event: obj(2)}),
		locals(worker("group", &Group{As: *local(0), Do: []Step{&Timeout{For: at(5), Do: []Step{sleep(1)}}}}), 1))
	if err := p.Assemble(); err != nil {
		tb.Fatal(err)
	}
	return p
}

// begun is a loop for p whose tasks are there and have begun.
func begun(p *Program) *Loop {
	l := New(p, Options{})
	l.RunFor(100)
	return l
}

// TestSmallLoopsAreSmall: exploring makes and copies loops by the thousand.
func TestSmallLoopsAreSmall(t *testing.T) {
	p := tenTasks(t)
	l := begun(p)
	for _, c := range []struct {
		name string
		run  func()
	}{
		{"New, and the first steps of ten tasks", func() { begun(p) }},
		{"Clone", func() { l.Clone() }},
	} {
		if n := bytesOf(c.run); n > 20<<10 {
			t.Errorf("%s: %d bytes", c.name, n)
		}
	}
}

// bytesOf is how much run allocates.
func bytesOf(run func()) uint64 {
	const times = 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range times {
		run()
	}
	runtime.ReadMemStats(&after)
	return (after.TotalAlloc - before.TotalAlloc) / times
}

func BenchmarkNew(b *testing.B) {
	p := tenTasks(b)
	b.ReportAllocs()
	for b.Loop() {
		begun(p)
	}
}

func BenchmarkClone(b *testing.B) {
	l := begun(tenTasks(b))
	b.ReportAllocs()
	for b.Loop() {
		l.Clone()
	}
}

// TestEvaluator: settings are evaluated over run parameters, without a loop.
func TestEvaluator(t *testing.T) {
	e := NewEvaluator([]Value{Int(3), String("x")}, 0)
	if n, err := e.Int(func(l *Loop) int64 { return l.Param(0).AsInt() + 1 }); n != 4 || err != nil {
		t.Errorf("Int: %d, %v", n, err)
	}
	if f, err := e.Float(func(l *Loop) float64 { l.Raise("ValueError", "no"); return 1 }); err == nil || err.Error() != "ValueError: no" {
		t.Errorf("Float: %v, %v", f, err)
	}
	if s, err := e.Text(func(l *Loop, dst []byte) []byte { return l.AppendText(dst, l.Param(1)) }); s != "x" || err != nil {
		t.Errorf("Text: %q, %v", s, err)
	}
	if n := bytesOf(func() { NewEvaluator(nil, 0) }); n > 8<<10 {
		t.Errorf("%d bytes", n)
	}
}
