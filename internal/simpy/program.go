// Package simpy compares the engine with SimPy: random programs about resources, containers and stores, written as a scenario and for SimPy, must log the
// same.
package simpy

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// program is a random program, as a scenario and for SimPy.
type program struct {
	r         *rand.Rand
	yaml      writer
	python    writer
	resources []resource
	stocks    []stock
	holds     map[string]bool // the resources that the task holds here
	tasks     int
	task      int // the one that is written
	steps     int
}

// resource is a resource of a program.
type resource struct {
	name, order string
	capacity    int
}

// writer writes indented lines.
type writer struct {
	strings.Builder
	indent int
}

func (w *writer) line(format string, args ...any) {
	fmt.Fprintf(w, strings.Repeat("  ", w.indent)+format+"\n", args...)
}

// generate makes the program of a seed. No two of its timers are due at one time: their lengths are random nanoseconds.
func generate(seed uint64) *program {
	p := &program{r: rand.New(rand.NewPCG(seed, 0)), holds: map[string]bool{}}
	p.tasks = 3 + p.r.IntN(5)
	p.declare()
	p.yaml.line("workers:")
	for p.task = range p.tasks {
		p.writeTask()
	}
	for i := range p.tasks {
		p.python.line("tasks.append(env.process(t%d()))", i)
	}
	return p
}

func (p *program) chance(share float64) bool { return p.r.Float64() < share }

func (p *program) nanos() int { return 1 + p.r.IntN(1_000_000) }

var classes = map[string]string{"fifo": "Resource", "priority": "PriorityResource", "preemptive": "PreemptiveResource"}

func (p *program) declare() {
	p.yaml.line("runloop: 1")
	p.yaml.line("resources:")
	p.python.line("tasks = []")
	for i := range 1 + p.r.IntN(3) {
		order := []string{"fifo", "priority", "preemptive"}[p.r.IntN(3)]
		x := resource{fmt.Sprintf("r%d", i), order, 1 + p.r.IntN(3)}
		p.resources = append(p.resources, x)
		p.yaml.line("  %s: { capacity: %d, order: %s }", x.name, x.capacity, order)
		p.python.line("%s = simpy.%s(env, capacity=%d)", x.name, classes[order], x.capacity)
	}
	p.declareStocks()
}

func (p *program) writeTask() {
	p.yaml.line("  t%d:", p.task)
	p.yaml.line("    do:")
	p.yaml.indent = 3
	p.python.line("def t%d():", p.task)
	p.python.indent = 1
	for range 2 + p.r.IntN(5) {
		p.guarded()
	}
	p.log("ends")
	p.yaml.indent, p.python.indent = 0, 0
}

// log writes a line of the log, in both.
func (p *program) log(what string) {
	p.steps++
	p.yaml.line(`- print: "${format('%%.9f', now)} t%d %d %s"`, p.task, p.steps, what)
	p.python.line(`log("t%d %d %s")`, p.task, p.steps, what)
}

// guarded writes a sleep and then a statement, whose Interrupt it catches: what begins at an instant has not just ended something.
func (p *program) guarded() {
	p.yaml.line("- try:")
	p.python.line("try:")
	p.deeper(func() {
		p.sleep()
		switch {
		case p.chance(0.2):
			p.interrupt()
		case p.chance(0.25):
			p.first()
		case len(p.stocks) > 0 && p.chance(0.6):
			p.stocked()
		default:
			p.hold(2)
		}
	})
	p.yaml.line("  catch:")
	p.yaml.line("    - error: Interrupt")
	p.yaml.line("      do:")
	p.python.line("except simpy.Interrupt as interrupt:")
	p.deeper(func() {
		p.yaml.indent += 2
		p.steps++
		p.yaml.line(`- print: "${format('%%.9f', now)} t%d %d ${type(error.cause) == 'string' ? error.cause : error.cause.reason}"`, p.task, p.steps)
		p.python.line(`log(f"t%d %d {interrupt.cause if isinstance(interrupt.cause, str) else 'preempted'}")`, p.task, p.steps)
		p.yaml.indent -= 2
	})
}

func (p *program) deeper(write func()) {
	p.yaml.indent += 2
	p.python.indent++
	write()
	p.yaml.indent -= 2
	p.python.indent--
}

func (p *program) sleep() {
	n := p.nanos()
	p.yaml.line("- sleep: %dns", n)
	p.python.line("yield env.timeout(%d)", n)
}

func (p *program) interrupt() {
	other := (p.task + 1 + p.r.IntN(p.tasks-1)) % p.tasks
	p.yaml.line("- if: not tasks['t%d'].done", other)
	p.yaml.line("  then: [{ interrupt: t%d, cause: stop }]", other)
	p.python.line("if tasks[%d].is_alive:", other)
	p.python.line("  tasks[%d].interrupt('stop')", other)
}

// hold writes an acquire with steps, perhaps with another inside.
func (p *program) hold(depth int) {
	x := p.resources[p.r.IntN(len(p.resources))]
	if p.holds[x.name] { // SimPy lets a process preempt itself
		return
	}
	p.holds[x.name] = true
	defer delete(p.holds, x.name)
	args := ""
	p.yaml.line("- acquire: %s", x.name)
	if x.order != "fifo" {
		priority := p.r.IntN(3)
		p.yaml.line("  priority: %d", priority)
		args = fmt.Sprintf("priority=%d", priority)
	}
	patience := 0
	if p.chance(0.4) {
		patience = p.nanos()
		p.yaml.line("  within: %dns", patience)
	}
	p.yaml.line("  do:")
	p.python.line("with %s.request(%s) as request%d:", x.name, args, depth)
	p.deeper(func() {
		if patience == 0 {
			p.python.line("yield request%d", depth)
			p.held(depth)
			return
		}
		p.python.line("yield request%d | env.timeout(%d)", depth, patience)
		p.python.line("if request%d.triggered:", depth)
		p.python.indent++
		p.held(depth)
		p.python.indent--
	})
	if patience == 0 {
		return
	}
	p.yaml.line("  else:")
	p.deeper(func() {
		p.python.line("else:")
		p.python.indent++
		p.log("gave up")
		p.python.indent--
	})
}

func (p *program) held(depth int) {
	p.log("has it")
	p.sleep()
	if depth > 0 && p.chance(0.3) {
		p.hold(depth - 1)
	}
	p.log("goes on")
}
