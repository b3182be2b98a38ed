package python

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestPreludeNames checks that no two parts of the prelude define one name: in a program with both, the later would win.
func TestPreludeNames(t *testing.T) {
	data, err := os.ReadFile("prelude.py")
	if err != nil {
		t.Fatal(err)
	}
	// A name may be defined twice within a part, for two clocks or versions.
	of := map[string]int{}
	definition := regexp.MustCompile(`(?m)^(?:def|class|async def) (\w+)`)
	for i, part := range strings.Split(string(data), "\n#: ") {
		for _, m := range definition.FindAllStringSubmatch(part, -1) {
			if other, ok := of[m[1]]; ok && other != i {
				t.Errorf("`%s` is defined in two parts", m[1])
			}
			of[m[1]] = i
		}
	}
}
