package main

import (
	"fmt"
	"slices"
	"strings"

	"runloop/dsl"
)

// diffContext is how many lines a diff shows around a change.
const diffContext = 3

// change replaces lines of a file, counted from 0, by others.
type change struct {
	from, to int // the lines [from, to)
	lines    []string
}

// editDiff returns what edits of a file change, as a unified diff.
func editDiff(src *dsl.Source, edits []dsl.Fix) string {
	old := splitLines(string(src.Bytes()))
	var b strings.Builder
	fmt.Fprintf(&b, "--- %s\n+++ %s\n", src.Name(), src.Name())
	changes, shift := lineChanges(src, edits), 0
	for len(changes) > 0 {
		n := 1
		for n < len(changes) && changes[n].from-changes[n-1].to <= 2*diffContext {
			n++
		}
		shift += writeHunk(&b, old, changes[:n], shift)
		changes = changes[n:]
	}
	return b.String()
}

// lineChanges returns edits as changes of whole lines.
func lineChanges(src *dsl.Source, edits []dsl.Fix) []change {
	old := splitLines(string(src.Bytes()))
	starts := make([]int, len(old)+1) // of lines; the last is the end of the file
	for i, line := range old {
		starts[i+1] = starts[i] + len(line)
	}
	lineOf := func(offset int) int {
		i, found := slices.BinarySearch(starts, offset)
		if !found {
			i--
		}
		return min(i, max(len(old)-1, 0))
	}
	var changes []change
	for len(edits) > 0 {
		from, to, n := lineOf(edits[0].Span.Start), lineOf(edits[0].Span.End)+1, 1
		for n < len(edits) && lineOf(edits[n].Span.Start) < to {
			to = lineOf(edits[n].Span.End) + 1
			n++
		}
		to = min(to, len(old))
		var b strings.Builder
		at := starts[from]
		for _, e := range edits[:n] {
			b.Write(src.Bytes()[at:e.Span.Start])
			b.WriteString(e.New)
			at = e.Span.End
		}
		b.Write(src.Bytes()[at:starts[to]])
		for _, c := range refined(old, change{from, to, splitLines(b.String())}) {
			if last := len(changes) - 1; last >= 0 && changes[last].to == c.from {
				changes[last].to, changes[last].lines = c.to, slices.Concat(changes[last].lines, c.lines)
			} else {
				changes = append(changes, c)
			}
		}
		edits = edits[n:]
	}
	return changes
}

// maxTable bounds how many lines of two texts are compared with each other.
const maxTable = 1 << 20

// refined returns a change as the least changes: the lines between them are a longest common subsequence of both sides.
func refined(old []string, c change) []change {
	was, is := old[c.from:c.to], c.lines
	if (len(was)+1)*(len(is)+1) > maxTable {
		return []change{c}
	}
	common := commonLines(was, is)
	var changes []change
	for i, j := 0, 0; i < len(was) || j < len(is); {
		part, from := change{from: c.from + i}, j
		for i < len(was) && common[i+1][j] == common[i][j] {
			i++
		}
		for j < len(is) && common[i][j+1] == common[i][j] {
			j++
		}
		if part.to, part.lines = c.from+i, is[from:j]; part.to > part.from || j > from {
			changes = append(changes, part)
		}
		for i < len(was) && j < len(is) && was[i] == is[j] {
			i, j = i+1, j+1
		}
	}
	return changes
}

// commonLines returns a table: how many lines a[i:] and b[j:] have in common, as a subsequence.
func commonLines(a, b []string) [][]int {
	table := make([][]int, len(a)+1)
	table[len(a)] = make([]int, len(b)+1)
	for i := len(a) - 1; i >= 0; i-- {
		table[i] = make([]int, len(b)+1)
		for j := len(b) - 1; j >= 0; j-- {
			if table[i][j] = max(table[i+1][j], table[i][j+1]); a[i] == b[j] {
				table[i][j] = table[i+1][j+1] + 1
			}
		}
	}
	return table
}

// writeHunk writes changes that stand near each other, and returns how many lines they add. shift is how many those
// above added.
func writeHunk(b *strings.Builder, old []string, changes []change, shift int) (added int) {
	from := max(changes[0].from-diffContext, 0)
	to := min(changes[len(changes)-1].to+diffContext, len(old))
	for _, c := range changes {
		added += len(c.lines) - (c.to - c.from)
	}
	fmt.Fprintf(b, "@@ -%s +%s @@\n", hunkRange(from, to-from), hunkRange(from+shift, to-from+added))
	at := from
	for _, c := range changes {
		writeLines(b, " ", old[at:c.from])
		writeLines(b, "-", old[c.from:c.to])
		writeLines(b, "+", c.lines)
		at = c.to
	}
	writeLines(b, " ", old[at:to])
	return added
}

// hunkRange is a number of lines from a line on, as the head of a hunk has it: an empty one is named by the line above.
func hunkRange(from, n int) string {
	if n == 0 {
		return fmt.Sprintf("%d,0", from)
	}
	return fmt.Sprintf("%d,%d", from+1, n)
}

func writeLines(b *strings.Builder, mark string, lines []string) {
	for _, line := range lines {
		b.WriteString(mark + line)
		if !strings.HasSuffix(line, "\n") {
			b.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

// splitLines returns the lines of a text with their line feeds.
func splitLines(text string) []string {
	if text == "" {
		return nil
	}
	lines := strings.SplitAfter(text, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}
