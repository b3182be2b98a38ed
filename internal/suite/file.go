package suite

import (
	"os"
	"path/filepath"
)

// ReplaceFile rewrites a file completely or not at all, and keeps its mode. A symbolic link stays a link, and a file
// that may not be written is not replaced.
func ReplaceFile(path string, data []byte) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	may, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	may.Close()
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // fails harmlessly once the file was renamed
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Chmod(info.Mode())
	}
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
