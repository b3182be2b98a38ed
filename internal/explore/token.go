package explore

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"runloop/engine"
)

// Token is a schedule as text: "late=5ms;0.1+2.1;c41f" is what was left open, the unusual choices, each as how many usual ones
// come before it and which option it takes, and four digits that stand for the scenario and how it was run.
type Token struct {
	Modes engine.Explore
	Given Schedule
	Mark  string
	Who   string // the pattern of Modes.Who
}

func (t Token) String() string { return t.ModesText() + ";" + picksText(t.Given) + ";" + t.Mark }

// ModesText is what is left open: the parts that a command line or a token has.
func (t Token) ModesText() string {
	m := &t.Modes
	var list []string
	switch {
	case m.Split && m.Late == 0:
		list = append(list, "late=0")
	case m.Split:
		list = append(list, "late="+time.Duration(m.Late).String())
	case m.Ties:
		list = append(list, "ties")
	}
	if m.Latest {
		list = append(list, "exact")
	}
	if m.Cancel > 0 {
		list = append(list, "cancel="+strconv.Itoa(m.Cancel))
	}
	if t.Who != "" {
		list = append(list, "who="+t.Who)
	}
	if m.Draws {
		list = append(list, "draws")
	}
	for _, name := range slices.Sorted(maps.Keys(m.Fail)) {
		list = append(list, "fail="+name+":"+m.Fail[name])
	}
	if m.Ready {
		list = append(list, "ready")
	}
	return strings.Join(list, ",")
}

func picksText(s Schedule) string {
	var list []string
	usual := 0
	for _, c := range s {
		if c.K == 0 {
			usual++
			continue
		}
		list = append(list, fmt.Sprintf("%d.%d", usual, c.K))
		usual = 0
	}
	return strings.Join(list, "+")
}

// ParseToken reads a token. Who of the modes is not set: the pattern is in Who.
func ParseToken(text string) (Token, error) {
	parts := strings.Split(strings.TrimSpace(text), ";")
	if len(parts) != 3 {
		return Token{}, errors.New("a schedule has three parts, such as late=5ms;0.1+2.1;c41f")
	}
	t := Token{Mark: parts[2]}
	for _, part := range strings.Split(parts[0], ",") {
		if err := t.mode(part); err != nil {
			return t, err
		}
	}
	for _, pick := range strings.Split(parts[1], "+") {
		if parts[1] == "" {
			break
		}
		distance, option, ok := strings.Cut(pick, ".")
		n, err := strconv.ParseUint(distance, 10, 24)
		k, err2 := strconv.ParseUint(option, 10, 24)
		if !ok || err != nil || err2 != nil || k == 0 {
			return t, fmt.Errorf("%q is no choice of a schedule: one is 0.1, how many usual ones come before it and which option it takes", pick)
		}
		for range n {
			t.Given = append(t.Given, Choice{})
		}
		t.Given = append(t.Given, Choice{K: int(k)})
	}
	return t, nil
}

// mode reads one part of what is left open.
func (t *Token) mode(part string) error {
	m := &t.Modes
	name, value, _ := strings.Cut(part, "=")
	switch name {
	case "":
	case "ties":
		m.Ties = true
	case "late":
		late, err := ParseLate(value)
		if err != nil {
			return err
		}
		m.Ties, m.Split, m.Late = true, true, late
	case "exact":
		m.Latest = true
	case "cancel":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 {
			return fmt.Errorf("cancel=%s: it is a number, 1 or more", value)
		}
		m.Cancel = n
	case "who":
		t.Who = value
	case "draws":
		m.Draws = true
	case "fail":
		coroutine, typ, ok := strings.Cut(value, ":")
		if !ok || coroutine == "" || typ == "" {
			return fmt.Errorf("fail=%s: it is a coroutine and an error, fail=fetch:TimeoutError", value)
		}
		if m.Fail == nil {
			m.Fail = map[string]string{}
		}
		m.Fail[coroutine] = typ
	case "ready":
		m.Ready = true
	default:
		return fmt.Errorf("%q is nothing that a schedule leaves open: there is ties, late, exact, cancel, who, draws, fail and ready", part)
	}
	return nil
}

// ParseLate reads how late timers may be: a duration such as 5ms, or 0.
func ParseLate(text string) (int64, error) {
	d, err := time.ParseDuration(text)
	if text == "0" {
		d, err = 0, nil
	}
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q says not how late a timer may be: it is a duration such as 5ms, or 0", text)
	}
	return int64(d), nil
}
