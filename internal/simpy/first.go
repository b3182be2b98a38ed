package simpy

import "fmt"

// first writes a `first` of two or three arms: requests of different objects, and a time.
func (p *program) first() {
	var makers string
	var held []string // by arm: the resource that it holds; "": none
	p.yaml.line("- first:")
	p.yaml.indent += 2
	arm := func(maker, resource string, lines ...string) {
		makers += "lambda: " + maker + ", "
		for i, line := range lines {
			p.yaml.line("%s%s", map[bool]string{true: "- ", false: "  "}[i == 0], line)
		}
		what := fmt.Sprintf("arm %d", len(held))
		text := fmt.Sprintf("- print: \"${format('%%.9f', now)} t%d %d %s\"", p.task, p.steps+1, what)
		p.yaml.line("  %s:", map[bool]string{true: "do", false: "then"}[resource != ""])
		p.yaml.line("    %s", text)
		if resource != "" {
			p.yaml.line("    - sleep: 777ns")
		}
		held = append(held, resource)
	}
	for _, x := range p.resources[:min(2, len(p.resources))] {
		if x.order == "preemptive" || p.holds[x.name] { // what is lost while it is not used yet is another matter
			continue
		}
		arm(x.name+".request()", x.name, "acquire: "+x.name)
	}
	for _, x := range p.stocks {
		n := 1 + p.r.IntN(3)
		switch {
		case x.container:
			arm(fmt.Sprintf("%s.get(%d)", x.name, n), "", "get: "+x.name, fmt.Sprintf("amount: %d", n))
		case x.filter:
			arm(fmt.Sprintf("%s.get(lambda item: item >= %d)", x.name, n), "", "get: "+x.name, "as: item", fmt.Sprintf("where: item >= %d", n))
		default:
			arm(fmt.Sprintf("%s.put(%d)", x.name, n), "", "put: "+x.name, fmt.Sprintf("value: %d", n))
		}
	}
	for range 1 + max(0, 1-len(held)) {
		n := p.nanos()
		arm(fmt.Sprintf("env.timeout(%d)", n), "", fmt.Sprintf("sleep: %dns", n))
	}
	p.yaml.indent -= 2
	p.steps++
	p.python.line("i, event = yield from first(env, [%s])", makers)
	p.python.line("log(f\"t%d %d arm {i}\")", p.task, p.steps)
	for i, name := range held {
		if name != "" {
			p.python.line("if i == %d:", i)
			p.python.line("  try: yield env.timeout(777)")
			p.python.line("  finally: %s.release(event)", name)
		}
	}
}
