package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Verdict is the result of a test.
type Verdict uint8

const (
	Passed  Verdict = iota // the scenario met its expectations
	Failed                 // the scenario did not meet its expectations
	Broken                 // the file could not be read or run
	Skipped                // the scenario was not run
)

// String returns the verdict in one word.
func (v Verdict) String() string { return [...]string{"passed", "failed", "broken", "skipped"}[v] }

// Test is a scenario that was run as a test.
type Test struct {
	Name     string // the file, with its case and the number of the repetition if there are any
	File     string
	Case     string // empty: the scenario itself
	Verdict  Verdict
	Text     string // what went wrong, in lines
	Failures []Failure
	Ended    string   // as in expect.ends; empty if it was not run
	At       int64    // the loop time of the end
	Output   []byte   // only of a failed test
	Updated  []string // files with expected outputs that were rewritten
	Wall     time.Duration

	Seeds       int // with how many seeds it was run; 0: with its own
	FailedSeeds []uint64
}

// head returns the line above the text of what went wrong.
func (t *Test) head() string {
	word := strings.ToUpper(t.Verdict.String())
	if t.Ended == "" {
		return fmt.Sprintf("%s %s\n", word, t.Name)
	}
	return fmt.Sprintf("%s %s: %s at %s\n", word, t.Name, t.Ended, seconds(t.At))
}

// TestText returns what went wrong in a test. It is empty for a test that passed or was skipped.
func TestText(t *Test) string {
	if t.Verdict != Failed && t.Verdict != Broken {
		return ""
	}
	return t.head() + "  " + indent(t.Text) + "\n"
}

// TestCounts returns the number of tests by verdict.
func TestCounts(tests []Test) (counts [4]int) {
	for _, t := range tests {
		counts[t.Verdict]++
	}
	return counts
}

// TestSummary returns one line about all tests.
func TestSummary(tests []Test, wall time.Duration) string {
	counts := TestCounts(tests)
	parts := []string{fmt.Sprintf("%d passed", counts[Passed])}
	for _, v := range []Verdict{Failed, Broken, Skipped} {
		if counts[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[v], v))
		}
	}
	return fmt.Sprintf("%s: %s in %.2fs\n", plural(int64(len(tests)), "test"), strings.Join(parts, ", "), wall.Seconds())
}

// Slowest lists the n tests that took longest, one per line, slowest first.
func Slowest(tests []Test, n int) string {
	sorted := slices.Clone(tests)
	slices.SortStableFunc(sorted, func(a, b Test) int { return cmp.Compare(b.Wall, a.Wall) })
	var b strings.Builder
	for _, t := range sorted[:min(n, len(sorted))] {
		if t.Verdict != Skipped {
			fmt.Fprintf(&b, "%8.3fs %s\n", t.Wall.Seconds(), t.Name)
		}
	}
	return b.String()
}

// TestsJUnit returns tests as JUnit XML.
func TestsJUnit(tests []Test, wall time.Duration) ([]byte, error) {
	const name = "runloop test"
	counts := TestCounts(tests)
	s := junitSuite{Name: name, Tests: len(tests), Failures: counts[Failed], Errors: counts[Broken],
		Skipped: counts[Skipped], Time: xmlSeconds(wall)}
	for _, t := range tests {
		x := junitCase{Name: t.Name, ClassName: name, File: t.File, Time: xmlSeconds(t.Wall)}
		first, _, _ := strings.Cut(t.Text, "\n")
		problem := &junitProblem{Message: first, Type: t.Verdict.String(), Text: t.Text}
		switch t.Verdict {
		case Failed:
			x.Failure = problem
		case Broken:
			x.Error = problem
		case Skipped:
			x.Skipped = &struct{}{}
		}
		if len(t.Output) > 0 {
			x.Out = &junitText{Text: string(t.Output)}
		}
		s.Cases = append(s.Cases, x)
	}
	return s.encode()
}

func xmlSeconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

// The JSON of tests. Wall-clock times are in seconds, "at" is a loop time, and absent values are null.
type (
	testsJSON struct {
		OK      bool       `json:"ok"`
		Passed  int        `json:"passed"`
		Failed  int        `json:"failed"`
		Broken  int        `json:"broken"`
		Skipped int        `json:"skipped"`
		Wall    number     `json:"wall"`
		Shuffle *uint64    `json:"shuffle"`   // the seed of the order
		LeftOut []string   `json:"left_out"`  // files without a line that begins with "runloop:"
		Library []string   `json:"libraries"` // files with definitions only
		Tests   []testJSON `json:"tests"`
	}
	testJSON struct {
		Name     string            `json:"name"`
		File     string            `json:"file"`
		Case     *string           `json:"case"`    // null: the scenario itself
		Verdict  string            `json:"verdict"` // passed, failed, broken or skipped
		Ended    *string           `json:"ended"`   // as expect.ends
		At       *number           `json:"at"`
		Wall     number            `json:"wall"`
		Failures []testFailureJSON `json:"failures"`
		Text     string            `json:"text"`    // what went wrong, as it is printed
		Updated  []string          `json:"updated"` // files with expected outputs that were rewritten
		Seeds    *testSeedsJSON    `json:"seeds"`   // null: it was run with one
	}
	testSeedsJSON struct {
		Run    int      `json:"run"` // how many
		Failed []uint64 `json:"failed"`
	}
	testFailureJSON struct {
		failureJSON
		Diff *string `json:"diff"` // of outputs
	}
)

// TestsJSON returns tests as one JSON object. shuffle is the seed of their order, or nil if they were not shuffled. leftOut names
// the files of folders that were not run because they are no scenarios, libraries those that have definitions only.
func TestsJSON(tests []Test, wall time.Duration, shuffle *uint64, leftOut, libraries []string) ([]byte, error) {
	counts := TestCounts(tests)
	all := testsJSON{OK: counts[Passed] > 0 && counts[Failed]+counts[Broken] == 0, Passed: counts[Passed], Failed: counts[Failed],
		Broken: counts[Broken], Skipped: counts[Skipped], Wall: number(wall), Shuffle: shuffle, LeftOut: append([]string{}, leftOut...), Library: append([]string{}, libraries...), Tests: []testJSON{}}
	for _, t := range tests {
		x := testJSON{Name: t.Name, File: t.File, Verdict: t.Verdict.String(), Wall: number(t.Wall), Text: t.Text,
			Failures: []testFailureJSON{}, Updated: append([]string{}, t.Updated...)}
		if t.Ended != "" {
			at := number(t.At)
			x.Ended, x.At = &t.Ended, &at
		}
		if t.Case != "" {
			x.Case = &t.Case
		}
		if t.Seeds > 0 {
			x.Seeds = &testSeedsJSON{Run: t.Seeds, Failed: append([]uint64{}, t.FailedSeeds...)}
		}
		for _, f := range t.Failures {
			y := testFailureJSON{failureJSON: failureJSON{Message: f.Message, Line: f.Pos.Line, Col: f.Pos.Col}}
			if f.Diff != "" {
				y.Diff = &f.Diff
			}
			x.Failures = append(x.Failures, y)
		}
		all.Tests = append(all.Tests, x)
	}
	return Encode(all, "  ")
}
