package main

import (
	"runloop/dsl"
	"runloop/internal/suite"
)

// fixFile mends what has one answer in a file with the given bytes, and returns the bytes that it has then and how many
// fixes that took.
func fixFile(path string, data []byte) (mended []byte, n int, err error) {
	mended, n = dsl.MendAll(path, data)
	if n == 0 {
		return data, 0, nil
	}
	if err := suite.ReplaceFile(path, mended); err != nil {
		return data, 0, err
	}
	return mended, n, nil
}
