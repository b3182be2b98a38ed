package dsl

import (
	"slices"
	"strings"
	"testing"
)

// TestAddKnown writes one schedule more into files of many layouts: nothing else changes, and it is read as it was meant.
func TestAddKnown(t *testing.T) {
	const head = "runloop: 1\nworkers:\n  a: [ sleep: 1s ] # a\n  b: [ sleep: 1s ]\n"
	step := []KnownStep{{At: 1e9, Do: "first", Who: "b"}}
	const text = "[{ at: 1s, first: b }]"
	long := slices.Repeat([]KnownStep{{At: 1_500_000, Do: "first", Who: "b", Late: 1000}}, 4)
	for _, x := range []struct {
		have, want string
		steps      []KnownStep
	}{
		{head, head + "explore:\n  late: 5ms\n  known:\n    - " + text + "\n", step},
		{head + "# end", head + "# end\nexplore:\n  late: 5ms\n  known:\n    - " + text + "\n", step},
		{"runloop: 1\nexplore:\n    late: 1ms # late\n# b\nmain: [ sleep: 0 ]\nworkers: { b: [ sleep: 1s ] }\n",
			"runloop: 1\nexplore:\n    late: 1ms # late\n    known:\n      - " + text + "\n# b\nmain: [ sleep: 0 ]\nworkers: { b: [ sleep: 1s ] }\n", step},
		{head + "explore: { late: 1ms }\n", head + "explore: { late: 1ms , known: [" + text + "] }\n", step},
		{head + "explore: { known: [[{ at: 1s, cancel: a }]] } # x\n", head + "explore: { known: [[{ at: 1s, cancel: a }], " + text + "] } # x\n", step},
		{head + "explore: { known: [{ at: 1s, cancel: a }] }\n", head + "explore: { known: [[{ at: 1s, cancel: a }], " + text + "] }\n", step},
		{head + "explore:\n  known:\n  - [{ at: 1s, cancel: a }] # x\n  late: 1ms\n",
			head + "explore:\n  known:\n  - [{ at: 1s, cancel: a }] # x\n  - " + text + "\n  late: 1ms\n", step},
		{head + "explore:\n  known:\n    - at: 1s\n      cancel: a\n  late: 1ms\n",
			head + "explore:\n  known:\n    [[{ at: 1s, cancel: a }], " + text + "]\n  late: 1ms\n", step},
		{head + "explore:\n  late: 5ms\n", head + "explore:\n  late: 5ms\n  known:\n    - - { at: 1500us, first: b, late: 1us }\n" +
			strings.Repeat("      - { at: 1500us, first: b, late: 1us }\n", 3), long},
	} {
		for _, br := range []string{"\n", "\r\n"} {
			have, want := strings.ReplaceAll(x.have, "\n", br), strings.ReplaceAll(x.want, "\n", br)
			s, err := Load("a.yaml", []byte(have))
			if err != nil {
				t.Fatal(err)
			}
			data, added, err := s.AddKnown(x.steps, []string{"late: 5ms"})
			if err != nil || !added || string(data) != want {
				t.Errorf("%s\nbecomes (%v, %v)\n%s\nand not\n%s", have, added, err, data, want)
				continue
			}
			if s, err = s.Reload(data); err != nil {
				t.Fatal(err)
			}
			if data, added, err = s.AddKnown(x.steps, nil); err != nil || added || string(data) != want {
				t.Errorf("it is added once more: %v, %v\n%s", added, err, data)
			}
		}
	}
	s, err := Load("a.yaml", []byte("{ runloop: 1, main: [ sleep: 0 ] }"))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.AddKnown(step, nil); err == nil {
		t.Error("a file in brackets is rewritten")
	}
}
