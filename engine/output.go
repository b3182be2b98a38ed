package engine

// flushAt is how much output is gathered before it is written.
const flushAt = 32 << 10

// output is what was printed.
type output struct {
	buf     []byte
	flushed int   // bytes of buf that are written
	base    int64 // bytes written and dropped from buf
}

func (x *output) own(was *output) { x.buf = append(was.buf[:0], x.buf...) }

// printed is called when something was appended to the output from at on.
func (l *Loop) printed(at int) {
	if l.out.base+int64(len(l.out.buf)) > l.opts.Limits.Output {
		l.out.buf = l.out.buf[:at]
		l.hitLimit(LimitOutput)
		return
	}
	if l.trace != nil {
		l.rec(Rec{Kind: RecPrint, On: uint32(len(l.out.buf) - at), Arg: l.out.base + int64(at)})
	}
	if len(l.out.buf)-l.out.flushed >= flushAt {
		l.flush()
	}
}

// flush writes what was printed. After an error nothing more is written, and the run ends with the iteration.
func (l *Loop) flush() {
	if l.opts.Output != nil && l.res.WriteError == nil && len(l.out.buf) > l.out.flushed {
		if _, err := l.opts.Output.Write(l.out.buf[l.out.flushed:]); err != nil {
			l.res.WriteError = err
			l.stopping = true
		}
	}
	if l.opts.KeepOutput {
		l.out.flushed = len(l.out.buf)
		return
	}
	l.out.base += int64(len(l.out.buf))
	l.out.buf = l.out.buf[:0]
}
