package dsl_test

import (
	"fmt"
	"os"

	"runloop/dsl"
)

// Load a scenario, run it, and verify its expectations.
func Example() {
	data, err := os.ReadFile("../scenarios/lost-update.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	scenario, err := dsl.Load("lost-update.yaml", data)
	if err != nil {
		fmt.Println(err)
		return
	}
	loop, err := scenario.NewLoop(dsl.RunOptions{Output: os.Stdout})
	if err != nil {
		fmt.Println(err)
		return
	}
	result := loop.Run()
	fmt.Println(result.Ended, "after", result.Iterations, "iterations")
	for _, f := range scenario.Verify(loop, result) {
		fmt.Println(f.Pos, f.Message)
	}
	// Output:
	// read, wait, write: 50 of 80
	// wait, read and write: 80 of 80
	// lock, read, wait, write: 80 of 80
	// completed after 20 iterations
}

// For a file that cannot be run, Load reports everything that is wrong with it.
func ExampleLoad() {
	_, err := dsl.Load("hello.yaml", []byte("runloop: 1\nmain:\n  - prnt: hello\n  - slep: 1s\n"))
	fmt.Println(err)
	// Output:
	// hello.yaml:3:5: error[RL0104]: there is no verb `prnt`
	//       - prnt: hello
	//         ^~~~
	//   hint: did you mean `print`?
	//
	// hello.yaml:4:5: error[RL0104]: there is no verb `slep`
	//       - slep: 1s
	//         ^~~~
	//   hint: did you mean `sleep`?
}

// Run parameters are given as text, as on a command line.
func ExampleScenario_NewLoop() {
	scenario, err := dsl.Load("hello.yaml", []byte(`
runloop: 1
params: { who: world, pause: { type: duration, default: 1s } }
main:
  - sleep: ${pause}
  - print: "${now} s: hello ${who}"
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, who := range []string{"Ann", "Bob"} {
		params := map[string]string{"who": who, "pause": "1m30s"}
		loop, err := scenario.NewLoop(dsl.RunOptions{Params: params, Output: os.Stdout})
		if err != nil {
			fmt.Println(err)
			return
		}
		loop.Run()
	}
	// Output:
	// 90.0 s: hello Ann
	// 90.0 s: hello Bob
}
