package main

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"github.com/fengcun/fengcun/internal/api"
)

type qualityCmd struct {
	List   qualityListCmd   `cmd:"" help:"What your agency has to mend in its reports. 数据质量待办."`
	Answer qualityAnswerCmd `cmd:"" help:"Answer that what was reported is right. 答复."`
}

type qualityListCmd struct {
	officerFlags
	State  string `default:"open" enum:"open,mended,answered" help:"open, mended or answered. 状态."`
	Limit  int    `default:"50" help:"At most this many. 最多条数."`
	Offset int    `help:"Leave out the first. 跳过条数."`
}

// Run prints each item: what is wrong, what it rests on, how to mend it.
func (c *qualityListCmd) Run(e *env) error {
	d, err := c.open(e)
	if err != nil {
		return err
	}
	var list []api.QualityItemView
	if err := d.get(fmt.Sprintf("/api/v1/quality/items?state=%s&limit=%d&offset=%d", c.State, c.Limit, c.Offset), &list); err != nil {
		return err
	}
	for i := range list {
		tellFault(e, &list[i])
	}
	return nil
}

func tellFault(e *env, v *api.QualityItemView) {
	fmt.Fprintf(e.stdout, "%s\t%s\t%s\tsince %s\t%s\t%s\n", v.Record, v.ID, v.Rule, v.Since, v.Law, v.Agency)
	fmt.Fprintf(e.stdout, "  %s %s\n", v.Zh, v.En)
	var types []string
	for _, t := range v.Missing {
		types = append(types, t.Chinese())
	}
	for _, x := range [][2]string{
		{"missing 缺少", strings.Join(types, " / ")}, {"expected 应当", v.Expected}, {"stated 所报", v.Stated}, {"field 字段", v.Field}, {"mend 改正", v.MendZh},
	} {
		if x[1] != "" {
			fmt.Fprintf(e.stdout, "  %s: %s\n", x[0], x[1])
		}
	}
	for _, s := range v.Statements {
		fmt.Fprintf(e.stdout, "  event 事件: %s %s %s %s %s\n", s.Source, s.Event, s.Type.Chinese(), s.Date, s.Says)
	}
	for _, n := range v.Numbers {
		fmt.Fprintf(e.stdout, "  %s: %s\n", n.Kind, n.No)
	}
	fmt.Fprintf(e.stdout, "  facts 依据: %s\n", cmp.Or(v.Facts, "—"))
}

type qualityAnswerCmd struct {
	officerFlags
	Record string `arg:"" help:"The record, or its case code. 记录或案件编号."`
	ID     string `arg:"" help:"The item. 问题编号."`
	Facts  string `required:"" help:"As the list gave them: an answer is good for these. 依据."`
	Note   string `required:"" help:"Why what was reported is right; it stays in the trail. 理由."`
}

// Run answers an item, once.
func (c *qualityAnswerCmd) Run(e *env) error {
	d, err := c.open(e)
	if err != nil {
		return err
	}
	code, err := caseOf(c.Record)
	if err != nil {
		return err
	}
	body := map[string]string{"facts": c.Facts, "note": c.Note}
	if err := d.post("/api/v1/quality/items/"+string(code)+"/"+url.PathEscape(c.ID)+"/answer", body, nil); err != nil {
		return err
	}
	fact(e.stdout, "answered 已答复", c.ID)
	return nil
}
