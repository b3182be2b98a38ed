//go:build !linux

package engine

// grain is 0 where a time.Timer is as exact as anything else.
const grain = 0

func nap(int64) {}
