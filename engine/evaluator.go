package engine

// Evaluator evaluates expressions over run parameters, before there is a loop.
type Evaluator struct{ loop Loop }

// NewEvaluator makes an evaluator over the values of run parameters. unit is what a bare number of time counts, in nanoseconds;
// 0: seconds.
func NewEvaluator(params []Value, unit int64) *Evaluator {
	e := &Evaluator{Loop{p: &Program{Unit: unit}, vars: variables{params: params, epoch: epochs.Add(1)}}}
	l := &e.loop
	l.opts.Limits = Limits{}.withDefaults()
	l.memory.check = l.opts.Limits.Memory / 4
	l.draws = newDraws(l.p, 0)
	l.cur = &task{}
	l.loadFrame()
	return e
}

// Int evaluates an integer; convert an EvalTime for it.
func (e *Evaluator) Int(f EvalInt) (int64, *Error) { return f(&e.loop), e.loop.evaluated() }

// Float evaluates a number.
func (e *Evaluator) Float(f EvalFloat) (float64, *Error) { return f(&e.loop), e.loop.evaluated() }

// Text evaluates a text; with an error it returns what there is so far.
func (e *Evaluator) Text(f EvalText) (string, *Error) {
	return string(f(&e.loop, nil)), e.loop.evaluated()
}

// evaluated returns and clears the error of an expression that was evaluated outside every activation.
func (l *Loop) evaluated() *Error {
	err := l.fault
	if l.overflow {
		err = l.newError("MemoryError", "the limit of "+l.limit.String()+" was hit")
	}
	l.fault, l.overflow = nil, false
	return err
}
