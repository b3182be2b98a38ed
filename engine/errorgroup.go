package engine

import (
	"slices"
	"strings"
)

// What `except*` does with the groups of errors (Objects/exceptions.c). A try with group handlers keeps in its slots: the
// error that its steps raised, what no handler has taken of it, what the handler that runs has taken, the errors that
// handlers raised anew, and the parts that they raised again. The last slot says that the handler has said `raise` alone.
const (
	groupCaught = iota
	groupRest
	groupTaken
	groupRaised
	groupAgain
	groupBare
	groupSlots
)

// IsGroup reports whether an error is an ExceptionGroup or a BaseExceptionGroup.
func (e *Error) IsGroup() bool { return IsSubtype(e.Type, "BaseExceptionGroup") }

// startGroup begins with the handlers: nothing is taken yet.
func (l *Loop) startGroup(in *instr) {
	s := l.frame[in.a : in.a+groupSlots]
	s[groupRest], s[groupTaken], s[groupRaised], s[groupAgain], s[groupBare] = s[groupCaught], Value{}, List(nil), List(nil), Value{}
}

// matchGroup takes what is of a handler's types out of the rest; it jumps where there is nothing.
func (l *Loop) matchGroup(in *instr) whereTo {
	s := l.frame[in.a : in.a+groupSlots]
	if s[groupRest].IsNull() {
		return toJump
	}
	taken, rest := l.splitError(s[groupRest].AsError(), func(e *Error) bool { return matches(e, in.x.types) })
	if taken == nil {
		return toJump
	}
	if !taken.IsGroup() {
		taken = l.newGroupError("", []Value{errorValue(taken)})
	}
	s[groupTaken], s[groupRest], s[groupBare] = errorValue(taken), errorOrNull(rest), Value{}
	if in.b >= 0 {
		l.frame[in.b] = s[groupTaken]
	}
	return toNext
}

// keepRaised keeps the error in slot b, which a group handler has raised.
func (l *Loop) keepRaised(in *instr) {
	s, err := l.frame[in.a:in.a+groupSlots], l.frame[in.b]
	to := groupRaised
	if s[groupBare].AsBool() && err.AsError() == s[groupTaken].AsError() {
		to = groupAgain
	}
	s[to] = List(append(slices.Clone(s[to].Elems()), err))
}

// endGroup raises what no handler has taken, and what they raised.
func (l *Loop) endGroup(in *instr) {
	s := l.frame[in.a : in.a+groupSlots]
	caught, raised := s[groupCaught].AsError(), slices.Clone(s[groupRaised].Elems())
	left := slices.Clone(s[groupAgain].Elems())
	if !s[groupRest].IsNull() {
		left = append(left, s[groupRest])
	}
	switch {
	case !caught.IsGroup() && len(raised) == 0 && len(left) > 0:
		l.fault = left[0].AsError()
		return
	case caught.IsGroup() && len(left) > 0:
		leaves := map[*Error]bool{}
		for _, v := range left {
			v.AsError().noGroups(leaves)
		}
		if part, _ := l.splitError(caught, func(e *Error) bool { return leaves[e] }); part != nil {
			raised = append(raised, errorValue(part))
		}
	}
	switch len(raised) {
	case 0:
	case 1:
		l.fault = raised[0].AsError()
	default:
		l.fault = l.newGroupError("", raised)
	}
}

// noGroups adds the errors that are no groups.
func (e *Error) noGroups(to map[*Error]bool) {
	if !e.IsGroup() {
		to[e] = true
		return
	}
	for _, v := range e.Errors {
		v.AsError().noGroups(to)
	}
}

// splitError is BaseExceptionGroup.split: the part for which a test holds, and the rest; nil where there is none. A group
// for which it holds as a whole is not looked into.
func (l *Loop) splitError(e *Error, holds func(*Error) bool) (part, rest *Error) {
	switch {
	case holds(e):
		return e, nil
	case !e.IsGroup():
		return nil, e
	}
	var parts, rests []Value
	for _, v := range e.Errors {
		p, r := l.splitError(v.AsError(), holds)
		if p != nil {
			parts = append(parts, errorValue(p))
		}
		if r != nil {
			rests = append(rests, errorValue(r))
		}
	}
	return l.derive(e, parts), l.derive(e, rests)
}

// derive is BaseExceptionGroup.derive: a group of some of its errors, with its message and its cause; nil: of none.
func (l *Loop) derive(e *Error, errs []Value) *Error {
	if len(errs) == 0 {
		return nil
	}
	message := e.Message
	if i := strings.LastIndex(message, " ("); i >= 0 {
		message = message[:i]
	}
	d := l.newGroupError(message, errs)
	d.Cause, d.Pos, d.At, d.Code = e.Cause, e.Pos, e.At, e.Code
	return d
}

func errorOrNull(e *Error) Value {
	if e == nil {
		return Value{}
	}
	return errorValue(e)
}
