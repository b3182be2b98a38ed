package picture

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"runloop/internal/trace"
	"runloop/internal/trace/tracetest"
	"runloop/scenarios"
)

// twoRuns is runs of one scenario in two orders of timers of one instant.
func twoRuns(t *testing.T, name, text string) (a, b *trace.Run) {
	t.Helper()
	other := strings.Replace(text, "runloop: 1\n", "runloop: 1\nties: lifo\n", 1)
	text = strings.Replace(text, "runloop: 1\n", "runloop: 1\nties: fifo\n", 1)
	return tracetest.Load(t, name, []byte(text)), tracetest.Load(t, name, []byte(other))
}

func TestBeside(t *testing.T) {
	text, _ := scenarios.Source("lost-update")
	a, b := twoRuns(t, "lost-update.yaml", string(text))
	titles := [2]string{"ties: fifo", "ties: lifo"}
	picture, err := Beside(a, b, titles, Options{Foot: []string{"Why?"}})
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "lost-update.beside.svg", picture)
	lines, err := BesideText(a, b, titles, Options{Foot: []string{"Why?"}})
	if err != nil {
		t.Fatal(err)
	}
	keptFile(t, "lost-update.beside.txt", lines)
	ascii, err := BesideText(a, b, titles, Options{ASCII: true, Colour: true, Title: "two"})
	if err != nil || !bytes.Contains(ascii, []byte("\x1b[31m")) || !bytes.HasPrefix(ascii, []byte("\x1b[1mtwo")) {
		t.Errorf("%v: %s", err, ascii)
	}
}

// TestBesideSame: of runs that are the same nothing is marked, and all but one row is left out.
func TestBesideSame(t *testing.T) {
	r := tracetest.Bundled(t, "lost-update")
	x, err := newBeside(r, r, [2]string{"a", "b"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(x.rows) != 1 || x.rows[0].fold != len(r.OwnTurns()) || x.explained() != "" {
		t.Errorf("%+v", x.rows)
	}
	if x, _ = newBeside(r, r, [2]string{}, Options{All: true}); len(x.rows) != len(r.OwnTurns()) {
		t.Errorf("%d rows", len(x.rows))
	}
}

// TestBesideManyTasks: with more tasks than there is room for lanes, their names stand before the words; of runs that differ too much
// nothing is drawn.
func TestBesideManyTasks(t *testing.T) {
	scenario := "runloop: 1\nworkers:\n  w:\n    count: %d\n    do:\n      - sleep: 1s\n      - print: \"${index} with a long line that does not fit into the half of a page, so that it is broken\"\n"
	a, b := twoRuns(t, "many.yaml", fmt.Sprintf(scenario, 12))
	picture, err := Beside(a, b, [2]string{"a", "b"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f := Faults(picture); len(f) > 0 {
		t.Errorf("%q", f)
	}
	if !bytes.Contains(picture, []byte("w-12: ")) {
		t.Error("the name of w-12 is not there")
	}
	a, b = twoRuns(t, "much.yaml", fmt.Sprintf(scenario, 300))
	var much *TooMuch
	if _, err := BesideText(a, b, [2]string{"a", "b"}, Options{}); !errors.As(err, &much) {
		t.Errorf("the error is %v", err)
	}
}
