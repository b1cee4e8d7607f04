package province_test

import (
	"testing"

	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/province"
)

// BenchmarkParse parses the mix of events that a province sends.
func BenchmarkParse(b *testing.B) {
	var sent [][]byte
	bytes := 0
	for e := range province.New(1, 1000, first, last).Events() {
		raw, err := e.Encode()
		if err != nil {
			b.Fatal(err)
		}
		sent = append(sent, raw)
		bytes += len(raw)
	}
	b.SetBytes(int64(bytes / len(sent)))
	i := 0
	for b.Loop() {
		if _, err := docket.Parse(sent[i%len(sent)]); err != nil {
			b.Fatal(err)
		}
		i++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
