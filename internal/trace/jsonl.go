package trace

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"

	"runloop/engine"
)

// FileVersion is the version of the trace files that WriteJSONL writes.
const FileVersion = 1

// line is one line that is being written.
type line struct {
	buf   []byte
	names *names
	r     *Run
	n     uint32
	rec   *engine.Rec
	turn  int
}

// key begins a key. The first one of a line is `n` or is written by hand.
func (l *line) key(name string) {
	l.buf = append(l.buf, ',', '"')
	l.buf = append(l.buf, name...)
	l.buf = append(l.buf, '"', ':')
}

func (l *line) int(name string, v int64) {
	l.key(name)
	l.buf = strconv.AppendInt(l.buf, v, 10)
}

// word writes text that needs no escape.
func (l *line) word(name, v string) {
	l.key(name)
	l.buf = append(l.buf, '"')
	l.buf = append(l.buf, v...)
	l.buf = append(l.buf, '"')
}

func (l *line) text(name, v string) {
	l.key(name)
	l.buf = appendText(l.buf, v)
}

func (l *line) raw(name string, v []byte) {
	l.key(name)
	l.buf = append(l.buf, v...)
}

// who writes the name of a task or a callback, unless there is none.
func (l *line) who(name string, who uint32) {
	if who != 0 {
		l.raw(name, l.names.who(who))
	}
}

// object writes the object, task or future that the record is about, if there is one.
func (l *line) object() {
	if l.rec.Obj != engine.KindNull {
		l.word("kind", l.rec.Obj.String())
		l.raw("object", l.names.object(l.rec.Obj, l.rec.On))
	}
}

// appendText adds a text as JSON.
func appendText(dst []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			var b bytes.Buffer
			e := json.NewEncoder(&b)
			e.SetEscapeHTML(false)
			if e.Encode(text) != nil {
				break // text always can be encoded
			}
			return append(dst, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, text...)
	return append(dst, '"')
}

// spaceWords is where a variable lives.
var spaceWords = [...]string{engine.SharedVar: "shared", engine.ContextVar: "context"}

// recordKeys writes what each kind of record has beside the keys that all have, as fileKinds lists them.
var recordKeys = [...]func(l *line){
	engine.RecPhase: func(l *line) {
		l.word("phase", engine.PhaseWords[l.rec.Aux])
		if l.rec.Aux == engine.PhaseEnded {
			l.word("ended", engine.Outcome(l.rec.What).String())
		}
	},
	engine.RecIteration: func(l *line) { l.word("phase", engine.PhaseWords[l.rec.Aux]) },
	engine.RecRun: func(l *line) {
		t := &l.r.Turns[l.turn]
		l.word("h", engine.RunWords[l.rec.Aux])
		if t.Number != 0 {
			l.int("turn", int64(t.Number))
		}
		switch {
		case l.rec.Aux == engine.RunStart:
			l.text("worker", l.r.Program.Workers[l.rec.What].Name)
		case l.rec.Aux == engine.RunCallback:
			l.int("handle", int64(l.rec.On))
		default:
			l.who("what", t.For)
		}
		l.object()
	},
	engine.RecSpawn: func(l *line) {
		l.who("what", l.rec.What)
		l.text("code", l.r.Code(l.rec.What))
		if v, ok := l.r.Value(l.n); ok {
			l.text("args", l.r.Show(v))
		}
	},
	engine.RecLink: func(l *line) {
		l.word("h", engine.RunWords[l.rec.Aux])
		l.who("what", l.rec.What)
		l.object()
	},
	engine.RecWait: (*line).wait,
	engine.RecWake: (*line).wait,
	engine.RecEnd: func(l *line) {
		l.who("what", l.rec.What)
		l.word("state", engine.TaskStateWords[l.rec.Aux-1])
	},
	engine.RecResolve: func(l *line) {
		l.word("state", engine.TaskStateWords[l.rec.Aux-1])
		l.object()
	},
	engine.RecArm: func(l *line) {
		l.timer()
		l.int("due", l.rec.Arg)
	},
	engine.RecDisarm: (*line).timer,
	engine.RecFire: func(l *line) {
		l.timer()
		l.int("due", l.rec.Arg)
	},
	engine.RecReady: func(l *line) {
		l.word("h", engine.RunWords[l.rec.Aux])
		l.who("what", l.rec.What)
		if l.rec.Aux == engine.RunCallback {
			l.int("handle", l.rec.Arg)
		}
	},
	engine.RecCancel: func(l *line) {
		l.who("what", l.rec.What)
		if l.rec.Aux == 1 {
			l.raw("delayed", []byte("true"))
		}
	},
	engine.RecInterrupt: func(l *line) { l.who("what", l.rec.What) },
	engine.RecPreempt: func(l *line) {
		l.who("what", l.rec.What)
		l.object()
	},
	engine.RecObject: func(l *line) {
		l.word("op", engine.OpWords[l.rec.Aux])
		l.object()
		l.int("level", int64(int32(l.rec.Arg)))
		l.int("waiting", l.rec.Arg>>32)
	},
	engine.RecRead: (*line).variable,
	engine.RecSet:  (*line).variable,
	engine.RecPrint: func(l *line) {
		l.int("offset", l.rec.Arg)
		l.text("text", string(l.r.TextOf(Print{Offset: l.rec.Arg, Len: l.rec.On})))
	},
	engine.RecChoose: func(l *line) {
		l.int("picked", int64(l.rec.What))
		l.int("of", l.rec.Arg)
	},
	engine.RecRaise: func(l *line) {
		v, _ := l.r.Value(l.n)
		l.text("error", l.r.Show(v))
		l.raw("caught", strconv.AppendBool(nil, l.rec.Aux == 1))
	},
	engine.RecStop:  func(*line) {},
	engine.RecBlock: func(*line) {},
	engine.RecLimit: func(l *line) { l.word("limit", engine.Limit(l.rec.Aux).String()) },
}

func (l *line) wait() {
	l.word("wait", engine.WaitWords[l.rec.Aux])
	if l.rec.Aux == engine.WaitsSleep {
		l.int("timer", int64(l.rec.On))
	}
	l.who("what", l.rec.What)
	l.object()
}

func (l *line) timer() {
	l.int("timer", int64(l.rec.On))
	l.word("for", engine.TimerWords[l.rec.Aux])
	if l.rec.Aux == engine.TimerStart {
		l.text("worker", l.r.Program.Workers[l.rec.What].Name)
		return
	}
	if l.rec.Aux == engine.TimerShift {
		l.text("object", l.r.ObjectName(engine.KindResource, l.rec.What))
		return
	}
	l.who("what", l.rec.What)
}

// variable writes a variable with its value: scalars as JSON has them, everything else as text.
func (l *line) variable() {
	l.word("space", spaceWords[l.rec.Aux])
	l.text("name", l.r.Variable(l.rec.Aux, l.rec.On))
	l.word("type", l.rec.Obj.String())
	v, _ := l.r.Value(l.n)
	l.key("value")
	switch text := l.r.Show(v); v.Kind() {
	case engine.KindNull, engine.KindBool, engine.KindInt:
		l.buf = append(l.buf, text...)
	default:
		l.buf = appendText(l.buf, text)
	}
}

// common writes what every record has.
func (l *line) common(time, iteration int64, by uint32) {
	l.buf = append(l.buf[:0], `{"n":`...)
	l.buf = strconv.AppendUint(l.buf, l.r.base+uint64(l.n), 10)
	l.word("k", engine.RecWords[l.rec.Kind])
	l.int("t", time)
	l.int("i", iteration)
	l.who("who", l.rec.Who)
	if file, at := l.r.PlaceIn(l.rec.PC); at.Line > 0 {
		l.int("line", int64(at.Line))
		l.int("col", int64(at.Col))
		if file != "" {
			l.text("in", file)
		}
	}
	if by != None {
		l.key("by")
		l.buf = strconv.AppendUint(l.buf, l.r.base+uint64(by), 10)
	}
}

// WriteJSONL writes the record of the run as lines of JSON: a header, a line for each record, and how the run ended.
func (r *Run) WriteJSONL(w io.Writer, o FileOptions) error {
	p := r.partOf(o)
	if _, err := w.Write(r.header(o, p)); err != nil {
		return err
	}
	l := line{r: r, names: newNames(r), turn: r.TurnOf(p.from)}
	iteration := r.IterationOf(p.from)
	const chunk = 64 << 10
	out := make([]byte, 0, chunk+chunk/4)
	for n := p.from; n < p.to; n++ {
		for l.turn+1 < len(r.Turns) && r.Turns[l.turn+1].First <= n {
			l.turn++
		}
		for iteration+1 < len(r.Iterations) && r.Iterations[iteration+1].First <= n {
			iteration++
		}
		time, number := int64(0), int64(0)
		if iteration >= 0 {
			time, number = r.timeIn(iteration, n), r.Iterations[iteration].Number
		}
		l.n, l.rec = n, r.Rec(n)
		l.common(time, number, r.causeIn(n, l.turn, l.rec))
		recordKeys[l.rec.Kind](&l)
		out = append(append(out, l.buf...), '}', '\n')
		if len(out) >= chunk {
			if _, err := w.Write(out); err != nil {
				return err
			}
			out = out[:0]
		}
	}
	if p.cut {
		out = append(out, "{\"cut\":true}\n"...)
	}
	_, err := w.Write(r.outcome(out))
	return err
}

// header is the first line.
func (r *Run) header(o FileOptions, p part) []byte {
	l := line{buf: []byte(`{"trace":` + strconv.Itoa(FileVersion))}
	sum := sha256.Sum256(r.Text)
	l.text("scenario", r.Source.Name)
	l.text("file", r.File)
	l.word("sha256", hex.EncodeToString(sum[:]))
	l.word("clock", clockWord(o.Real))
	l.key("seed")
	l.buf = strconv.AppendUint(l.buf, r.Seed, 10)
	l.word("ties", r.Ties.String())
	l.key("params")
	l.buf = append(l.buf, '{')
	for i, name := range slices.Sorted(maps.Keys(r.Params)) {
		if i > 0 {
			l.buf = append(l.buf, ',')
		}
		l.buf = append(appendText(l.buf, name), ':')
		l.buf = appendText(l.buf, r.Params[name])
	}
	l.buf = append(l.buf, '}')
	l.key("dropped")
	l.buf = strconv.AppendUint(l.buf, r.base, 10)
	l.raw("cut", strconv.AppendBool(nil, p.cut))
	return append(l.buf, '}', '\n')
}

func clockWord(real bool) string {
	if real {
		return "real"
	}
	return "virtual"
}

// outcome adds the last line.
func (r *Run) outcome(dst []byte) []byte {
	l := line{buf: append(dst, `{"k":"outcome"`...)}
	l.word("ended", r.Result.Ended.String())
	l.int("at", r.Result.At)
	l.int("now", r.Result.Now)
	l.int("iterations", r.Result.Iterations)
	l.int("steps", r.Result.Steps)
	l.key("records")
	l.buf = strconv.AppendUint(l.buf, r.Trace.Len(), 10)
	return append(l.buf, '}', '\n')
}
