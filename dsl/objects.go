package dsl

import (
	"fmt"

	"runloop/engine"
)

// Object is a declared lock, queue …, or a list of them.
type Object struct {
	Name    *Name
	Kind    TypeKind
	Size    *Value  // what stands where the options could: a semaphore's value, a queue's capacity; nil: nothing
	Options *Record // nil: none
}

// sizeKeys is the option that a bare number stands for.
var sizeKeys = map[TypeKind]*Key{
	TypeSemaphore: semaphoreValueKey, TypeBarrier: partiesKey, TypeQueue: capacityKey,
}

// Option is the value of an option, nil: it is absent. A bare number counts as the option that it stands for.
func (o *Object) Option(name string) *Value {
	if key := sizeKeys[o.Kind]; o.Size != nil && key.Name == name {
		return o.Size
	}
	return field[*Value](o.Options, name)
}

func (o *Object) typ() Type {
	if o.Options.has("count") {
		return listOf(Type{Kind: o.Kind})
	}
	return Type{Kind: o.Kind}
}

func (p *parser) objects(n *Node, key *Key) *Objects {
	list := &Objects{Span: n.Span}
	add := func(name *Name) *Object {
		if name = p.checkName(name, SharedSpace, key.Name); name == nil {
			return nil
		}
		list.Items = append(list.Items, &Object{Name: name, Kind: key.Types[0]})
		return list.Items[len(list.Items)-1]
	}
	switch n.Kind {
	case ScalarNode:
		hint := "write `" + key.Name + ": [" + shorten(n.Text) + "]`"
		if !isText(n) {
			hint = "each has a name: `" + key.Name + ": [a, b]`"
		}
		p.errorf(codeWrongForm, n.Span, hint, "`%s` takes %s, not %s", key.Name, key.Kind, form(n))
		if isText(n) && identifier.MatchString(n.Text) {
			add(&Name{Span: n.Span, Text: n.Text})
			return list
		}
		return nil
	case ListNode:
		for _, item := range n.Items {
			if name := p.name(item, &Key{Name: key.Name, Space: SharedSpace}); name != nil {
				add(name)
			}
		}
		return list
	}
	for _, pair := range n.Pairs {
		o := add(&Name{Span: pair.KeySpan, Text: pair.Key})
		switch size := sizeKeys[key.Types[0]]; {
		case o == nil || pair.Value.Broken || isNull(pair.Value):
		case pair.Value.Kind == ScalarNode && size != nil:
			o.Size = p.value(pair.Value, false)
		default:
			o.Options = p.record(pair.Value, key.Keys, fmt.Sprintf("%s `%s`", Type{Kind: o.Kind}, shorten(pair.Key)))
		}
	}
	return list
}

// object checks a declaration: its options, and what can be known of them before the run.
func (c *codeChecker) object(o *Object) {
	if o.Size != nil {
		c.size(sizeKeys[o.Kind], o.Size)
	}
	if o.Options != nil {
		c.options(o.Options, o.Kind)
	}
	if o.Kind == TypeBarrier && o.Option("parties") == nil {
		c.errorf(codeMissingKey, o.Name.Span, "write `"+o.Name.Text+": 3`",
			"barrier `%s` lacks the number of tasks it waits for", o.Name.Text)
	}
}

// options checks the options of an object of a kind.
func (c *codeChecker) options(r *Record, kind TypeKind) {
	for _, f := range r.Fields {
		if v, ok := f.Value.(*Value); ok {
			if f.Key.Literal || f.Key.Kind != ValueKey {
				c.wanted(f.Key, v)
				continue
			}
			c.size(f.Key, v)
		}
	}
}

// size checks a number that must not be negative; a barrier's parties not 0 either.
func (c *codeChecker) size(key *Key, v *Value) {
	c.wanted(key, v)
	c.above(key, v, key == partiesKey)
}

var objectKinds = map[TypeKind]engine.Kind{
	TypeLock: engine.KindLock, TypeSemaphore: engine.KindSemaphore, TypeEvent: engine.KindEvent,
	TypeCondition: engine.KindCondition, TypeBarrier: engine.KindBarrier, TypeQueue: engine.KindQueue,
	TypeFuture: engine.KindFuture,
}

var queueOrders = map[string]engine.QueueOrder{
	"fifo": engine.QueueFIFO, "lifo": engine.QueueLIFO, "priority": engine.QueuePriority,
}

// object compiles a declaration.
func (b *builder) object(o *Object) engine.ObjectDef {
	def := b.objectDef(o.Kind, o.Options)
	def.Pos, def.Name = b.pos(o.Name.Span), o.Name.Text
	if o.Size != nil {
		def.Size = b.value(o.Size).asInt("`" + sizeKeys[o.Kind].Name + "`")
	}
	if v := field[*Value](o.Options, "count"); v != nil {
		def.Count = b.value(v).asInt("`count`")
	}
	return def
}

// objectDef compiles the options of an object of a kind.
func (b *builder) objectDef(kind TypeKind, options *Record) engine.ObjectDef {
	def := engine.ObjectDef{Kind: objectKinds[kind]}
	if key := sizeKeys[kind]; key != nil {
		if v := field[*Value](options, key.Name); v != nil {
			def.Size = b.value(v).asInt("`" + key.Name + "`")
		}
	}
	if v := field[*Value](options, "bounded"); v != nil {
		def.Bounded = v.Const.AsBool()
	}
	if v := field[*Name](options, "order"); v != nil {
		def.Order = queueOrders[v.Text]
	}
	return def
}
