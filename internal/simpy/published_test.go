package simpy

import (
	"os"
	"slices"
	"strings"
	"testing"

	"runloop/scenarios"
)

// published is SimPy's examples, each with what stands instead of its draws: the program for SimPy in testdata has the same.
var published = []struct {
	name  string
	draws []string
	ties  bool // of the lines of one instant the order is another
}{
	{name: "bank-renege", draws: []string{
		"uniform(1, 3)", "1 + int(now * 8) % 16 / 8.0", "exponential(12)", "2 + int(now * 8) * 5 % 64 / 8.0",
		"exponential(10)", "[7.125, 2.25, 9.5, 3.375, 0.625][index - 1]",
	}},
	{name: "carwash", ties: true, draws: []string{"randint(50, 99)", "50 + int(now) * 7 % 50", "randint(gap - 2, gap + 2)", "[5, 8, 6, 9, 7][index]"}},
	{name: "machine-shop", draws: []string{
		"truncated(normal(10, 2), 0, null)", "8 + (parts[i] * 7919 + i * 4007) % 4093 / 1024.0",
		"exponential(300)", "100 + (int(now * 1024) * 13 + i * 10007) % 204803 / 1024.0", "machines: 2", "machines: 10", "until: 150m", "until: 7d",
	}},
	{name: "movie-renege", draws: []string{
		"exponential(0.5)", "0.25 + int(now * 1024) * 37 % 509 / 1024.0", "randint(0, 2)", "int(now * 1024) % 3",
		"randint(1, 6)", "1 + int(now * 1024) % 6", "tickets: 8", "tickets: 50", "until: 5m", "until: 120m",
	}},
	{name: "gas-station", draws: []string{"randint(5, 25)", "5 + int(now) % 21", "randint(30, 120)", "33.25 + int(now) * 7 % 97", "until: 650s", "until: 2000s"}},
	{name: "process-communication", draws: []string{"randint(6, 10)", "6 + int(now) % 5", "randint(4, 8)", "4 + int(now) * 3 % 7"}},
	{name: "event-latency"},
}

// TestPublished: the bundled scenarios that are SimPy's examples print what those print.
func TestPublished(t *testing.T) {
	p := start(t)
	for _, x := range published {
		text, _ := scenarios.Source(x.name)
		yaml := string(text)
		for i := 0; i < len(x.draws); i += 2 {
			if !strings.Contains(yaml, x.draws[i]) {
				t.Errorf("%s has no %q", x.name, x.draws[i])
			}
			yaml = strings.ReplaceAll(yaml, x.draws[i], x.draws[i+1])
		}
		program, err := os.ReadFile("testdata/" + x.name + ".py")
		if err != nil {
			t.Fatal(err)
		}
		ours, theirs := onEngine(t, yaml), p.run(t, string(program))
		if x.ties {
			if slices.Equal(ours, theirs) {
				t.Errorf("%s: the order is the same", x.name)
			}
			ours, theirs = instants(ours), instants(theirs)
		}
		if !slices.Equal(ours, theirs) || len(ours) < 5 {
			t.Errorf("%s: ours, then SimPy's\n%s\n\n%s", x.name, strings.Join(ours, "\n"), strings.Join(theirs, "\n"))
		}
	}
}

// TestChapter: docs/simulation.md has the same model twice, and what it says of its last car is so.
func TestChapter(t *testing.T) {
	p := start(t)
	page, err := os.ReadFile("../../docs/simulation.md")
	if err != nil {
		t.Fatal(err)
	}
	block := func(language string) string {
		_, text, _ := strings.Cut(string(page), "```"+language+"\n")
		text, _, _ = strings.Cut(text, "\n```")
		return text
	}
	const printing = "def print(*words):\n    line(' '.join(map(str, words)))\n"
	yaml, python := block("yaml"), printing+block("python")
	if ours, theirs := onEngine(t, yaml), p.run(t, python); !slices.Equal(ours, theirs) || len(ours) != 11 {
		t.Errorf("ours, then SimPy's\n%s\n\n%s", strings.Join(ours, "\n"), strings.Join(theirs, "\n"))
	}
	ours := onEngine(t, strings.Replace(yaml, "3.5s", "3s", 1))
	theirs := p.run(t, strings.Replace(python, "3.5", "3", 1))
	if !slices.Contains(ours, "8.0 car 5 gives up") || !slices.Contains(theirs, "8.0 car 5 waited 3.0") {
		t.Errorf("with less patience: ours, then SimPy's\n%s\n\n%s", strings.Join(ours, "\n"), strings.Join(theirs, "\n"))
	}
}
