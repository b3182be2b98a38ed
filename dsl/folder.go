package dsl

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// FolderOf returns where the scenario in a file finds what it includes: below its own folder, or below root if that is not
// empty. The error says that the file is not below root.
func FolderOf(file, root string) (Folder, error) {
	dir := filepath.Dir(file)
	if root == "" {
		return Folder{FS: below(dir), Root: filepath.ToSlash(dir)}, nil
	}
	at, err := relative(root, dir)
	if err != nil {
		return Folder{}, fmt.Errorf("%s is not below --root %s", file, root)
	}
	return Folder{FS: below(root), At: filepath.ToSlash(at), Root: filepath.ToSlash(root)}, nil
}

// LoadFile reads a file, and loads it with what it includes from below its folder. The error is a *LoadError, or says that the
// file cannot be read.
func LoadFile(file string) (*Scenario, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	in, err := FolderOf(file, "")
	if err != nil {
		return nil, err
	}
	return in.Load(file, data)
}

// relative returns the path of a folder below another one.
func relative(root, dir string) (string, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return "", err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return "", err
	}
	at, err := filepath.Rel(root, dir)
	if err == nil && !filepath.IsLocal(at) {
		err = fs.ErrInvalid
	}
	return at, err
}

// below is the files below a folder. Neither a path nor a symbolic link leads out of it.
type below string

// Open implements fs.FS. What is neither a file nor a folder, such as a pipe, is not opened: reading it could take for ever.
func (dir below) Open(name string) (fs.File, error) {
	root, err := os.OpenRoot(string(dir))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	info, err := root.Stat(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	if !info.IsDir() && !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fmt.Errorf("it is no file")}
	}
	return root.Open(filepath.FromSlash(name))
}
