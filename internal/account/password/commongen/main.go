// Command commongen makes the list of common passwords from the JSON array of @zxcvbn-ts/language-common:
//
//	npm pack @zxcvbn-ts/language-common@4.1.3 && tar xzf *.tgz
//	go run ./internal/account/password/commongen package/src/passwords.json
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"dayroom/internal/account/password"
)

const target = "internal/account/password/common.bin"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "commongen:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("usage: commongen passwords.json, at the root of the repository")
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	var words []string
	if err := json.Unmarshal(text, &words); err != nil {
		return fmt.Errorf("%s is not an array of passwords: %w", args[0], err)
	}
	list := password.Compile(words)
	fmt.Printf("%d passwords, %d bytes\n", len(words), len(list))
	return os.WriteFile(target, list, 0o644)
}
