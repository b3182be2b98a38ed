package report_test

import (
	"fmt"
	"strings"
	"testing"

	"runloop/internal/report"
)

func TestDiff(t *testing.T) {
	for _, tc := range []struct{ name, want, got, diff string }{
		{"equal", "a\n", "a\n", ""},
		{"a line changed", "a\nb\nc\n", "a\nx\nc\n", "@@ line 1\n a\n-b\n+x\n c\n"},
		{"one missing, one more", "a\nb\nc\nd\n", "b\nc\ne\nd\n", "@@ line 1\n-a\n b\n c\n+e\n d\n"},
		{"nothing came", "a\n", "", "@@ line 1\n-a\n"},
		{"nothing wanted", "", "a\n", "@@ line 1\n+a\n"},
		{"no line break", "a\nb\n", "a\nb", "@@ line 1\n a\n-b\n+b (no line break)\n"},
		{"what cannot be seen", "a\n", "a \n\x1b\n", "@@ line 1\n-a\n+\"a \"\n+\"\\x1b\"\n"},
		{"far apart", "1\n2\n3\n4\n5\n6\n7\n8\n9\nx\n", "0\n2\n3\n4\n5\n6\n7\n8\n9\ny\n",
			"@@ line 1\n-1\n+0\n 2\n 3\n 4\n@@ line 7\n 7\n 8\n 9\n-x\n+y\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := report.Diff(tc.want, tc.got); got != tc.diff {
				t.Errorf("got:\n%s\nwant:\n%s", got, tc.diff)
			}
		})
	}
}

// lines returns n lines, numbered from 1.
func lines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "line %d\n", i+1)
	}
	return b.String()
}

// TestLargeDiff: long texts need neither much time nor much space, and no equal lines are reported as different.
func TestLargeDiff(t *testing.T) {
	want, got := strings.Repeat("a\nb\n", 50_000), strings.Repeat("c\na\n", 50_000)
	if diff := report.Diff(want, got); strings.Count(diff, "\n") > 70 || !strings.HasSuffix(diff, "… and more\n") {
		t.Errorf("%d lines: %.100s …", strings.Count(diff, "\n"), diff)
	}
	for _, tc := range []struct{ name, want, got, diff string }{
		{"one in the middle", lines(100_000), strings.Replace(lines(100_000), "line 50000\n", "x\n", 1),
			"@@ line 49997\n line 49997\n line 49998\n line 49999\n-line 50000\n+x\n line 50001\n line 50002\n line 50003\n"},
		{"one more, and another far behind", lines(100_000) + "end\n", "x\n" + lines(100_000), "@@ line 1\n+x\n line 1\n line 2\n line 3\n… and more\n"},
		{"a long line", strings.Repeat("a", 1<<20) + "\n", "", "@@ line 1\n-" + strings.Repeat("a", 500) + "…\n"},
		{"the last part of a line", "1\n2\n3\n4\n5 b\n6\n7\n8\n9\n", "1\n2\n3\n4\n6 b\n6\n7\n8\n9\n", "@@ line 2\n 2\n 3\n 4\n-5 b\n+6 b\n 6\n 7\n 8\n"},
		{"the end alone", lines(5), lines(4) + "line 5", "@@ line 2\n line 2\n line 3\n line 4\n-line 5\n+line 5 (no line break)\n"},
		{"the same again", "a\na\n", "a\na\na\na\na\na\na\na\n", "@@ line 1\n a\n a\n+a\n+a\n+a\n+a\n+a\n+a\n"},
	} {
		if got := report.Diff(tc.want, tc.got); got != tc.diff {
			t.Errorf("%s:\n%.1000s\nwant:\n%.1000s", tc.name, got, tc.diff)
		}
	}
}
