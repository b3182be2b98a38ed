package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"runloop/engine"
	"runloop/internal/report"
)

// monitorFlags are the flags of `run` about tables that are written while it runs.
type monitorFlags struct{ vectors, tasks string }

func (f *monitorFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.vectors, "vectors", "",
		"write each value that statistics see into a .csv `file` while it runs: time, metric, value")
	flags.StringVar(&f.tasks, "tasks", "",
		"write each task that ends into a .csv `file`: when it came, started and ended, and how long it waited and held something")
}

// plan checks the flags.
func (f *monitorFlags) plan(cmd *cobra.Command) error {
	for _, flag := range []struct{ name, file string }{{"vectors", f.vectors}, {"tasks", f.tasks}} {
		if cmd.Flags().Changed(flag.name) && !strings.HasSuffix(flag.file, ".csv") {
			return usageError(cmd, "--"+flag.name+" "+flag.file+": its name ends in .csv")
		}
	}
	return nil
}

// tableFile is a table that is written row by row. What goes wrong is said when it is closed.
type tableFile struct {
	flag string
	file *os.File
	w    *bufio.Writer
}

// begin opens the files, and returns what tells them of the run; nil: there are none.
func (f *monitorFlags) begin() (m *engine.Monitor, files []*tableFile, err error) {
	open := func(flag, name, head string) *tableFile {
		t := &tableFile{flag: "--" + flag + " " + name}
		if name == "" || err != nil {
			return t
		}
		var failed error
		if t.file, failed = os.Create(name); failed != nil {
			err = fmt.Errorf("%s: %w", t.flag, cause(failed))
			return t
		}
		t.w = bufio.NewWriterSize(t.file, 1<<16)
		t.row(head)
		files = append(files, t)
		return t
	}
	vectors := open("vectors", f.vectors, "time,metric,value")
	tasks := open("tasks", f.tasks, "name,coroutine,spawned,started,ended,state,waited,held")
	if err != nil || len(files) == 0 {
		return nil, files, err
	}
	m = &engine.Monitor{}
	if vectors.w != nil {
		m.Vector = func(v engine.Vector) { vectors.row(plain(v.At), report.QuoteCSV(v.Metric), vectorValue(v)) }
	}
	if tasks.w != nil {
		m.Task = func(t engine.EndedTask) {
			started := ""
			if t.Ran {
				started = plain(t.Started)
			}
			tasks.row(report.QuoteCSV(t.Name), report.QuoteCSV(t.Coroutine), plain(t.Spawned), started, plain(t.Ended), t.State, plain(t.Waited), plain(t.Held))
		}
	}
	return m, files, nil
}

func vectorValue(v engine.Vector) string {
	if v.Is {
		return report.QuoteCSV(v.State)
	}
	return plain(v.Value)
}

// plain is the shortest text of a number that is read as that number.
func plain(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func (t *tableFile) row(cells ...string) {
	for i, c := range cells {
		if i > 0 {
			t.w.WriteByte(',')
		}
		t.w.WriteString(c)
	}
	t.w.WriteByte('\n') // the writer keeps the first error
}

// closeTables closes the files, and returns the first thing that went wrong.
func closeTables(files []*tableFile) (err error) {
	for _, t := range files {
		failed := t.w.Flush()
		if closed := t.file.Close(); failed == nil {
			failed = closed
		}
		if failed != nil && err == nil {
			err = fmt.Errorf("%s: %w", t.flag, cause(failed))
		}
	}
	return err
}
