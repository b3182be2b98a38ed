package engine

import (
	"math"
	"strings"
	"testing"
)

func TestAppendFloat(t *testing.T) {
	for _, tt := range []struct {
		f    float64
		want string
	}{
		{3, "3.0"}, {-3.5, "-3.5"}, {0, "0.0"}, {math.Copysign(0, -1), "-0.0"}, {0.1, "0.1"}, {1e15, "1000000000000000.0"},
		{1e16, "1e+16"}, {1e22, "1e+22"}, {123456789012345680, "1.2345678901234568e+17"}, {1e-4, "0.0001"}, {1e-5, "1e-05"},
		{1.5e-7, "1.5e-07"}, {1e300, "1e+300"}, {5e-324, "5e-324"}, {math.Inf(1), "inf"}, {math.Inf(-1), "-inf"},
		{math.NaN(), "nan"}, {1.0 / 3, "0.3333333333333333"}, {9999999999999998, "9999999999999998.0"},
	} {
		if got := string(AppendFloat([]byte("<"), tt.f)); got != "<"+tt.want {
			t.Errorf("AppendFloat(%v) is %s, want <%s", tt.f, got, tt.want)
		}
	}
}

func TestAppendValue(t *testing.T) {
	list := List([]Value{Int(1), Float(2), String("a\"\\\n\x01é"), {}, Bool(true), List(nil), Float(math.NaN()), Float(math.Inf(-1))})
	for _, tt := range []struct {
		v          Value
		text, json string
	}{
		{Value{}, "null", "null"}, {Bool(false), "false", "false"}, {Int(-5), "-5", "-5"}, {String("a b"), "a b", `"a b"`},
		{Float(math.Inf(1)), "inf", "Infinity"},
		{list, `[1, 2.0, "a\"\\\n\u0001é", null, true, [], NaN, -Infinity]`, `[1, 2.0, "a\"\\\n\u0001é", null, true, [], NaN, -Infinity]`},
		{Map([]string{"b", "a"}, []Value{Int(1), String("x")}), `{"a": "x", "b": 1}`, `{"a": "x", "b": 1}`},
		{errorValue(&Error{Type: "ValueError", Message: "bad \"x\""}), `ValueError: bad "x"`, `"ValueError: bad \"x\""`},
		{scalar(KindTask, 1), "<Task>", `"<Task>"`},
		{String("\xff"), "\xff", "\"\uFFFD\""},
	} {
		if got := string(AppendText(nil, nil, tt.v)); got != tt.text {
			t.Errorf("text %s, want %s", got, tt.text)
		}
		if got := string(AppendJSON(nil, nil, tt.v)); got != tt.json {
			t.Errorf("JSON %s, want %s", got, tt.json)
		}
	}
}

func TestAppendValueTooDeep(t *testing.T) {
	v := Int(1)
	for range maxDepthOfValues + 1 {
		v = List([]Value{v})
	}
	l := New(emptyProgram(t), Options{})
	got := string(l.AppendText(nil, v))
	if l.fault == nil || l.fault.Type != "RecursionError" || strings.Contains(got, "1") {
		t.Errorf("the error is %v, the text %.10q", l.fault, got)
	}
	if got := string(AppendText(nil, nil, v)); strings.Contains(got, "1") {
		t.Errorf("without a loop the text is %.10q", got)
	}
}

// emptyProgram is a program that does nothing.
func emptyProgram(t testing.TB) *Program {
	t.Helper()
	p := &Program{}
	if err := p.Assemble(); err != nil {
		t.Fatal(err)
	}
	return p
}
