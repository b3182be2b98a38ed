package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// table is rows of cells below a head. The first column and columns without a head are text; the others are numbers.
type table struct {
	head []string
	rows [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// text returns the table for a terminal.
func (t *table) text() string { return t.render("", "  ", "") }

// markdown returns the table for a page.
func (t *table) markdown() string { return t.render("| ", " | ", " |") }

func (t *table) render(left, between, right string) string {
	all := append([][]string{t.head}, t.rows...)
	width := make([]int, len(t.head))
	for _, row := range all {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell), 3)
		}
	}
	var b strings.Builder
	line := func(row []string) {
		var cells []string
		for i, cell := range row {
			pad := strings.Repeat(" ", width[i]-utf8.RuneCountInString(cell))
			if i == 0 || t.head[i] == "" {
				cells = append(cells, cell+pad)
			} else {
				cells = append(cells, pad+cell)
			}
		}
		b.WriteString(strings.TrimRight(left+strings.Join(cells, between)+right, " ") + "\n")
	}
	line(t.head)
	if left != "" {
		b.WriteString("| ---" + strings.Repeat(" | ---:", len(t.head)-1) + " |\n")
	}
	for _, row := range t.rows {
		line(row)
	}
	return b.String()
}

// text returns the record for a terminal, with the values recorded before.
func (r *Record) text(before *Record) string {
	var b strings.Builder
	if len(r.Measures) > 0 {
		tables, verdict := r.tables(before)
		for _, t := range tables {
			if len(t.rows) > 0 {
				b.WriteString(t.text() + "\n")
			}
		}
		fmt.Fprintf(&b, "%s\n", verdict)
	}
	if r.Growth != nil {
		b.WriteString("\n" + growthTable(r.Growth).text())
	}
	if r.Lines != nil {
		b.WriteString("\n" + linesTable(r.Lines).text())
	}
	if r.Others != nil {
		b.WriteString("\n" + r.Others.table(r).text() + "\n" + modelTable(r.Others.Models).text())
	}
	return b.String()
}

// tables returns the ratios to bare loops, the times at n and 4n, the other measures, and a verdict on all of them.
func (r *Record) tables(before *Record) (all []*table, verdict string) {
	bare := &table{head: []string{"workload", "events/s", "ns/event", "bare ns", "x bare", "target", "met", "ratio counts", "recorded", "slipped"}}
	scaling := &table{head: []string{"scenario", "n", "ms", unitScaling, "target", "met", "recorded", "slipped"}}
	more := &table{head: []string{"measure", "value", "target", "met", "recorded", "slipped", ""}}
	var lines []string
	slipped := 0
	for _, m := range r.Measures {
		recorded, worse := "-", "-"
		if old, ok := before.measure(m.Name); ok {
			recorded, worse = number(old.Value), yesNo(m.slipped(old))
			if m.slipped(old) {
				slipped++
				lines = append(lines, fmt.Sprintf("slipped by more than a quarter: %s, %s, recorded %s", m.Name, number(m.Value), recorded))
			}
		}
		switch {
		case m.N > 0:
			scaling.add(m.Name, commas(strconv.Itoa(m.N)), number(m.Took), number(m.Value), number(m.Target), yesNo(m.met()), recorded, worse)
			continue
		case m.Bare == 0:
			more.add(m.Name, number(m.Value)+" "+m.Unit, number(m.Target), yesNo(m.met()), recorded, worse, m.Note)
			continue
		case !m.counts():
			lines = append(lines, fmt.Sprintf("the ratio does not count: %s, its bare loop does %s events a second, not %s",
				m.Name, perSecond(m.Bare), short(m.Floor)))
		}
		bare.add(m.Name, perSecond(m.Ours), number(m.Ours), number(m.Bare), number(m.Value), number(m.Target),
			yesNo(m.met()), yesNo(m.counts()), recorded, worse)
	}
	switch {
	case len(before.Measures) == 0:
		lines = append(lines, "nothing is recorded yet")
	case before.Machine != r.Machine:
		lines = append(lines, "recorded on another machine, so that only ratios compare: "+before.Machine)
	}
	if slipped == 0 && len(before.Measures) > 0 {
		lines = append(lines, "nothing slipped by more than a quarter")
	}
	return []*table{bare, scaling, more}, strings.Join(lines, "\n")
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// number formats x with about three digits.
func number(x float64) string {
	switch {
	case x >= 100:
		return commas(fmt.Sprintf("%.0f", x))
	case x >= 10:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.2f", x)
}

// commas puts commas between the thousands of a whole number.
func commas(s string) string {
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// perSecond formats how often something that takes ns nanoseconds can be done in a second.
func perSecond(ns float64) string { return short(1e9 / ns) }

// short formats a count with k or M.
func short(x float64) string {
	switch {
	case x >= 1e6:
		return digits(x/1e6) + "M"
	case x >= 1e3:
		return digits(x/1e3) + "k"
	}
	return digits(x)
}

func digits(x float64) string {
	if x >= 99.5 || x == math.Trunc(x) {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.1f", x)
}

// blocks returns the measured parts of the page about performance by the names of their markers.
func (r *Record) blocks() map[string]string {
	bare := &table{head: []string{"workload", "events/s", "ns/event", "bare ns/event", "× bare", "target"}}
	more := &table{head: []string{"measure", "value", "target"}}
	scaling := &table{head: []string{"scenario", "n", "time with n", "4n ÷ n", "target"}}
	var notes strings.Builder
	for _, m := range r.Measures {
		if m.N > 0 {
			scaling.add(m.Name, commas(strconv.Itoa(m.N)), number(m.Took)+" ms", number(m.Value), "≤ "+number(m.Target))
			continue
		}
		if m.Bare == 0 {
			more.add(m.Name, number(m.Value)+" "+m.Unit, "≤ "+number(m.Target))
			fmt.Fprintf(&notes, "- %s: %s.\n", m.Name, m.Note)
			continue
		}
		ratio := number(m.Value)
		if !m.counts() {
			ratio += " (the bare loop is below its floor)"
		}
		bare.add(m.Name, perSecond(m.Ours), number(m.Ours), number(m.Bare), ratio, "≤ "+number(m.Target))
	}
	blocks := map[string]string{
		"machine":   fmt.Sprintf("Measured on %s, on %s.\n", r.Date, r.Machine),
		"workloads": bare.markdown(),
		"measures":  more.markdown() + "\n" + notes.String(),
		"scaling":   "",
		"growth":    "",
		"lines":     "",
		"others":    "",
		"models":    "",
	}
	if len(scaling.rows) > 0 {
		blocks["scaling"] = scaling.markdown()
	}
	if r.Growth != nil {
		blocks["growth"] = growthTable(r.Growth).markdown()
	}
	if r.Lines != nil {
		blocks["lines"] = linesTable(r.Lines).markdown()
	}
	if r.Others != nil {
		blocks["others"] = r.Others.table(r).markdown()
		blocks["models"] = modelTable(r.Others.Models).markdown()
	}
	return blocks
}
