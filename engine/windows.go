package engine

import (
	"math"
	"slices"
	"time"
)

// Windows cuts the loop time into slots of equal length, for each of which a statistic tells what it was. In nanoseconds.
type Windows struct {
	Every int64
	Cycle int64 // a multiple of Every: the slots of all cycles are one; 0: time goes on
}

// Histogram counts values in bins of equal width, each without its upper end. Bounds are nanoseconds of durations.
type Histogram struct {
	From, To float64
	Bins     int
}

// The most slots there can be, and the most bins.
const (
	MostSlots = 10_000
	MostBins  = 1_000
)

// windows is Windows of a run.
type windows struct {
	Windows
	phase int64 // how much of a slot, or of a cycle, was over when the loop started
}

// windowsOf begins windows with the loop, or, where the clock was said to show some time, on its full hours, days and weeks.
func (l *Loop) windowsOf(w Windows) windows {
	x := windows{Windows: w}
	if l.opts.ClockStart != 0 && w.Every > 0 {
		x.phase = (l.opts.ClockStart - monday) % max(w.Cycle, w.Every)
		if x.phase < 0 {
			x.phase += max(w.Cycle, w.Every)
		}
	}
	return x
}

// monday is the first Monday that clocks show, in Unix nanoseconds.
const monday = 4 * 24 * int64(time.Hour)

// slot is the place of the slot in which a time lies. What comes later than the last one is counted in one more.
func (w *windows) slot(at int64) int {
	at += w.phase
	if w.Cycle > 0 {
		at %= w.Cycle
	}
	return int(min(at/w.Every, MostSlots))
}

// end is where the slot ends in which a time lies.
func (w *windows) end(at int64) int64 {
	if w.Cycle == 0 && w.slot(at) == MostSlots {
		return math.MaxInt64
	}
	return at + w.Every - (at+w.phase)%w.Every
}

// from is where a slot begins: since the start of the loop, or in the cycle.
func (w *windows) from(slot int) int64 {
	if w.Cycle > 0 {
		return int64(slot) * w.Every
	}
	return int64(slot)*w.Every - w.phase
}

// length is how much of the time from began to ended lies in a slot.
func (w *windows) length(slot int, began, ended int64) int64 {
	before := func(at int64) int64 {
		at += w.phase
		if w.Cycle == 0 {
			if slot == MostSlots {
				return max(at-MostSlots*w.Every, 0)
			}
			return min(max(at-int64(slot)*w.Every, 0), w.Every)
		}
		return at/w.Cycle*w.Every + min(max(at%w.Cycle-int64(slot)*w.Every, 0), w.Every)
	}
	return before(ended) - before(began)
}

// shown is the places of the slots that lie in the time from began to ended: from the first to before the second one.
func (w *windows) shown(began, ended int64) (int, int) {
	if w.Cycle > 0 {
		return 0, int(w.Cycle / w.Every)
	}
	return w.slot(began), w.slot(max(ended-1, began)) + 1
}

// label is what the clock shows where a slot begins; "": it was not said what it shows.
func (w *windows) label(slot int, clockStart int64) string {
	switch {
	case slot == MostSlots:
		return "later"
	case clockStart == 0:
		return ""
	}
	format := "15:04:05"
	if w.Every%int64(time.Minute) == 0 {
		format = "15:04"
	}
	at := monday + w.from(slot)
	switch day := 24 * int64(time.Hour); {
	case w.Cycle == 0:
		at += clockStart - monday
		format = time.DateOnly + " " + format
	case w.Cycle > day:
		format = "Mon " + format
	}
	return time.Unix(0, at).UTC().Format(format)
}

// detail is what a statistic keeps besides, where `metrics` asks for it: T is what it counts in a slot.
type detail[T any] struct {
	limits  []tallyLimit
	bins    histogram
	windows windows
	slots   []T // by windows
}

// tallyLimit counts the values that are not above a bound.
type tallyLimit struct {
	bound float64
	n     int64
}

// detailsFor is what options ask for; nil: nothing.
func detailsFor[T any](o *StatOptions, w windows) []detail[T] {
	d := detail[T]{bins: newHistogram(o.Histogram), windows: w}
	for _, s := range o.Shares {
		d.limits = append(d.limits, tallyLimit{bound: s.Bound})
	}
	if d.limits == nil && d.bins.counts == nil && w.Every == 0 {
		return nil
	}
	return []detail[T]{d}
}

// detailOf is the one of a list that has one or none.
func detailOf[T any](list []detail[T]) *detail[T] {
	if len(list) == 0 {
		return &detail[T]{}
	}
	return &list[0]
}

// freshDetail is the same without what was counted.
func freshDetail[T any](list []detail[T]) []detail[T] {
	list = slices.Clone(list)
	for i := range list {
		d := &list[i]
		d.limits, d.bins, d.slots = slices.Clone(d.limits), newHistogram(d.bins.Histogram), nil
		for j := range d.limits {
			d.limits[j].n = 0
		}
	}
	return list
}

func cloneDetail[T any](list []detail[T]) []detail[T] {
	list = slices.Clone(list)
	for i := range list {
		d := &list[i]
		d.limits, d.bins.counts, d.slots = slices.Clone(d.limits), slices.Clone(d.bins.counts), slices.Clone(d.slots)
	}
	return list
}

// slotAt is what is counted in a slot.
func (d *detail[T]) slotAt(i int) *T {
	for len(d.slots) <= i {
		d.slots = append(d.slots, *new(T))
	}
	return &d.slots[i]
}

// slot is what was counted in a slot, perhaps nothing.
func (d *detail[T]) slot(i int) T {
	if i >= len(d.slots) {
		return *new(T)
	}
	return d.slots[i]
}

// sort counts a value among those that are not above bounds, and in its bin.
func (d *detail[T]) sort(x float64) {
	for i := range d.limits {
		if x <= d.limits[i].bound {
			d.limits[i].n++
		}
	}
	if d.bins.counts != nil {
		d.bins.add(x, 1)
	}
}

// histogram is Histogram of a run.
type histogram struct {
	Histogram
	counts []uint64 // below From, of each bin, and from To on; nil: there is none
}

func newHistogram(d Histogram) histogram {
	if d.Bins == 0 {
		return histogram{}
	}
	return histogram{d, make([]uint64, d.Bins+2)}
}

// add counts a value n times.
func (h *histogram) add(x float64, n uint64) { h.counts[h.place(x)] += n }

// place is where in counts a value is counted.
func (h *histogram) place(x float64) int {
	switch {
	case x < h.From:
		return 0
	case !(x < h.To):
		return h.Bins + 1
	}
	i := min(int((x-h.From)/(h.To-h.From)*float64(h.Bins)), h.Bins-1)
	for i > 0 && x < h.Border(i) {
		i--
	}
	for i+1 < h.Bins && x >= h.Border(i+1) {
		i++
	}
	return i + 1
}

// Border is where a bin begins.
func (h *Histogram) Border(bin int) float64 {
	return h.From + float64((h.To-h.From)*float64(bin))/float64(h.Bins)
}
