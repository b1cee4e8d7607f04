package keyring

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/fengcun/fengcun/internal/suite"
)

func TestList(t *testing.T) {
	r := newRing(t, suite.GM())
	for _, agency := range []string{"990102", "990101"} {
		if _, err := r.Vault().AddCustodian(context.Background(), rand.Reader, agency); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Vault().RotateCustodian(context.Background(), rand.Reader, "990102", ""); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, i := range r.List() {
		lines = append(lines, fmt.Sprint(i.Purpose, " ", i.Suite, " ", i.Version, " ", i.Current, " ", i.Public != ""))
	}
	want := `ledger gm 1 true false
ledger person index gm 0 true false
ledger alias index gm 0 true false
custodian 990101 gm 1 true false
custodian 990102 gm 1 false false
custodian 990102 gm 2 true false
vault person index gm 0 true false
vault alias index gm 0 true false
vault record index gm 0 true false
weigh gm 0 true false
audit gm 0 true true
log intl 0 true true
log gm 0 true true
certificate gm 0 true true
receipt gm 0 true false`
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("List:\n%s\nwant:\n%s", got, want)
	}
}

func TestChangePassphrase(t *testing.T) {
	r, path := newFile(t)
	if err := r.ChangeRoot(context.Background(), rand.Reader, Root{passphrase: "新口令", cost: cheap()}); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, "口令", rand.Reader); err == nil {
		t.Error("the old passphrase still opens the file")
	}
	if _, err := Open(path, "新口令", rand.Reader); err != nil {
		t.Error(err)
	}
	if err := r.ChangePassphrase(rand.Reader, ""); err == nil {
		t.Error("an empty passphrase was taken")
	}
	if _, err := r.Ledger().Rotate(context.Background(), rand.Reader); err != nil {
		t.Errorf("after a refused change: %v", err)
	}
	if err := newRing(t, suite.Intl()).ChangePassphrase(rand.Reader, "x"); err == nil {
		t.Error("a ring in memory took a passphrase")
	}
}

// TestConcurrent: custodians are added, rotated and used at once; nothing is
// lost and the file has it all.
func TestConcurrent(t *testing.T) {
	ctx := context.Background()
	r, path := newFile(t)
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			agency := fmt.Sprintf("9901%02d", n%4)
			kek, err := r.Vault().AddCustodian(context.Background(), rand.Reader, agency)
			if err != nil {
				t.Error(err)
				return
			}
			data := r.Suite().NewKey(rand.Reader)
			wrapped, err := kek.Wrap(ctx, rand.Reader, data, nil)
			if err != nil {
				t.Error(err)
			}
			if err := r.Vault().RotateCustodian(context.Background(), rand.Reader, agency, ""); err != nil {
				t.Error(err)
			}
			if got, err := kek.Unwrap(ctx, wrapped, nil); err != nil || !got.Equal(data) {
				t.Errorf("unwrap: %v", err)
			}
		})
	}
	wg.Wait()
	again, err := Open(path, "口令", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, agency := range r.Vault().Custodians() {
		kek, err := again.Vault().Custodian(agency)
		if err != nil || kek.Version() != 3 {
			t.Errorf("%s: version %d, %v", agency, kek.Version(), err)
		}
	}
	if n := len(again.Vault().Custodians()); n != 4 {
		t.Errorf("%d custodians in the file", n)
	}
}
