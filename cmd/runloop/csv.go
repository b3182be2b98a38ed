package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// csvParam reads what `--param rows=@FILE.csv` names: a list of maps from the names in the first line to the values of each
// further one, as a run parameter is written. Numbers are numbers, what is empty is null, all else is text.
func csvParam(file string) (string, error) {
	data, err := readFile(file)
	if err != nil {
		return "", fmt.Errorf("%s: %w", file, cause(err))
	}
	records, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff")))).ReadAll()
	if err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	if len(records) == 0 {
		return "", fmt.Errorf("%s: its first line has the names of the columns, and it is empty", file)
	}
	rows := make([]string, 0, len(records))
	for _, record := range records[1:] {
		pairs := make([]string, len(record))
		for i, field := range record {
			pairs[i] = strconv.Quote(strings.TrimSpace(records[0][i])) + ": " + csvValue(strings.TrimSpace(field))
		}
		rows = append(rows, "{"+strings.Join(pairs, ", ")+"}")
	}
	return "[" + strings.Join(rows, ",\n") + "]", nil
}

// csvValue is a field as a value of YAML.
func csvValue(field string) string {
	switch {
	case field == "":
		return "null"
	case strings.ContainsAny(field[:1], "-0123456789") && json.Valid([]byte(field)):
		return field
	}
	return strconv.Quote(field)
}
