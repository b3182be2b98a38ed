package suite

import (
	"fmt"

	"runloop/dsl"
)

// IsScenario is dsl.IsScenario.
func IsScenario(data []byte) bool { return dsl.IsScenario(data) }

// LeftOut says how many files of folders were left out because they are no scenarios.
func LeftOut(n int) string {
	if n == 1 {
		return "1 file without a line that begins with \"runloop:\" was left out"
	}
	return fmt.Sprintf("%d files without a line that begins with \"runloop:\" were left out", n)
}
