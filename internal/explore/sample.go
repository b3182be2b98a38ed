package explore

import (
	"math"
	"math/big"
	"math/rand/v2"

	"runloop/engine"
	"runloop/internal/parallel"
)

// Where the whole is too large: all schedules with one unusual choice, then with two, then schedules at random. A run stops
// where it comes to a state below which everything was explored.

// batch is how many runs are made up before the next look at what they came to. It does not depend on how many go on at the
// same time, so that the findings do not either.
const batch = 256

// sampled is one run of a sample.
type sampled struct {
	given  Schedule // nil: at random
	seed   uint64
	asked  Schedule
	known  bool // it came to a state that is done
	result Outcome
}

// sample runs schedules until a run fails or there were enough.
func (s *search) sample() {
	if s.report.Failure != nil {
		return
	}
	s.share, s.part, s.ended = 0, 1, false
	usual := s.play([]*sampled{{given: Schedule{}}})[0].asked
	firsts := s.few(s.unusual(usual, 0))
	if firsts == nil {
		return
	}
	s.report.Depth = 1
	var pairs []*sampled
	for _, r := range firsts {
		pairs = append(pairs, s.unusual(r.asked, len(r.given))...)
		if s.opts.Runs > 0 && len(pairs) > s.opts.Runs || len(pairs) > 1<<20 {
			break
		}
	}
	if s.few(pairs) == nil {
		return
	}
	s.report.Depth = 2
	s.random()
}

// unusual is the schedules that make one unusual choice more than a run did, from its choice number from on.
func (s *search) unusual(asked Schedule, from int) []*sampled {
	var list []*sampled
	for i := from; i < len(asked); i++ {
		for k := 1; k < asked[i].N; k++ {
			given := append(Schedule{}, asked[:i]...)
			list = append(list, &sampled{given: append(given, Choice{asked[i].Kind, asked[i].N, k})})
		}
	}
	return list
}

// few runs all of the list; nil: it was broken off.
func (s *search) few(list []*sampled) []*sampled {
	ran := []*sampled{}
	for from := 0; from < len(list); from += batch {
		if s.enough() {
			return nil
		}
		to := min(from+batch, len(list))
		if s.opts.Runs > 0 {
			to = min(to, from+s.opts.Runs-s.report.Begun)
		}
		ran = append(ran, s.play(list[from:to])...)
		if s.report.Failure != nil {
			return nil
		}
	}
	return ran
}

func (s *search) enough() bool {
	return s.stopped(1) || s.opts.Runs > 0 && s.report.Begun >= s.opts.Runs
}

// random runs schedules at random, and estimates from them how many there are: the mean of what the numbers of options along a
// run multiply to (Knuth, "Estimating the efficiency of backtrack programs").
func (s *search) random() {
	var logs []float64
	for seed := uint64(1); !s.enough() && s.report.Failure == nil; {
		n := batch
		if s.opts.Runs > 0 {
			n = min(n, s.opts.Runs-s.report.Begun)
		}
		list := make([]*sampled, n)
		for i := range list {
			list[i] = &sampled{seed: seed}
			seed++
		}
		for _, r := range s.play(list) {
			if !r.known {
				logs = append(logs, r.asked.log10())
			}
		}
	}
	s.report.Orders = about(logs)
}

// log10 is the logarithm of what the numbers of options multiply to.
func (s Schedule) log10() float64 {
	sum := 0.0
	for _, c := range s {
		sum += math.Log10(float64(c.N))
	}
	return sum
}

// about is the mean of numbers that are given by their logarithms, as a power of ten.
func about(logs []float64) *big.Int {
	if len(logs) == 0 {
		return nil
	}
	most := logs[0]
	for _, x := range logs {
		most = max(most, x)
	}
	sum := 0.0
	for _, x := range logs {
		sum += math.Pow(10, x-most)
	}
	exponent := most + math.Log10(sum/float64(len(logs)))
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(math.Round(exponent))), nil)
}

// play runs a list of schedules, some at the same time, and takes in what they came to, in order.
func (s *search) play(list []*sampled) []*sampled {
	parallel.For(s.opts.Workers, len(list), func(_, i int) { s.playOne(list[i]) })
	for _, r := range list {
		s.begin()
		if !r.known {
			s.report.Runs++
			s.report.Longest = max(s.report.Longest, len(r.asked))
			s.keep(r.result, s.report.Runs, func() Schedule { return r.asked })
		}
	}
	return list
}

// playOne runs one schedule. It only reads what the search knows.
func (s *search) playOne(r *sampled) {
	var pick func(l *engine.Loop, kind engine.ChoiceKind, n int) int
	var player *Player
	if r.given != nil {
		player = &Player{Given: r.given}
		pick = player.Pick
	} else {
		draw := rand.New(rand.NewPCG(r.seed, 0))
		pick = func(_ *engine.Loop, kind engine.ChoiceKind, n int) int {
			k := draw.IntN(n)
			r.asked = append(r.asked, Choice{kind, n, k})
			return k
		}
	}
	l := engine.New(s.opts.Program, s.engineOptions(s.modes(pick)))
	for {
		if l.WillChoose() {
			if fp, ok := l.Fingerprint(s.opts.Output); ok {
				if n, met := s.states[fp]; met && s.counts[n].orders != (number{}) {
					r.known = true
					break
				}
			}
		}
		if !l.RunUnit() {
			break
		}
	}
	if player != nil {
		r.asked = player.Asked
	}
	if !r.known {
		r.result = s.opts.Judge(l)
	}
}
