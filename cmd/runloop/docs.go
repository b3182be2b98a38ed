package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"runloop/docs"
)

func newDocs(io streams) *cobra.Command {
	return &cobra.Command{
		Use:   "docs [TOPIC]",
		Short: "Show the reference of the language",
		Long: `docs shows a topic of the reference: a section, or a verb such as spawn. Without a
topic it lists them.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 { // join the words of a heading
				args[0] = strings.Join(args, " ")
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, t := range topics(docs.Language) {
				names = append(names, t.name)
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				_, err := fmt.Fprint(io.Out, topicList(topics(docs.Language)))
				return err
			}
			text, err := topicText(topics(docs.Language), args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(io.Out, text)
			return err
		},
	}
}

// topic is a section of the reference.
type topic struct {
	name  string // the heading in lower case, without markup
	level int    // of the heading
	text  string // the section with its heading and the sections below it
}

// topics returns the sections of a Markdown text below its title.
func topics(text string) []topic {
	var (
		heading = regexp.MustCompile(`(?m)^(#+) (.*)\n`)
		hidden  = regexp.MustCompile(`(?m)^<!--.*-->\n\n?`)
		fence   = regexp.MustCompile("(?ms)^```.*?^```\n")
	)
	text = hidden.ReplaceAllString(text, "")
	// Lines of examples are no headings, so mask those that begin with #.
	masked := fence.ReplaceAllStringFunc(text, func(s string) string { return strings.ReplaceAll(s, "\n#", "\n ") })
	at := heading.FindAllStringSubmatchIndex(masked, -1)
	var list []topic
	for i, m := range at {
		level, end := m[3]-m[2], len(text)
		if level == 1 {
			continue
		}
		for _, next := range at[i+1:] {
			if next[3]-next[2] <= level {
				end = next[0]
				break
			}
		}
		name := strings.ToLower(strings.Trim(strings.ReplaceAll(text[m[4]:m[5]], "`", ""), " "))
		list = append(list, topic{name: name, level: level, text: strings.TrimRight(text[m[0]:end], "\n") + "\n"})
	}
	return list
}

// topicList lists the names of the topics, subsections under their sections.
func topicList(list []topic) string {
	var b strings.Builder
	line := ""
	flush := func() {
		if line != "" {
			b.WriteString(line + "\n")
		}
		line = ""
	}
	for _, t := range list {
		switch {
		case t.level == 2:
			flush()
			b.WriteString(t.name + "\n")
		case len(line)+len(t.name) > 80:
			flush()
			line = "  " + t.name
		case line == "":
			line = "  " + t.name
		default:
			line += ", " + t.name
		}
	}
	flush()
	return b.String()
}

// topicText returns the text of a topic. The error suggests a name.
func topicText(list []topic, name string) (string, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	var names []string
	for _, t := range list {
		if t.name == name || strings.ReplaceAll(t.name, " ", "-") == name {
			return t.text, nil
		}
		names = append(names, t.name)
	}
	for _, t := range list { // the first word of a heading is enough
		if strings.HasPrefix(t.name, name) && name != "" {
			return t.text, nil
		}
	}
	return "", fmt.Errorf("there is no topic %q%s", name, didYouMean(name, names))
}
