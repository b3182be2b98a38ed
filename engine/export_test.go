package engine

import (
	"fmt"
	"math/big"
)

// Audit lists the identities between counts, durations and levels that do not hold. They are exact, in nanoseconds, on the
// virtual clock.
func Audit(l *Loop) []string {
	var wrong []string
	s := l.measured()
	end := s.ended
	sum := func(t *tally) *big.Int { return bigSum(t.sum[:]...) }
	waited := make([]*big.Int, len(s.objects)) // what the waiting have waited
	waiting := make([]int64, len(s.objects))
	for i := range waited {
		waited[i] = new(big.Int)
	}
	for _, w := range s.waits {
		if w.kind == waitNothing || w.kind == waitGet || w.kind == waitFirst {
			continue
		}
		k, id := waits[w.kind].target(l, w.on)
		if k == KindCondition && w.kind != waitCondition {
			continue // it waits for its lock
		}
		o := s.of[k][id].stats - 1
		waited[o].Add(waited[o], big.NewInt(end-w.since))
		waiting[o]++
	}
	lie := make([]*big.Int, len(s.objects)) // how long the items have lain that are there; nil: some were thrown away
	for i := range lie {
		lie[i] = new(big.Int)
	}
	for id := range l.queues {
		q := &l.queues[id]
		if id >= len(s.of[KindQueue]) || s.of[KindQueue][id].stats == 0 {
			continue
		}
		o := s.of[KindQueue][id].stats - 1
		for j := range q.puts.n {
			if lie[o] != nil {
				lie[o].Add(lie[o], big.NewInt(end-*q.when(j)))
			}
		}
		if q.shutdown {
			lie[o] = nil
		}
	}
	for id := range l.stores {
		if id < len(s.of[KindStore]) && s.of[KindStore][id].stats != 0 {
			for j := range l.stores[id].items.n {
				o := s.of[KindStore][id].stats - 1
				lie[o].Add(lie[o], big.NewInt(end-l.stored.at(*l.stores[id].at(j)).since))
			}
		}
	}
	inUse := make([]*big.Int, len(s.objects)) // units times time of what is held
	for i := range inUse {
		inUse[i] = new(big.Int)
	}
	inLine := make([]int64, len(s.objects))
	for id := range l.resources {
		if id >= len(s.of[KindResource]) || s.of[KindResource][id].stats == 0 {
			continue
		}
		o := s.of[KindResource][id].stats - 1
		for _, q := range append(append([]uint32(nil), l.resources[id].line.heap...), l.resources[id].joints.heap...) {
			waited[o].Add(waited[o], big.NewInt(end-l.request(q).since))
			inLine[o]++
		}
		for q := l.resources[id].first; q != 0; q = l.request(q).after {
			inUse[o].Add(inUse[o], new(big.Int).Mul(big.NewInt(end-l.request(q).since), big.NewInt(l.request(q).amount)))
		}
	}
	for i := range s.objects {
		o := &s.objects[i]
		same := func(what string, area *big.Int, parts ...*big.Int) {
			total := new(big.Int)
			for _, p := range parts {
				total.Add(total, p)
			}
			if area.Cmp(total) != 0 {
				wrong = append(wrong, fmt.Sprintf("%s %s: %s is %s, the durations are %s", o.kind, o.name, what, area, total))
			}
		}
		held := new(big.Int)
		for _, h := range o.holds {
			held.Add(held, big.NewInt(end-h.at))
		}
		switch objectStatRows[o.kind] {
		case &lockRow:
			same("the area of queue", o.levels[statQueue].all().area(), sum(&o.tallies[statWait]), sum(&o.tallies[statGaveUp]), waited[i])
			same("the area of in_use", o.levels[statInUse].all().area(), sum(&o.tallies[statHold]), held)
			if o.counts[statServed] != o.tallies[statWait].count || o.counts[statReneged] != o.tallies[statGaveUp].count || waiting[i] != o.levels[statQueue].value {
				wrong = append(wrong, fmt.Sprintf("%s %s: the counts %v, and %d waiting, are not those of the durations", o.kind, o.name, o.counts, waiting[i]))
			}
		case &resourceRow:
			if inLine[i] == o.levels[statQueue].value { // nobody was cancelled since
				same("the area of queue", o.levels[statQueue].all().area(), sum(&o.tallies[statWait]), sum(&o.tallies[statGaveUp]),
					sum(&o.tallies[statInterrupted]), waited[i])
			}
			same("the area of in_use", o.levels[statInUse].all().area(), bigSum(o.held[:]...), inUse[i])
			if n := len(o.ranks); n > 0 && n < mostRanks {
				byPriority := new(big.Int)
				for j := range o.ranks {
					byPriority.Add(byPriority, sum(&o.ranks[j].wait))
				}
				same("what they waited by priority", byPriority, sum(&o.tallies[statWait]))
			}
		case &queueRow, &storeRow:
			if lie[i] != nil {
				same("the area of size", o.levels[0].all().area(), sum(&o.tallies[statHold]), lie[i])
			}
		case &eventRow:
			same("the area of waiting", o.levels[0].all().area(), sum(&o.tallies[0]), waited[i])
		}
	}
	for i := range s.codes {
		c := &s.codes[i]
		if inside := c.counts[0] - c.counts[1] - c.counts[2] - c.counts[3]; inside != c.inside.value || c.time.count != c.counts[1] {
			wrong = append(wrong, fmt.Sprintf("%s: %v are not %d inside", l.p.codes[i].Name, c.counts, c.inside.value))
		}
	}
	return wrong
}

// Sweep gives back every line that nothing refers to, where a run stands between two turns, and reports whether it did.
func (l *Loop) Sweep() bool {
	if l.active || !l.tasks.recycle {
		return false
	}
	l.sweep()
	return true
}
