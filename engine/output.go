package engine

// flushAt is how much output is gathered before it is written.
const flushAt = 32 << 10

// printed is called when something was appended to the output from at on.
func (l *Loop) printed(at int) {
	if l.outBase+int64(len(l.out)) > l.opts.Limits.Output {
		l.out = l.out[:at]
		l.hitLimit("output")
		return
	}
	if l.obs != nil {
		l.emit(Event{Kind: EventPrint, Text: string(l.out[at:])})
	}
	if len(l.out)-l.flushed >= flushAt {
		l.flush()
	}
}

// flush writes what was printed. After an error nothing more is written, and the run ends with the iteration.
func (l *Loop) flush() {
	if l.opts.Output != nil && l.res.WriteError == nil && len(l.out) > l.flushed {
		if _, err := l.opts.Output.Write(l.out[l.flushed:]); err != nil {
			l.res.WriteError = err
			l.stopping = true
		}
	}
	if l.opts.KeepOutput {
		l.flushed = len(l.out)
		return
	}
	l.outBase += int64(len(l.out))
	l.out = l.out[:0]
}
