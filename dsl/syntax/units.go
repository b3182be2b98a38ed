package syntax

import (
	"fmt"
	"slices"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/yaml"
)

// unitInKey matches a key with a unit of time in its name: sleep_ms, delaySeconds.
var unitInKey = source.NewPattern(`^([a-z_]+?)(?:[_-]([a-zA-Z]+)|([A-Z][a-z]+))$`)

// withUnit is the key among keys that a pair means whose key has the unit of its value in its name, and how the value
// is written with that unit; nil: it means none.
func withUnit(keys []*Key, pair yaml.Pair) (key *Key, value string) {
	m := unitInKey.Regexp().FindStringSubmatch(pair.Key)
	if m == nil || pair.Value.Kind != yaml.ScalarNode || pair.Value.Quoted && !strings.Contains(pair.Value.Text, "${") {
		return nil, ""
	}
	unit := slices.IndexFunc(expr.DurationUnits, func(u expr.DurationUnit) bool {
		word := strings.ToLower(m[2] + m[3])
		return u.Name == word || slices.Contains(u.Also, word)
	})
	if key = findKey(keys, m[1]); key == nil {
		key = findKey(keys, suggestKey(m[1], keyNames(keys)))
	}
	if unit < 0 || key == nil || key.Kind != DurationKey && key.Kind != DeadlineKey {
		return nil, ""
	}
	return key, inUnit(pair.Value, expr.DurationUnits[unit])
}

// inUnit is a number or an expression of a unit as a duration.
func inUnit(n *yaml.Node, unit expr.DurationUnit) string {
	text := strings.TrimSpace(n.Source.Text(n.Span))
	inner, computed := strings.CutPrefix(strings.Trim(text, `"'`), "${")
	closed := strings.HasSuffix(inner, "}")
	if inner = strings.TrimSuffix(inner, "}"); !source.IsBarePath(inner) || strings.Contains(inner, " ") {
		inner = "(" + inner + ")"
	}
	switch {
	case !computed || !closed:
		return text + unit.Name
	case unit.Nanos == 1e9:
		return text
	case unit.Nanos > 1e9:
		return source.QuoteYAML("${" + inner + " * " + fmt.Sprint(unit.Nanos/1e9) + "}")
	}
	return source.QuoteYAML("${" + inner + " / " + fmt.Sprint(1e9/unit.Nanos) + "}")
}

// unitFix reports that the unit of a pair stands with its value, and mends it. The message is about an unknown key or
// verb.
func (p *parser) unitFix(code string, pair yaml.Pair, key *Key, value, message string) {
	written := key.Name + ": " + value
	p.errorf(code, pair.KeySpan, "the unit stands with the number: write `"+written+"`", "%s", message)
	p.fix(source.Span{Start: pair.KeySpan.Start, End: pair.Value.Span.End}, written)
}

// durationVerbs is the main keys of the verbs that take a duration.
func durationVerbs() []*Key {
	var keys []*Key
	for _, v := range Verbs {
		if v.Keys[0].Kind == DurationKey || v.Keys[0].Kind == DeadlineKey {
			keys = append(keys, v.Keys[0])
		}
	}
	return keys
}

// wideColon reports a key behind which a full-width colon stands, so that it is read as part of the key, and whether
// it is such a key. The key is not missed.
func (p *parser) wideColon(r *Record, keys []*Key, pair yaml.Pair, what string) bool {
	name, rest, found := strings.Cut(pair.Key, "：")
	key := findKey(keys, name)
	if !found || key == nil {
		return false
	}
	at := pair.KeySpan.Start + len(name)
	end := pair.KeySpan.End - len(strings.TrimLeft(rest, " "))
	p.errorf(CodeUnknownKey, pair.KeySpan, "`：` is U+FF1A, no colon: write `"+name+": `", "%s has no key `%s`", what,
		source.Shorten(pair.Key))
	p.fix(source.Span{Start: at, End: end}, ": ")
	r.Fields = append(r.Fields, Field{Key: key, KeySpan: pair.KeySpan})
	return true
}
