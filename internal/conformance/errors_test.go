package conformance

import (
	"os/exec"
	"strings"
	"testing"

	"runloop/engine"
)

// bases prints every error type that it is given, in its arguments, with all that it derives from.
const bases = `
import asyncio, sys
class Interrupt(Exception): pass
class QueueShutDown(Exception): pass
class ResourceFull(Exception): pass
for name in sys.argv[1:]:
    found = vars(__builtins__).get(name) or getattr(asyncio, name, None) or globals()[name]
    print(name, *(b.__name__ for b in found.__mro__[:-1]))
`

// TestErrorTypes: errors derive from each other as in Python.
func TestErrorTypes(t *testing.T) {
	newPython(t, interpreter{}) // skips where there is none
	types := engine.ErrorTypes()
	out, err := exec.Command("python3", append([]string{"-c", bases}, types...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != len(types) {
		t.Fatalf("%d types of %d", len(lines), len(types))
	}
	for _, line := range lines {
		words := strings.Fields(line)
		for _, base := range types {
			want := false
			for _, w := range words[1:] {
				want = want || w == base
			}
			if got := engine.IsSubtype(words[0], base); got != want {
				t.Errorf("IsSubtype(%s, %s) is %v", words[0], base, got)
			}
		}
	}
}
