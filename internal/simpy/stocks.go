package simpy

import "fmt"

// stock is a container or a store of a program.
type stock struct {
	name      string
	container bool
	filter    bool // a store of which tasks take those that fit
}

// declareStocks sometimes declares a container, and a store.
func (p *program) declareStocks() {
	capacity := 3 + p.r.IntN(4)
	if p.chance(0.4) {
		initial := p.r.IntN(capacity)
		p.stocks = append(p.stocks, stock{name: "tank", container: true})
		p.yaml.line("containers: { tank: { capacity: %d, initial: %d } }", capacity, initial)
		p.python.line("tank = simpy.Container(env, capacity=%d, init=%d)", capacity, initial)
	}
	if p.chance(0.4) {
		x := stock{name: "shelf", filter: p.chance(0.5)}
		class := "Store"
		if x.filter {
			class = "FilterStore"
		}
		p.stocks = append(p.stocks, x)
		p.yaml.line("stores: { shelf: %d }", capacity)
		p.python.line("shelf = simpy.%s(env, capacity=%d)", class, capacity)
	}
}

// stocked writes a `put` or a `get`, perhaps with patience.
func (p *program) stocked() {
	x := p.stocks[p.r.IntN(len(p.stocks))]
	put, n := p.chance(0.5), 1+p.r.IntN(3)
	yaml, python := "", fmt.Sprint(n)
	switch {
	case x.container:
		yaml = fmt.Sprintf("amount: %d", n)
	case put:
		yaml = fmt.Sprintf("value: %d", n)
	case x.filter && p.chance(0.7):
		yaml, python = fmt.Sprintf("where: item >= %d", n), fmt.Sprintf("lambda item: item >= %d", n)
	default:
		python = ""
	}
	verb := "get"
	if put {
		verb = "put"
	}
	p.yaml.line("- %s: %s", verb, x.name)
	if yaml != "" {
		p.yaml.line("  %s", yaml)
	}
	item := !put && !x.container
	if item {
		p.yaml.line("  as: item")
	}
	p.steps++
	p.python.line("with %s.%s(%s) as request:", x.name, verb, python)
	p.python.indent++
	if p.chance(0.5) {
		patience := p.nanos()
		p.yaml.line("  within: %dns", patience)
		p.python.line("yield request | env.timeout(%d)", patience)
		p.yaml.line("  else: [{ print: \"${format('%%.9f', now)} t%d %d gave up\" }, { let: { item: 0 } }]", p.task, p.steps)
		p.python.line("if not request.triggered: log(\"t%d %d gave up\")", p.task, p.steps)
	} else {
		p.python.line("yield request")
	}
	p.python.indent--
	if item {
		p.yaml.line("- print: \"${format('%%.9f', now)} t%d %d has ${item}\"", p.task, p.steps)
		p.python.line("log(f\"t%d %d has {request.value if request.triggered else 0}\")", p.task, p.steps)
	} else {
		p.log("went on")
	}
}
