package engine

import "testing"

// TestOrigins: of the reads of one variable at one place the oldest stays, so that a value that grows from itself has as
// many origins as there are places.
func TestOrigins(t *testing.T) {
	var list []origin
	for stamp := range uint64(1000) {
		list = withOrigins(nil, append(list, origin{variable: 1, stamp: 2000 - stamp, pos: Pos{3, int32(stamp % 2)}})...)
	}
	if len(list) != 2 || list[0].stamp != 1002 || list[1].stamp != 1001 {
		t.Error(list)
	}
}
