package main

import (
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestStatsInDocs: the reference shows the scenarios and the tables that the scripts compare.
func TestStatsInDocs(t *testing.T) {
	docs, err := os.ReadFile("../../docs/language.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"stats.txtar", "stats_details.txtar"} {
		script, err := txtar.ParseFile("testdata/script/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range script.Files {
			if file.Name != "nothing.yaml" && file.Name != "ranks.yaml" && !strings.Contains(string(docs), string(file.Data)+"```") {
				t.Errorf("the section on statistics does not have %s of testdata/script/%s", file.Name, name)
			}
		}
	}
}
