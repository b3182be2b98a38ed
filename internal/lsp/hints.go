package lsp

import (
	"runloop/dsl"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

type inlayHint struct {
	Position    position `json:"position"`
	Label       string   `json:"label"`
	PaddingLeft bool     `json:"paddingLeft"`
	Tooltip     string   `json:"tooltip,omitempty"`
}

// hints shows behind a step that waits for a constant time until when it does: in the loop's time, or with a + in that of
// the coroutine, as long as nothing before it waits for something else.
func (s *Server) hints(p tokensParams) (any, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	list := []inlayHint{}
	a := d.analyze()
	if !d.isScenario() || a.File.Root == nil {
		return list, nil
	}
	t := timer{Analysis: a, took: map[*syntax.Definition]*span{}}
	t.tell = func(sp source.Span, text, tip string) {
		if d.includedFile(sp) != nil {
			return
		}
		at := s.rangeOf(d, source.Span{Start: sp.End, End: sp.End}).Start
		if p.Range == nil || at.Line >= p.Range.Start.Line && at.Line <= p.Range.End.Line {
			list = append(list, inlayHint{Position: at, Label: text, PaddingLeft: true, Tooltip: tip})
		}
	}
	t.file()
	return list, nil
}

// span is how long steps take, if that is known.
type span struct {
	nanos int64
	known bool
	ended bool // the coroutine returns here
}

// timer finds out when steps run.
type timer struct {
	*dsl.Analysis
	took map[*syntax.Definition]*span
	tell func(sp source.Span, text, tip string)
}

// file goes through all bodies of the file.
func (t *timer) file() {
	t.body(t.File.Main, 0, "")
	for _, d := range t.File.Coroutines {
		t.body(d.Do, 0, "+")
	}
	for _, w := range t.File.Workers {
		start := int64(0)
		if w.Entry.Start != nil {
			if start = w.Entry.Start.Nanos; w.Entry.Start.Expr != nil {
				continue
			}
		}
		t.body(w.Entry.Do, start, "")
	}
}

// body tells the times of steps that begin at a loop time, or with sign + after their coroutine began.
func (t *timer) body(b *syntax.Block, at int64, sign string) {
	t.block(b, span{nanos: at, known: true}, sign, true)
}

// block returns when steps end that begin at a time. Those of a block that runs several times are not told.
func (t *timer) block(b *syntax.Block, at span, sign string, told bool) span {
	if b == nil {
		return at
	}
	for _, step := range b.Steps {
		if at = t.step(step, at, sign, told); !at.known || at.ended {
			return at
		}
	}
	return at
}

// step returns when a step ends that begins at a time.
func (t *timer) step(s *syntax.Step, at span, sign string, told bool) span {
	unknown := span{}
	say := func(to span) span {
		if f := s.Fields[0]; told && f.Value != nil {
			tip := "the loop time when this step ends"
			if sign != "" {
				tip = "how long after its beginning the coroutine is here"
			}
			t.tell(f.Value.Where(), "until "+sign+string(engine.AppendFloat(nil, engine.Seconds(to.nanos)))+"s", tip)
		}
		return to
	}
	switch n := s.Node.(type) {
	case *syntax.Sleep:
		if n.For == nil || n.For.Expr != nil {
			return unknown
		}
		return say(span{nanos: at.nanos + max(n.For.Nanos, 0), known: true})
	case *syntax.SleepUntil:
		if n.At == nil || n.At.Expr != nil || sign != "" {
			return unknown
		}
		return say(span{nanos: max(at.nanos, n.At.Nanos), known: true})
	case *syntax.Repeat:
		return t.repeat(n, at)
	case *syntax.Call:
		d := (*syntax.Definition)(nil)
		if n.Coroutine != nil {
			d = t.Info.Coroutines[n.Coroutine.Text]
		}
		if d == nil || n.Within != nil {
			return unknown
		}
		took := t.coroutine(d)
		if !took.known {
			return unknown
		}
		to := span{nanos: at.nanos + took.nanos, known: true}
		if took.nanos > 0 {
			say(to)
		}
		return to
	case *syntax.Return:
		return span{nanos: at.nanos, known: true, ended: true}
	case *syntax.Raise, *syntax.Break, *syntax.Continue:
		return unknown // what stands behind it does not run
	}
	if s.Waits() || t.mayWait(s) {
		return unknown
	}
	return at
}

// repeat returns when a loop of a constant number of turns ends.
func (t *timer) repeat(n *syntax.Repeat, at span) span {
	if n.N == nil || n.N.Kind != syntax.Literal || n.N.Const.Kind() != engine.KindInt {
		return span{}
	}
	turn := t.block(n.Do, span{known: true}, "+", false)
	turns := n.N.Const.AsInt()
	const most = 1 << 62
	if !turn.known || turn.ended || turns < 0 || turn.nanos > 0 && turns > (most-at.nanos)/turn.nanos {
		return span{}
	}
	return span{nanos: at.nanos + turn.nanos*turns, known: true}
}

// coroutine returns how long a coroutine takes.
func (t *timer) coroutine(d *syntax.Definition) span {
	if known := t.took[d]; known != nil {
		return *known
	}
	took := &span{} // unknown while it is being found out: it may call itself
	t.took[d] = took
	*took = t.block(d.Do, span{known: true}, "+", false)
	took.ended = false
	return *took
}

// mayWait reports whether a step inside a step may wait, leave it or call a coroutine.
func (t *timer) mayWait(s *syntax.Step) bool {
	waits := false
	for _, f := range s.Fields {
		if f.Key == syntax.EntryDo { // of a task of its own
			continue
		}
		syntax.Walk(f.Value, func(r *syntax.Record) bool {
			if syntax.EntryOf(r) != nil && r.Verb == nil {
				return false
			}
			if r.Verb != nil && (r.Waits() || r.Verb.Leaves || r.Verb.Name == "call" || r.Verb.Name == "break" || r.Verb.Name == "continue") {
				waits = true
			}
			return !waits
		})
	}
	return waits
}
