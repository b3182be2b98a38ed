package conformance

import (
	"fmt"
	"strconv"
	"strings"
)

// A scenario is generated and shrunk as a tree of mapping, list, string (written in quotes) and bare (written
// unchanged).
type (
	mapping []pair
	pair    struct {
		key   string
		value any
	}
	list []any
	bare string
)

func (m mapping) get(key string) any {
	for _, p := range m {
		if p.key == key {
			return p.value
		}
	}
	return nil
}

// write returns the YAML of a tree.
func write(tree any) []byte {
	var b strings.Builder
	writeValue(&b, tree, 0)
	return []byte(strings.TrimPrefix(b.String(), "\n"))
}

func writeValue(b *strings.Builder, v any, indent int) {
	pad := strings.Repeat("  ", indent)
	switch v := v.(type) {
	case mapping:
		if len(v) == 0 {
			b.WriteString(" {}\n")
			return
		}
		b.WriteByte('\n')
		for _, p := range v {
			b.WriteString(pad + key(p.key) + ":")
			writeValue(b, p.value, indent+1)
		}
	case list:
		if len(v) == 0 {
			b.WriteString(" []\n")
			return
		}
		b.WriteByte('\n')
		for _, item := range v {
			var inner strings.Builder
			writeValue(&inner, item, indent+1)
			text := strings.TrimPrefix(inner.String(), "\n")
			b.WriteString(pad + "- " + strings.TrimLeft(text, " "))
		}
	case bare:
		b.WriteString(" " + string(v) + "\n")
	case string:
		b.WriteString(" " + strconv.Quote(v) + "\n")
	default:
		panic(fmt.Sprintf("a tree has no %T", v))
	}
}

func key(k string) string {
	if strings.ContainsAny(k, "[].-") {
		return strconv.Quote(k)
	}
	return k
}
