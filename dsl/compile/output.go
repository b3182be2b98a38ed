package compile

import (
	"fmt"
	"slices"
	"strings"

	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// ExpectsOutput reports whether the scenario has `expect.output`. If so, a run must keep its output to be verified.
func (s *Scenario) ExpectsOutput() bool {
	return s.expect.Output != nil
}

// output compares what was printed with `expect.output`.
func (v *verification) output() {
	want, got := v.expect.Output, string(v.result.Output)
	if want == nil || OutputFits(want, got) {
		return
	}
	if want.Kind != syntax.ListValue {
		text := syntax.ConstText(want)
		v.failOutput(want.Span, OutputDifference(text, got), text, got)
		return
	}
	wanted, lines := ListedLines(want), OutputLines(got)
	next := 0 // the line after the last one that was found
	for i, text := range wanted {
		at := slices.Index(lines[next:], text)
		if at >= 0 {
			next += at + 1
			continue
		}
		message := fmt.Sprintf("the line %s does not come in the output", quoteLine(text))
		if slices.Contains(lines, text) {
			message = fmt.Sprintf("the line %s does not come in the output after line %d, %s", quoteLine(text), next,
				quoteLine(lines[next-1]))
		}
		v.failOutput(want.Items[i].Span, message, listedOutput(wanted, lines), got)
		return
	}
}

func (v *verification) failOutput(at source.Span, message, want, got string) {
	v.fail(at, "%s", message)
	f := &v.failures[len(v.failures)-1]
	f.Output, f.Want, f.Got = true, want, got
}

// OutputFits reports whether output equals the text of `expect.output`, or contains the listed lines in their order.
func OutputFits(want *syntax.Value, got string) bool {
	if want.Kind != syntax.ListValue {
		return syntax.ConstText(want) == got
	}
	lines := OutputLines(got)
	for _, text := range ListedLines(want) {
		at := slices.Index(lines, text)
		if at < 0 {
			return false
		}
		lines = lines[at+1:]
	}
	return true
}

// ListedLines returns the lines that a list in `expect.output` expects.
func ListedLines(list *syntax.Value) []string {
	lines := make([]string, len(list.Items))
	for i, item := range list.Items {
		lines[i] = string(engine.AppendText(nil, nil, syntax.ConstantOf(item)))
	}
	return lines
}

// OutputLines splits an output into lines.
func OutputLines(output string) []string {
	if output == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(output, "\n"), "\n")
}

// listedOutput returns the output nearest to lines that contains the wanted lines.
func listedOutput(wanted, lines []string) string {
	nearest := slices.Clone(lines)
	if at := AlignLines(wanted, lines); at == nil {
		nearest = wanted
	} else {
		for i, text := range wanted {
			nearest[at[i]] = text
		}
	}
	return strings.Join(nearest, "\n") + "\n"
}

// maxAligned bounds the table of AlignLines.
const maxAligned = 4 << 20

// AlignLines finds for each wanted line the index of the output line that it stands for. The indices rise; as many
// pairs as possible are equal, and the others have as much as possible in common. The result is nil if there are too
// few lines, or too many to compare.
func AlignLines(wanted, lines []string) []int {
	n, m := len(wanted), len(lines)
	if n > m || int64(n+1)*int64(m+1) > maxAligned {
		return nil
	}
	// best[j] is the most that the first i wanted lines can have in common with the first j lines. taken[i][j] says
	// that wanted line i is then paired with line j.
	best, taken := make([]int64, m+1), make([][]bool, n+1)
	for i := 1; i <= n; i++ {
		row := make([]int64, m+1)
		taken[i] = make([]bool, m+1)
		for j := i; j <= m; j++ {
			row[j] = best[j-1] + likeness(wanted[i-1], lines[j-1])
			if taken[i][j] = j == i || row[j] > row[j-1]; !taken[i][j] {
				row[j] = row[j-1]
			}
		}
		best = row
	}
	at := make([]int, n)
	for i, j := n, m; i > 0; j-- {
		if taken[i][j] {
			i--
			at[i] = j - 1
		}
	}
	return at
}

// likeness returns how much two lines have in common at both ends. One equal pair outweighs any number of others.
func likeness(a, b string) int64 {
	if a == b {
		return 1 << 40
	}
	const most = 200 // bytes that are compared
	a, b = a[:min(len(a), most)], b[:min(len(b), most)]
	n := commonPrefix(a, b)
	rest := min(len(a), len(b)) - n
	for i := range rest {
		if a[len(a)-1-i] != b[len(b)-1-i] {
			rest = i
			break
		}
	}
	return int64(1000 * (n + rest) / max(len(a), len(b), 1))
}

func commonPrefix(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// OutputDifference says where two different outputs begin to differ.
func OutputDifference(want, got string) string {
	same := commonPrefix(want, got)
	start := strings.LastIndexByte(want[:same], '\n') + 1
	line := strings.Count(want[:start], "\n") + 1
	wantLine, gotLine := firstLine(want[start:]), firstLine(got[start:])
	switch {
	case got == "":
		return fmt.Sprintf("nothing was printed, expected was %s first", quoteLine(wantLine))
	case want == "":
		return fmt.Sprintf("nothing was to be printed, but the output begins with %s", quoteLine(gotLine))
	case gotLine == "":
		return fmt.Sprintf("the output ends after line %d, expected was %s next", line-1, quoteLine(wantLine))
	case wantLine == "":
		return fmt.Sprintf("the output goes on after line %d with %s", line-1, quoteLine(gotLine))
	}
	return fmt.Sprintf("line %d of the output is %s, expected was %s", line, quoteLine(gotLine), quoteLine(wantLine))
}

// firstLine returns the first line of a text, with its line break.
func firstLine(text string) string {
	if end := strings.IndexByte(text, '\n'); end >= 0 {
		return text[:end+1]
	}
	return text
}

// quoteLine quotes a line of output, or the beginning of a long one.
func quoteLine(line string) string {
	const most = 300
	if len(line) > most {
		return fmt.Sprintf("%q…", strings.ToValidUTF8(line[:most], ""))
	}
	return fmt.Sprintf("%q", line)
}
