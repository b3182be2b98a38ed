package syntax

import (
	"slices"
	"strings"
	"testing"

	"runloop/dsl/source"
)

func TestSuggest(t *testing.T) {
	names := []string{"sleep", "sleep_until", "spawn", "set", "reset", "stop", "let", "print", "release", "Count",
		"count", "i", "if"}
	for _, c := range []struct{ word, want string }{
		{"slep", "sleep"}, {"sleeep", "sleep"}, {"selep", "sleep"}, {"SLEEP", "sleep"}, {"sleep-until", "sleep_until"},
		{"sleepuntil", "sleep_until"}, {"sotp", "stop"}, {"COUNT", "Count"}, {"prnt", "print"}, {"realease", "release"},
		{"xyzzy", ""}, {"n", ""}, {"", ""}, {"fi", "if"}, {strings.Repeat("x", 1000), ""},
	} {
		if got := source.Suggest(c.word, names); got != c.want {
			t.Errorf("%q: %q, want %q", c.word, got, c.want)
		}
		reversed := slices.Clone(names)
		slices.Reverse(reversed)
		if got := source.Suggest(c.word, reversed); got != c.want {
			t.Errorf("%q: the order of the candidates matters: %q", c.word, got)
		}
	}
}

func TestEditDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "", 3}, {"", "ab", 2}, {"abc", "acb", 1}, {"kitten", "sitting", 3}, {"é", "e", 1}, {"ca",
		"abc", 3}} {
		if got := source.EditDistance(c.a, c.b); got != c.want {
			t.Errorf("%q %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
