package main

import (
	"os"
	"path/filepath"

	"runloop/dsl"
)

// fixFile mends what has one answer in a file with the given bytes, and returns the bytes that it has then and how many
// fixes that took.
func fixFile(path string, data []byte) (mended []byte, n int, err error) {
	mended, n = dsl.MendAll(path, data)
	if n == 0 {
		return data, 0, nil
	}
	if err := replaceFile(path, mended); err != nil {
		return data, 0, err
	}
	return mended, n, nil
}

// replaceFile writes a file anew with its mode: all of it, or nothing. A symbolic link stays one.
func replaceFile(path string, data []byte) error {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // it is gone once it has been renamed
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Chmod(info.Mode().Perm())
	}
	if closeErr := tmp.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
