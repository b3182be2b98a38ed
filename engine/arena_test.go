package engine

import "testing"

// TestArena: records keep what is in them while the arena grows past chunks; what was given back comes first.
func TestArena(t *testing.T) {
	var a arena[int]
	const n = 3 << chunkBits
	for i := range uint32(n) {
		id, fresh := a.take()
		if id != i+1 || !fresh || *a.at(id) != 0 {
			t.Fatalf("number %d is %d, fresh %v, %d", i, id, fresh, *a.at(id))
		}
		*a.at(id) = int(id)
	}
	whole := a.at(1 << chunkBits)
	a.add()
	c := a
	c.own(&arena[int]{}, func(x, _ *int) { *x = -*x })
	for id := range uint32(n + 1) {
		if *a.at(id) != int(id) || *c.at(id) != -int(id) {
			t.Fatalf("record %d is %d, in the clone %d", id, *a.at(id), *c.at(id))
		}
	}
	if a.at(1<<chunkBits) != whole {
		t.Error("a whole chunk has moved")
	}
	a.give(7)
	a.give(9)
	for _, want := range []uint32{9, 7, n + 2} {
		if id, _ := a.take(); id != want {
			t.Errorf("%d instead of %d", id, want)
		}
	}
	if id, _ := c.take(); id != n+2 {
		t.Errorf("the clone gives %d", id)
	}
}

// TestFramesMove: a task goes on with its variables when what it creates and calls makes the first chunks move.
func TestFramesMove(t *testing.T) {
	child := &Entry{Code: &Code{Locals: []string{"a", "b", "c", "d"}, Body: []Step{sleep(1)}}}
	p := &Program{Workers: []*Entry{locals(worker("w",
		&Set{Assigns: []Assign{{To: *local(3), Value: val(Int(42))}}},
		&Repeat{N: count(5000), Do: []Step{
			&Spawn{Entry: child},
			&If{Branches: []Branch{{Cond: func(l *Loop) bool { return l.Local(3).AsInt() != 42 }, Then: []Step{&Raise{Type: "ValueError"}}}}},
		}},
		show("w ", 3)), 4)}}
	if err := p.Assemble(); err != nil {
		t.Fatal(err)
	}
	r := New(p, Options{KeepOutput: true}).Run()
	if r.Tasks.Done != 5001 || string(r.Output) != "w 42\n" {
		t.Errorf("%d tasks done, %s, %v", r.Tasks.Done, r.Output, r.Errors)
	}
}
