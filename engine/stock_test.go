package engine

import (
	"fmt"
	rand "math/rand/v2"
	"testing"
)

// stockCrowd is n workers that put into and take out of a container and a store again and again, with patience: that of a timeout, or
// of another arm.
func stockCrowd(n int, timeouts bool) *Program {
	p := &Program{Objects: []ObjectDef{
		{Name: "tank", Kind: KindContainer, Container: ContainerDef{Capacity: val(Int(9)), Initial: val(Int(4))}},
		{Name: "shelf", Kind: KindStore, Size: count(3), Store: StoreDef{Order: StorePriority}},
		{Name: "desk", Kind: KindResource, Resource: ResourceDef{Order: ResourcePriority}},
		{Name: "ready", Kind: KindEvent},
	}}
	turn := func(l *Loop) int64 { return l.Local(0).AsInt() }
	for i := range n {
		i := int64(i)
		ask := func() *Ask {
			return &Ask{Priority: func(l *Loop) float64 { return float64((i*7 + turn(l)) % 5) }}
		}
		takes := func(l *Loop) int64 { return (1 + (i*31+turn(l)*17)%97) * 1e6 }
		some := func(l *Loop) Value { return Int(1 + (i+turn(l))%4) }
		patient := func(s Step) Step {
			if timeouts {
				return &Timeout{For: takes, Do: []Step{s}, Else: []Step{}}
			}
			return &First{Arms: []Arm{{Step: s}, {Step: &Sleep{For: takes}}}}
		}
		odd := func(l *Loop) bool { return l.Local(1).AsInt()%2 == 1 }
		put, get := &Offer{What: obj(0), Item: some, Amount: true, Ask: ask()}, &Want{What: obj(0), Amount: some, Ask: ask()}
		if i%2 == 0 {
			p.Workers = append(p.Workers, locals(worker(fmt.Sprint("in", i), &Repeat{N: count(1_000_000), As: local(0), Do: []Step{
				patient(put), &Sleep{For: takes}, patient(&Offer{What: obj(1), Item: some, Ask: ask()}),
				&First{Arms: []Arm{{Step: &Acquire{What: obj(2), Ask: ask(), Scoped: true, Do: []Step{&Sleep{For: takes}}}}, {Step: put}, {Step: &Sleep{For: takes}}}},
			}}), 2))
			continue
		}
		p.Workers = append(p.Workers, locals(worker(fmt.Sprint("out", i), &Repeat{N: count(1_000_000), As: local(0), Do: []Step{
			patient(&Want{What: obj(1), As: local(1), Where: odd, Lasting: true, Ask: ask()}),
			patient(&Want{What: obj(1), As: local(1), Ask: ask(), Scoped: true, Do: []Step{&Sleep{For: takes}}}),
			patient(get), &Sleep{For: takes},
			&First{Arms: []Arm{{Step: &Want{What: obj(1), As: local(1), Where: odd, Lasting: i%4 == 1, Ask: ask()}}, {Step: get}, {Step: &WaitEvent{Event: obj(3)}}, {Step: &Sleep{For: takes}}}},
		}}), 2))
	}
	low := func(l *Loop) bool { return !less(Int(l.Local(0).AsInt()%7), l.containers[0].amount) }
	p.Workers = append(p.Workers, locals(worker("watch", &Repeat{N: count(1_000_000), As: local(0), Do: []Step{
		&WaitUntil{Object: obj(0), Until: low}, &Sleep{For: func(*Loop) int64 { return 2e6 }},
		&WaitUntil{Object: obj(1), Until: func(l *Loop) bool { return l.stores[0].items.n == int(turn(l)%3) }},
		&First{Arms: []Arm{
			{Step: &WaitUntil{Object: obj(2), Until: func(l *Loop) bool { return l.resources[0].waiting() > turn(l)%5 }}},
			{Step: &WaitUntil{Object: obj(0), Until: low}}, {Step: &Sleep{For: func(*Loop) int64 { return 9e6 }}},
		}},
	}}), 2))
	return p
}

// TestStocksAllocateNothing: in the steady state putting, taking, borrowing and waiting for the first of several allocate nothing.
func TestStocksAllocateNothing(t *testing.T) {
	p := stockCrowd(20, false)
	if err := p.Assemble(); err != nil {
		t.Fatal(err)
	}
	l := New(p, Options{})
	l.RunFor(300_000)
	if n := testing.AllocsPerRun(10, func() { l.RunFor(10_000) }); n != 0 {
		t.Errorf("%v allocations in 10,000 instructions", n)
	}
}

// TestStocksClone: a copy in the middle of it all goes on as the original does.
func TestStocksClone(t *testing.T) {
	p := stockCrowd(12, true)
	if err := p.Assemble(); err != nil {
		t.Fatal(err)
	}
	l := New(p, Options{Limits: Limits{Time: 20e9}})
	for range 20 {
		l.RunFor(501)
		l = l.Clone()
	}
	other := New(p, Options{Limits: Limits{Time: 20e9}})
	a, b := l.Run(), other.Run()
	if a.Now != b.Now || a.Iterations != b.Iterations || a.Steps != b.Steps || a.Steps < 10_000 {
		t.Errorf("with copies: %d iterations, %d steps; without: %d, %d", a.Iterations, a.Steps, b.Iterations, b.Steps)
	}
}

// TestStocksHold: after every instruction nobody waits who fits, nothing is lost, and no request is in two places.
func TestStocksHold(t *testing.T) {
	p := stockCrowd(15, true)
	if err := p.Assemble(); err != nil {
		t.Fatal(err)
	}
	l := New(p, Options{})
	for range 5000 {
		l.RunFor(1)
		if checkStocks(t, l); t.Failed() {
			return
		}
	}
}

func checkStocks(t *testing.T, l *Loop) {
	t.Helper()
	tank, shelf := &l.containers[0], &l.stores[0]
	if level := tank.amount.AsInt(); level < 0 || level > 9 {
		t.Errorf("the level is %d", level)
	}
	if id := tank.wants.head(); id != 0 && !less(tank.amount, l.request(id).quantity()) {
		t.Errorf("the first who takes fits and waits")
	}
	if id := shelf.offers.head(); id != 0 && !shelf.full() {
		t.Errorf("the first who puts fits and waits")
	}
	waits := func(id uint32) *request {
		q := l.request(id)
		if q.state != requestAsking {
			t.Errorf("a request in line has state %d", q.state)
		}
		if x := l.task(q.task); q.arm != 0 && !x.waitsInFirst() && x != l.cur {
			t.Errorf("an arm waits whose task does not")
		}
		return q
	}
	for at, id := range l.resources[0].line.heap {
		if q := waits(id); int(q.place) != at {
			t.Errorf("a request in line has place %d, not %d", q.place, at)
		}
	}
	for _, id := range shelf.wants.all() {
		q := l.request(id)
		x := l.p.code[q.pc].x
		for i := range shelf.items.n {
			item := l.stored.at(*shelf.at(i))
			switch odd := item.value.AsInt()%2 == 1; {
			case x.where == nil || odd && item.number <= q.refused:
				t.Errorf("one who takes any item waits, or has refused item %d, which is one for it", item.number)
			case odd && shelf.wants.barred == 0:
				t.Errorf("item %d is there, and one who takes it waits", item.number)
			}
		}
		if q.refused > 0 && !x.lasting {
			t.Errorf("what a condition that may change has refused is kept")
		}
	}
	for _, line := range []*stockLine{&tank.wants, &tank.offers, &shelf.wants, &shelf.offers} {
		for _, id := range line.all() {
			waits(id)
		}
		checkStockLine(t, l, line)
	}
	items := map[uint32]bool{}
	for i := range shelf.items.n {
		items[*shelf.at(i)] = true
	}
	lent := int64(0)
	for id := range l.requests.n {
		q := l.request(id)
		for item := q.items; item != 0; item = l.stored.at(item).next {
			if items[item] {
				t.Errorf("item %d is in two places", item)
			}
			items[item] = true
			if q.scoped && !q.offers {
				lent++
			}
		}
	}
	if lent != shelf.lent || len(items) != max(int(l.stored.n)-1, 0)-len(l.stored.free) {
		t.Errorf("%d items are lent, and %d say so; %d are somewhere, of %d", lent, shelf.lent, len(items), int(l.stored.n)-1-len(l.stored.free))
	}
}

// checkStockLine: a line is in its order, each request is where it is looked for, and no list in it is empty but the only one.
func checkStockLine(t *testing.T, l *Loop, x *stockLine) {
	t.Helper()
	ids := x.all()
	if len(ids) != x.len() {
		t.Fatalf("%d are in a line of %d", len(ids), x.len())
	}
	p := spot{}
	for i, id := range ids {
		q := l.request(id)
		if i > 0 && !l.comesBefore(linePriority, l.request(ids[i-1]), q) {
			t.Fatalf("the order of a line is wrong at %d of %d", i, len(ids))
		}
		if x.at(p) != id || l.placeOf(x, q) != p {
			t.Fatalf("the request at %d of %d is not found", i, len(ids))
		}
		p = x.next(p)
	}
	if x.at(p) != 0 || x.head() == 0 != (len(ids) == 0) {
		t.Fatalf("a line of %d does not end behind its last", len(ids))
	}
	for _, list := range x.lists {
		if len(list) == 0 && len(x.lists) > 1 || len(list) > listLength {
			t.Fatalf("a list of a line has %d", len(list))
		}
	}
}

// TestStockLine: who enters a line and leaves it, from anywhere, keeps it in order.
func TestStockLine(t *testing.T) {
	p := &Program{}
	if err := p.Assemble(); err != nil {
		t.Fatal(err)
	}
	for _, priorities := range []int{1, 3, 1000} {
		l, x, r := New(p, Options{}), &stockLine{}, rand.New(rand.NewPCG(1, uint64(priorities)))
		for number := range uint64(6000) {
			leaves := 1 + number/2000 // it grows, stays, and becomes shorter
			id, _ := l.requests.take()
			*l.request(id) = request{number: number, priority: float64(r.IntN(priorities))}
			l.enterStock(x, id)
			for n := uint64(r.IntN(int(leaves) + 1)); n > 0 && x.len() > 0; n-- {
				id := x.head()
				if ids := x.all(); r.IntN(3) == 0 {
					id = ids[r.IntN(len(ids))]
				}
				l.leaveStock(x, id)
				l.freeRequest(id)
			}
			if number%50 == 0 || x.len() < 3 {
				checkStockLine(t, l, x)
			}
		}
	}
}
