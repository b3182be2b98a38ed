package python

import (
	"fmt"

	"runloop/dsl/syntax"
)

// startSource writes a source and returns a function that arms it for its first arrival.
func (e *exporter) startSource(s *syntax.Source) string {
	switch {
	case s.Rows != nil:
		e.refusef(s.KeySpanOf(syntax.SourceRows), "`rows` of a source cannot be exported: asyncio reads no traces")
	case s.Rate != nil && s.Rate.Constant == nil:
		e.refusef(s.KeySpanOf(syntax.SourceRate), "a `rate` that changes over time cannot be exported")
	}
	e.uses["source"] = true
	f := e.function(e.fresh("arrive_"+s.Title.Text), s.Do)
	f.args = []string{"index"}
	args := f.body(&s.Entry, true)
	name := quote(s.Title.Text+"-") + " + str(index + 1)"
	if s.Name != nil {
		name = f.text(s.Name)
	}
	args = append(args, "name="+name)
	args = append(args, f.taskOptions(&s.Entry)...)
	f.linef("%s", f.spawned(args, nil))
	f.end()
	source := e.sourceObject(s)
	e.out = append(e.out, fmt.Sprintf("%s = Source(%s, %s%s)\n", source, quote(s.Title.Text), f.name, e.arrivals(s)))
	return source + ".start"
}

// sourceObject returns the Python name of the object that makes a source's tasks.
func (e *exporter) sourceObject(s *syntax.Source) string {
	return e.name("source", "source_"+s.Title.Text)
}

// arrivals returns the arguments that say when tasks arrive.
func (e *exporter) arrivals(s *syntax.Source) string {
	f, text := e.function(""), ""
	add := func(name, value string) { text += ", " + name + "=" + value }
	switch {
	case s.Every != nil:
		add("gap", "lambda index: "+f.duration(s.Every))
	case s.Rate != nil && s.Rate.Constant != nil:
		per := "seconds(1)"
		if s.Per != nil {
			per = f.duration(s.Per)
		} else if f.virtual {
			per = fmt.Sprint(e.s.Unit)
		}
		f.use("draws")
		add("gap", "lambda index: "+f.rounded("stream().exponential() * "+per+" / "+f.value(s.Rate.Constant).text))
	case s.At != nil:
		times := ""
		for i, at := range s.At.Items {
			if i > 0 {
				times += ", "
			}
			times += f.at(at)
		}
		add("times", "["+times+"]")
	}
	if s.Batch != nil {
		add("batch", "lambda index: "+f.value(s.Batch).text)
	}
	if s.After != nil {
		add("first", "lambda: "+f.duration(s.After))
	}
	if s.From != nil {
		add("begin", f.at(s.From))
	}
	if s.End != nil {
		add("end", f.at(s.End))
	}
	if s.Limit != nil {
		add("limit", f.value(s.Limit).text)
	}
	return text
}

// rounded returns a time in the loop's unit.
func (f *function) rounded(text string) string {
	if f.virtual {
		return "round(" + text + ")"
	}
	return text
}
