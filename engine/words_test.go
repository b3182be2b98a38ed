package engine

import (
	"fmt"
	"slices"
	"testing"
)

// TestWords: every word names the constant that it comes from, and nothing else names one.
func TestWords(t *testing.T) {
	checkWords(t, TiesWords, ParseTies, TiesRandom)
	checkWords(t, QueueOrderWords, ParseQueueOrder, QueuePriority)
	checkWords(t, ReturnWhenWords, ParseReturnWhen, FirstException)
	checkWords(t, MissedWords, ParseMissed, MissedDrift)
	checkWords(t, LimitWords, ParseLimit, LimitOutput)
	checkWords(t, OutcomeWords, ParseOutcome, Interrupted)
	for s, want := range []string{"pending", "pending", "done", "failed", "cancelled"} {
		if got := taskState(s).String(); got != want {
			t.Errorf("state %d is %s", s, got)
		}
	}
	if Running.String() != "running" {
		t.Error("Running")
	}
}

func checkWords[T fmt.Stringer](t *testing.T, words []string, parse func(string) (T, bool), last T) {
	t.Helper()
	for _, w := range words {
		if x, ok := parse(w); !ok || x.String() != w {
			t.Errorf("%s is %s, %v", w, x, ok)
		}
	}
	if _, ok := parse("running"); ok {
		t.Error("running is a word")
	}
	if words[len(words)-1] != last.String() {
		t.Errorf("the last of %q is not %s", words, last)
	}
}

func TestErrorTypes(t *testing.T) {
	if names := ErrorTypes(); !slices.IsSorted(names) {
		t.Errorf("not sorted: %q", names)
	}
	for _, c := range []struct {
		typ, base string
		want      bool
	}{
		{"TimeoutError", "OSError", true}, {"TimeoutError", "BaseException", true}, {"OSError", "TimeoutError", false},
		{"CancelledError", "Exception", false}, {"Own", "Exception", true}, {"Own", "ValueError", false}, {"Own", "Own", true},
	} {
		if got := IsSubtype(c.typ, c.base); got != c.want {
			t.Errorf("IsSubtype(%s, %s) is %v", c.typ, c.base, got)
		}
	}
}

// TestChoose: random ties can be decided from outside.
func TestChoose(t *testing.T) {
	var workers []*Entry
	for i := range 4 {
		workers = append(workers, worker(fmt.Sprint(i), sleep(1), &Print{Text: lit(fmt.Sprint(i)), End: lit("")}))
	}
	p := &Program{Workers: workers}
	if err := p.Assemble(); err != nil {
		t.Fatal(err)
	}
	var asked []int
	last := func(n int) int { asked = append(asked, n); return n - 1 }
	l := New(p, Options{KeepOutput: true, Ties: TiesRandom, Choose: last})
	c := l.Clone()
	if out := string(l.Run().Output); out != "3012" || !slices.Equal(asked, []int{4, 3, 2}) {
		t.Errorf("%s, asked %v", out, asked)
	}
	if out := string(c.Run().Output); out != "3012" || len(asked) != 6 {
		t.Errorf("the clone: %s, asked %v", out, asked)
	}
	New(p, Options{Choose: func(int) int { t.Error("asked without a choice"); return 0 }}).Run()
}

// TestTimeUnitWords: the words are those of the units.
func TestTimeUnitWords(t *testing.T) {
	for i, u := range TimeUnits {
		if TimeUnitWords[i] != u.Symbol || UnitOf(u.Nanos) != u {
			t.Errorf("unit %d is %q in the words, %v in the table", i, TimeUnitWords[i], u)
		}
	}
}
