//go:build linux

package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// openTerminal makes a terminal: text written to program can be read from user.
func openTerminal(t *testing.T) (user, program *os.File) {
	t.Helper()
	user, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err) // in a container without terminals
	}
	var number, unlock int32
	for request, arg := range map[uintptr]*int32{syscall.TIOCSPTLCK: &unlock, syscall.TIOCGPTN: &number} {
		if _, _, code := syscall.Syscall(syscall.SYS_IOCTL, user.Fd(), request, uintptr(unsafe.Pointer(arg))); code != 0 {
			t.Fatal(code)
		}
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { user.Close(); program.Close() })
	return user, program
}

// screen returns what a terminal of some width finally shows of the text written to it.
func screen(t *testing.T, width int, text string) []string {
	t.Helper()
	rows, x, wraps := [][]rune{{}}, 0, true
	for text != "" {
		row := &rows[len(rows)-1]
		if rest, ok := strings.CutPrefix(text, "\x1b[K"); ok {
			*row, text = (*row)[:min(x, len(*row))], rest
			continue
		}
		if rest, ok := strings.CutPrefix(text, "\x1b[?7"); ok {
			wraps, text = rest[0] == 'h', rest[1:]
			continue
		}
		r := []rune(text[:min(len(text), 4)])[0]
		text = text[len(string(r)):]
		switch r {
		case '\r':
			x = 0
		case '\n':
			rows = append(rows, nil)
		case '\x1b':
			t.Fatalf("the terminal does not know what begins with %.5q", text)
		default:
			if x == width && wraps {
				rows, x = append(rows, nil), 0
				row = &rows[len(rows)-1]
			}
			x = min(x, width-1)
			*row = append((*row)[:min(x, len(*row))], r)
			x++
		}
	}
	var lines []string
	for _, row := range rows {
		lines = append(lines, string(row))
	}
	return lines
}

// interruptAfter runs `test` on a terminal, over a scenario that fails and one that is endless, and interrupts it once
// the terminal has received a text. output is everything the terminal received.
func interruptAfter(t *testing.T, text string) (code int, output string) {
	t.Helper()
	dir := t.TempDir()
	for name, source := range map[string]string{
		"bad.yaml":     "expect: { output: [no] }\nmain: [ { print: yes } ]\n",
		"endless.yaml": "shared: { n: 0 }\nlimits: { steps: 1000000000000 }\nmain: [ { while: n >= 0, do: [ { set: { n: 1 } } ] } ]\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("runloop: 1\n"+source), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	user, program := openTerminal(t)
	signals := make(chan chan<- os.Signal, 1)
	ended := make(chan int)
	go func() {
		defer program.Close()
		notify := func(c chan<- os.Signal, _ ...os.Signal) { signals <- c }
		ended <- run([]string{"test", "bad.yaml", "endless.yaml"}, streamsTo(nil, program, program, notify))
	}()
	var all strings.Builder
	finished := make(chan bool)
	go func() {
		defer close(finished)
		buf, sent := make([]byte, 4096), false
		for {
			n, err := user.Read(buf)
			all.Write(buf[:n])
			if err != nil { // the other end was closed
				return
			}
			if !sent && strings.Contains(all.String(), text) {
				sent = true
				(<-signals) <- os.Interrupt
			}
		}
	}()
	code = <-ended
	<-finished
	return code, all.String()
}

// progressShown matches the progress line each time it is written.
var progressShown = regexp.MustCompile(`\r\x1b\[K\x1b\[\?7l([^\x1b\r\n]*)\x1b\[\?7h`)

// TestProgressLine: on a terminal a line says how many tests are done and which one the others wait for, and it leaves
// no traces, however narrow the terminal is.
func TestProgressLine(t *testing.T) {
	t.Setenv("CI", "")
	t.Setenv("TERM", "xterm")
	code, output := interruptAfter(t, ": endless.yaml")
	if code != signalExit(syscall.SIGINT) || !strings.Contains(output, "1 of 2, 1 failed: endless.yaml") {
		t.Fatalf("exit code %d\n%q", code, output)
	}
	plain := strings.ReplaceAll(progressShown.ReplaceAllString(output, ""), "\r\x1b[K", "")
	if strings.Contains(plain, "\x1b") || !strings.Contains(plain, "bad.yaml:2:20: failed: the line \"no\"") {
		t.Errorf("%q", plain)
	}
	for _, width := range []int{200, 40, 12, 3} {
		if got, want := screen(t, width, output), screen(t, width, plain); !slices.Equal(got, want) {
			t.Errorf("%d columns: it shows\n%q, want\n%q\nafter %q", width, got, want, output)
		}
	}
}

// TestNoProgressLine: there is no line if nobody is watching, or if the terminal's output is recorded.
func TestNoProgressLine(t *testing.T) {
	_, program := openTerminal(t)
	for _, tc := range []struct {
		ci, term string
		w        io.Writer
		want     bool
	}{
		{"", "xterm", program, true}, {"true", "xterm", program, false}, {"", "dumb", program, false},
		{"", "xterm", io.Discard, false},
	} {
		t.Setenv("CI", tc.ci)
		t.Setenv("TERM", tc.term)
		if p := newProgress(tc.w); (p.w != nil) != tc.want {
			t.Errorf("CI=%q TERM=%q on %T: there is one: %v", tc.ci, tc.term, tc.w, !tc.want)
		}
	}
}
