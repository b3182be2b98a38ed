package engine

import (
	"strings"
	"testing"
)

// TestAudit: a step that changes an object, a variable or a task without a record is found.
func TestAudit(t *testing.T) {
	for what, change := range map[string]func(l *Loop){
		"lock m":              func(l *Loop) { l.locks[0].locked = true },
		"shared variable n":   func(l *Loop) { l.vars.shared[0] = Int(7) },
		"task w-1":            func(l *Loop) { l.task(1).cancel++ },
		"":                    func(l *Loop) { l.now++ },
		"nothing is recorded": nil,
	} {
		p := sleepers(1, 1, func(int) int64 { return 1_000_000_000 })
		p.Shared = []VarDef{{"n", val(Int(1))}}
		p.Objects = []ObjectDef{{Name: "m", Kind: KindLock}}
		if err := p.Assemble(); err != nil {
			t.Fatal(err)
		}
		l := New(p, Options{Explore: &Explore{Ties: true, Pick: func(*Loop, ChoiceKind, int) int { return 0 }}})
		for !l.Idle() || l.phase != phaseLoop {
			l.RunUnit()
		}
		f := &Footprint{Audit: true}
		l.Follow(f)
		func() {
			defer func() {
				text, _ := recover().(string)
				if what == "" || change == nil {
					if text != "" {
						t.Errorf("%q: %s", what, text)
					}
				} else if !strings.Contains(text, what+" changed without a record") {
					t.Errorf("%s: %q", what, text)
				}
			}()
			f.audit(l, func() bool {
				if change != nil {
					change(l)
				}
				return true
			})
		}()
	}
}
