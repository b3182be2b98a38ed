package explore

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"runloop/internal/trace"
)

// found is what was found, as in the second line of a file: "broken a, b; changing c".
func (r *Races) found() string {
	var broken, changing, parts []string
	add := func(list []string, of string) []string {
		if slices.Contains(list, of) {
			return list
		}
		return append(list, of)
	}
	for _, b := range r.Broken {
		broken = add(broken, b.Of)
	}
	for _, c := range r.Changing {
		if len(c.Pairs) == 0 {
			changing = add(changing, "?")
		}
		for _, p := range c.Pairs {
			changing = add(changing, p.Of)
		}
	}
	if len(broken) > 0 {
		parts = append(parts, "broken "+strings.Join(broken, ", "))
	}
	if len(changing) > 0 {
		parts = append(parts, "changing "+strings.Join(changing, ", "))
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, "; ")
}

// racesOf looks for races in a scenario.
func racesOf(t *testing.T, file string) (*Races, Options) {
	t.Helper()
	s, run, modes := load(t, file)
	watched, err := s.Watched()
	if err != nil {
		t.Fatal(err)
	}
	opts := Of(s, run, modes, Shared)
	src := trace.Source{Name: s.Name, File: s.Source.Name(), Text: s.Source.Bytes(), Program: s.Program()}
	return FindRaces(opts, src, watched), opts
}

// TestRaces finds what the second line of each file says, and nothing in those with the repair.
func TestRaces(t *testing.T) {
	files, _ := filepath.Glob("testdata/races/*.yaml")
	if len(files) < 20 {
		t.Fatalf("%d files", len(files))
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want := strings.TrimPrefix(strings.Split(string(data), "\n")[1], "# ")
			r, opts := racesOf(t, file)
			if have := r.found(); have != want {
				t.Errorf("found is %q, not %q", have, want)
			}
			if !r.Proved || !r.Whole {
				t.Errorf("not every order was looked at")
			}
			for _, c := range r.Changing { // the schedule does what is said
				if o, _ := Judged(opts, c.Token.Given); o.Key == r.Usual.Key {
					t.Errorf("the outcome of %v is the usual one", c.Token.Given)
				}
			}
		})
	}
}

// TestRacesOfPlantedBugs turns round, of each planted bug that a late timer shows, the steps that it is about. The repaired ones
// have nothing.
func TestRacesOfPlantedBugs(t *testing.T) {
	for name, want := range map[string]string{
		"check-then-act":          "changing cache",
		"check-then-act-repaired": "nothing",
		"double-close":            "changing open",
		"double-close-repaired":   "nothing",
		"lost-update":             "changing balance",
		"lost-update-repaired":    "nothing",
		"missed-wake-up":          "changing condition news",
		"missed-wake-up-repaired": "nothing",
		"philosophers":            "changing lock fork[1]",
		"philosophers-repaired":   "nothing",
		"torn-transfer":           "changing to",
		"torn-transfer-repaired":  "nothing",
	} {
		if r, _ := racesOf(t, "testdata/planted/"+name+".yaml"); r.found() != want {
			t.Errorf("%s: found is %q, not %q", name, r.found(), want)
		}
	}
}

// TestRacesAreBounded: what is more than the runs that are allowed is no proof, and is said to be none.
func TestRacesAreBounded(t *testing.T) {
	s, run, modes := load(t, "testdata/planted/philosophers.yaml")
	opts := Of(s, run, modes, Shared)
	opts.Runs = 10
	watched, err := s.Watched()
	if err != nil {
		t.Fatal(err)
	}
	r := FindRaces(opts, trace.Source{Name: s.Name, File: s.Source.Name(), Text: s.Source.Bytes(), Program: s.Program()}, watched)
	if r.Whole || r.Proved || r.Runs > 10 {
		t.Errorf("whole %v, proved %v, %d runs", r.Whole, r.Proved, r.Runs)
	}
}
