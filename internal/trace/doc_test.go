package trace_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"runloop/internal/trace"
	"runloop/internal/trace/tracetest"
)

var (
	docTable   = regexp.MustCompile(`(?s)(<!-- trace: ([a-z]+) -->\n).*?(<!-- end of trace -->)`)
	docExample = regexp.MustCompile("(?s)```yaml\n(.*?)```.*?(```json\n)(.*?)```")
)

// TestFileDoc: the page's tables are those of the code, and its example is what the scenario above it gives. -update rewrites
// them.
func TestFileDoc(t *testing.T) {
	data, err := os.ReadFile(docFile)
	if err != nil {
		t.Fatal(err)
	}
	have := string(data)
	tables := map[string]func() string{"kinds": trace.KindTable, "keys": trace.KeyTable}
	want := docTable.ReplaceAllStringFunc(have, func(part string) string {
		m := docTable.FindStringSubmatch(part)
		return m[1] + "\n" + tables[m[2]]() + "\n" + m[3]
	})
	at := docExample.FindStringSubmatchIndex(want)
	if at == nil {
		t.Fatal("there is no example")
	}
	r := tracetest.Load(t, "scenario.yaml", []byte(want[at[2]:at[3]]))
	_, lines, _ := strings.Cut(jsonl(t, r, trace.Everything()), "\n")
	want = want[:at[5]] + lines + want[at[7]:]
	if want == have {
		return
	}
	if !*update {
		t.Fatalf("%s is stale: `go test ./internal/trace -run TestFileDoc -update` rewrites it", docFile)
	}
	if err := os.WriteFile(docFile, []byte(want), 0o666); err != nil {
		t.Fatal(err)
	}
}
