package source

import "testing"

// TestNear checks which words are taken for one another's misspellings.
func TestNear(t *testing.T) {
	for _, c := range []struct {
		word, candidate string
		want            bool
	}{
		// swapped, missing, doubled and neighbouring letters, case, separators, forms of one word
		{"fro", "for", true}, {"fi", "if", true}, {"fr", "for", true}, {"iff", "if", true}, {"aa", "a", true},
		{"pur", "put", true}, {"seet", "set", true}, {"leep", "sleep", true}, {"prnit", "print", true}, {"PRINT", "print", true},
		{"waot", "wait", true}, {"task", "tasks", true}, {"mutex", "mutexes", true}, {"bound", "bounded", true},
		{"max_size", "maxsize", true}, {"sleepUntil", "sleep_until", true}, {"semaphre", "semaphore", true},
		{"simaphor", "semaphore", true}, {"slepp", "sleep", true}, {"corotine", "coroutine", true}, {"X", "x", true},
		// other words
		{"foo", "for", false}, {"sin", "min", false}, {"result", "reset", false}, {"needs", "seed", false},
		{"sleep_ms", "sleep", false}, {"set", "get", false}, {"run", "round", false}, {"tuple", "type", false},
		{"input", "int", false}, {"pi", "p", false}, {"foo", "floor", false}, {"n", "i", false}, {"sum", "um", false},
		{"sort", "sqrt", true}, {"all", "call", false}, {"list", "lock", false}, {"hash", "map", false}, {"b", "", false},
		{"é", "e", false}, {"naïve", "naive", true},
	} {
		got := Suggest(c.word, []string{c.candidate}) != ""
		if got != c.want {
			t.Errorf("%q for %q: %t, want %t", c.word, c.candidate, got, c.want)
		}
		if back := c.candidate != "" && Suggest(c.candidate, []string{c.word}) != ""; back != c.want {
			t.Errorf("%q for %q: %t, want %t", c.candidate, c.word, back, c.want)
		}
	}
}

// TestBeside checks which keys touch.
func TestBeside(t *testing.T) {
	for _, c := range []struct {
		a, b byte
		want bool
	}{{'q', 'w', true}, {'a', 'q', true}, {'a', 'w', true}, {'z', 's', true}, {'n', 'm', true}, {'o', 'r', false}, {'p', 'a', false},
		{'1', 'q', false}, {'a', 'a', false}} {
		if beside(c.a, c.b) != c.want || beside(c.b, c.a) != c.want {
			t.Errorf("%c %c: want %t", c.a, c.b, c.want)
		}
	}
}
