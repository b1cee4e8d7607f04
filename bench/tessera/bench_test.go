package tessera_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"github.com/transparency-dev/tessera"
	"golang.org/x/mod/sumdb/note"

	"github.com/fengcun/fengcun/internal/agency"
	"github.com/fengcun/fengcun/internal/registry/registrytest"
	"github.com/fengcun/fengcun/internal/store/storetest"
)

// leastTimes is how much sooner than with Tessera an entry must stand under a
// signed root.
const leastTimes = 5

// BenchmarkAppendToSignedRoot is from an act to a signed checkpoint over its
// entry, both on disk: the platform's whole path, with the entry encrypted to
// the auditor, against Tessera's appender on files at the shortest interval
// that it takes. They take turns, so that both meet the same machine.
func BenchmarkAppendToSignedRoot(b *testing.B) {
	for _, e := range storetest.Engines() {
		b.Run(string(e), func(b *testing.B) {
			w := registrytest.New(b, registrytest.Options{Engine: e})
			clerk := registrytest.OfficerID(registrytest.Court, agency.SealClerk)
			peer := tesseraLog(b)
			var ours, theirs time.Duration
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				if err := w.Reg.SignedIn(b.Context(), clerk, w.Now); err != nil {
					b.Fatal(err)
				}
				if _, err := w.Reg.Publish(b.Context()); err != nil {
					b.Fatal(err)
				}
				ours += time.Since(start)
				start = time.Now()
				if _, _, err := peer.await.Await(b.Context(), peer.Add(b.Context(), tessera.NewEntry(fmt.Append(nil, i)))); err != nil {
					b.Fatal(err)
				}
				theirs += time.Since(start)
			}
			times := theirs.Seconds() / ours.Seconds()
			b.ReportMetric(float64(ours.Microseconds())/float64(b.N), "us/fengcun")
			b.ReportMetric(float64(theirs.Microseconds())/float64(b.N), "us/tessera")
			b.ReportMetric(times, "times-less")
			if b.N > 10 && times < leastTimes {
				b.Errorf("%.1f times less latency than Tessera, want %d", times, leastTimes)
			}
		})
	}
}

func tesseraLog(b *testing.B) appender {
	b.Helper()
	skey, _, err := note.GenerateKey(rand.Reader, "tessera.test/log")
	if err != nil {
		b.Fatal(err)
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	b.Cleanup(cancel)
	return newAppender(ctx, b, tessera.NewAppendOptions().WithCheckpointSigner(signer).
		WithCheckpointInterval(100*time.Millisecond).WithBatching(1, time.Millisecond))
}
