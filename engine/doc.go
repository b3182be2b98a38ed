// Package engine is runloop's event loop: asyncio's semantics, made exact, on a virtual or a real clock.
//
// A Program is what a scenario compiles to: step trees (step.go) that Assemble turns into flat code, immutable and
// shared. A Loop (loop.go) runs it, in phases (phases.go). The package knows nothing of YAML and uses the standard
// library only.
//
// # One iteration
//
// Loop.iterate is BaseEventLoop._run_once: cancelled timers at the head of the heap are dropped (timer.go); if nothing
// is ready the clock moves to the earliest timer (clock.go); every timer that is due goes behind what is ready; then
// exactly the handles that are ready at that moment run, in order (handle.go). What they schedule runs in a later
// iteration. When there are many timers, those far away wait in a wheel behind the heap (wheel.go).
//
// # State
//
// All state of a run is data, referred to by number: no closure, no channel, no pointer between objects. A Loop is made
// of parts, such as the timeline, the tasks, the contexts and the output; each part clones itself, and Clone (clone.go)
// puts the copies together. Most records live in arenas (arena.go), which start small and grow by chunks. A handle is
// {kind, a, b}. A task (task.go) is a 64-byte line with its program counter, its state, what it waits for and its first
// two slots; what only its beginning and its end touch is in a warm record, what few tasks need in a cold one. Lines of tasks
// that have ended are used again when nothing can refer to them any more (sweep.go).
//
// What there is to know about a kind of object is its row in objectKinds (object.go) and its type's methods; what there
// is to know about a kind of waiting is its row in waits (waiting.go).
//
// # The record
//
// With Options.Trace a run writes down what happens as fixed records without pointers (trace.go). A record stands before
// what it makes ready is pushed, and holds how many handles were pushed before it. So the cause of the handle that runs as
// the n-th is the last record with fewer than n. Everything that explains a run reads these records; nothing else observes one.
//
// # Exploring
//
// With Options.Explore a run leaves open what a real system does, and asks for each choice (explore.go). RunUnit runs it piece by
// piece, CloneInto copies it between two of them, Fingerprint tells states apart by all that the future depends on
// (fingerprint.go), and a Footprint says what follows from each timer of an instant (footprint.go).
//
// # Waiting as data
//
// A task waits in one of two ways. It awaits another task or a future: then its wake-up is a handle in that one's
// ordered list of callbacks, and a cancellation passes on to it. Or it waits on a future of its own, as every sleep and
// every synchronisation object's wait does in asyncio: that future is two bits of its line, done and cancelled;
// completing it sets the bit and makes {wake, task} ready. What comes after the `await` in CPython's method (leaving
// the list of waiters, passing a wake-up on) is the method finish of the kind of waiting.
//
//   - A timeout scope (timeout.go) is a record {task, timer, state, Task.cancelling at entry}; its number is in a hidden
//     slot of the activation. Entering arms a timer of kind scope; when it runs it cancels the task and marks the scope
//     expiring; leaving is the instruction at the end of a finally block, which turns the CancelledError that the block
//     was entered with into a TimeoutError.
//   - A gather (gather.go) is a record {children, pending, waiter}: each child has a handle {gather, number, child} among
//     its callbacks.
//   - A TaskGroup (group.go) is a record {parent, tasks, errors, aborting}: each task has a handle {group, number, task}
//     among its callbacks; the end of the block is a wait that consumes cancellations.
//   - A queue hand-over (queue.go): put appends the item and completes the first waiting getter's future; the getter
//     runs `get` again in the next iteration, and goes to the back of the line when somebody was quicker.
//
// # try, finally, scopes
//
// There is no stack of handlers at run time: each instruction names the region that gets its errors. A finally block
// has two hidden slots: why it was entered (its end, an error, or one of its exits by break, continue, return) and the
// value or error. Scopes are finally blocks whose last instruction looks at these slots.
package engine
