package dsl

import (
	"errors"
	"slices"
	"strings"

	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/dsl/yaml"
)

// AddKnown returns the bytes of the file with one more schedule under `explore.known`. Nothing else changes, comments included.
// section is the lines of the section `explore` where the file has none, such as `late: 5ms`. added is false if the schedule is
// there already. The error says why the place cannot be rewritten.
func (s *Scenario) AddKnown(steps []KnownStep, section []string) (data []byte, added bool, err error) {
	var known [][]KnownStep
	if x := s.Exploring(); x != nil {
		known = x.Known
	}
	if slices.ContainsFunc(known, func(k []KnownStep) bool { return slices.Equal(k, steps) }) {
		return s.Source.First().Bytes(), false, nil
	}
	data = s.withKnown(known, steps, section)
	if data == nil || !s.onlyKnownDiffers(data, append(slices.Clone(known), steps)) {
		return nil, false, errors.New("the place of `explore.known` cannot be rewritten: write it yourself")
	}
	return data, true, nil
}

// Reload loads the scenario from other bytes of its file.
func (s *Scenario) Reload(data []byte) (*Scenario, error) {
	return s.folder.Load(s.Source.First().Name(), data)
}

// scheduleText is a schedule in flow style.
func scheduleText(steps []KnownStep) string {
	list := make([]string, len(steps))
	for i, step := range steps {
		list[i] = step.String()
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// scheduleItem is a schedule as an item of a block list: in a line of its own where there is room.
func scheduleItem(indent string, steps []KnownStep) string {
	text := indent + "- " + scheduleText(steps)
	if len(text) <= 120 {
		return text
	}
	lines := make([]string, len(steps))
	for i, step := range steps {
		lines[i] = indent + "  - " + step.String()
	}
	return indent + "- " + strings.TrimPrefix(strings.Join(lines, "\n"), indent+"  ")
}

// withKnown is the file with the schedule; nil: there is no way to write it.
func (s *Scenario) withKnown(known [][]KnownStep, steps []KnownStep, section []string) []byte {
	src := s.Source.First()
	var diags source.Diagnostics
	root, _ := yaml.Parse(src, &diags)
	if root == nil || flows(src, root) {
		return nil
	}
	x := pairOf(root, "explore")
	if x == nil {
		lines := []string{"explore:"}
		for _, line := range section {
			lines = append(lines, "  "+line)
		}
		lines = append(lines, "  known:", scheduleItem("    ", steps))
		text := strings.TrimRight(string(src.Bytes()), " \r\n") + "\n" + strings.Join(lines, "\n") + "\n"
		return []byte(withBreaks(src, text))
	}
	if x.Value.Kind != yaml.MapNode || len(x.Value.Pairs) == 0 {
		return nil
	}
	end := func(at source.Span) int { return at.End - 1 } // of the bracket that closes a flow collection
	k := pairOf(x.Value, "known")
	indent := strings.Repeat(" ", src.Pos(x.Value.Pairs[0].KeySpan.Start).Col-1)
	switch {
	case k == nil && flows(src, x.Value):
		return s.replace(source.Span{Start: end(x.Value.Span), End: end(x.Value.Span)}, ", known: ["+scheduleText(steps)+"] ")
	case k == nil:
		return s.lineAfter(x.Value.Span, indent+"known:\n"+scheduleItem(indent+"  ", steps))
	case k.Value.Kind != yaml.ListNode || len(k.Value.Items) == 0 || k.Value.Items[0].Kind == yaml.MapNode:
		var list []string
		for _, old := range append(slices.Clone(known), steps) {
			list = append(list, scheduleText(old))
		}
		return s.replace(trimmed(src, k.Value.Span), "["+strings.Join(list, ", ")+"]")
	case flows(src, k.Value):
		return s.replace(source.Span{Start: end(k.Value.Span), End: end(k.Value.Span)}, ", "+scheduleText(steps))
	}
	column := src.Pos(k.Value.Span.Start).Col - 1
	return s.lineAfter(k.Value.Span, scheduleItem(strings.Repeat(" ", column), steps))
}

// flows reports whether a collection is in brackets.
func flows(src *source.Source, n *yaml.Node) bool {
	text := src.Text(n.Span)
	return strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[")
}

func pairOf(n *yaml.Node, key string) *yaml.Pair {
	if i := slices.IndexFunc(n.Pairs, func(p yaml.Pair) bool { return p.Key == key }); i >= 0 {
		return &n.Pairs[i]
	}
	return nil
}

// trimmed is a span without the space at its end.
func trimmed(src *source.Source, at source.Span) source.Span {
	at.End = at.Start + len(strings.TrimRight(src.Text(at), " \t\r\n"))
	return at
}

// lineAfter puts lines behind the last line of a span.
func (s *Scenario) lineAfter(at source.Span, lines string) []byte {
	src := s.Source.First()
	at = trimmed(src, at)
	end := src.LineEnd(src.LineAt(max(at.End-1, at.Start)))
	return s.replace(source.Span{Start: end, End: end}, withBreaks(src, "\n"+lines))
}

// withBreaks is text with the line breaks of the file.
func withBreaks(src *source.Source, text string) string {
	if br := src.LineBreak(); br != "\n" {
		return strings.ReplaceAll(strings.ReplaceAll(text, br, "\n"), "\n", br)
	}
	return text
}

// onlyKnownDiffers reports whether data differs from the file only in `explore.known`, which has the wanted schedules.
func (s *Scenario) onlyKnownDiffers(data []byte, want [][]KnownStep) bool {
	changed, err := s.Reload(data)
	if err != nil || !slices.EqualFunc(changed.Exploring().Known, want, slices.Equal) {
		return false
	}
	var diags source.Diagnostics
	before, _ := yaml.Parse(s.Source.First(), &diags)
	after, _ := yaml.Parse(changed.Source.First(), &diags)
	without := func(n *yaml.Node, key string) *yaml.Node {
		m := *n
		m.Pairs = slices.DeleteFunc(slices.Clone(n.Pairs), func(p yaml.Pair) bool { return p.Key == key })
		return &m
	}
	if !sameTree(without(before, syntax.ExploreKey.Name), without(after, syntax.ExploreKey.Name), nil) {
		return false
	}
	x, y := pairOf(before, syntax.ExploreKey.Name), pairOf(after, syntax.ExploreKey.Name)
	return x == nil || sameTree(without(x.Value, syntax.KnownKey.Name), without(y.Value, syntax.KnownKey.Name), nil)
}
