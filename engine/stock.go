package engine

import "strconv"

// stock is what a container and a store have in common: a line of those who put something in and one of those who take
// something out, each by priority and then in the order of asking. Whatever changes a stock looks at both in the same step:
// first those who take are served, while the first one fits, then those who put, until nobody fits.
//
// enterStock and leaveStock are where a line changes, container.setLevel where a level does, and store.insert, store.take and
// store.lend where what is in a store does. There it is noted whose turn may have come: nobody else is looked at.
type stock struct {
	offers    stockLine // who puts
	wants     stockLine // who takes
	onlookers roster
}

// stocked is an object that is a stock.
type stocked interface {
	object
	// serve lets a request have what it wants, if that can be, and says what becomes of those behind it otherwise.
	serve(l *Loop, id uint32) served
	// takeBack takes back what a request was given that has not gone on yet.
	takeBack(l *Loop, q *request)
	// got is what the step gets that made a request.
	got(l *Loop, q *request) Value
}

// served is what came of a look at a request.
type served uint8

const (
	servedNot    served = iota // it does not fit, and holds up who is behind
	servedPassed               // it does not fit, and is passed over
	servedDone                 // it has what it wants
)

func (s *stock) waiting() int { return s.offers.len() + s.wants.len() }

func (s *stock) ownLines(was *stock) {
	s.offers.own(&was.offers)
	s.wants.own(&was.wants)
	s.onlookers.own(&was.onlookers)
}

func (s *stock) hashLines(l *Loop, h *hasher) {
	h.ids(&s.onlookers)
	for _, line := range []*stockLine{&s.offers, &s.wants} {
		ids := line.all()
		h.word(uint64(len(ids)))
		for _, id := range ids {
			l.request(id).hash(h, id)
			l.hashItems(h, l.request(id).items)
		}
	}
}

// hashGiven takes in the requests of containers and stores that have what they wanted, with items that may go back.
func (l *Loop) hashGiven(h *hasher) {
	for i, chunk := range l.requests.chunks {
		for j := range chunk {
			if q := &chunk[j]; q.kind >= KindContainer && q.state > requestAsking {
				q.hash(h, uint32(i<<chunkBits+j))
				l.hashItems(h, q.items)
			}
		}
	}
}

// lineOf is the line that a request stands in.
func (s *stock) lineOf(q *request) *stockLine {
	if q.offers {
		return &s.offers
	}
	return &s.wants
}

// stockOf is the container or store that a request is about.
func (l *Loop) stockOf(q *request) stocked { return l.stockAt(q.kind, q.on) }

func (l *Loop) stockAt(k Kind, on uint32) stocked {
	if k == KindContainer {
		return &l.containers[on]
	}
	return &l.stores[on]
}

// linesAt is the lines of a container or a store.
func (l *Loop) linesAt(k Kind, on uint32) *stock {
	if k == KindContainer {
		return &l.containers[on].stock
	}
	return &l.stores[on].stock
}

// serveStock serves those in the lines of a container or a store.
func (l *Loop) serveStock(k Kind, on uint32) {
	s, lines := l.stockAt(k, on), l.linesAt(k, on)
	for again := true; again; {
		l.serveLine(s, &lines.wants)
		again = l.serveLine(s, &lines.offers)
	}
	l.statSeen(k, on)
}

// serveLine serves those in a line whose turn may have come: the first while one fits, and behind it who may pass it. It reports
// whether anybody was served.
func (l *Loop) serveLine(s stocked, line *stockLine) (any bool) {
	due := line.due
	if due == nobody {
		return false
	}
	line.due = nobody
	if due != everybody {
		return l.serveOne(s, line, due) == servedDone
	}
	line.barred = 0
	for p := (spot{}); ; {
		id := line.at(p)
		if id == 0 {
			return any
		}
		switch l.serveOne(s, line, id) {
		case servedNot:
			return any
		case servedPassed:
			p = line.next(p)
		case servedDone:
			if any = true; p != (spot{}) {
				p = l.placeOf(line, l.request(id)) // others may have left with it
			}
		}
	}
}

// serveOne serves a request in a line, if that can be.
func (l *Loop) serveOne(s stocked, line *stockLine, id uint32) served {
	done := s.serve(l, id)
	if done == servedNot {
		line.barred = id
	}
	if done != servedDone {
		return done
	}
	l.leaveStock(line, id)
	q := l.request(id)
	if l.measuring {
		l.statStock(q)
	}
	if l.requesting != id {
		q.state = requestGiven
		l.served(id)
	} else if q.state = requestHeld; q.arm != 0 {
		l.leaveArms(q.task, int(q.arm)-1)
	}
	return done
}

// offer is opOffer: `put` into a container or a store.
func (l *Loop) offer(in *instr, pc int32) whereTo {
	l.frame[in.a] = Value{}
	v, given, priority := l.offering(in)
	if l.fault != nil || l.putAtOnce(in, v, given, priority) {
		return toNext
	}
	return l.standInLine(in, pc, l.newOffer(v, given, priority))
}

// want is opWant: `get` from a container or a store.
func (l *Loop) want(in *instr, pc int32) whereTo {
	l.frame[in.a] = Value{}
	v, amount, priority := l.wanting(in)
	if l.fault != nil {
		return toNext
	}
	done, refused := l.getAtOnce(in, v, amount)
	if done {
		return toNext
	}
	id := l.newWant(in, v, amount, priority)
	if id != 0 {
		l.request(id).refused = refused
	}
	return l.standInLine(in, pc, id)
}

// offered makes the request of a `put`; 0: there is an error.
func (l *Loop) offered(in *instr) uint32 {
	v, given, priority := l.offering(in)
	if l.fault != nil {
		return 0
	}
	return l.newOffer(v, given, priority)
}

// wanted makes the request of a `get`; 0: there is an error.
func (l *Loop) wanted(in *instr) uint32 {
	v, amount, priority := l.wanting(in)
	if l.fault != nil {
		return 0
	}
	return l.newWant(in, v, amount, priority)
}

// offering is what a `put` says: into what, what, and with which priority.
func (l *Loop) offering(in *instr) (v, given Value, priority float64) {
	if v = l.object(in); l.fault == nil {
		given = in.val(l)
	}
	if l.isStock(v, in, "put") {
		if priority = l.priorityOf(in.x.ask); v.is(KindContainer) && l.fault == nil {
			l.containers[v.n].check(l, given)
		}
	}
	return v, given, priority
}

// wanting is what a `get` says: from what, how much or many, and with which priority.
func (l *Loop) wanting(in *instr) (v, amount Value, priority float64) {
	v, amount = l.object(in), Int(1)
	if in.val != nil && l.fault == nil {
		amount = in.val(l)
	}
	if l.isStock(v, in, "get") {
		if priority = l.priorityOf(in.x.ask); v.is(KindContainer) && l.fault == nil {
			l.containers[v.n].check(l, amount)
		}
	}
	return v, amount, priority
}

// newOffer makes the request of a `put`; 0: there is an error.
func (l *Loop) newOffer(v, given Value, priority float64) uint32 {
	id := l.makeRequest(priority, 0, v.Kind(), uint32(v.n))
	q := l.request(id)
	q.offers = true
	if v.is(KindContainer) {
		q.amount, q.isFloat = int64(given.n), given.is(KindFloat)
	} else {
		if len(l.stored.free) == 0 {
			l.grow(itemCost)
		}
		q.items = l.newItem(given, priority)
	}
	return l.unlessWrong(id)
}

// newWant makes the request of a `get`; 0: there is an error.
func (l *Loop) newWant(in *instr, v, amount Value, priority float64) uint32 {
	id := l.makeRequest(priority, 0, v.Kind(), uint32(v.n))
	if q := l.request(id); v.is(KindContainer) {
		q.amount, q.isFloat = int64(amount.n), amount.is(KindFloat)
	} else {
		q.batch, q.scoped = in.val != nil, in.x.scoped
		l.stores[v.n].asked(l, q, amount, in.x.least)
	}
	return l.unlessWrong(id)
}

// putAtOnce puts something in where there is room for it that nobody else waits for: that takes no request. It reports whether the
// step is over. Statistics count requests.
func (l *Loop) putAtOnce(in *instr, v, given Value, priority float64) bool {
	k, on := v.Kind(), uint32(v.n)
	lines := l.linesAt(k, on)
	if lines.offers.n > 0 || !lines.wants.settled() || l.measuring {
		return false
	}
	if k == KindStore {
		s := &l.stores[on]
		if s.full() {
			return false
		}
		if len(l.stored.free) == 0 {
			if l.grow(itemCost); l.fault != nil {
				return true
			}
		}
		s.insert(l, l.newItem(given, priority))
	} else if amount, fits := l.containers[on].with(given, true); fits {
		l.containers[on].setLevel(amount)
	} else {
		return false
	}
	l.stir(k, on)
	if lines.wants.n > 0 {
		l.lookInto(k, on)
	}
	l.recObject(OpPut, k, on)
	l.frame[in.a] = Int(1)
	return true
}

// getAtOnce takes something out where it is there and nobody else has a right to it: that takes no request. It reports whether the
// step is over. If not, refused is what the `where` of a store has refused; see request.
func (l *Loop) getAtOnce(in *instr, v, amount Value) (done bool, refused uint64) {
	k, on := v.Kind(), uint32(v.n)
	lines := l.linesAt(k, on)
	if !lines.wants.settled() || !lines.offers.settled() || l.measuring {
		return false, 0
	}
	got, store := Value{}, k == KindStore
	if store {
		s := &l.stores[on]
		if s.items.n == 0 || lines.wants.n > 0 && lines.wants.barred != 0 || in.val != nil || in.x.scoped || in.x.where != nil && !in.x.lasting {
			return false, 0
		}
		at := 0
		if in.x.where == nil {
			at = s.first(l)
		} else {
			q := request{task: l.curID, pc: l.pc, amount: 1}
			fit, err := s.fitting(l, &q, in.x)
			if err != nil {
				l.recObject(OpGet, k, on)
				l.fault = err
				return true, 0
			}
			if len(fit) == 0 {
				return false, q.refused
			}
			at = fit[0]
		}
		id := s.take(l, at)
		got = l.stored.at(id).value
		l.freeItem(id)
	} else if lines.wants.n > 0 {
		return false, 0
	} else if level, fits := l.containers[on].with(amount, false); fits {
		l.containers[on].setLevel(level)
	} else {
		return false, 0
	}
	l.stir(k, on)
	if lines.offers.n > 0 {
		l.lookInto(k, on)
	}
	l.recObject(OpGet, k, on)
	l.frame[in.a] = Int(1)
	if in.x.as != nil {
		l.bind(in, got)
	}
	return true, 0
}

// unlessWrong is the number of a request; 0: there is an error, and the request is dropped.
func (l *Loop) unlessWrong(id uint32) uint32 {
	if l.fault != nil {
		l.dropRequest(id)
		return 0
	}
	return id
}

// standAt puts a request into its line, and looks at that.
func (l *Loop) standAt(id uint32) {
	q := l.request(id)
	q.state = requestAsking
	l.enterStock(l.linesAt(q.kind, q.on).lineOf(q), id)
	outer := l.requesting
	if q.task == l.curID {
		l.requesting = id
	}
	l.lookInto(q.kind, q.on)
	l.requesting = outer
}

// isStock reports whether a step works on what it can; false after an error.
func (l *Loop) isStock(v Value, in *instr, verb string) bool {
	switch {
	case l.fault != nil:
	case v.is(KindContainer) && in.x.amount || v.is(KindStore) && (verb == "get" || !in.x.amount):
		return true
	case v.is(KindContainer):
		l.Raise("TypeError", verb+" takes an amount of a container")
	case v.is(KindStore):
		l.Raise("TypeError", "put takes a value for a store, not an amount")
	default:
		l.Raise("TypeError", verb+" takes a container or a store here, not "+v.Kind().String())
	}
	return false
}

// standInLine puts a request into its line, and lets the running task go on, wait, or be refused.
func (l *Loop) standInLine(in *instr, pc int32, id uint32) whereTo {
	if id == 0 {
		return toNext
	}
	l.standAt(id)
	q := l.request(id)
	switch lines := l.linesAt(q.kind, q.on); {
	case q.state == requestHeld:
		l.goOnWith(in, id)
		return toNext
	case in.x.ask.Nowait:
		l.leaveStock(lines.lineOf(q), id)
		l.statRefused(q.kind, q.on)
		l.statSeen(q.kind, q.on)
		if offers := q.offers; !in.x.otherwise {
			l.Raise(refusals[oneIf(offers)], "")
		}
		l.dropRequest(id)
		return toNext
	}
	l.recObject(OpQueue, q.kind, q.on)
	l.suspend(pc, waitsInStock[oneIf(q.offers)], id)
	return toWait
}

// refusals is the errors of a `get` and of a `put` that may not wait.
var refusals = [2]string{"QueueEmpty", "QueueFull"}

// waitsInStock is how a `get` and how a `put` waits.
var waitsInStock = [2]waitKind{waitWant, waitOffer}

// goOnWith is the end of a step that has what it asked for. A loan keeps its request.
func (l *Loop) goOnWith(in *instr, id uint32) {
	q := l.request(id)
	s, op := l.stockOf(q), uint8(OpGet)
	if q.offers {
		op = OpPut
	}
	l.recObject(op, q.kind, q.on)
	l.frame[in.a] = Int(int64(id))
	switch {
	case q.failed:
		l.fault = l.stored.at(q.items).value.AsError()
		l.dropRequest(id)
	case q.offers:
		l.freeRequest(id)
	default:
		v := s.got(l, q)
		if !q.scoped {
			l.dropRequest(id)
		}
		if in.x.as != nil && l.fault == nil {
			l.bind(in, v)
		}
	}
}

// dropRequest gives the record of a request of a stock back, with the items that it still has.
func (l *Loop) dropRequest(id uint32) {
	for item := l.request(id).items; item != 0; {
		next := l.stored.at(item).next
		l.freeItem(item)
		item = next
	}
	l.freeRequest(id)
}

// quitStock takes a request out of its line, or what it was given back where it has not run yet; who waits is looked at. What was
// put in stays in.
func (l *Loop) quitStock(id uint32) {
	q := l.request(id)
	s := l.stockOf(q)
	switch {
	case q.state == requestAsking:
		l.leaveStock(l.linesAt(q.kind, q.on).lineOf(q), id)
		q.refused = 0
		if l.measuring {
			l.statStockLeft(q)
		}
	case !q.offers && !q.failed:
		s.takeBack(l, q)
		if l.measuring {
			l.statTakenBack(q)
		}
	}
	q.state = requestFree
	l.stirBy(q)
	l.lookInto(q.kind, q.on)
}

// enough is the end of the `within` of a `get` with `at_least`: from now on so many will do. It reports whether its task has them.
func (l *Loop) enough(scope, task uint32) bool {
	t := l.task(task)
	if t.wait != waitWant || t.flags&(flagFutureDone|flagFutureGone|flagMustCancel) != 0 {
		return false
	}
	q, x := l.request(t.on), l.p.code[t.pc].x
	if x.least == nil || uint32(l.frameOf(t)[x.slot].n) != scope {
		return false
	}
	q.hurried = true
	l.linesAt(q.kind, q.on).wants.due = everybody
	l.lookInto(q.kind, q.on)
	return q.state == requestGiven
}

// endLoan is the end of the steps of a loan: its items go back.
func (l *Loop) endLoan(in *instr) {
	id := uint32(l.frame[in.a].AsInt())
	q := l.request(id)
	k, on := q.kind, q.on
	l.stores[on].returnLoan(l, q)
	l.stir(k, on)
	l.freeRequest(id)
	l.lookInto(k, on)
	l.recObject(OpPut, k, on)
}

// stockWait is the wait of a `put` or a `get` at a container or a store; on: the request.
type stockWait struct{ ownFuture }

func (stockWait) target(l *Loop, on uint32) (Kind, uint32) {
	q := l.request(on)
	return q.kind, q.on
}

func (stockWait) words(l *Loop, t *task) string {
	q := l.request(t.on)
	what, amount := l.objectWords(q.kind, q.on), ""
	switch {
	case q.kind == KindContainer:
		amount = l.text(q.quantity())
	case q.batch:
		amount = strconv.FormatInt(q.amount, 10) + " items"
	}
	switch {
	case q.offers && amount == "":
		return "room in " + what
	case q.offers:
		return "room for " + amount + " in " + what
	case amount == "":
		return "an item of " + what
	}
	return amount + " of " + what
}

// cancel leaves the line in this step; what was given and has not been used goes back.
func (x stockWait) cancel(l *Loop, id uint32, t *task, message *Error, depth int) bool {
	if !x.leave(l, id, t, message, depth) {
		return false
	}
	l.quitStock(t.on)
	return true
}

func (stockWait) finish(l *Loop, t *task, w ended) (int32, *Error) {
	in := &l.p.code[w.pc]
	if w.err != nil {
		k, on := l.request(t.on).kind, l.request(t.on).on
		l.dropRequest(t.on)
		l.frame[in.a] = Value{}
		l.recLeft(scalar(k, uint64(on)))
		return w.pc, w.err
	}
	l.goOnWith(in, t.on)
	err := l.fault
	l.fault = nil
	return w.pc + 1, err
}
