package source

import (
	"reflect"
	"strings"
	"testing"
)

func TestFormat(t *testing.T) {
	long := strings.Repeat("x", 150) + "wrong" + strings.Repeat("y", 150)
	src := NewSource("f.yaml", []byte("a: 1\n\tb: é wrong\n"+long+"\nc: \x1b[31m\n漢🎉e\u0301: wide 漢字\n"))
	at := func(s string) Span {
		i := strings.Index(string(src.Bytes()), s)
		return Span{Start: i, End: i + len(s)}
	}
	for _, c := range []struct {
		d    Diagnostic
		want string
	}{
		{Diagnostic{Code: "RL0107", Span: at("a"), Message: "m"}, "f.yaml:1:1: error[RL0107]: m\n    a: 1\n    ^\n"},
		{Diagnostic{Code: "RL0107", Severity: SeverityWarning, Span: at("wrong"), Message: "m", Hint: "h", Note: "n",
			NoteSpan: at("a")},
			"f.yaml:2:7: warning[RL0107]: m\n    \tb: é wrong\n    \t     ^~~~~\n" +
				"  hint: h\n  note: f.yaml:1:1: n\n    a: 1\n    ^\n"},
		{Diagnostic{Code: "RL0107", Span: Span{Start: at(long).Start + 150, End: at(long).Start + 155}, Message: "m"},
			"f.yaml:3:151: error[RL0107]: m\n    …" + strings.Repeat("x", 40) + "wrong" + strings.Repeat("y", 55) + "…\n    " +
				strings.Repeat(" ", 41) + "^~~~~\n"},
		{Diagnostic{Code: "RL0107", Span: Span{Start: 0, End: 12}, Message: "m"},
			"f.yaml:1:1: error[RL0107]: m\n    a: 1\n    ^~~~\n"},
		{Diagnostic{Code: "RL0107", Message: "m"}, "f.yaml:1:1: error[RL0107]: m\n"},
		{Diagnostic{Code: "RL0107", Span: at("c:"), Message: "m"},
			"f.yaml:4:1: error[RL0107]: m\n    c: \uFFFD[31m\n    ^~\n"},
		{Diagnostic{Code: "RL0107", Span: at("wide 漢"), Message: "m"},
			"f.yaml:5:7: error[RL0107]: m\n    漢🎉e\u0301: wide 漢字\n    " + "       ^~~~~~~\n"},
	} {
		if got := src.Format(c.d); got != c.want {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
	}
}

func TestDiagnosticsSort(t *testing.T) {
	a := Diagnostic{Code: "RL0001", Span: Span{Start: 5, End: 6}, Message: "a"}
	b := Diagnostic{Code: "RL0002", Span: Span{Start: 5, End: 6}, Message: "b"}
	c := Diagnostic{Code: "RL0003", Span: Span{Start: 1, End: 2}, Message: "c", Severity: SeverityWarning}
	d := Diagnostic{Code: "RL0001", Span: Span{Start: 5, End: 6}, Message: "d"}
	ds := Diagnostics{b, a, c, d, a}
	ds.Sort()
	if want := (Diagnostics{c, a, d, b}); !reflect.DeepEqual(ds, want) {
		t.Errorf("got %v", ds)
	}
	if !ds.HasErrors() || (Diagnostics{c}).HasErrors() {
		t.Error("HasErrors")
	}
}
