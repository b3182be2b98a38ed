package report_test

import (
	"strings"
	"testing"

	"runloop/report"
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

// TestLargeDiff: long texts take neither much time nor much room.
func TestLargeDiff(t *testing.T) {
	want, got := strings.Repeat("a\nb\n", 50_000), strings.Repeat("c\na\n", 50_000)
	if diff := report.Diff(want, got); strings.Count(diff, "\n") > 70 || !strings.HasSuffix(diff, "… and more\n") {
		t.Errorf("%d lines: %.100s …", strings.Count(diff, "\n"), diff)
	}
}
