package suite

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

const (
	minBucket  = 512
	lengthSize = 4

	// MaxPadded is the largest plaintext that can be padded: 1 GiB less the
	// length field.
	MaxPadded = 1<<30 - lengthSize
)

// PaddedSize is the length to which n bytes are padded, a 4-byte length
// included. Everything up to 508 bytes becomes 512; above, the buckets are four
// to a doubling: 640, 768, 896, 1024, 1280, 1536, 1792, 2048 and so on. A
// ciphertext thus tells its content's length to within a fifth, which is
// coarser than Padmé, and takes a ninth more room on average. It panics above
// MaxPadded.
func PaddedSize(n int) int {
	if n < 0 || n > MaxPadded {
		panic(fmt.Sprintf("suite: %d bytes cannot be padded: the limit is %d", n, MaxPadded))
	}
	need := n + lengthSize
	if need <= minBucket {
		return minBucket
	}
	step := 1 << (bits.Len(uint(need-1)) - 3) // a quarter of the power of two below need
	return (need + step - 1) / step * step
}

// Pad puts data into the smallest bucket that holds it: its length, the data,
// zeroes.
func Pad(data []byte) []byte {
	b := make([]byte, PaddedSize(len(data)))
	padInto(b, data)
	return b
}

func padInto(b, data []byte) {
	binary.BigEndian.PutUint32(b, uint32(len(data))) //nolint:gosec // at most MaxPadded
	copy(b[lengthSize:], data)
}

// Unpad undoes Pad. It refuses bytes that Pad does not make: a length that
// belongs in another bucket, or padding that is not zero.
func Unpad(padded []byte) ([]byte, error) {
	if len(padded) < minBucket {
		return nil, fmt.Errorf("suite: %d bytes are less than the smallest bucket: not padded data", len(padded))
	}
	n := int(binary.BigEndian.Uint32(padded))
	if n > MaxPadded || PaddedSize(n) != len(padded) {
		return nil, fmt.Errorf("suite: a length of %d does not belong in a bucket of %d: not padded data", n, len(padded))
	}
	var rest byte
	for _, c := range padded[lengthSize+n:] {
		rest |= c
	}
	if rest != 0 {
		return nil, fmt.Errorf("suite: the padding of a bucket of %d is not zero: not padded data", len(padded))
	}
	return padded[lengthSize : lengthSize+n : lengthSize+n], nil
}
