package syntax

import (
	"slices"
	"sync"
)

var (
	// ArmsKey is the arms of a `first`: steps that wait, each with what follows when it was the first.
	ArmsKey = &Key{Name: "first", Kind: StepsKey, Required: true,
		Doc:  "the arms: steps " + "`acquire` (of resources), `get`, `put`, `wait` (for an event, or with `until`), `await`, `join`, `sleep` or `sleep_until`, each with its `then`",
		into: func(n Node, v FieldValue) { n.(*First).Arms, _ = v.(*Block) }}
	// ThenKey is what follows an arm.
	ThenKey = &Key{Name: "then", Kind: StepsKey, Doc: "of an arm of `first`: runs when it was the first",
		into: func(n Node, v FieldValue) { n.Head().Then, _ = v.(*Block) }}

	// armRows is the verbs that can be arms, each with an example.
	armRows = []struct{ name, example string }{
		{"acquire", "acquire: desk\ndo:\n  - sleep: 1s"}, {"get", "get: jobs\nas: job\nthen:\n  - print: ${job}"}, {"put", "put: jobs\nvalue: 1"},
		{"wait", "wait: ready\nthen:\n  - print: ready"}, {"await", "await: t\nas: result"}, {"join", "join: jobs"},
		{"sleep", "sleep: 3s\nthen:\n  - print: nothing to do"}, {"sleep_until", "sleep_until: 60s"},
	}

	armVerbs struct {
		once sync.Once
		list []*Verb
	}
)

// ArmVerbs is the verbs as they are in an arm of `first`: without what limits the waiting, and with `then`.
func ArmVerbs() []*Verb {
	armVerbs.once.Do(makeArmVerbs)
	return armVerbs.list
}

func makeArmVerbs() {
	notOfArm := []*Key{WithinKey, WaitWithin, NowaitKey, ElseKey, NowaitElse, AskElse, AtLeastKey, WaitWhen}
	for _, row := range armRows {
		v := *VerbNamed(row.name)
		v.Example = row.example
		v.Keys = append(slices.DeleteFunc(slices.Clone(v.Keys), func(k *Key) bool { return slices.Contains(notOfArm, k) }), ThenKey)
		armVerbs.list = append(armVerbs.list, &v)
	}
}

// armOf is a verb as it is in an arm of `first`; nil: it is no arm.
func armOf(v *Verb) *Verb {
	if i := slices.IndexFunc(ArmVerbs(), func(arm *Verb) bool { return arm.Name == v.Name }); i >= 0 {
		return ArmVerbs()[i]
	}
	return nil
}

// armNames is the verbs that can be arms.
func armNames() []string {
	var list []string
	for _, row := range armRows {
		list = append(list, row.name)
	}
	return list
}
