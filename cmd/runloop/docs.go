package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"runloop/docs"
	"runloop/dsl"
)

func newDocs(io streams) *cobra.Command {
	var search bool
	cmd := &cobra.Command{
		Use:   "docs [TOPIC]",
		Short: "Look something up in the reference of the language",
		Long: `docs shows what the reference says of a name: a section, a verb such as spawn, a key, a
function, an attribute, a type of error or a code. Without a topic it lists the sections.`,
		Example: `  runloop docs put
  runloop docs uniform
  runloop docs clock.start
  runloop docs --search "equal timers"`,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return docs.Parse(docs.Language).Names(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			ref, name := docs.Parse(docs.Language), strings.Join(args, " ") // the words of a heading
			text, err := sectionList(ref.Sections), error(nil)
			switch {
			case search && strings.TrimSpace(name) == "":
				return usageError(cmd, "--search needs a word to look for")
			case search:
				text, err = searchText(ref, name)
			case len(args) > 0:
				text, err = topicText(ref, name)
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(io.Out, text)
			return err
		},
	}
	cmd.Flags().BoolVar(&search, "search", false, "list all that speaks of the topic")
	return cmd
}

// sectionList lists the names of the sections, subsections under their sections.
func sectionList(list []docs.Section) string {
	var b strings.Builder
	line := ""
	flush := func() {
		if line != "" {
			b.WriteString(line + "\n")
		}
		line = ""
	}
	for _, s := range list {
		switch {
		case s.Level == 2:
			flush()
			b.WriteString(s.Name + "\n")
		case len(line)+len(s.Name) > 80:
			flush()
			line = "  " + s.Name
		case line == "":
			line = "  " + s.Name
		default:
			line += ", " + s.Name
		}
	}
	flush()
	return b.String()
}

// topicText returns what the reference says of a name. The error suggests another.
func topicText(ref *docs.Reference, name string) (string, error) {
	if code, ok := dsl.CodeNamed(name); ok {
		return code.Page(1), nil
	}
	section, entries := ref.Find(name)
	if section == nil && entries == nil {
		return "", noTopic(ref, name)
	}
	text := ""
	if section != nil {
		text = section.Text
		entries = slices.DeleteFunc(entries, func(e docs.Entry) bool { return slices.Contains(e.Places, section.Name) }) // they are shown
	}
	if text != "" && len(entries) > 0 {
		text += "\nElsewhere:\n\n"
	}
	return text + entryList(entries), nil
}

// entryList writes entries as paragraphs: what one writes, what it means, where it stands.
func entryList(list []docs.Entry) string {
	var parts []string
	for _, e := range list {
		part := e.Line + "\n"
		if e.Text != "" {
			part += "    " + e.Text + "\n"
		}
		parts = append(parts, part+"    in "+strings.Join(e.Places, ", ")+"\n")
	}
	return strings.Join(parts, "\n")
}

// noTopic is the error for a name that is not in the reference.
func noTopic(ref *docs.Reference, name string) error {
	message := fmt.Sprintf("there is no topic %q", name)
	if near := dsl.Suggest(strings.ToLower(name), ref.Names()); near != "" {
		return fmt.Errorf("%s: did you mean %s?", message, near)
	}
	if entries, mentions := ref.Search(name); len(entries)+len(mentions) > 0 {
		return fmt.Errorf("%s, but the reference speaks of it: runloop docs --search %s", message, shellWord(name))
	}
	return fmt.Errorf("%s: runloop docs lists the sections, runloop docs --search WORD finds a word", message)
}

// searchText lists what speaks of a text.
func searchText(ref *docs.Reference, text string) (string, error) {
	entries, mentions := ref.Search(text)
	if len(entries)+len(mentions) == 0 {
		return "", fmt.Errorf("the reference does not speak of %q", text)
	}
	var b strings.Builder
	for _, m := range mentions {
		fmt.Fprintf(&b, "runloop docs %s\n    %s\n", shellWord(m.Section), m.Line)
	}
	if len(entries) > 0 && len(mentions) > 0 {
		b.WriteString("\n")
	}
	return b.String() + entryList(entries), nil
}
