package engine

import "strconv"

// Files is the files that a program was made from, if there are several: the first is the one that was named, the others are
// included. Lines of places (Pos) count through all of them. Without the table a program is of one file.
type Files []SourceFile

// SourceFile is one of several files.
type SourceFile struct {
	Name   string
	Before int32 // how many lines are before its first
}

// In returns the file in which a place is, empty where that is the first one, and the place there.
func (f Files) In(p Pos) (file string, at Pos) {
	for i := len(f) - 1; i > 0; i-- {
		if p.Line > f[i].Before {
			return f[i].Name, Pos{Line: p.Line - f[i].Before, Col: p.Col}
		}
	}
	return "", p
}

// Line returns a line in words: "line 5", or "line 5 of lib/retry.yaml" in another file than the first.
func (f Files) Line(n int32) string {
	file, at := f.In(Pos{Line: n})
	words := "line " + strconv.Itoa(int(at.Line))
	if file != "" {
		words += " of " + file
	}
	return words
}
