package source

import (
	"strings"
	"testing"
)

func TestSourcePos(t *testing.T) {
	src := NewSource("f", []byte("\uFEFFab\r\né€x\rlast\n"))
	for _, c := range []struct{ offset, line, col int }{
		{-5, 1, 1}, {0, 1, 1}, {3, 1, 1}, {4, 1, 2}, {5, 1, 3}, {7, 2, 1}, {9, 2, 2}, {12, 2, 3}, {14, 3, 1}, {19, 4, 1},
		{99, 4, 1},
	} {
		if got := src.Pos(c.offset); got.Line != c.line || got.Col != c.col || got.File != "f" {
			t.Errorf("Pos(%d) is %v, want %d:%d", c.offset, got, c.line, c.col)
		}
		if c.offset < 3 || c.offset > 19 {
			continue
		}
		if got := src.Offset(c.line, c.col); got != c.offset {
			t.Errorf("Offset(%d, %d) is %d, want %d", c.line, c.col, got, c.offset)
		}
	}
	for n, want := range []string{"", "ab", "é€x", "last", "", ""} {
		if got := src.Line(n); got != want {
			t.Errorf("Line(%d) is %q, want %q", n, got, want)
		}
	}
	if got := src.Offset(1, 99); got != 5 {
		t.Errorf("Offset behind the line is %d", got)
	}
	if (Pos{}).String() != "" || src.Pos(3).String() != "f:1:1" {
		t.Error("Pos.String")
	}
}

// TestSourceLongLine crosses the blocks in which characters are counted.
func TestSourceLongLine(t *testing.T) {
	text := "é\n" + strings.Repeat("aé€😀", 1000) + "\nx\n"
	src := NewSource("f", []byte(text))
	col := 0
	for i := range text[3 : len(text)-3] {
		col++
		if got := src.Pos(3 + i); got.Line != 2 || got.Col != col {
			t.Fatalf("Pos(%d) is %v, want 2:%d", 3+i, got, col)
		}
		if got := src.Offset(2, col); got != 3+i {
			t.Fatalf("Offset(2, %d) is %d, want %d", col, got, 3+i)
		}
	}
}

func TestEmptySource(t *testing.T) {
	for _, data := range []string{"", "\uFEFF", "\xFF", "\x80\x80"} {
		src := NewSource("f", []byte(data))
		if p := src.Pos(1); p.Line != 1 {
			t.Errorf("%q: %v", data, p)
		}
		src.Offset(3, 7)
		src.Format(Diagnostic{Span: Span{Start: 0, End: 9}})
	}
}
