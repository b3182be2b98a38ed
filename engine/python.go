package engine

// Python is a version of Python whose asyncio a run is equal to.
type Python uint8

// The versions, newest first: the zero value is the newest.
const (
	Python314 Python = iota
	Python313
	Python312
	Python311
)

// PythonWords is the versions' names in the language, by constant.
var PythonWords = []string{"3.14", "3.13", "3.12", "3.11"}

// String is the version's name in the language.
func (p Python) String() string { return PythonWords[p] }

// ParsePython finds the version with that name.
func ParsePython(word string) (Python, bool) { return parse[Python](PythonWords, word) }

// Has reports whether a rule holds in the version.
func (p Python) Has(r *Rule) bool { return p <= r.Since }

// Rule is one thing that asyncio does otherwise since some version.
type Rule struct {
	Name   string // a few words in kebab case, the name of the scenario that shows it
	Since  Python // the first version in which it holds
	Before string // what the versions before do
	Now    string // what the versions since do
	Why    string // the reason for the change
}

// rule is the place of a Rule in Rules.
type rule uint8

const (
	ruleGatherTakesDone rule = iota
	ruleNamedUncounted
	ruleConditionPassesOn
	ruleConditionKeepsMessage
	ruleSemaphoreWakesAll
	ruleGroupUncancelsLast
	ruleGroupHandsOn
	ruleUncancelClears
	ruleBarrierParties
	ruleShieldReports
)

// Rules is all differences between the versions that a scenario can show, older ones first.
var Rules = [...]Rule{
	ruleGatherTakesDone: {"gather-takes-done", Python312,
		"`gather` hears of a task that has ended already in the next turn",
		"it hears of it at once, and gives up no turn where all have ended",
		"tasks that end as soon as they start need no turn"},
	ruleNamedUncounted: {"named-uncounted", Python313,
		"the N of `Task-N` counts all tasks",
		"it counts those without a name of their own",
		"the name reaches the task when it is made, not afterwards"},
	ruleConditionPassesOn: {"condition-passes-on", Python313,
		"a wait on a condition that is cancelled, or whose time is over, wakes nobody",
		"it wakes another waiter",
		"it may have been the one that was notified, and the notification would be lost"},
	ruleConditionKeepsMessage: {"condition-keeps-message", Python313,
		"a cancellation that comes while a condition's lock is taken again loses its message",
		"the message stays",
		"the latest error is raised itself, where a new one was made"},
	ruleSemaphoreWakesAll: {"semaphore-wakes-all", Python313,
		"who got a semaphore, or was cancelled while it waited, wakes at most one of those behind it",
		"it wakes as many as fit",
		"waiters slept on although there was room"},
	ruleGroupUncancelsLast: {"group-uncancels-last", Python313,
		"a group whose task failed after its block had ended leaves its own cancellation counted: a `timeout` around it ends " +
			"with CancelledError instead of TimeoutError",
		"the group takes it back when all its tasks have ended",
		"the count must be what it was before the group"},
	ruleGroupHandsOn: {"group-hands-on", Python313,
		"a cancellation from outside is lost where tasks of the group have failed, too",
		"it arrives at the next `await` after the ExceptionGroup",
		"who cancels a task must be able to rely on it"},
	ruleUncancelClears: {"uncancel-clears", Python313,
		"a cancellation that `uncancel`, `timeout` or a group takes back arrives all the same, if it was not delivered yet",
		"when none is left, it does not arrive",
		"who takes it back has handled it"},
	ruleBarrierParties: {"barrier-parties", Python313,
		"a barrier of 0 says `parties must be > 0`",
		"it says `parties must be >= 1`",
		"clearer words"},
	ruleShieldReports: {"shield-reports", Python314,
		"the error of a shielded task is reported to nobody once the one who awaited the shield was cancelled and the task's end " +
			"was on its way; where somebody takes it later, it is not reported",
		"it is always reported",
		"an error must not vanish because nobody waits for it any more"},
}

// ruleSet is the rules that hold in a run.
type ruleSet [len(Rules)]bool

func rulesOf(p Python) (set ruleSet) {
	for i := range Rules {
		set[i] = p.Has(&Rules[i])
	}
	return set
}
