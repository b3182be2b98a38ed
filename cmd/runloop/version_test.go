package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestVersionText(t *testing.T) {
	tail := " " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
	built := &debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}, Settings: []debug.BuildSetting{
		{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.time", Value: "2026-01-02T03:04:05Z"},
		{Key: "vcs.modified", Value: "true"},
	}}
	for _, tc := range []struct {
		info *debug.BuildInfo
		want string
	}{
		{nil, "runloop (unknown)"},
		{&debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}, "runloop v1.2.3"},
		{built, "runloop v1.2.3 (abc, 2026-01-02T03:04:05Z, modified)"},
	} {
		if got := versionText(tc.info); got != tc.want+tail {
			t.Errorf("got %q, want %q", got, tc.want+tail)
		}
	}
}
