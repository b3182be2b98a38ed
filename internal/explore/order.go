package explore

import (
	"slices"
	"strings"

	"runloop/engine"
	"runloop/internal/trace"
)

// What happens before what, by the record of a run: what a task does comes before what it does later; what makes a turn ready, or
// arms its timer, before that turn; a release before the acquire that follows, what is put into a queue before it is taken out.
// Loop time orders nothing: a timer may be late. (Lamport, "Time, clocks, and the ordering of events in a distributed system";
// vector clocks as in Flanagan and Freund, "FastTrack".)

// clock is, by chain, how many of its turns come before something. It is not changed once it is kept.
type clock []int32

// chain is the turns of a task or a callback.
type chain struct {
	last  clock
	turns int32
	carry []*access // what it has read, and not since it was read again
}

// access is one step that looks at, or changes, a variable or a queue in one turn.
type access struct {
	space engine.Kind // KindNull: a shared variable; else the kind of the object
	id    uint32
	elem  uint32 // engine.Rec.What; 0: the whole
	reads bool
	sets  bool
	whole bool // it sets what it makes from the value of that moment
	same  bool // it sets what was there already
	who   uint32
	pc    int32
	rec   uint32
	turn  int
	clock clock
	chain int
	at    int32 // which of the chain's turns
	via   string
}

// before reports whether what happens in a's turn comes before b.
func (a *access) before(b *access) bool {
	return a.chain < len(b.clock) && b.clock[a.chain] >= a.at
}

// meets reports whether two accesses are of the same place.
func (a *access) meets(b *access) bool {
	return a.space == b.space && a.id == b.id && (a.elem == b.elem || a.elem == 0 || b.elem == 0)
}

// ordering reads the record of a run, turn by turn.
type ordering struct {
	r       *trace.Run
	chains  []chain
	of      map[uint32]int   // chains by Rec.Who
	ends    []clock          // by turn: after it
	all     clock            // everything so far
	pending map[uint32]clock // by task: of the loop's own turns that were for it
	carried map[uint32][]*access
	ended   map[uint32][]*access // by task: what it had read when it ended
	objects map[engine.Value]*publishing
	values  map[[2]uint32]string // the texts of variables and of elements that were set last

	now  clock
	own  bool // now is nobody else's
	who  int
	turn int
	on   func(a *access)
}

// publishing is what those who come to an object later are behind.
type publishing struct {
	clock clock
	items []published
}

// published is an item of a queue.
type published struct {
	clock clock
	carry []*access
}

// mostCells bounds the memory of clocks: turns times tasks.
const mostCells = 40_000_000

// follow calls on for every access of a run, in order. What comes after a turn is only called once the turn is over. It returns how
// many turns it has looked at.
func follow(r *trace.Run, on func(a *access), put func(from *access, to *access)) int {
	o := &ordering{r: r, of: map[uint32]int{}, ends: make([]clock, len(r.Turns)), pending: map[uint32]clock{}, carried: map[uint32][]*access{},
		ended: map[uint32][]*access{}, objects: map[engine.Value]*publishing{}, values: map[[2]uint32]string{}, on: on}
	cells := 0
	for i := range r.Turns {
		if cells += len(o.chains); cells > mostCells {
			return i
		}
		o.begin(i)
		o.records(i, put)
		o.end(i)
	}
	return len(r.Turns)
}

// begin makes the clock of a turn.
func (o *ordering) begin(i int) {
	t := &o.r.Turns[i]
	o.turn, o.now, o.own, o.who = i, nil, false, -1
	if t.By >= 0 {
		o.join(o.ends[t.By])
	}
	if t.Handle == trace.Phase {
		o.join(o.all)
		return
	}
	if t.Who == 0 {
		return
	}
	if trace.IsCallback(t.Who) && t.Phase != engine.PhaseLoop { // before, after
		o.join(o.all)
	}
	k, ok := o.of[t.Who]
	if !ok {
		k = len(o.chains)
		o.of[t.Who] = k
		o.chains = append(o.chains, chain{})
	}
	c := &o.chains[k]
	o.join(c.last)
	o.join(o.pending[t.Who])
	delete(o.pending, t.Who)
	o.take(k, o.carried[t.Who], "")
	delete(o.carried, t.Who)
	if t.Cause != trace.None {
		if rec := o.r.Rec(t.Cause); rec.Kind == engine.RecEnd {
			o.take(k, o.ended[rec.What], "the result of "+o.r.Name(rec.What))
		}
	}
	c.turns++
	o.set(k, c.turns)
	o.who = k
}

// join makes what comes before x come before what runs.
func (o *ordering) join(x clock) {
	for k, n := range x {
		if k >= len(o.now) || o.now[k] < n {
			o.set(k, n)
		}
	}
}

func (o *ordering) set(k int, n int32) {
	if !o.own {
		o.now, o.own = slices.Clone(o.now), true
	}
	for len(o.now) <= k {
		o.now = append(o.now, 0)
	}
	o.now[k] = n
}

// shared is the clock, to be kept.
func (o *ordering) shared() clock {
	o.own = false
	return o.now
}

func (o *ordering) end(i int) {
	t := &o.r.Turns[i]
	o.ends[i] = o.shared()
	for k, n := range o.now {
		for len(o.all) <= k {
			o.all = append(o.all, 0)
		}
		o.all[k] = max(o.all[k], n)
	}
	if o.who >= 0 {
		o.chains[o.who].last = o.ends[i]
	}
	if t.Who == 0 && t.For != 0 {
		o.pending[t.For] = joined(o.pending[t.For], o.now)
		if rec := o.r.Rec(t.First); rec.Obj == engine.KindTask {
			for _, a := range o.ended[rec.On] {
				o.carried[t.For] = append(o.carried[t.For], through(a, "the result of "+o.r.Name(rec.On)))
			}
		}
	}
}

func joined(a, b clock) clock {
	a = slices.Clone(a)
	for k, n := range b {
		for len(a) <= k {
			a = append(a, 0)
		}
		a[k] = max(a[k], n)
	}
	return a
}

// records reads what happens in a turn.
func (o *ordering) records(i int, put func(from, to *access)) {
	from, to := o.r.OwnRecords(i)
	var mine []*access
	for n := from; n < to; n++ {
		switch rec := o.r.Rec(n); rec.Kind {
		case engine.RecRead, engine.RecSet:
			if engine.Space(rec.Aux) == engine.SharedVar && o.who >= 0 {
				a := access{id: rec.On, elem: rec.What, rec: n, reads: rec.Kind == engine.RecRead, sets: rec.Kind == engine.RecSet}
				o.access(&mine, &a)
			}
		case engine.RecObject:
			if o.who >= 0 {
				o.object(&mine, n, rec)
			}
		case engine.RecEnd:
			if k, ok := o.of[rec.What]; ok {
				o.ended[rec.What] = o.goesBy(k, mine)
			}
		}
	}
	for _, a := range mine {
		o.on(a)
	}
	o.stale(mine, put)
}

// access takes in an access; those of one step to one place are one.
func (o *ordering) access(mine *[]*access, a *access) {
	rec := o.r.Rec(a.rec)
	a.who, a.pc, a.turn, a.chain, a.at = rec.Who, rec.PC, o.turn, o.who, o.chains[o.who].turns
	a.clock = o.shared()
	if a.sets && a.space == engine.KindNull {
		v, _ := o.r.Value(a.rec)
		text, key := o.r.Show(v), [2]uint32{a.id, 0}
		a.same = o.values[key] == text && !strings.HasSuffix(text, "…") // a long one is cut off
		o.values[key] = text
		a.whole = o.r.Renews(a.pc)
	}
	for _, b := range *mine {
		if b.pc == a.pc && b.space == a.space && b.id == a.id && b.elem == a.elem {
			b.reads, b.sets, b.whole, b.same = b.reads || a.reads, b.sets || a.sets, b.whole || a.whole, a.sets && a.same || !a.sets && b.same
			return
		}
	}
	*mine = append(*mine, a)
}

// object takes in what is done with an object: what it hands on, and, of a queue, that somebody was there.
func (o *ordering) object(mine *[]*access, n uint32, rec *engine.Rec) {
	key := engine.ObjectValue(rec.Obj, rec.On)
	p := o.objects[key]
	if p == nil {
		p = &publishing{}
		o.objects[key] = p
	}
	items := rec.Obj == engine.KindQueue || rec.Obj == engine.KindStore
	switch rec.Aux { // first: that one takes a lock after another is the order in which they come
	case engine.OpPut, engine.OpGet, engine.OpAcquire, engine.OpQueue, engine.OpSet, engine.OpClear:
		o.access(mine, &access{space: rec.Obj, id: rec.On, rec: n, sets: true, reads: true})
	}
	switch rec.Aux {
	case engine.OpPut:
		if items {
			p.items = append(p.items, published{o.shared(), o.goesBy(o.who, *mine)})
		} else {
			p.clock = joined(p.clock, o.now)
		}
	case engine.OpGet:
		o.join(p.clock)
		if items && len(p.items) > 0 {
			item := p.items[0]
			p.items = p.items[1:]
			o.join(item.clock)
			o.take(o.who, item.carry, o.r.ObjectName(rec.Obj, rec.On))
		}
	case engine.OpAcquire, engine.OpLeave:
		o.join(p.clock)
	case engine.OpRelease, engine.OpSet, engine.OpNotify, engine.OpArrive, engine.OpTaskDone, engine.OpShutdown, engine.OpReset, engine.OpAbort:
		p.clock = joined(p.clock, o.now)
	}
}

// goesBy is what a task has read so far.
func (o *ordering) goesBy(k int, mine []*access) []*access {
	carry := slices.Clone(o.chains[k].carry)
	for _, a := range mine {
		if a.space == engine.KindNull && a.reads {
			carry = append(carry, a)
		}
	}
	return carry
}

// take makes what another task has read part of what a task goes by.
func (o *ordering) take(k int, carry []*access, via string) {
	for _, a := range carry {
		if a.chain != k {
			o.chains[k].carry = append(o.chains[k].carry, through(a, via))
		}
	}
}

// through is an access whose value has come through something.
func through(a *access, via string) *access {
	if via == "" || a.via != "" {
		return a
	}
	b := *a
	b.via = via
	return &b
}

// stale looks, once a turn is over, for what it has set by what was read in an earlier turn, and not again.
func (o *ordering) stale(mine []*access, put func(from, to *access)) {
	if o.who < 0 {
		return
	}
	c := &o.chains[o.who]
	for _, a := range mine {
		if a.space != engine.KindNull {
			continue
		}
		again := slices.ContainsFunc(mine, func(b *access) bool { return b.reads && b.rec <= a.rec && b.meets(a) })
		for _, old := range c.carry {
			if a.sets && !again && !a.whole && old.meets(a) && old.turn != a.turn {
				put(old, a)
			}
		}
	}
	var carry []*access
	for _, old := range c.carry {
		if !slices.ContainsFunc(mine, func(b *access) bool { return b.meets(old) }) {
			carry = append(carry, old)
		}
	}
	for _, a := range mine {
		if a.space == engine.KindNull && a.reads {
			carry = append(carry, a)
		}
	}
	const most = 32
	c.carry = slices.Clip(carry[max(0, len(carry)-most):])
}
