// Package vaultd lets the vault run as a process of its own, under a user of
// its own, so that the process which serves the web holds no vault key. Server
// is that process's side, Client is a vault.Book for the other.
//
// Both speak over one stream, a Unix socket or TLS with certificates on both
// sides. A call is a conversation: the caller names a method of vault.Book; the
// vault asks back for rows of the caller's transaction, one question at a time;
// then it answers. So what the vault writes is committed with the caller's own
// rows or not at all, and the vault's process needs no transaction with it.
//
// The vault believes the caller in nothing that opens a record: it checks the
// officers' signatures against its own directory where it has one, the proof
// against the log's public key, the time by its own clock, and that a ticket is
// unused by its own book of spent tickets.
package vaultd
