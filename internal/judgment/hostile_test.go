package judgment_test

import (
	"strings"
	"testing"
	"time"

	"github.com/fengcun/fengcun/internal/judgment"
)

// TestHostileTextIsReadInTime reads texts made to be slow: the time must grow
// with the length, not with its square.
func TestHostileTextIsReadInTime(t *testing.T) {
	head := "（2021）岭0102刑初1号。被告人甲某，男。被告人乙某，男。审理终结。本院认为，"
	for name, text := range map[string]string{
		"names":     head + strings.Repeat("甲某", 40000) + "判决如下：甲某犯盗窃罪，判处拘役一个月。审判员",
		"words":     head + strings.Repeat("自首谅解赔偿", 20000) + "判决如下：甲某犯盗窃罪，判处拘役一个月。审判员",
		"brackets":  head + "判决如下：" + strings.Repeat("（", 60000),
		"quotes":    head + "判决如下：" + strings.Repeat("“", 60000),
		"crimes":    head + "判决如下：甲某犯" + strings.Repeat("盗窃罪、", 20000),
		"subjects":  head + "判决如下：" + strings.Repeat("甲某犯盗窃罪，", 20000),
		"clauses":   head + "判决如下：" + strings.Repeat("维持，撤销部分，", 20000),
		"items":     head + "判决如下：" + strings.Repeat("一、二、", 30000),
		"digits":    strings.Repeat("1", 200000),
		"years":     head + strings.Repeat("二〇一九年", 30000),
		"parties":   "（2021）岭0102刑初1号。" + strings.Repeat("被告人甲某乙，男。", 10000),
		"different": "（2021）岭0102刑初1号。" + manyParties(3000) + "审理终结。判决如下：",
		"announced": strings.Repeat("如下", 60000),
		"cited":     head + strings.Repeat("判决：甲某犯盗窃罪", 8000) + "裁定如下：驳回上诉，维持原判。审判长",
	} {
		begin := time.Now()
		judgment.Read(text)
		if took := time.Since(begin); took > 3*time.Second {
			t.Errorf("%s: %d KB took %s", name, len(text)>>10, took)
		} else {
			t.Logf("%s: %d KB took %s", name, len(text)>>10, took.Round(time.Millisecond))
		}
	}
}

func manyParties(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("被告人")
		b.WriteRune(rune(0x5000 + i%1000))
		b.WriteRune(rune(0x6000 + i/1000))
		b.WriteString("，男。")
	}
	return b.String()
}
