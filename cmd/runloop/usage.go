package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"runloop/dsl"
)

// noArgs takes no arguments. An argument of the root command is reported as an unknown subcommand.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if !cmd.HasSubCommands() {
		return usageError(cmd, fmt.Sprintf("takes no arguments, but there is %q", args[0]))
	}
	return usageError(cmd, fmt.Sprintf("there is no command %q%s", args[0], didYouMean(args[0], commandNames(cmd))))
}

// commandNames returns the names of a command's subcommands.
func commandNames(cmd *cobra.Command) []string {
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	return names
}

// oneArg takes exactly one argument, which messages call what.
func oneArg(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch len(args) {
		case 0:
			return usageError(cmd, "an argument is missing: "+what)
		case 1:
			return nil
		}
		return usageError(cmd, fmt.Sprintf("takes one argument, but after %q there is %q", args[0], args[1]))
	}
}

// usageError returns the error for a wrong command line.
func usageError(cmd *cobra.Command, message string) error {
	return fmt.Errorf("%s\nusage: %s (more: %s --help)", message, cmd.UseLine(), cmd.CommandPath())
}

// flagError says what is wrong with a flag, and what is possible instead.
func flagError(cmd *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		missing *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &invalid) && errors.Is(err, errTwice):
		return usageError(cmd, fmt.Sprintf("--%s is given twice: it has one value", invalid.GetFlag().Name))
	case errors.As(err, &unknown):
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		flag := "--" + unknown.GetSpecifiedName()
		if unknown.GetSpecifiedShortnames() != "" {
			flag = "-" + unknown.GetSpecifiedName()
		}
		return usageError(cmd, fmt.Sprintf("there is no flag %s%s", flag, didYouMean(flag, names)))
	case errors.As(err, &missing):
		f := missing.GetFlag()
		return usageError(cmd, fmt.Sprintf("the flag --%s needs a value: %s", f.Name, f.Usage))
	case errors.As(err, &invalid):
		f := invalid.GetFlag()
		return usageError(cmd, fmt.Sprintf("--%s %s: %s", f.Name, invalid.GetValue(), wanted(f)))
	}
	return usageError(cmd, err.Error())
}

// wanted says what a flag takes.
func wanted(f *pflag.Flag) string {
	switch t := f.Value.Type(); t {
	case "uint64":
		return "it must be an integer, 0 or more"
	case "float64":
		return "it must be a number"
	case "bool":
		return "it must be true or false"
	default:
		return "it must be " + strings.ReplaceAll(t, "|", " or ")
	}
}

// didYouMean returns ": did you mean …?" with the nearest word of the list, or the whole list if none is near.
func didYouMean(word string, of []string) string {
	if near := dsl.Suggest(word, of); near != "" {
		return ": did you mean " + near + "?"
	}
	return ": there is " + strings.Join(of, ", ")
}

// errTwice is the error for a flag with one value that is given twice.
var errTwice = errors.New("it is given twice")

// onceValue is the value of a flag that may be given only once.
type onceValue struct {
	pflag.Value
	given bool
}

// Set implements pflag.Value.
func (v *onceValue) Set(s string) error {
	if v.given {
		return errTwice
	}
	v.given = true
	return v.Value.Set(s)
}

// onlyOnce makes it an error to give a flag with one value twice. A boolean flag may be given twice, and a list has
// many values.
func onlyOnce(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if _, isList := f.Value.(pflag.SliceValue); !isList && f.Value.Type() != "bool" {
			f.Value = &onceValue{Value: f.Value}
		}
	})
}

// choice is the value of a flag that takes one of several words.
type choice struct {
	value string
	of    []string
}

func (c *choice) String() string { return c.value }

// Type returns what the help shows for the value.
func (c *choice) Type() string { return strings.Join(c.of, "|") }

// Set implements pflag.Value.
func (c *choice) Set(s string) error {
	if !slices.Contains(c.of, s) {
		return errors.New("it is none of " + c.Type()) // flagError says more
	}
	c.value = s
	return nil
}

func (c *choice) complete(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return c.of, cobra.ShellCompDirectiveNoFileComp
}
