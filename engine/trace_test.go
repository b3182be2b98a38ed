package engine

import (
	"slices"
	"testing"
)

// traced runs p and returns its trace.
func traced(t *testing.T, p *Program, trace *Trace) *Loop {
	t.Helper()
	if err := p.Assemble(); err != nil {
		t.Fatal(err)
	}
	l := New(p, Options{Trace: trace, KeepOutput: true})
	l.Run()
	return l
}

// records is the records of a trace of some kinds.
func records(t *Trace, kinds ...RecKind) (list []Rec) {
	for i := t.Dropped(); i < t.Len(); i++ {
		if r := t.At(i); slices.Contains(kinds, r.Kind) {
			list = append(list, *r)
		}
	}
	return list
}

// TestTraceNamesWhoRuns: iterations and firing timers are the loop's doing, not that of the task that ran last.
func TestTraceNamesWhoRuns(t *testing.T) {
	trace := &Trace{}
	traced(t, sleepers(3, 2, sleeperDelay), trace)
	for _, r := range records(trace, RecIteration, RecFire, RecPhase) {
		if r.Who != 0 || r.PC != -1 {
			t.Errorf("%s by %d at %d", RecWords[r.Kind], r.Who, r.PC)
		}
	}
	for _, r := range records(trace, RecWait, RecEnd) {
		if r.Who == 0 || r.Who != r.What || r.PC < 0 {
			t.Errorf("%s of %d by %d at %d", RecWords[r.Kind], r.What, r.Who, r.PC)
		}
	}
}

// TestTraceCauses: the last record with fewer pushes than a handle's place among those that ran is why it is ready.
func TestTraceCauses(t *testing.T) {
	trace := &Trace{}
	traced(t, &Program{
		Objects: []ObjectDef{{Name: "e", Kind: KindEvent}},
		Workers: []*Entry{
			worker("a", &WaitEvent{Event: obj(0)}, sleep(0)),
			worker("b", &WaitEvent{Event: obj(0)}),
			worker("c", sleep(1), &Signal{Event: obj(0)}),
		},
	}, trace)
	var causes []string
	runs := uint32(0)
	for i := range trace.Len() {
		r := trace.At(i)
		if r.Kind != RecRun {
			continue
		}
		cause := i
		for cause--; trace.At(cause).Pushed > runs; cause-- {
		}
		causes = append(causes, RunWords[r.Aux]+" after "+RecWords[trace.At(cause).Kind])
		runs++
	}
	want := []string{"step after spawn", "step after spawn", "step after spawn", "sleep after fire", "wake after run",
		"wake after wake", "wake after wake", "step after ready"}
	if !slices.Equal(causes, want) {
		t.Errorf("the causes are\n%q, not\n%q", causes, want)
	}
}

// TestTraceRing: of a long run the last records are kept, as they are in a whole trace.
func TestTraceRing(t *testing.T) {
	whole, ring := &Trace{}, &Trace{Last: 5000}
	traced(t, sleepers(50, 100, sleeperDelay), whole)
	traced(t, sleepers(50, 100, sleeperDelay), ring)
	if whole.Dropped() != 0 || ring.Dropped() == 0 || ring.Len() != whole.Len() || ring.Len()-ring.Dropped() < 5000 {
		t.Fatalf("%d and %d records, %d and %d dropped", whole.Len(), ring.Len(), whole.Dropped(), ring.Dropped())
	}
	runs := uint32(0)
	for i := range ring.Dropped() {
		if whole.At(i).Kind == RecRun {
			runs++
		}
	}
	if runs != ring.RunsBefore() {
		t.Errorf("%d runs before, not %d", ring.RunsBefore(), runs)
	}
	for i := ring.Dropped(); i < ring.Len(); i++ {
		if *ring.At(i) != *whole.At(i) {
			t.Fatalf("record %d is %+v, not %+v", i, *ring.At(i), *whole.At(i))
		}
	}
}

// TestTraceValues: what is assigned is kept as it was then, long values as text that is cut off.
func TestTraceValues(t *testing.T) {
	long := make([]Value, 1000)
	for i := range long {
		long[i] = Int(int64(i))
	}
	trace := &Trace{Values: true}
	traced(t, &Program{
		Shared: []VarDef{{Name: "x", Init: func(*Loop) Value { return Value{} }}},
		Workers: []*Entry{worker("a",
			&Set{Assigns: []Assign{{To: Target{Ref: Ref{Space: SharedVar}}, Value: func(*Loop) Value { return Int(7) }}}},
			&Set{Assigns: []Assign{{To: Target{Ref: Ref{Space: SharedVar}}, Value: func(*Loop) Value { return List(long) }}}},
		)},
	}, trace)
	var got []string
	for i := range trace.Len() {
		if v, ok := trace.Value(i); ok && trace.At(i).Kind == RecSet {
			got = append(got, string(AppendText(nil, nil, v)))
		}
	}
	if len(got) != 2 || got[0] != "7" || len(got[1]) > maxValueText+len("…") || got[1][:7] != "[0, 1, " {
		t.Errorf("the values are %q", got)
	}
}

// TestTraceIsForOneRun: a second run does not write over the first.
func TestTraceIsForOneRun(t *testing.T) {
	trace := &Trace{}
	p := sleepers(1, 1, sleeperDelay)
	traced(t, p, trace)
	defer func() {
		if recover() == nil {
			t.Error("a trace was taken for a second run")
		}
	}()
	New(p, Options{Trace: trace})
}
