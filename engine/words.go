package engine

import "slices"

// The words that users write for what the engine has constants for, by constant.
var (
	TiesWords       = []string{"fifo", "heapq", "lifo", "random"}
	QueueOrderWords = []string{"fifo", "lifo", "priority"}
	ReturnWhenWords = []string{"all_completed", "first_completed", "first_exception"}
	MissedWords     = []string{"skip", "catch-up", "drift"}
	LimitWords      = []string{"time", "iterations", "steps", "tasks", "depth", "memory", "output"}

	// OutcomeWords begins with Completed: Running is no way to end.
	OutcomeWords = []string{"completed", "stopped", "until", "deadlock", "failed", "limit", "interrupted"}
	// TaskStateWords is what becomes of a task.
	TaskStateWords = []string{"pending", "done", "failed", "cancelled"}
)

// String is the rule's name in the language.
func (t Ties) String() string { return TiesWords[t] }

// String is the order's name in the language.
func (o QueueOrder) String() string { return QueueOrderWords[o] }

// String is the condition's name in the language.
func (w ReturnWhen) String() string { return ReturnWhenWords[w] }

// String is the policy's name in the language.
func (m MissedPolicy) String() string { return MissedWords[m] }

// String is the limit's name in the language.
func (x Limit) String() string { return LimitWords[x] }

// String is the outcome's name in the language.
func (o Outcome) String() string {
	if o == Running {
		return "running"
	}
	return OutcomeWords[o-Completed]
}

// String is the state's name in the language.
func (s taskState) String() string { return TaskStateWords[max(s, taskRunning)-taskRunning] }

// ParseTies finds the rule with that name.
func ParseTies(word string) (Ties, bool) { return parse[Ties](TiesWords, word) }

// ParseQueueOrder finds the order with that name.
func ParseQueueOrder(word string) (QueueOrder, bool) { return parse[QueueOrder](QueueOrderWords, word) }

// ParseReturnWhen finds the condition with that name.
func ParseReturnWhen(word string) (ReturnWhen, bool) { return parse[ReturnWhen](ReturnWhenWords, word) }

// ParseMissed finds the policy with that name.
func ParseMissed(word string) (MissedPolicy, bool) { return parse[MissedPolicy](MissedWords, word) }

// ParseLimit finds the limit with that name.
func ParseLimit(word string) (Limit, bool) { return parse[Limit](LimitWords, word) }

// ParseOutcome finds the outcome with that name.
func ParseOutcome(word string) (Outcome, bool) {
	o, ok := parse[Outcome](OutcomeWords, word)
	return o + Completed, ok
}

// parse is the constant whose word this is.
func parse[T ~uint8](words []string, word string) (T, bool) {
	i := slices.Index(words, word)
	return T(max(i, 0)), i >= 0
}
