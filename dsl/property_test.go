package dsl

import (
	"fmt"
	"hash/maphash"
	rand "math/rand/v2"
	"reflect"
	"runtime"
	"testing"

	"runloop/dsl/check"
	"runloop/dsl/compile"
	"runloop/engine"
)

// runnable returns every scenario of the corpus that can be run unchanged, by path.
func runnable(t *testing.T) map[string]*Scenario {
	t.Helper()
	all := map[string]*Scenario{}
	for file, src := range corpus(t) {
		s, err := folderOf(file).Load(file, src)
		if err != nil {
			continue
		}
		if _, err := s.NewLoop(compile.RunOptions{}); err == nil {
			all[file] = s
		}
	}
	if len(all) < 20 {
		t.Fatalf("%d scenarios can be run", len(all))
	}
	return all
}

// eachRunnable runs f for every such scenario, in order.
func eachRunnable(t *testing.T, f func(t *testing.T, s *Scenario)) {
	all := runnable(t)
	for _, file := range check.SortedNames(all) {
		t.Run(file, func(t *testing.T) { f(t, all[file]) })
	}
}

// newLoop makes a loop on the virtual clock whose run surely ends.
func newLoop(t *testing.T, s *Scenario, trace *engine.Trace) *engine.Loop {
	t.Helper()
	l, err := s.NewLoop(compile.RunOptions{Clock: "virtual", KeepOutput: true, Caps: fuzzCaps, Trace: trace})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestSameBytes runs every scenario 50 times, on one processor and on two, with and without a trace. All runs must be the
// same, and all traces.
func TestSameBytes(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	eachRunnable(t, func(t *testing.T, s *Scenario) {
		want, records := "", uint64(0)
		for i := range 50 {
			if i%10 == 0 {
				runtime.GOMAXPROCS(1 + i/10%2)
			}
			var trace *engine.Trace
			if i%2 == 1 {
				trace = &engine.Trace{Values: i%4 == 1}
			}
			l := newLoop(t, s, trace)
			l.Run()
			got := describeRun(s, l)
			switch {
			case i == 0:
				want = got
			case got != want:
				t.Fatalf("run %d came to\n%s\nthe first one to\n%s", i, got, want)
			}
			if trace == nil || !trace.Values {
				continue
			}
			switch hash := hashTrace(t, trace); {
			case records == 0:
				records = hash
			case records != hash:
				t.Fatalf("run %d has another trace than the one before", i)
			}
		}
	})
}

// hashTrace is a hash of all records, which must begin and end as those of every run do.
func hashTrace(t *testing.T, trace *engine.Trace) uint64 {
	var h maphash.Hash
	h.SetSeed(fingerprintSeed)
	for i := range trace.Len() {
		fmt.Fprint(&h, *trace.At(i))
		if v, ok := trace.Value(i); ok {
			h.Write(engine.AppendText(nil, nil, v))
		}
	}
	if n := trace.Len(); n == 0 || trace.At(n-1).Kind != engine.RecPhase || trace.At(n-1).Aux != engine.PhaseEnded {
		t.Fatalf("of %d records the last is not the end", n)
	}
	return h.Sum64()
}

// TestClone clones runs at random places. The clone and the original must end like an undisturbed run.
func TestClone(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	eachRunnable(t, func(t *testing.T, s *Scenario) {
		whole := newLoop(t, s, nil)
		whole.Run()
		want := describeRun(s, whole)
		for range 5 {
			l := newLoop(t, s, nil)
			for n := random.IntN(20); n > 0 && !l.RunFor(1+random.Int64N(20)); n-- {
			}
			clone := l.Clone()
			for _, run := range []*engine.Loop{clone.Clone(), l, clone} {
				run.Run()
				if got := describeRun(s, run); got != want {
					t.Fatalf("it came to\n%s\nan undisturbed run to\n%s", got, want)
				}
			}
		}
	})
}

// TestProgramStays checks that a run does not change the program, which many loops share.
func TestProgramStays(t *testing.T) {
	eachRunnable(t, func(t *testing.T, s *Scenario) {
		before := fingerprint(s.Program())
		newLoop(t, s, nil).Run()
		if fingerprint(s.Program()) != before {
			t.Error("the run changed the program")
		}
	})
}

var fingerprintSeed = maphash.MakeSeed()

// fingerprint returns a hash of all data reachable from x. A function counts by its address.
func fingerprint(x any) uint64 { return fingerprintOf(x, false) }

// fingerprintOf is fingerprint. A shape leaves out what two compilations of one text may have different: places in the
// file, addresses, and the contents of maps.
func fingerprintOf(x any, shape bool) uint64 {
	var h maphash.Hash
	h.SetSeed(fingerprintSeed)
	seen := map[visit]bool{}
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		fmt.Fprint(&h, v.Kind(), " ")
		switch {
		case !shape:
		case v.Type() == reflect.TypeFor[engine.Pos]():
			return
		case v.Kind() == reflect.Func:
			fmt.Fprint(&h, v.IsNil(), " ")
			return
		case v.Kind() == reflect.Map:
			fmt.Fprint(&h, v.Len(), " ")
			return
		}
		switch v.Kind() {
		case reflect.Pointer:
			if at := (visit{v.Pointer(), v.Type()}); !v.IsNil() && !seen[at] {
				seen[at] = true
				walk(v.Elem())
			}
		case reflect.Interface:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		case reflect.Slice, reflect.Array:
			fmt.Fprint(&h, v.Len(), " ")
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Map:
			sum := uint64(0) // a sum, because the order of a map varies
			for _, key := range v.MapKeys() {
				sum += maphash.String(fingerprintSeed, fmt.Sprint(key, v.MapIndex(key)))
			}
			fmt.Fprint(&h, v.Len(), sum)
		default:
			fmt.Fprint(&h, v, " ") // numbers, text, and the addresses of functions
		}
	}
	walk(reflect.ValueOf(x))
	return h.Sum64()
}

type visit struct {
	at  uintptr
	typ reflect.Type
}

// TestFingerprint checks that fingerprint notices changes.
func TestFingerprint(t *testing.T) {
	s, err := Load("x.yaml", []byte("runloop: 1\nmain:\n  - print: a\n"))
	if err != nil {
		t.Fatal(err)
	}
	p := s.Program()
	before := fingerprint(p)
	if fingerprint(p) != before {
		t.Error("the same program has two fingerprints")
	}
	p.Main.Code.Body[0].(*engine.Print).Pos.Line++
	if fingerprint(p) == before {
		t.Error("a change in a step is not seen")
	}
}

// TestNoGoroutines checks that runs start no goroutines that outlive them.
func TestNoGoroutines(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, s := range runnable(t) {
		newLoop(t, s, nil).Run()
		if l := newLoop(t, s, nil); !l.RunFor(3) {
			l.Clone() // and a clone that never runs
		}
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines before the runs, %d after them", before, after)
	}
}
