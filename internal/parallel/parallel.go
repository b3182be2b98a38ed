// Package parallel does independent work on several processors.
package parallel

import (
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// For calls f for each i from 0 to n-1, by so many workers at the same time; it says which of them does it. A panic of f is
// that of For.
func For(workers, n int, f func(worker, i int)) {
	if workers = min(workers, n); workers <= 1 {
		for i := range n {
			f(0, i)
		}
		return
	}
	var next atomic.Int64
	var group sync.WaitGroup
	var panicked atomic.Value
	for w := range workers {
		group.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					panicked.Store(fmt.Errorf("%v\n%s", p, debug.Stack()))
				}
			}()
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(w, i)
			}
		})
	}
	group.Wait()
	if p := panicked.Load(); p != nil {
		panic(p)
	}
}
