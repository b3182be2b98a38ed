package dsl

import (
	"testing"

	"runloop/dsl/compile"
)

// TestManyHolders: a report names at most fifty of the tasks that another waits for, and counts the rest.
func TestManyHolders(t *testing.T) {
	s, err := Load("holders.yaml", []byte(`runloop: 1
semaphores: { s: 70 }
workers:
  w:
    count: 100
    do: [ acquire: s, sleep: 1, acquire: s ]
`))
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.NewLoop(compile.RunOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r := l.Run()
	if len(r.Blocked) != 100 {
		t.Fatalf("%d tasks are blocked", len(r.Blocked))
	}
	for _, b := range r.Blocked {
		if len(b.Holders) != 50 || b.More != 20 || b.Holders[49] != "w-50" {
			t.Fatalf("%d holders and %d more", len(b.Holders), b.More)
		}
	}
}
