package report

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

const (
	diffContext = 3       // equal lines shown around a difference
	diffLines   = 60      // lines shown at most
	diffCells   = 4 << 20 // of the table that finds the longest common subsequence, at most
)

// Diff is the lines in which two outputs differ, with some equal lines around: "-" before what was expected and did not
// come, "+" before what came instead. It is empty for equal texts.
func Diff(want, got string) string {
	if want == got {
		return ""
	}
	a, b := splitLines(want), splitLines(got)
	edits := diff(a, b)
	show := make([]bool, len(edits))
	for i, e := range edits {
		if e.sign != ' ' {
			for j := max(i-diffContext, 0); j < min(i+diffContext+1, len(edits)); j++ {
				show[j] = true
			}
		}
	}
	var text strings.Builder
	shown, wantLine := 0, 0
	for i, e := range edits {
		if e.sign != '+' {
			wantLine++
		}
		if !show[i] {
			continue
		}
		if i == 0 || !show[i-1] {
			fmt.Fprintf(&text, "@@ line %d\n", max(wantLine, 1))
		}
		if shown++; shown > diffLines {
			text.WriteString("… and more\n")
			break
		}
		text.WriteString(string(e.sign) + visible(e.line) + "\n")
	}
	return text.String()
}

// splitLines is the lines of a text; a last one without a line break says so.
func splitLines(text string) []string {
	lines := strings.SplitAfter(text, "\n")
	last := len(lines) - 1
	if lines[last] == "" {
		lines = lines[:last]
	} else {
		lines[last] += " (no line break)"
	}
	for i, l := range lines {
		lines[i] = strings.TrimSuffix(l, "\n")
	}
	return lines
}

// visible is a line as it is, or quoted where something in it could not be seen.
func visible(line string) string {
	hidden := func(r rune) bool { return r != '\t' && !unicode.IsPrint(r) }
	if strings.ContainsFunc(line, hidden) || strings.TrimRight(line, " \t") != line {
		return strconv.Quote(line)
	}
	return line
}

// edit is one line of a diff: ' ' in both, '-' only wanted, '+' only got.
type edit struct {
	sign rune
	line string
}

// diff is the shortest list of edits from a to b; of texts that differ too much one that replaces the middle.
func diff(a, b []string) []edit {
	var edits []edit
	add := func(sign rune, lines []string) {
		for _, l := range lines {
			edits = append(edits, edit{sign, l})
		}
	}
	start := 0
	for start < min(len(a), len(b)) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < min(len(a), len(b))-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	add(' ', a[:start])
	x, y := a[start:len(a)-end], b[start:len(b)-end]
	if int64(len(x))*int64(len(y)) > diffCells {
		add('-', x)
		add('+', y)
	} else {
		edits = append(edits, shortest(x, y)...)
	}
	add(' ', a[len(a)-end:])
	return edits
}

// shortest follows the table of longest common subsequences: common[i][j] is that of x[i:] and y[j:].
func shortest(x, y []string) []edit {
	common := make([][]int32, len(x)+1)
	for i := range common {
		common[i] = make([]int32, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if common[i][j] = max(common[i+1][j], common[i][j+1]); x[i] == y[j] {
				common[i][j] = common[i+1][j+1] + 1
			}
		}
	}
	var edits []edit
	i, j := 0, 0
	for i < len(x) || j < len(y) {
		switch {
		case i < len(x) && j < len(y) && x[i] == y[j]:
			edits = append(edits, edit{' ', x[i]})
			i, j = i+1, j+1
		case j == len(y) || i < len(x) && common[i+1][j] >= common[i][j+1]:
			edits = append(edits, edit{'-', x[i]})
			i++
		default:
			edits = append(edits, edit{'+', y[j]})
			j++
		}
	}
	return edits
}
