package python

import (
	"slices"
	"strings"

	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

// resource returns Python that makes a resource.
func (f *function) resource(at source.Span, o syntax.Options) string {
	f.use("Resource")
	args := []string{}
	if o.Capacity != nil {
		args = append(args, f.value(o.Capacity).text)
	}
	if o.Table != nil {
		f.refusef(o.Table.Span, "asyncio has no counterpart of a `capacity` that changes by a timetable")
	}
	for _, failure := range o.Failures {
		f.refusef(failure.Span, "asyncio has no counterpart of `failures`")
	}
	if o.Order != nil {
		if slices.Contains([]string{"random", "preemptive", "shared"}, o.Order.Text) {
			f.refusef(o.Order.Span, "a resource with `order: %s` cannot be exported", o.Order.Text)
		}
		args = append(args, "order="+quote(o.Order.Text))
	}
	if o.Rank != nil {
		f.refusef(o.Rank.Span, "a resource with a `rank` cannot be exported")
	}
	if o.Room != nil {
		args = append(args, "max_waiting="+f.value(o.Room).text)
	}
	if flag(o.Overtake) {
		args = append(args, "overtake=True")
	}
	if o.Shrink != nil && o.Shrink.Text == "interrupt" {
		f.refusef(o.Shrink.Span, "asyncio has no counterpart of `on_shrink: interrupt`")
	}
	return "Resource(" + strings.Join(args, ", ") + ")"
}

// asked returns the arguments of what a step asks of a resource.
func (f *function) asked(n *syntax.Asking) []string {
	var args []string
	for _, arg := range []struct {
		name  string
		value *syntax.Value
	}{{"amount", n.Amount}, {"priority", n.Priority}, {"nowait", n.Nowait}} {
		if arg.value != nil {
			args = append(args, arg.name+"="+f.value(arg.value).text)
		}
	}
	return args
}

// requested writes the request of a step, and what it does with it: hold may use the request. Without hold nothing gives it back.
func (f *function) requested(call string, ask *syntax.Asking, limit syntax.Limit, hold func(request string)) {
	f.use("Resource")
	request := f.temp()
	acquire := func() { f.linef("%s = await %s", request, call) }
	then := func() {
		if ask.As != nil {
			f.assign(ask.As.Text, request+".unit")
		}
		hold(request)
	}
	if limit.Else == nil {
		f.limited(limit, acquire)
		then()
		return
	}
	f.linef("%s = None", request)
	f.under("try:", func() { f.limited(syntax.Limit{Within: limit.Within, Else: &syntax.Block{}}, acquire) })
	f.under("except ResourceFull:", func() { f.linef("pass") })
	f.under("if "+request+" is None:", func() { f.block(limit.Else) })
	f.under("else:", then)
}

// acquireUnits writes an `acquire` of one resource or of several.
func (f *function) acquireUnits(n *syntax.Acquire) {
	call := ""
	if n.What != nil {
		call = f.what(n.What) + ".acquire(" + strings.Join(f.asked(&n.Asking), ", ") + ")"
	} else {
		var list []string
		for _, item := range n.Whats.Items {
			list = append(list, f.reference(item).text)
		}
		call = "acquire_all(" + strings.Join(append([]string{"[" + strings.Join(list, ", ") + "]"}, f.asked(&n.Asking)...), ", ") + ")"
	}
	f.requested(call, &n.Asking, n.Limit, func(request string) {
		switch {
		case n.Do != nil:
			f.suite("try:", n.Do)
			f.under("finally:", func() { f.linef("%s.release()", request) })
		case n.Else != nil && n.As == nil:
			f.linef("pass")
		}
	})
}

func (f *function) useResource(n *syntax.Use) {
	call := f.what(n.What) + ".acquire(" + strings.Join(f.asked(&n.Asking), ", ") + ")"
	f.requested(call, &n.Asking, n.Limit, func(request string) {
		f.under("try:", func() { f.linef("await asyncio.sleep(%s)", f.duration(n.Takes)) })
		f.under("finally:", func() { f.linef("%s.release()", request) })
	})
}

func (f *function) resize(n *syntax.Resize) {
	var args []string
	if n.Capacity != nil {
		args = append(args, "capacity="+f.value(n.Capacity).text)
	}
	if n.Room != nil {
		args = append(args, "max_waiting="+f.value(n.Room).text)
	}
	f.linef("%s.resize(%s)", f.what(n.What), strings.Join(args, ", "))
}
