//go:build !pkcs11

package main

import (
	"errors"

	"github.com/fengcun/fengcun/internal/keyring"
)

func openPKCS11(*pkcs11Config) (keyring.Holder, error) {
	return nil, errors.New("pkcs11: this program was built without it: build it with CGO_ENABLED=1 go build -tags pkcs11 ./cmd/fengcun")
}
