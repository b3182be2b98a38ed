package export

import (
	"os"
	"testing"

	"runloop/dsl"
)

func TestTry(t *testing.T) {
	name := os.Getenv("SCENARIO")
	if name == "" {
		t.Skip()
	}
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := dsl.Load(name, src)
	if err != nil {
		t.Fatal(err)
	}
	out, err := Python(s, Options{Virtual: os.Getenv("REAL") == ""})
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile(os.Getenv("OUT"), out, 0o644)
}
