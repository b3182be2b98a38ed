package engine

import (
	rand "math/rand/v2"
	"strings"
	"testing"
)

// TestJoin: texts that were joined stay what they were while others grow from them.
func TestJoin(t *testing.T) {
	p := &Program{}
	if err := p.Assemble(); err != nil {
		t.Fatal(err)
	}
	l, r := New(p, Options{}), rand.New(rand.NewPCG(1, 1))
	got, want := []string{""}, []string{""}
	for range 3000 {
		i := len(got) - 1
		if r.IntN(4) == 0 {
			i = r.IntN(len(got))
		}
		b := strings.Repeat(string(rune('a'+r.IntN(26))), r.IntN(9))
		s, ok := l.Join(got[i], b)
		if !ok {
			t.Fatal("no room")
		}
		got, want = append(got, s), append(want, strings.Clone(want[i])+b)
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("text %d is %q, want %q", i, got[i], want[i])
		}
	}
}
