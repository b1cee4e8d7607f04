// Package browsertest drives Debian's Chromium for tests of the pages. It
// notes everything the browser complains of: a breach of the content security
// policy, an error on the console, an uncaught exception, a failed request.
package browsertest

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Executable is where Debian's package puts the browser.
const Executable = "/usr/bin/chromium"

// Browser is one tab with its own profile.
type Browser struct {
	t   testing.TB
	ctx context.Context

	mu         sync.Mutex
	complaints []string
}

// New starts a browser that ends with the test. A missing one fails the test:
// the pages are not tested without it. A -short run skips the test.
func New(t testing.TB) *Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser is started in the long run only")
	}
	if _, err := os.Stat(Executable); err != nil {
		t.Fatalf("%v: install Debian's package chromium (tools/setup test)", err)
	}
	opts := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(Executable), chromedp.UserDataDir(t.TempDir()),
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.NoSandbox, chromedp.Headless, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("font-render-hinting", "none"), chromedp.Flag("lang", "zh-CN"),
	}
	ctx, cancelAllocator := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, cancel := chromedp.NewContext(ctx)
	b := &Browser{t: t, ctx: ctx}
	t.Cleanup(func() {
		cancel()
		cancelAllocator()
	})
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	b.Size(1360, 900)
	return b
}

// hear keeps what the browser complains of.
func (b *Browser) hear(ev any) {
	switch ev := ev.(type) {
	case *runtime.EventConsoleAPICalled:
		if ev.Type == runtime.ConsoleAPICalledTypeError || ev.Type == runtime.ConsoleAPICalledTypeWarning {
			var words []string
			for _, a := range ev.Args {
				words = append(words, fmt.Sprint(a.Value, a.Description))
			}
			b.note("console: " + strings.Join(words, " "))
		}
	case *runtime.EventExceptionThrown:
		d := ev.ExceptionDetails
		if d.Exception != nil {
			d.Text += " " + d.Exception.Description
		}
		b.note("exception: " + d.Text)
	case *cdplog.EventEntryAdded:
		if ev.Entry.Level == cdplog.EntryLevelError || ev.Entry.Level == cdplog.EntryLevelWarning {
			b.note(fmt.Sprintf("%s: %s %s", ev.Entry.Source, ev.Entry.Text, ev.Entry.URL))
		}
	}
}

func (b *Browser) note(s string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = append(b.complaints, s)
}

// Complaints gives what the browser complained of since the last call.
func (b *Browser) Complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	c := b.complaints
	b.complaints = nil
	return c
}

// Do runs actions; an error ends the test.
func (b *Browser) Do(what string, actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}

// Open goes to an address and waits for the page.
func (b *Browser) Open(url string) {
	b.t.Helper()
	b.Do("open "+url, chromedp.Navigate(url), chromedp.WaitReady(chromedp.CSS("body")))
}

// Size sets the window's width and height in CSS pixels.
func (b *Browser) Size(width, height int64) {
	b.t.Helper()
	b.Do("size the window", chromedp.EmulateViewport(width, height))
}

// Eval runs an expression in the page of b.
func Eval[T any](b *Browser, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("evaluate %.80s: %v", expression, err)
	}
	return v
}

//go:embed audit.js
var audit string

// Audit gives what is wrong with the page for those who read it by keyboard,
// by a screen reader or with weak eyes (WCAG 2.1 AA: 1.1.1, 1.3.1, 1.4.3,
// 1.4.10, 2.4.2, 3.1.1, 4.1.2), as far as a program can tell.
func (b *Browser) Audit() []string {
	b.t.Helper()
	return Eval[[]string](b, audit)
}

// Screenshot saves the whole page as NAME.png in the folder that the
// environment variable FENGCUN_SCREENSHOTS names, if it does.
func (b *Browser) Screenshot(name string) {
	b.t.Helper()
	dir := os.Getenv("FENGCUN_SCREENSHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatalf("screenshot %s: %v", name, err)
	}
	b.save(dir, name+".png", png)
}

// PDF prints the page; it is saved beside the screenshots.
func (b *Browser) PDF(name string) []byte {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	pdf, err := chromedp.Run(ctx, chromedp.PrintToPDF())
	if err != nil {
		b.t.Fatalf("print %s: %v", name, err)
	}
	if dir := os.Getenv("FENGCUN_SCREENSHOTS"); dir != "" {
		b.save(dir, name+".pdf", pdf)
	}
	return pdf
}

func (b *Browser) save(dir, name string, data []byte) {
	b.t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		b.t.Fatal(err)
	}
}
