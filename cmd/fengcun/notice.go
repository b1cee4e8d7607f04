package main

import (
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/fengcun/fengcun/internal/api"
	"github.com/fengcun/fengcun/internal/docket"
	"github.com/fengcun/fengcun/internal/notice"
	"github.com/fengcun/fengcun/internal/suite"
)

type noticeCmd struct {
	List   noticeListCmd   `cmd:"" help:"Letters to your agency. 通知列表."`
	Ack    noticeAckCmd    `cmd:"" help:"Acknowledge that your agency has dealt with its own copy. 回执."`
	Letter noticeLetterCmd `cmd:"" help:"A letter about many records: its lines, its answer. 批量通知."`
}

type noticeListCmd struct {
	officerFlags
	Limit   int    `default:"50" help:"At most this many. 最多条数."`
	Offset  int    `help:"Leave out the first. 跳过条数."`
	Letters string `type:"existingfile" help:"File with the agency's letter key: shows the agency's own numbers of each case. 通知解密密钥."`
}

// Run prints a line for each letter: record, id, kind, due day, answer.
func (c *noticeListCmd) Run(e *env) error {
	d, err := c.open(e)
	if err != nil {
		return err
	}
	key, err := c.letterKey()
	if err != nil {
		return err
	}
	var list []api.NoticeView
	if err := d.get(fmt.Sprintf("/api/v1/notices?limit=%d&offset=%d", c.Limit, c.Offset), &list); err != nil {
		return err
	}
	for _, n := range list {
		state := "waits 待回执"
		if n.Acknowledged != nil {
			state = "acknowledged 已回执 " + n.By
		}
		what := n.Record
		if n.Records > 0 {
			what = fmt.Sprintf("records 记录数 %d", n.Records)
		}
		fmt.Fprintf(e.stdout, "%s\t%s\t%s\tdue %s\t%s\n", what, n.ID, kindText(n.Kind), n.Due, state)
		if !key.IsZero() && n.Records == 0 {
			tellLetter(e, key, n)
		}
	}
	return nil
}

func kindText(kind string) string {
	if kind == "unseal" {
		return "unseal 解封"
	}
	return "seal 封存"
}

func (c *noticeListCmd) letterKey() (key suite.DecryptKey, err error) {
	return readLetterKey(c.Letters)
}

// readLetterKey reads the key by which an agency reads its letters; none where
// no file is named.
func readLetterKey(file string) (key suite.DecryptKey, err error) {
	if file == "" {
		return key, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return key, fmt.Errorf("--letters: %w", err)
	}
	if key, err = suite.ParseDecryptKey(strings.TrimSpace(string(text))); err != nil {
		return key, fmt.Errorf("--letters: %s holds no letter key", file)
	}
	return key, nil
}

func tellLetter(e *env, key suite.DecryptKey, n api.NoticeView) {
	id, err := docket.ParseRecordID(n.Record)
	if err != nil {
		return
	}
	l, err := notice.Decrypt(key, n.Agency, id, n.Letter)
	if err != nil {
		fmt.Fprintln(e.stdout, "  the letter does not open with this key 无法解密")
		return
	}
	for _, no := range l.Numbers {
		fmt.Fprintf(e.stdout, "  %s: %s\n", no.Kind, no.No)
	}
}

type noticeAckCmd struct {
	officerFlags
	Record string `arg:"" help:"The record, or its case code. 记录或案件编号."`
	ID     string `arg:"" help:"The notice. 通知编号."`
}

// Run acknowledges, once.
func (c *noticeAckCmd) Run(e *env) error {
	d, err := c.open(e)
	if err != nil {
		return err
	}
	code, err := caseOf(c.Record)
	if err != nil {
		return err
	}
	if err := d.post("/api/v1/notices/"+string(code)+"/"+url.PathEscape(c.ID)+"/acknowledgement", nil, nil); err != nil {
		return err
	}
	fact(e.stdout, "acknowledged 已回执", c.ID)
	return nil
}
