package keyring

import "fmt"

// versions is one key through its rotations. It is never changed: next and
// destroyBefore make another.
type versions[K any] struct {
	current uint32
	keys    map[uint32]K
}

// next adds a version and makes it the current one.
func (v versions[K]) next(k K) versions[K] {
	out := v.clone()
	out.current++
	out.keys[out.current] = k
	return out
}

// with puts a version back that was recovered.
func (v versions[K]) with(version uint32, k K) versions[K] {
	out := v.clone()
	out.keys[version] = k
	out.current = max(out.current, version)
	return out
}

func (v versions[K]) clone() versions[K] {
	out := versions[K]{v.current, make(map[uint32]K, len(v.keys)+1)}
	for n, k := range v.keys {
		out.keys[n] = k
	}
	return out
}

// before is the versions below the given one.
func (v versions[K]) before(version uint32) map[uint32]K {
	out := map[uint32]K{}
	for n, k := range v.keys {
		if n < version {
			out[n] = k
		}
	}
	return out
}

// destroyBefore forgets every version below the given one.
func (v versions[K]) destroyBefore(version uint32) (versions[K], error) {
	if version > v.current {
		return versions[K]{}, fmt.Errorf("keyring: version %d is not there yet; the current one is %d", version, v.current)
	}
	out := v.clone()
	for n := range v.before(version) {
		delete(out.keys, n)
	}
	return out, nil
}
