package engine

import (
	"math"
	"testing"
	"testing/synctest"
)

// TestRealClock: a wait does not end before its time, whether it is shorter or longer than a grain.
func TestRealClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, speed := range []float64{1, 3, 1e6} {
			c := NewRealClock(speed)
			for _, until := range []int64{0, 1, 200_000, 1_500_000, 1_500_001, 1_000_000} {
				if now := c.Wait(until); now < until {
					t.Errorf("speed %v: it is %d, after a wait for %d", speed, now, until)
				}
			}
		}
	})
}

// TestWake: Wake ends a wait, the one that is under way or the next one, and only one.
func TestWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewRealClock(1)
		c.Wait(0)
		for _, until := range []int64{1000, 1_000_001, math.MaxInt64} {
			c.Wake()
			c.Wake()
			if now := c.Wait(until); now != 0 {
				t.Errorf("it is %d, after a wait for %d that was ended", now, until)
			}
		}
		for _, until := range []int64{1000, 1_500_000, 1_500_001} {
			if now := c.Wait(until); now != until {
				t.Errorf("it is %d, after a wait for %d", now, until)
			}
		}
		woken := make(chan int64)
		go func() { woken <- c.Wait(math.MaxInt64) }()
		synctest.Wait()
		c.Wake()
		if now := <-woken; now != 1_500_001 {
			t.Errorf("it is %d", now)
		}
	})
}
