package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

const (
	diffContext = 3    // equal lines shown around a difference
	diffShown   = 60   // lines shown at most
	diffLines   = 2000 // lines of each text that are compared at most, apart from a common beginning and end
	diffWidth   = 500  // bytes of a line shown at most
)

// Diff returns the lines in which two outputs differ, with some equal lines around them. "-" marks lines that were
// expected but not printed, "+" lines that were printed instead. It is empty for equal texts.
func Diff(want, got string) string {
	if want == got {
		return ""
	}
	before, want, got := differing(want, got)
	a, aMore := splitLines(want)
	b, bMore := splitLines(got)
	edits := shortest(a, b)
	if aMore || bMore { // lines after the last equal one may equal lines that were not compared
		for i, e := range slices.Backward(edits) {
			if e.sign == ' ' {
				edits = edits[:i+1]
				break
			}
		}
	}
	return hunks(edits, before, aMore || bMore)
}

// differing cuts two texts to the part from shortly before the first different line to shortly after the last one.
// before is how many lines were cut off at the beginning.
func differing(want, got string) (before int, w, g string) {
	n := 0
	for n < min(len(want), len(got)) && want[n] == got[n] {
		n++
	}
	head := want[:strings.LastIndexByte(want[:n], '\n')+1]
	for range diffContext {
		head = head[:strings.LastIndexByte(strings.TrimSuffix(head, "\n"), '\n')+1]
	}
	want, got = want[len(head):], got[len(head):]
	for n = 0; n < min(len(want), len(got)) && want[len(want)-1-n] == got[len(got)-1-n]; {
		n++
	}
	tail := want[len(want)-n:]
	for range diffContext + 1 { // the first of them may be only a part of a line
		_, tail, _ = strings.Cut(tail, "\n")
	}
	return strings.Count(head, "\n"), strings.TrimSuffix(want, tail), strings.TrimSuffix(got, tail)
}

// hunks formats the edits with some equal lines around them. before is how many lines precede the first edit.
func hunks(edits []edit, before int, more bool) string {
	show := make([]bool, len(edits))
	for i, e := range edits {
		if e.sign != ' ' {
			for j := max(i-diffContext, 0); j < min(i+diffContext+1, len(edits)); j++ {
				show[j] = true
			}
		}
	}
	var text strings.Builder
	shown, wantLine := 0, before
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
		if shown++; shown > diffShown {
			more = true
			break
		}
		text.WriteString(string(e.sign) + visible(e.line) + "\n")
	}
	if more {
		text.WriteString("… and more\n")
	}
	return text.String()
}

// splitLines returns the first lines of a text and whether there are more. It marks a last line without a line break.
func splitLines(text string) (lines []string, more bool) {
	lines = strings.SplitAfterN(text, "\n", diffLines+1)
	last := len(lines) - 1
	switch {
	case lines[last] == "":
		lines = lines[:last]
	case last == diffLines:
		lines, more = lines[:last], true
	default:
		lines[last] += " (no line break)"
	}
	for i, l := range lines {
		lines[i] = strings.TrimSuffix(l, "\n")
	}
	return lines, more
}

// visible returns a line unchanged, or quoted if it contains invisible characters.
func visible(line string) string {
	if len(line) > diffWidth {
		line = strings.ToValidUTF8(line[:diffWidth], "") + "…"
	}
	hidden := func(r rune) bool { return r != '\t' && !unicode.IsPrint(r) }
	if strings.ContainsFunc(line, hidden) || strings.TrimRight(line, " \t") != line {
		return strconv.Quote(line)
	}
	return line
}

// edit is one line of a diff. Its sign is ' ' if both texts have the line, '-' if only the wanted one has it, '+' if
// only the actual one.
type edit struct {
	sign rune
	line string
}

// shortest returns the shortest list of edits from x to y. It follows a table of longest common subsequences:
// common[i][j] is the length of that of x[i:] and y[j:].
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
