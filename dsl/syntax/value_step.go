package syntax

import "strings"

// ValueStep returns the step, in braces, that is written here for an expression of Python that waits or makes a task,
// and whether it assigns its result to the variable as. The step is "" if the expression only computes.
func (s *File) ValueStep(text, as string) (step string, assigns bool) {
	p := parser{root: s.tree}
	made := p.statement(as + " = " + text)
	if made == nil || !made.complete() {
		return "", false
	}
	word, _, _ := strings.Cut(made.pairs[0], ":")
	switch verb := VerbNamed(word); {
	case verb == nil || verb.Name == "let" || verb.Name == "set":
		return "", false
	case verb.key("as") != nil:
		return made.text(), true
	}
	pairs := made.pairs[:len(made.pairs)-1] // `as` is the last
	return inBraces(pairs), false
}
