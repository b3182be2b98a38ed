package suite

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// TestReplaceFile checks that the mode and links stay, that nothing else is left in the folder, and that a file that
// may not be written stays unchanged.
func TestReplaceFile(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "js" {
		t.Skip("it has no modes and links of Unix")
	}
	dir := t.TempDir()
	path, link := filepath.Join(dir, "a.yaml"), filepath.Join(dir, "link.yaml")
	write := func(mode fs.FileMode) {
		t.Helper()
		os.Remove(path)
		if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("a.yaml", link); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []fs.FileMode{0o644, 0o750, 0o604, 0o755 | fs.ModeSetgid} {
		write(mode)
		if err := ReplaceFile(link, []byte("new")); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		info, _ := os.Lstat(path)
		if err != nil || string(data) != "new" || info.Mode() != mode {
			t.Errorf("%v: it is %q with %v (%v)", mode, data, info.Mode(), err)
		}
		if target, err := os.Readlink(link); target != "a.yaml" || err != nil {
			t.Errorf("the link leads to %q (%v)", target, err)
		}
	}
	if files, _ := os.ReadDir(dir); len(files) != 2 {
		t.Errorf("the folder has %v", files)
	}
	if err := ReplaceFile(filepath.Join(dir, "none.yaml"), nil); !os.IsNotExist(err) {
		t.Errorf("a file that is not there: %v", err)
	}
	if os.Geteuid() == 0 {
		return // root may write everything
	}
	write(0o444)
	if err := ReplaceFile(path, []byte("new")); !os.IsPermission(err) {
		t.Errorf("a file that may not be written: %v", err)
	}
	if data, _ := os.ReadFile(path); string(data) != "old" {
		t.Errorf("it has %q", data)
	}
}
