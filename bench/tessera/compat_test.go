package tessera_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	f_note "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"github.com/transparency-dev/tessera/storage/posix"
	whttp "github.com/transparency-dev/witness/client/http"
	"github.com/transparency-dev/witness/persistence/inmemory"
	pubwitness "github.com/transparency-dev/witness/witness"
	"golang.org/x/mod/sumdb/note"

	"github.com/fengcun/fengcun/internal/store"
	"github.com/fengcun/fengcun/internal/store/storetest"
	"github.com/fengcun/fengcun/internal/suite"
	"github.com/fengcun/fengcun/internal/trail"
	"github.com/fengcun/fengcun/internal/trail/witness"
)

const origin = "fengcun.test/trail"

// served is a log in a database, served as the platform serves it.
type served struct {
	db     *store.DB
	signer *trail.Signer
	url    *url.URL
	salt   string
	note   note.Verifier // the log's Ed25519 key, as public tools read it
}

func newKey(tb testing.TB, s suite.Suite) suite.SignKey {
	tb.Helper()
	k, err := s.GenerateSignKey(rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

func newServed(tb testing.TB) *served {
	tb.Helper()
	signer, err := trail.NewSigner(origin, newKey(tb, suite.Intl()), newKey(tb, suite.GM()))
	if err != nil {
		tb.Fatal(err)
	}
	s := &served{db: storetest.Open(tb, storetest.URL(tb, storetest.SQLite)), signer: signer}
	key := signer.Verifier().String()
	srv := httptest.NewServer(http.StripPrefix("/trail/", trail.Handler(s.db.Log(), key, slog.New(slog.DiscardHandler))))
	tb.Cleanup(srv.Close)
	if s.url, err = url.Parse(srv.URL + "/trail/"); err != nil {
		tb.Fatal(err)
	}
	if s.note, err = note.NewVerifier(strings.Fields(key)[0]); err != nil {
		tb.Fatal(err)
	}
	return s
}

// add appends n entries and publishes a checkpoint.
func (s *served) add(tb testing.TB, n int) (cp trail.Checkpoint) {
	tb.Helper()
	err := s.db.Write(context.Background(), func(tx *store.Tx) error {
		head, err := tx.TrailHead()
		if err != nil {
			return err
		}
		leaves := make([]trail.Leaf, n)
		sealed := make([]trail.Sealed, n)
		for i := range leaves {
			leaves[i] = suite.Intl().Digest(fmt.Append(nil, s.salt, head.Size()+int64(i)))
			sealed[i] = trail.Sealed{Leaf: leaves[i], Epoch: "e", Box: []byte("box")}
		}
		b := head.Append(leaves...)
		if err := tx.AppendTrail(b, sealed); err != nil {
			return err
		}
		if cp, err = s.signer.Checkpoint(rand.Reader, b.Head); err != nil {
			return err
		}
		tx.AddCheckpoint(cp.Size, cp.Signed)
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return cp
}

func (s *served) prover(cp trail.Checkpoint) witness.Prover {
	return func(ctx context.Context, size int64) (proof []trail.Hash, err error) {
		err = s.db.Read(ctx, func(tx *store.Tx) error {
			proof, err = cp.ProveSince(size, tx)
			return err
		})
		return proof, err
	}
}

func (s *served) fetcher(tb testing.TB) *client.HTTPFetcher {
	tb.Helper()
	f, err := client.NewHTTPFetcher(s.url, http.DefaultClient)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

// leafHashes are what fsck wants of an entry bundle.
func leafHashes(bundle []byte) ([][]byte, error) {
	leaves, err := trail.ParseBundle(bundle, len(bundle)/(2+trail.LeafSize))
	var out [][]byte
	for _, l := range leaves {
		h := l.Hash()
		out = append(out, h[:])
	}
	return out, err
}

// TestTesseraReadsTheTrail: Tessera's client takes our checkpoint, its proofs
// out of our tiles hold, and fsck goes through the whole log.
func TestTesseraReadsTheTrail(t *testing.T) {
	ctx := t.Context()
	s := newServed(t)
	for _, size := range []int{1, 299, 1000} {
		before := s.add(t, 1)
		after := s.add(t, size)
		f := s.fetcher(t)
		cp, _, n, err := client.FetchCheckpoint(ctx, f.ReadCheckpoint, s.note, origin)
		if err != nil || int64(cp.Size) != after.Size || string(cp.Hash) != string(after.Root[:]) {
			t.Fatalf("%+v, %v", cp, err)
		}
		if len(n.UnverifiedSigs) != 1 { // the SM2 line, which it passes over
			t.Errorf("%d other signatures", len(n.UnverifiedSigs))
		}
		pb, err := client.NewProofBuilder(ctx, cp.Size, f.ReadTile)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range []uint64{0, cp.Size / 3, cp.Size - 1} {
			path, err := pb.InclusionProof(ctx, i)
			if err != nil {
				t.Fatal(err)
			}
			h := trail.Leaf(suite.Intl().Digest(fmt.Append(nil, "", i))).Hash()
			if err := proof.VerifyInclusion(rfc6962.DefaultHasher, i, cp.Size, h[:], path, cp.Hash); err != nil {
				t.Errorf("entry %d of %d: %v", i, cp.Size, err)
			}
		}
		path, err := pb.ConsistencyProof(ctx, uint64(before.Size), cp.Size)
		if err != nil {
			t.Fatal(err)
		}
		if err := proof.VerifyConsistency(rfc6962.DefaultHasher, uint64(before.Size), cp.Size, path, before.Root[:], cp.Hash); err != nil {
			t.Errorf("%d to %d: %v", before.Size, cp.Size, err)
		}
		if err := fsck.New(origin, s.note, f, leafHashes, fsck.Opts{N: 2}).Check(ctx); err != nil {
			t.Errorf("fsck at %d: %v", cp.Size, err)
		}
	}
}

// TestFsckSeesAForgery: what VerifyLog finds, fsck finds too.
func TestFsckSeesAForgery(t *testing.T) {
	s := newServed(t)
	s.add(t, 600)
	f := forged{s.fetcher(t)}
	if err := fsck.New(origin, s.note, f, leafHashes, fsck.Opts{N: 2}).Check(t.Context()); err == nil {
		t.Error("an altered entry passes")
	}
}

// forged changes one bit of one entry.
type forged struct{ *client.HTTPFetcher }

func (f forged) ReadEntryBundle(ctx context.Context, i uint64, p uint8) ([]byte, error) {
	b, err := f.HTTPFetcher.ReadEntryBundle(ctx, i, p)
	if err == nil && i == 1 {
		b[40] ^= 1
	}
	return b, err
}

// TestThePublicWitness cosigns our checkpoints for our client, and no fork.
func TestThePublicWitness(t *testing.T) {
	s := newServed(t)
	skey, vkey, err := note.GenerateKey(rand.Reader, "witness.test/public")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := f_note.NewSignerForCosignatureV1(skey)
	if err != nil {
		t.Fatal(err)
	}
	public, err := pubwitness.New(t.Context(), pubwitness.Opts{
		Persistence: inmemory.New(), Signers: []note.Signer{signer},
		VerifierForLog: func(_ context.Context, o string) (note.Verifier, bool, error) { return s.note, o == origin, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", pubwitness.NewHTTPHandler(public).AddCheckpoint)
	srv := httptest.NewServer(mux)
	defer srv.Close()
	key, err := trail.ParseWitnessKey(vkey)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(l *served, cp trail.Checkpoint) error {
		g, err := witness.NewGroup(http.DefaultClient, 1, witness.Peer{Key: key, URL: srv.URL})
		if err != nil {
			t.Fatal(err)
		}
		out, _, err := g.Cosign(t.Context(), cp, l.prover(cp))
		if err != nil {
			return err
		}
		got, err := l.signer.Verifier().Requiring(g.Quorum()).Open(out.Signed)
		if err == nil && (len(got.Witnessed) != 1 || time.Since(got.Witnessed[0].At) > time.Minute) {
			t.Errorf("%+v", got.Witnessed)
		}
		return err
	}
	for _, n := range []int{5, 1, 400} {
		cp := s.add(t, n)
		for range 2 { // the second time it is asked about the size it stands at
			if err := ask(s, cp); err != nil {
				t.Fatalf("at %d: %v", cp.Size, err)
			}
		}
	}
	fork := newServed(t)
	fork.signer, fork.salt = s.signer, "another history"
	for _, n := range []int{406, 10} { // at the size it stands at, and beyond
		cp := fork.add(t, n)
		if err := ask(fork, cp); !errors.Is(err, witness.ErrProof) {
			t.Errorf("a fork at %d: %v", cp.Size, err)
		}
	}
}

// ourWitness serves a witness of ours.
func ourWitness(t *testing.T, logs ...*trail.Verifier) (*witness.Witness, *url.URL) {
	t.Helper()
	c, err := trail.NewCosigner("witness.test/ours", newKey(t, suite.Intl()))
	if err != nil {
		t.Fatal(err)
	}
	state, _, err := witness.OpenState(filepath.Join(t.TempDir(), "state"))
	if err != nil {
		t.Fatal(err)
	}
	w, err := witness.New(c, state, rand.Reader, logs...)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(witness.Handler(w, time.Now, slog.New(slog.DiscardHandler)))
	t.Cleanup(func() { srv.Close(); _ = state.Close() })
	u, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	return w, u
}

// TestOurWitness answers the public client as the public witness does.
func TestOurWitness(t *testing.T) {
	ctx := t.Context()
	s := newServed(t)
	w, at := ourWitness(t, s.signer.Verifier())
	v, err := f_note.NewVerifierForCosignatureV1(w.Key().String())
	if err != nil {
		t.Fatal(err)
	}
	c := whttp.NewWitness(at, http.DefaultClient)
	raw := func(hashes []trail.Hash) (out [][]byte) {
		for _, h := range hashes {
			out = append(out, h[:])
		}
		return out
	}
	first := s.add(t, 10)
	sigs, _, err := c.Update(ctx, 0, first.Signed, nil)
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(append(first.Signed[:len(first.Signed):len(first.Signed)], sigs...), note.VerifierList(v, s.note))
	if err != nil || len(n.Sigs) != 2 {
		t.Fatalf("%+v, %v", n, err)
	}
	if at, err := f_note.CoSigV1Timestamp(n.Sigs[1]); err != nil || time.Since(at) > time.Minute {
		t.Errorf("cosigned at %v, %v", at, err)
	}
	second := s.add(t, 300)
	path, err := s.prover(second)(ctx, 10)
	if err != nil {
		t.Fatal(err)
	}
	if _, size, err := c.Update(ctx, 0, second.Signed, nil); !errors.Is(err, pubwitness.ErrCheckpointStale) || size != 10 {
		t.Errorf("from nothing: %d, %v", size, err)
	}
	if _, _, err := c.Update(ctx, 10, second.Signed, raw(path[1:])); !errors.Is(err, pubwitness.ErrInvalidProof) {
		t.Errorf("half a proof: %v", err)
	}
	if _, _, err := c.Update(ctx, 311, second.Signed, nil); !errors.Is(err, pubwitness.ErrOldSizeInvalid) {
		t.Errorf("from more than there is: %v", err)
	}
	if _, _, err := c.Update(ctx, 10, second.Signed, raw(path)); err != nil {
		t.Error(err)
	}
	stranger := newServed(t)
	if _, _, err := c.Update(ctx, 310, stranger.add(t, 400).Signed, nil); !errors.Is(err, pubwitness.ErrNoValidSignature) {
		t.Errorf("another key: %v", err)
	}
}

// TestOurWitnessForTessera: Tessera's own log gets its cosignatures of us.
func TestOurWitnessForTessera(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	skey, vkey, err := note.GenerateKey(rand.Reader, "tessera.test/log")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	logKey, err := trail.ParseVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	w, at := ourWitness(t, logKey)
	peer, err := tessera.NewWitness(w.Key().String(), at)
	if err != nil {
		t.Fatal(err)
	}
	opts := tessera.NewAppendOptions().WithCheckpointSigner(signer).WithCheckpointInterval(100*time.Millisecond).
		WithBatching(1, 10*time.Millisecond).WithWitnesses(tessera.NewWitnessGroup(1, peer), nil)
	a := newAppender(ctx, t, opts)
	for i := range 5 {
		if _, _, err := a.await.Await(ctx, a.Add(ctx, tessera.NewEntry(fmt.Append(nil, i)))); err != nil {
			t.Fatal(err)
		}
	}
	signed, err := a.reader.ReadCheckpoint(ctx)
	if err != nil {
		t.Fatal(err)
	}
	q, err := trail.NewQuorum(1, w.Key())
	if err != nil {
		t.Fatal(err)
	}
	cp, err := logKey.Requiring(q).Open(signed)
	if err != nil || cp.Size < 5 || len(cp.Witnessed) != 1 {
		t.Errorf("%+v, %v", cp, err)
	}
}

// appender is a Tessera log on files.
type appender struct {
	*tessera.Appender
	reader tessera.LogReader
	await  *tessera.PublicationAwaiter
}

func newAppender(ctx context.Context, tb testing.TB, opts *tessera.AppendOptions) appender {
	tb.Helper()
	driver, err := posix.New(ctx, posix.Config{Path: filepath.Join(tb.TempDir(), "log")})
	if err != nil {
		tb.Fatal(err)
	}
	a, shutdown, reader, err := tessera.NewAppender(ctx, driver, opts)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		late, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = shutdown(late)
	})
	return appender{a, reader, tessera.NewPublicationAwaiter(ctx, reader.ReadCheckpoint, 5*time.Millisecond)}
}
