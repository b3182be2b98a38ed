package engine

import (
	"math"
	"sync/atomic"
	"time"
)

// Clock tells a loop what time it is. A nil Clock in Options is the virtual clock: waiting takes no time.
type Clock interface {
	// Wait returns the loop time, in nanoseconds since the loop's start, as soon as it is until or later. It may
	// return earlier when Wake was called.
	Wait(until int64) int64
	// Wake ends a Wait that is under way or the next one; any goroutine may call it.
	Wake()
}

// RealClock is the machine's monotonic clock, started by the first Wait.
type RealClock struct {
	speed   float64
	start   time.Time
	started atomic.Bool
	wake    chan struct{}
}

// NewRealClock makes a clock whose loop time passes speed times as fast as the machine's; speed must be above 0.
func NewRealClock(speed float64) *RealClock {
	return &RealClock{speed: speed, wake: make(chan struct{}, 1)}
}

// Wait waits until that loop time. The end of the wait, shorter than a grain, is a nap, which Wake does not cut short.
func (c *RealClock) Wait(until int64) int64 {
	if !c.started.Load() {
		c.start = time.Now()
		c.started.Store(true)
	}
	for {
		now := c.now()
		if now >= until {
			return now
		}
		d := until - now
		if c.speed != 1 {
			d = int64(math.Ceil(min(float64(d)/c.speed, 1e17)))
		}
		if c.woken(d - grain) {
			return c.now()
		}
		if d > grain {
			continue
		}
		nap(d)
		if c.now() == now && c.woken(d) { // in testing/synctest only a timer makes time pass
			return now
		}
	}
}

// woken waits for d nanoseconds, if that is above 0, or until Wake is called, and reports whether it was.
func (c *RealClock) woken(d int64) bool {
	if d <= 0 {
		select {
		case <-c.wake:
			return true
		default:
			return false
		}
	}
	t := time.NewTimer(time.Duration(d))
	defer t.Stop()
	select {
	case <-t.C:
		return false
	case <-c.wake:
		return true
	}
}

// Wake ends a Wait, within a millisecond.
func (c *RealClock) Wake() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *RealClock) now() int64 {
	if c.speed == 1 {
		return int64(time.Since(c.start))
	}
	return int64(min(float64(time.Since(c.start))*c.speed, 1<<63-1024))
}
