package desk_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/fengcun/fengcun/internal/docket"
)

func application(p docket.Identity) url.Values {
	return url.Values{"name": {p.Name}, "document": {docket.ResidentID}, "number": {p.Number}, "purpose": {"求职"}}
}

// TestCertificateTellsNothing issues one for a sealed person and one for a
// person who was never recorded, and compares the pages.
func TestCertificateTellsNothing(t *testing.T) {
	s := newStage(t, stageOptions{})
	cast := s.demo.Cast()
	v := s.as("window")
	var seen []string
	for _, p := range []docket.Identity{cast.DrunkDriver, cast.NoRecord} {
		to := v.sent("/certificates", application(p))
		id := strings.TrimPrefix(to, "/certificates/")
		body := v.page(to)
		v.has(body, p.Name, p.Number, "未发现有犯罪记录")
		text := v.get(to + "/text")
		if text.status != http.StatusOK || !strings.HasPrefix(text.header.Get("Content-Type"), "text/plain") || !strings.Contains(text.body, id) {
			t.Errorf("the signed text: %d %v", text.status, text.header)
		}
		body = words(body)
		for _, own := range append([]string{p.Name, p.Number, id, p.Birth.Chinese(), "，" + p.Sex}, hexes(body)...) {
			body = strings.ReplaceAll(body, own, "…")
		}
		seen = append(seen, body)
	}
	if seen[0] != seen[1] {
		t.Errorf("the two can be told apart:\n%s\n%s", seen[0], seen[1])
	}
}

// hexes are the digests on a page.
func hexes(body string) (out []string) {
	for _, word := range strings.Fields(body) {
		if len(word) == 64 {
			out = append(out, word)
		}
	}
	return out
}

func TestCertificateIsLeftToAHuman(t *testing.T) {
	s := newStage(t, stageOptions{})
	v := s.as("window")
	to := v.sent("/certificates", application(s.demo.Cast().GraverPartner))
	if !strings.HasPrefix(to, "/deferrals/") {
		t.Fatal(to)
	}
	v.has(v.page(to), "须人工审查", "异议途径")
	if a := v.post("/certificates", url.Values{"name": {"某"}, "number": {"1"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "证件号码有误") {
		t.Errorf("a wrong application: %d", a.status)
	}
	if a := s.as("window-990102").get("/certificates/" + issued(v, s.demo.Cast().NoRecord)); a.status != http.StatusNotFound {
		t.Errorf("another station reads a certificate: %d", a.status)
	}
}

func issued(v *visitor, p docket.Identity) string {
	return strings.TrimPrefix(v.sent("/certificates", application(p)), "/certificates/")
}

// TestVerification asks by number, by pasted text and by file.
func TestVerification(t *testing.T) {
	s := newStage(t, stageOptions{})
	v := s.as("window")
	id := issued(v, s.demo.Cast().NoRecord)
	text := v.get("/certificates/" + id + "/text").body
	public := s.visitor()
	public.has(public.page("/certificates/check?code="+id), "answer-unknown", "answer-holds", "有效")
	public.has(public.page("/certificates/check?code="+strings.ToLower(id)), "answer-holds")
	public.has(public.page("/certificates/check?code=7K3M"), "没有这个编号的证明")
	public.has(public.page("/certificates/check"), "核验全文")

	pasted := public.post("/certificates/check", url.Values{"text": {strings.ReplaceAll(text, "\n", "\r\n")}})
	if strings.Count(pasted.body, "answer-holds") != 3 {
		t.Errorf("the pasted text: %d %s", pasted.status, words(pasted.body))
	}
	if strings.Contains(pasted.body, s.demo.Cast().NoRecord.Name) {
		t.Error("the answer repeats the person's name")
	}
	altered := public.post("/certificates/check", url.Values{"text": {strings.Replace(text, s.demo.Cast().NoRecord.Name, "张三", 1)}})
	public.has(altered.body, "answer-fails", "不真实")
	nothing := public.post("/certificates/check", url.Values{"text": {"一段别的话"}})
	public.has(nothing.body, "不是本平台的证明文本")
	if a := public.post("/certificates/check", nil); a.status != http.StatusOK {
		t.Errorf("nothing pasted: %d", a.status)
	}
	if a := public.upload(text); strings.Count(a.body, "answer-holds") != 3 {
		t.Errorf("the file: %d %s", a.status, words(a.body))
	}
}

func (v *visitor) upload(text string) answer {
	v.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	f, err := w.CreateFormFile("file", "certificate.txt")
	v.must(err)
	_, err = f.Write([]byte(text))
	v.must(err)
	v.must(w.Close())
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, v.url+"/certificates/check", &b)
	v.must(err)
	req.Header.Set("Content-Type", w.FormDataContentType())
	return v.do(req)
}
