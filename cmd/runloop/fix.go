package main

import (
	"runloop/dsl"
	"runloop/internal/suite"
)

// fixFile applies all fixes to a file with the given bytes. It returns the new bytes and the number of fixes.
func fixFile(in dsl.Folder, path string, data []byte) (mended []byte, n int, err error) {
	mended, n = in.MendAll(path, data)
	if n == 0 {
		return data, 0, nil
	}
	if err := suite.ReplaceFile(path, mended); err != nil {
		return data, 0, err
	}
	return mended, n, nil
}
