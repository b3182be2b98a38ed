package python

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"runloop/dsl/syntax"
)

// function is one Python function being written.
type function struct {
	*exporter
	name     string
	args     []string
	async    bool
	lines    []string
	indent   int
	writes   map[string]bool // Python names of shared variables that it assigns
	assigned map[string]bool // Python names of locals that are assigned on every path so far
	early    map[string]bool // … that may be copied before they are assigned
	tokens   map[string]bool // context variables that this function resets
	catches  int             // how many handlers are around the current place
	starred  bool            // the innermost is one of groups
	indexed  bool            // it reads `index`
	temps    int
}

func (e *exporter) function(name string, blocks ...*syntax.Block) *function {
	f := &function{exporter: e, name: name, indent: 1, writes: map[string]bool{}, assigned: map[string]bool{},
		early: map[string]bool{}, tokens: map[string]bool{}}
	for _, b := range blocks {
		eachStep(b, func(s *syntax.Step) {
			if n, ok := s.Node.(*syntax.Reset); ok {
				f.tokens[n.Var.Text] = true
			}
		})
	}
	return f
}

// eachStep calls f for every step of an activation. The `do` of an entry is another activation.
func eachStep(b *syntax.Block, f func(*syntax.Step)) {
	if b == nil {
		return
	}
	syntax.Walk(b, func(r *syntax.Record) bool {
		switch r.Node.(type) {
		case *syntax.Entry, *syntax.Generator:
			return false
		}
		if r.Verb != nil {
			f(r)
		}
		return true
	})
}

func (f *function) params(d *syntax.Definition) {
	for _, p := range d.Params {
		f.args = append(f.args, f.variable(p.Name.Text))
		f.assigned[f.variable(p.Name.Text)] = true
	}
}

func (f *function) linef(format string, args ...any) {
	f.lines = append(f.lines, strings.Repeat("    ", f.indent)+fmt.Sprintf(format, args...)+"\n")
}

// under writes the head of a compound statement and, with write, its body.
func (f *function) under(head string, write func()) {
	f.linef("%s", head)
	f.indent++
	write()
	f.indent--
}

// expression adds a function of expressions to the module.
func (e *exporter) expression(d *syntax.Function) {
	f := e.function(e.name("function", d.Name.Text))
	for _, p := range d.Params {
		arg := f.variable(p.Name.Text)
		f.assigned[arg] = true
		if p.Default != nil {
			arg += "=" + constant(syntax.ConstantOf(p.Fit(p.Default)))
		}
		f.args = append(f.args, arg)
	}
	f.linef("return %s", f.expr(d.Value.Expr).text)
	f.end()
}

// suite writes a compound statement with steps in it.
func (f *function) suite(head string, b *syntax.Block) {
	f.under(head, func() { f.block(b) })
}

// end adds the finished function to the module.
func (f *function) end() { f.out = append(f.out, strings.Join(f.definition(), "")) }

func (f *function) definition() []string {
	body := f.lines
	f.lines = nil
	word := "def"
	if f.async {
		word = "async def"
	}
	f.indent--
	f.linef("%s %s(%s):", word, f.name, strings.Join(f.args, ", "))
	f.indent++
	if len(f.writes) > 0 {
		f.linef("global %s", strings.Join(sortedNames(f.writes), ", "))
	}
	for _, name := range sortedNames(f.early) {
		f.linef("%s = None", name)
	}
	for _, name := range sortedNames(f.tokens) {
		f.linef("%s = []", f.tokensOf(name))
	}
	if len(body) == 0 && len(f.lines) == 1 {
		f.linef("pass")
	}
	return append(f.lines, body...)
}

func (f *function) tokensOf(variable string) string {
	return f.exporter.name("tokens", variable+"_tokens")
}

// nested writes a function inside this one that shares its locals. A `return` leaves only the inner function.
func (f *function) nested(name string, do *syntax.Block) {
	var free []string
	for _, local := range locals(do) {
		if python := f.variable(local); !f.isShared(local) && !f.isContext(local) {
			free = append(free, python)
			f.early[python] = true
		}
	}
	f.under("def "+name+"():", func() {
		if len(free) > 0 {
			slices.Sort(free)
			f.linef("nonlocal %s", strings.Join(slices.Compact(free), ", "))
		}
		at := len(f.lines)
		writes := f.writes
		f.writes = map[string]bool{}
		f.block(do)
		if len(f.writes) > 0 {
			global := strings.Repeat("    ", f.indent) + "global " + strings.Join(sortedNames(f.writes), ", ") + "\n"
			f.lines = slices.Insert(f.lines, at, global)
		}
		f.writes = writes
	})
}

// locals returns the names that steps assign without a path. It may contain duplicates.
func locals(b *syntax.Block) []string {
	var names []string
	eachStep(b, func(s *syntax.Step) {
		for _, field := range s.Fields {
			names = append(names, assigned(field)...)
		}
		if n, ok := s.Node.(*syntax.Try); ok {
			for _, h := range slices.Concat(n.Catch, n.CatchGroup) {
				if h.As != nil {
					names = append(names, h.As.Text)
				}
			}
		}
	})
	return names
}

// assigned returns the names that a key assigns.
func assigned(f syntax.Field) []string {
	var names []string
	local := f.Key.Space == syntax.LocalSpace || f.Key.Space == syntax.TargetSpace
	switch v := f.Value.(type) {
	case *syntax.Name:
		if local {
			names = append(names, v.Text)
		}
	case *syntax.Bindings:
		for _, item := range v.Items {
			if local {
				names = append(names, item.Name.Text)
			}
		}
	case *syntax.Targets:
		for _, item := range v.Items {
			names = append(names, item.Path.Name.Text)
		}
	}
	return names
}

// drawsOf writes which stream code outside a task draws from.
func (f *function) drawsOf(name string) {
	if f.draws && name != "main" {
		f.linef("draws_of(%s)", quote(name))
	}
}

// temp returns the name of a new local.
func (f *function) temp() string {
	f.temps++
	return "_" + strconv.Itoa(f.temps)
}

// kept assigns a value to a new local and returns its name.
func (f *function) kept(value string) string {
	name := f.temp()
	f.linef("%s = %s", name, value)
	return name
}

// caught returns the Python name of `error` at the current place.
func (f *function) caught() string {
	if f.catches < 2 {
		return "error"
	}
	return "error" + strconv.Itoa(f.catches)
}

func (f *function) use(section string) { f.uses[section] = true }

// assign writes an assignment to a variable.
func (f *function) assign(name, value string) {
	f.linef("%s = %s", f.writable(name), value)
}

// writable returns the Python name of a variable that is about to be assigned.
func (f *function) writable(name string) string {
	python := f.variable(name)
	if f.isShared(name) {
		f.writes[python] = true
	} else if f.indent == 1 {
		f.assigned[python] = true
	}
	return python
}

// into writes a statement whose value is assigned to as, unless as is nil.
func (f *function) into(as *syntax.Name, value string) {
	if as != nil {
		f.assign(as.Text, value)
		return
	}
	f.linef("%s", value)
}
