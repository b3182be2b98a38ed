package main

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"runloop/dsl"
	"runloop/scenarios"
)

var updatePages = flag.Bool("update-pages", false, "rewrite docs/scenarios and docs/pictures")

// scenarioPictures says how the run of each bundled scenario is shown on its page, and what to look at.
var scenarioPictures = map[string]struct{ see, look string }{
	"barrier":                      {"--as timeline", "All three lines end together, three times: the last one to arrive opens the barrier."},
	"blocking":                     {"--as timeline", "While main blocks, the heartbeats of 1 s and 2 s fail to come; the one that is late comes at 2.5 s."},
	"cache-expiry":                 {"--as timeline", "The sweeper runs once a second; a lookup goes on without a gap if it hits, and sleeps 200 ms if it misses."},
	"cancellation":                 {"--as ladder", "The cancellation makes the copy ready at once, and the clean-up sleeps before the task ends."},
	"circuit-breaker":              {"--as timeline --from 2s --to 9s", "After the third failure no time is lost any more: the breaker answers by itself until it is half open."},
	"condition":                    {"--as ladder --from 1s --to 3s", "Each notify wakes all readers, who take the lock one after another; those who are not satisfied wait again."},
	"contextvars":                  {"--as ladder", "The red value: task A reads back what task B has put into the shared variable. The context variable has no red."},
	"debounce":                     {"--as timeline", "Each key arms the timer anew; the search runs only after the two pauses that are long enough."},
	"dining-philosophers":          {"--as graph", "Every philosopher holds the fork that the one before wants: the arrows close to a ring."},
	"dining-philosophers-repaired": {"--as timeline", "The last philosopher reaches for the lower fork first and waits with empty hands, so nobody is stuck."},
	"event-loop":                   {"--as ladder", "At 6 s both timers are due at once; the callback runs in that iteration, the task one iteration later."},
	"fan-out":                      {"--as timeline --tasks Task-?", "All begin in one iteration and sleep side by side; the gather ends with the slowest."},
	"graceful-shutdown":            {"--as timeline", "After the shutdown the queue only empties; each worker ends at the `get` that finds nothing."},
	"heartbeat":                    {"--as timeline", "The monitor looks half a second off the beat, and sees the gap that the frozen sensor leaves."},
	"lost-update":                  {"--as ladder", "In turns 2 and 3 both tasks read 0; turn 5 writes over what turn 4 has written."},
	"nested-timeouts":              {"--as ladder", "The inner time-out fires twice, the outer one in the middle of the third attempt."},
	"priority-queue":               {"--as timeline", "The queue grows while the doctor is busy, and the most urgent patient leaves it first."},
	"producer-consumer":            {"--as timeline", "Once the belt is full, the producer waits for room, and goes on in the turn after the consumer has made some."},
	"rate-limited-poller":          {"--as timeline --to 3s", "However fast the answers come, the polls keep their distance."},
	"readers-writer":               {"--as timeline", "Readers hold the lock together; the writer waits for all of them, and those behind wait for the writer."},
	"request-reply":                {"--as ladder", "Each answer resolves the future of its own request, whatever the order in which they come."},
	"retry-backoff":                {"--as timeline", "The gaps between the attempts double."},
	"shield":                       {"--as ladder", "The cancellation ends the wait, but not the task that is shielded."},
	"structured-concurrency":       {"--as ladder", "One failure cancels the sisters, and the group waits until the last of them has cleaned up."},
	"token-bucket":                 {"--as timeline", "A burst empties the bucket; from then on each request waits for its token."},
	"call-centre":                  {"--as timeline --to 4m", "Whoever finds no agent free waits, and hangs up when patience ends: those bars end without a call."},
	"cron-scheduler":               {"--as ladder", "At 14:00 on Saturday the backup of the night still holds its lock, so the callback starts no second one."},
	"data-loader":                  {"--as ladder --to 25ms", "Both pages ask in one iteration; `begin` runs in the next one, when all keys are known, and starts one query."},
	"http-pool":                    {"--as timeline", "Two requests at a time hold the pool; a try that is not answered ends after half a second, and a pause follows."},
	"leader-election":              {"--as timeline --from 3s --to 11s", "The leader hangs at 4 s; its lease is over three seconds after the last renewal, and another node takes it."},
	"rate-limiters":                {"--as timeline", "The bursts stand at the ends of the seconds: all of it is a question of which times are counted together."},
	"redelivery":                   {"--as timeline --to 7s", "Each delivery arms a timer; where the acknowledgement cancels it in time, no second delivery follows."},
	"saga":                         {"--as ladder", "What was done is undone in reverse order, and the caller gets the error when all is as it was."},
	"traffic-lights":               {"--as timeline", "The lock goes round: who waits for it has red, and the button lets the people stand in line, too."},
	"web-socket":                   {"--as timeline", "The server falls silent, the ping finds it out, and after a pause the next connection goes on behind the last message."},
	"handed-on":                    {"--as timeline", "Each user waits for the permit from its arrival until the one before hands it on; then its sleep holds it."},
	"idempotent-payment":           {"--as ladder", "The answer comes 2 ms before the time-out: nothing else keeps the second request from being sent."},
	"single-flight":                {"--as ladder", "The second page comes 2 ms after the query has ended. Only the lock makes that sure."},
	"bank-renege":                  {"--as timeline", "Three customers leave in the middle of their wait: their patience ends before the counter is free."},
	"carwash":                      {"--as timeline", "Two cars at a time are washed; each of the others begins in the iteration after one of those ends."},
	"event-latency":                {"--as timeline --to 30s", "Two messages are on their way at any time, and the receiver has each ten seconds after it was sent."},
	"gas-station":                  {"--as timeline --from 230s --to 570s", "At 240 s little is left in the tank: the truck is called, which comes 300 s later. `control` looks every 10 s."},
	"machine-shop":                 {"--as timeline --to 45m", "A breakdown takes the man away from his other job; that goes on where it was when the machine is repaired."},
	"movie-renege":                 {"--as timeline --from 3m --to 5m", "At the moment at which a film is sold out those who wait for it leave the line."},
	"process-communication":        {"--as timeline", "Both consumers get each message in the instant in which it is sent, unless they are busy."},
	"shifts":                       {"--as timeline --from 719m58s --to 720m1s", "At noon four more agents come, and four callers are answered in that instant."},
	"full-buffer":                  {"--as timeline --from 65s --to 69s", "A part that the first machine has finished waits for a seat; until then the machine is in use, and nobody begins."},
	"inventory":                    {"--as timeline --from 51h --to 64h", "The customer who takes the stock down to six wakes the buyer in the same instant; the delivery comes half a day later."},
	"harbour":                      {"--as timeline --to 18h", "Unloaded, the first ship waits for the tug, which brings in the second. At 13 h the crane breaks down below that one."},
	"worker-pool":                  {"--as timeline", "Three workers take from one queue: whoever is free takes the next job."},
}

// scenarioStatistics says how the statistics of some are shown below the run, and what to look at.
var scenarioStatistics = map[string]struct{ see, look string }{
	"full-buffer": {"--as histogram --values first,one.queue", "For 12 % of the time the first machine is blocked: a part that it has finished finds no seat."},
	"harbour":     {"--as histogram --values tasks.ship.time", "Half of the ships are gone after 13 h, but one in twenty stays longer than 40 h."},
	"inventory":   {"--as histogram --values stock.level", "From 20 down to 0 nearly each amount is as frequent: only above 16 and below 3 there is seldom anything."},
	"shifts":      {"--as windows --values agents.wait,agents.in_use", "Before the four more agents come at noon, and after the others have gone home at 18:00, callers wait."},
}

// TestScenarioPages: each bundled scenario has a page made from its file, its output and its picture.
func TestScenarioPages(t *testing.T) {
	var index strings.Builder
	index.WriteString("# The bundled scenarios\n\nEach page shows the file, what it prints, and a picture of the run. `runloop show NAME` prints a\nfile, `runloop run NAME` runs it.\n\n")
	for _, name := range scenarios.Names() {
		src, _ := scenarios.Source(name)
		s, err := bundledFolder().Load(name+".yaml", src)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&index, "- [%s](%s.md): %s\n", name, name, s.Description)
		t.Run(name, func(t *testing.T) {
			p, ok := scenarioPictures[name]
			if !ok {
				t.Fatal("scenarioPictures has no row for it")
			}
			picture := drawn(t, append([]string{name}, strings.Fields(p.see)...)...)
			samePage(t, "scenarios/"+name+".svg", picture)
			if more, ok := scenarioStatistics[name]; ok {
				samePage(t, "scenarios/"+name+"-statistics.svg", drawn(t, append([]string{name}, strings.Fields(more.see)...)...))
			}
			samePage(t, "scenarios/"+name+".md", scenarioPage(name, p.see, p.look, s, src))
		})
	}
	samePage(t, "scenarios/README.md", []byte(index.String()))
}

// docPictures is the pictures of the other pages: how they are drawn.
var docPictures = map[string]string{
	"event-loop-6s": "event-loop --from 6s --to 6s --why 10,11",
}

// TestDocPictures: they are what `runloop see` draws.
func TestDocPictures(t *testing.T) {
	for name, args := range docPictures {
		samePage(t, "pictures/"+name+".svg", drawn(t, append(strings.Fields(args), "--as", "ladder")...))
	}
}

// drawn is the picture that `runloop see` writes.
func drawn(t *testing.T, args ...string) []byte {
	t.Helper()
	var errs bytes.Buffer
	io := machine()
	io.Err = &errs
	file := filepath.Join(t.TempDir(), "picture.svg")
	if code := run(append([]string{"see", "-o", file}, args...), io); code != 0 {
		t.Fatalf("see %v: %d, %s", args, code, errs.String())
	}
	picture, err := os.ReadFile(file)
	if err != nil || !bytes.HasPrefix(picture, []byte("<svg ")) {
		t.Fatalf("see %v: no picture, %.40q, %v", args, picture, err)
	}
	return picture
}

// scenarioPage is the page of a scenario.
func scenarioPage(name, see, look string, s *dsl.Scenario, src []byte) []byte {
	about, body := leadingComment(string(src))
	output, _ := scenarios.Output(name)
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n\n%s\n\n", name, wrapped(cmp.Or(about, s.Description)))
	fmt.Fprintf(&b, "![The run of %s as a picture](%s.svg)\n\n%s\n\n", name, name, wrapped(look+" The picture is made by"))
	fmt.Fprintf(&b, "```sh\nrunloop see %s %s -o %s.svg\n```\n\n", name, see, name)
	if more, ok := scenarioStatistics[name]; ok {
		fmt.Fprintf(&b, "![The statistics of %s as a picture](%s-statistics.svg)\n\n%s\n\n", name, name, wrapped(more.look+" The picture is made by"))
		fmt.Fprintf(&b, "```sh\nrunloop see %s %s -o %s-statistics.svg\n```\n\n", name, more.see, name)
	}
	fmt.Fprintf(&b, "## What it prints\n\n```text\n%s\n```\n\n", strings.TrimRight(string(output), "\n"))
	fmt.Fprintf(&b, "## The file\n\n```yaml\n%s\n```\n", strings.TrimRight(body, "\n"))
	return b.Bytes()
}

// leadingComment is the comment that a file begins with, as one line, and the rest of it.
func leadingComment(src string) (about, rest string) {
	for strings.HasPrefix(src, "#") {
		line, after, _ := strings.Cut(src, "\n")
		about, src = about+" "+strings.TrimSpace(strings.TrimPrefix(line, "#")), after
	}
	return strings.TrimSpace(about), src
}

// wrapped is a text in lines of at most 120 characters.
func wrapped(text string) string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > 120 {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return strings.Join(append(lines, line), "\n")
}

// samePage holds that a file under docs is as it is made, or makes it so.
func samePage(t *testing.T, file string, want []byte) {
	t.Helper()
	file = filepath.Join("../../docs", file)
	if *updatePages {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not as it is made (%v): `go test ./cmd/runloop -run 'Pages|Pictures' -update-pages` makes it", file, err)
	}
}

var (
	docScenario = regexp.MustCompile("(?ms)^```yaml\n(runloop: 1\nname: ([a-z-]+)\n.*?)^```$")
	docConsole  = regexp.MustCompile("(?ms)^```console\n[$] runloop (explore|races|fuzz|validate|see) ([^\n]*)\n(.*?)^```$")
)

// TestExploringDoc: the page on exploring shows what the commands print for the scenarios on it. A line with … stands for any
// lines.
func TestExploringDoc(t *testing.T) {
	const page = "../../docs/exploring.md"
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, m := range docScenario.FindAllSubmatch(data, -1) {
		if err := os.WriteFile(filepath.Join(dir, string(m[2])+".yaml"), m[1], 0o666); err != nil {
			t.Fatal(err)
		}
	}
	shown := docConsole.FindAllSubmatch(data, -1)
	if len(shown) < 4 {
		t.Fatalf("there are %d commands on the page", len(shown))
	}
	t.Chdir(dir)
	for _, m := range shown {
		args := append([]string{string(m[1])}, strings.Fields(string(m[2]))...)
		_, out, _ := inProcess(nil, args...)
		if want := string(m[3]); !elided(strings.Split(want, "\n"), strings.Split(out, "\n")) {
			t.Errorf("runloop %s prints\n%s\nand not\n%s", strings.Join(args, " "), out, want)
		}
	}
}

// elided reports whether lines are those that are wanted, where a line … stands for any number of them, and … for the end of one.
func elided(want, have []string) bool {
	for i, line := range want {
		if strings.TrimSpace(line) == "…" {
			for j := range have[i:] {
				if elided(want[i+1:], have[i+j:]) {
					return true
				}
			}
			return false
		}
		if i >= len(have) {
			return false
		}
		if begin, cut := strings.CutSuffix(line, "…"); have[i] != line && !(cut && strings.HasPrefix(have[i], begin)) {
			return false
		}
	}
	return len(want) == len(have)
}
