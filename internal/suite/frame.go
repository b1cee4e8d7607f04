package suite

import "encoding/binary"

// Frame encodes a domain and parts so that no two different lists give the
// same bytes: each element is preceded by its length, 4 bytes big-endian. It
// is the context to bind a ciphertext to, the input of an index and the message
// to sign wherever several fields go in.
func Frame(domain string, parts ...[]byte) []byte {
	n := 4 + len(domain)
	for _, p := range parts {
		n += 4 + len(p)
	}
	b := make([]byte, 0, n)
	b = binary.BigEndian.AppendUint32(b, uint32(len(domain))) //nolint:gosec // far below 4 GiB
	b = append(b, domain...)
	for _, p := range parts {
		b = binary.BigEndian.AppendUint32(b, uint32(len(p))) //nolint:gosec // far below 4 GiB
		b = append(b, p...)
	}
	return b
}
