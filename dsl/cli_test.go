package dsl

import (
	"maps"
	"strings"
	"testing"
)

func TestReadParams(t *testing.T) {
	got, err := ReadParams("p.yaml", []byte("a: 1\nb: \"x y\"\nc: 1m30s\nd:\n  - 1\n  - k: v\n    l: w\ne: [2, 3]\n"))
	want := map[string]string{"a": "1", "b": "x y", "c": "1m30s", "d": "  - 1\n  - k: v\n    l: w", "e": "   [2, 3]"}
	for k := range got { // trailing line breaks of a block do not matter
		got[k] = strings.TrimRight(got[k], "\n")
	}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	for text, want := range map[string]string{
		"- 1":        "p.yaml:1:1: error[RL0103]: parameters are a map",
		"a: 1\na: 2": "p.yaml:2:1: error[RL",
		"a: [":       "p.yaml:1:",
	} {
		if _, err := ReadParams("p.yaml", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %v, want %s…", text, err, want)
		}
	}
}
