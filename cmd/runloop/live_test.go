package main

import (
	"bytes"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"
)

// liveScreen is a terminal: what it shows after the escape sequences that are used here.
type liveScreen struct {
	mu       sync.Mutex // the test looks while the run draws
	t        *testing.T
	rows     int
	cols     int
	lines    []string // all that was ever shown, the newest last: it scrolls
	row, col int
	nowrap   bool
	frames   int
}

func newScreen(t *testing.T, rows, cols int) *liveScreen {
	t.Setenv("TERM", "xterm")
	return &liveScreen{t: t, rows: rows, cols: cols, lines: []string{""}}
}

func (s *liveScreen) Size() (rows, cols int) { return s.rows, s.cols }

func (s *liveScreen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.frames++
	for text := string(p); text != ""; {
		if rest, ok := strings.CutPrefix(text, "\x1b["); ok {
			end := strings.IndexFunc(rest, func(r rune) bool { return r >= '@' })
			s.escape(rest[:end], rest[end])
			text = rest[end+1:]
			continue
		}
		r, n := utf8.DecodeRuneInString(text)
		s.put(r)
		text = text[n:]
	}
	return len(p), nil
}

func (s *liveScreen) escape(arg string, what byte) {
	switch {
	case what == 'J' && arg == "":
		s.lines[s.row] = string([]rune(s.lines[s.row])[:s.col])
		s.lines = s.lines[:s.row+1]
	case what == 'A':
		n, _ := strconv.Atoi(arg)
		if s.row -= n; s.row < len(s.lines)-s.rows || s.row < 0 {
			s.t.Errorf("the cursor leaves the terminal at its top")
			s.row = max(s.row, 0)
		}
	case arg == "?7" && (what == 'l' || what == 'h'):
		s.nowrap = what == 'l'
	default:
		s.t.Errorf("the terminal does not know %q %c", arg, what)
	}
}

func (s *liveScreen) put(r rune) {
	line := []rune(s.lines[s.row])
	switch {
	case r == '\r':
		s.col = 0
		return
	case r == '\n' || s.col == s.cols && !s.nowrap:
		s.row, s.col = s.row+1, 0
		if s.row == len(s.lines) {
			s.lines = append(s.lines, "")
		}
		if r != '\n' {
			s.put(r)
		}
		return
	case s.col == s.cols:
		s.col--
	}
	if s.col < len(line) {
		line[s.col] = r
	} else {
		line = append(line, r)
	}
	s.lines[s.row] = string(line)
	s.col++
}

func (s *liveScreen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.lines, "\n")
}

// look runs the command on the screen and returns what it shows after each of those times.
func (s *liveScreen) look(in string, args []string, times ...time.Duration) (code int, shown []string, stderr string) {
	var errs bytes.Buffer
	done := make(chan int)
	go func() { done <- run(args, streamsTo(strings.NewReader(in), s, &errs, noSignals)) }()
	last := time.Duration(0)
	for _, at := range times {
		time.Sleep(at - last) // of the test's own clock: nothing waits
		last = at
		synctest.Wait()
		shown = append(shown, s.text())
	}
	code = <-done
	return code, shown, errs.String()
}

// TestLive: while a scenario runs, the terminal shows what it has printed and, below it, what each task does; when it has run, the
// output alone, also of a line that has no end for a while.
func TestLive(t *testing.T) {
	const file = `runloop: 1
queues: { jobs_left: { capacity: 1 } }
workers:
  producer:
    do:
      - for: i
        in: ${1..3}
        do: [ { put: jobs_left, value: "${i}" }, { print: "put ${i}" } ]
      - print: no end
        end: ""
      - sleep: 2s
      - print: ", but now"
  consumer:
    do:
      - sleep: 5s
      - for: i
        in: ${1..3}
        do: [ { get: jobs_left, as: _x } ]
`
	args := []string{"run", "--live", "--clock", "real", "-"}
	synctest.Test(t, func(t *testing.T) {
		s := newScreen(t, 24, 80)
		code, shown, stderr := s.look(file, args, 3*time.Second, 6500*time.Millisecond)
		if code != exitOK || stderr != "" {
			t.Errorf("exit code %d: %s", code, stderr)
		}
		want := []string{`put 1
── 3.0 s · 1 asleep · 1 waits ──
task      does    what it waits for        since  line
producer  waits   room in queue jobs_left  0.0 s  8
consumer  asleep                           0.0 s  15`, `put 1
put 2
put 3
no end
── 6.5 s · 1 asleep · 1 done ──
task      does    what it waits for  since  line
producer  asleep                     5.0 s  11`}
		for i := range want {
			if shown[i] != want[i] {
				t.Errorf("%d: the terminal shows\n%s\nwant\n%s", i, shown[i], want[i])
			}
		}
		if end := "put 1\nput 2\nput 3\nno end, but now\n"; s.text() != end {
			t.Errorf("at the end it shows\n%s\nwant\n%s", s.text(), end)
		}
		if s.frames < 60 || s.frames > 160 { // ten a second
			t.Errorf("it was drawn %d times in 7 s", s.frames)
		}
	})
}

// TestLiveMuch: a table of very many tasks fits into the terminal, and a run that prints much loses nothing.
func TestLiveMuch(t *testing.T) {
	const file = `runloop: 1
coroutines:
  talk: { do: [ { repeat: 50, do: [ { sleep: 7ms }, { print: "a line that is longer than the terminal is wide" } ] } ] }
workers:
  talker: { call: talk, count: 100 }
`
	args := []string{"run", "--clock", "real", "-"}
	synctest.Test(t, func(t *testing.T) {
		_, want, _ := inProcess(strings.NewReader(file), args...)
		s := newScreen(t, 9, 30)
		code, shown, _ := s.look(file, append(args, "--live"), 200*time.Millisecond)
		plain := liveScreen{t: t, rows: 9, cols: 30, lines: []string{""}}
		plain.Write([]byte(want))
		if code != exitOK || s.text() != plain.text() {
			t.Errorf("exit code %d, the output is not whole", code)
		}
		rows := strings.Split(shown[0], "\n")
		if last := rows[len(rows)-1]; last != "… and 97 other tasks" || !strings.HasPrefix(rows[len(rows)-6], "── 0.1 s · 100 asleep") {
			t.Errorf("the table is\n%s", strings.Join(rows[len(rows)-8:], "\n"))
		}
	})
}

// TestLiveRefused: what --live needs is said where it is missing.
func TestLiveRefused(t *testing.T) {
	t.Setenv("TERM", "xterm")
	for _, tc := range []struct{ args, want string }{
		{"run --live event-loop", "add --clock real, or look at the run with `runloop see`"},
		{"run --live --clock real event-loop", "the output goes to none"},
		{"run --live --clock real --json event-loop", "does not go with --json"},
		{"run --live --clock real --trace - event-loop", "does not go with --json and --trace -"},
	} {
		if code, out, stderr := inProcess(nil, strings.Fields(tc.args)...); code != exitUsage || out != "" || !strings.Contains(stderr, tc.want) {
			t.Errorf("%s: exit code %d, %q", tc.args, code, stderr)
		}
	}
}
