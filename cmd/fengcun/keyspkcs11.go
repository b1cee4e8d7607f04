//go:build pkcs11

package main

import (
	"github.com/fengcun/fengcun/internal/keyring"
	"github.com/fengcun/fengcun/internal/keyring/pkcs11"
)

func openPKCS11(c *pkcs11Config) (keyring.Holder, error) {
	return pkcs11.Open(pkcs11.Config{Module: c.Module, Token: c.Token, PINFile: c.PINFile})
}
