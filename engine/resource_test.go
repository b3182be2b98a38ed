package engine

import (
	"strings"
	"testing"
)

// crowd is n workers that use a preemptive resource of two units and a lifo one again and again, with priorities that change.
func crowd(n int) *Program {
	p := &Program{Objects: []ObjectDef{
		{Name: "pre", Kind: KindResource, Size: count(2), Resource: ResourceDef{Order: ResourcePreemptive}},
		{Name: "lifo", Kind: KindResource, Resource: ResourceDef{Order: ResourceLIFO, Overtake: true}},
		{Name: "any", Kind: KindResource, Resource: ResourceDef{Order: ResourceRandom}},
		{Name: "all", Kind: KindResource, Size: count(3), Resource: ResourceDef{Order: ResourceShared}},
	}}
	turn := func(l *Loop) int64 { return l.Local(0).AsInt() }
	for i := range n {
		i := int64(i)
		priority := func(l *Loop) float64 { return float64((i*7 + turn(l)) % 5) }
		takes := func(l *Loop) int64 { return (1 + (i*31+turn(l)*17)%97) * 1e6 }
		two := func(l *Loop) int64 { return 1 }
		p.Workers = append(p.Workers, locals(worker("w"+strings.Repeat("x", int(i)), &Repeat{N: count(1_000_000), As: local(0), Do: []Step{
			&Use{What: obj(0), Ask: &Ask{Priority: priority}, Takes: takes, Preempted: UsePreempted(i % 3), As: local(1)},
			&Acquire{What: obj(1), Ask: &Ask{Amount: two}, Scoped: true, Do: []Step{&Sleep{For: takes}}},
			&Acquire{What: obj(2), Ask: &Ask{}}, &Sleep{For: takes}, &Release{What: obj(2)},
			&Use{What: obj(3), Ask: &Ask{}, Takes: takes},
		}}), 2))
	}
	return p
}

// TestResourcesAllocateNothing: in the steady state asking, waiting, being preempted and releasing allocate nothing.
func TestResourcesAllocateNothing(t *testing.T) {
	p := crowd(20)
	if err := p.Assemble(); err != nil {
		t.Fatal(err)
	}
	l := New(p, Options{})
	l.RunFor(300_000)
	if n := testing.AllocsPerRun(10, func() { l.RunFor(10_000) }); n != 0 {
		t.Errorf("%v allocations in 10,000 instructions", n)
	}
}

// TestResourcesClone: a copy in the middle of it all goes on as the original does.
func TestResourcesClone(t *testing.T) {
	p := crowd(12)
	if err := p.Assemble(); err != nil {
		t.Fatal(err)
	}
	l := New(p, Options{Limits: Limits{Time: 40e9}})
	for range 20 {
		l.RunFor(501)
		l = l.Clone()
	}
	other := New(p, Options{Limits: Limits{Time: 40e9}})
	a, b := l.Run(), other.Run()
	if a.Now != b.Now || a.Iterations != b.Iterations || a.Steps != b.Steps {
		t.Errorf("with copies: %d iterations, %d steps; without: %d, %d", a.Iterations, a.Steps, b.Iterations, b.Steps)
	}
	checkResources(t, l)
}

// checkResources holds what must be true of resources between two iterations.
func checkResources(t *testing.T, l *Loop) {
	t.Helper()
	for i := range l.resources {
		r := &l.resources[i]
		var held int64
		for id := r.first; id != 0; id = l.request(id).after {
			held += l.request(id).amount
		}
		if held != r.inUse {
			t.Errorf("%s: %d units are held, and %d in use", r.name, held, r.inUse)
		}
		if r.inUse > r.capacity && r.order != ResourceShared {
			t.Errorf("%s: %d units are in use of %d", r.name, r.inUse, r.capacity)
		}
		if id := r.line.head(); id != 0 && r.order != ResourceRandom && l.request(id).amount <= r.capacity-r.inUse {
			t.Errorf("%s: the first in line fits and waits", r.name)
		}
		if x := &r.sharing; x.timed != x.users.head() || int64(x.users.len()) > r.inUse {
			t.Errorf("%s: %d share it, %d hold it, request %d is next, and %d has the timer", r.name, x.users.len(), r.inUse, x.users.head(), x.timed)
		}
		for at, id := range r.line.heap {
			if q := l.request(id); int(q.place) != at || q.state != requestAsking {
				t.Errorf("%s: a request in line has place %d, not %d, and state %d", r.name, q.place, at, q.state)
			}
		}
	}
}

// TestResourcesHold: after every instruction no unit is free while the first in line could have it, and none is counted twice.
func TestResourcesHold(t *testing.T) {
	p := crowd(15)
	if err := p.Assemble(); err != nil {
		t.Fatal(err)
	}
	l := New(p, Options{})
	for range 5000 {
		l.RunFor(1)
		if checkResources(t, l); t.Failed() {
			return
		}
	}
}
