package engine

// Evaluator evaluates expressions that use nothing of a run but its parameters, before there is a loop.
type Evaluator struct{ loop Loop }

// NewEvaluator makes an evaluator over the values of run parameters.
func NewEvaluator(params []Value) *Evaluator {
	e := &Evaluator{Loop{p: &Program{}, vars: variables{params: params, epoch: epochs.Add(1)}}}
	l := &e.loop
	l.opts.Limits = Limits{}.withDefaults()
	l.memory.check = l.opts.Limits.Memory / 4
	l.draws = newDraws(l.p, 0)
	l.cur = &task{}
	l.loadFrame()
	return e
}

// Int evaluates an integer, or as an EvalInt a time.
func (e *Evaluator) Int(f EvalInt) (int64, *Error) { return f(&e.loop), e.loop.evaluated() }

// Float evaluates a number.
func (e *Evaluator) Float(f EvalFloat) (float64, *Error) { return f(&e.loop), e.loop.evaluated() }

// Text evaluates a text; an error gives what there is so far.
func (e *Evaluator) Text(f EvalText) (string, *Error) {
	return string(f(&e.loop, nil)), e.loop.evaluated()
}

// evaluated is the error of what was evaluated outside every activation, which is over with that.
func (l *Loop) evaluated() *Error {
	err := l.fault
	if l.overflow {
		err = l.newError("MemoryError", "the limit of "+l.limit.String()+" was hit")
	}
	l.fault, l.overflow = nil, false
	return err
}
