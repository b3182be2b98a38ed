package dsl

import (
	"fmt"
	"strings"
	"testing"

	"runloop/dsl/source"
)

func TestIgnore(t *testing.T) {
	const head = "runloop: 1\nlocks: [a, b]"
	const unused = "RL0503@2 RL0503@2"
	for _, c := range []struct{ name, text, want string }{
		{"nothing", head + "\nmain: [print: x]\n", unused},
		{"on the line", head + " # runloop: ignore RL0503\nmain: [print: x]\n", ""},
		{"no spaces", head + " #runloop:ignore RL0503\nmain: [print: x]\n", ""},
		{"the line before", "runloop: 1\n# runloop: ignore RL0503\n# why\n\nlocks: [a]\nmain: [print: x]\n", ""},
		{"not the line after next", "runloop: 1\n# runloop: ignore RL0503\nname: x\nlocks: [a]\nmain: [print: x]\n",
			"RL0511@2 RL0503@4"},
		{"another code", head + " # runloop: ignore RL0504\nmain: [print: x]\n", unused + " RL0511@2"},
		{"several codes", head + " # runloop: ignore RL0503, RL0504\nmain: [print: x]\n", "RL0511@2"},
		{"words behind it", head + " # runloop: ignore RL0503 for now\nmain: [print: x]\n", ""},
		{"no codes", head + " # runloop: ignore\nmain: [print: x]\n", unused},
		{"no such code", head + " # runloop: ignore RL9999\nmain: [print: x]\n", unused + " RL0511@2"},
		{"an error", "runloop: 1\nmain: [prnt: x] # runloop: ignore RL0104\n", "RL0104@2 RL0511@2"},
		{"one of two errors", "runloop: 1\nmain:\n  - prnt: x # runloop: ignore RL0104 RL0501\n  - prnt: y\n",
			"RL0104@3 RL0511@3 RL0104@4"},
		{"in text", "runloop: 1\nmain: [print: 'x# runloop: ignore RL0503']\n", ""},
		{"CR LF", "runloop: 1\r\n# runloop: ignore RL0503\r\nlocks: [a]\r\nmain: [print: x]\r\n", ""},
		{"the end of the file", "runloop: 1\nmain: [print: x]\n# runloop: ignore RL0503", "RL0511@3"},
	} {
		src := source.NewSource("f.yaml", []byte(c.text))
		var got []string
		for _, d := range Check("f.yaml", src.Bytes()) {
			got = append(got, fmt.Sprintf("%s@%d", d.Code, src.Pos(d.Span.Start).Line))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}
