// Command fengcun is the platform for sealing minor-crime records in one
// binary: the server, the demonstration, and the tools of those who run it,
// feed it and check it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
)

// version is stamped at build time.
var version = "unknown" //nolint:gochecknoglobals // set by the linker

// cli is the command line; each field's Run does the work.
type cli struct {
	Demo        demoCmd        `cmd:"" help:"Run the platform on a made-up province, with every role. 演示: 虚构的一省, 全部角色."`
	Serve       serveCmd       `cmd:"" help:"Run the platform. 运行平台."`
	Vault       vaultCmd       `cmd:"" help:"Run the vault as a process of its own. 独立运行密库."`
	Migrate     migrateCmd     `cmd:"" help:"Bring the database's schema up to date. 升级数据库结构."`
	Intake      intakeCmd      `cmd:"" help:"Push events from NDJSON, CSV and XLSX files, resumable. 报送事件文件, 可续传."`
	Backfill    backfillCmd    `cmd:"" help:"The sealing of history: take files in, say what would be sealed, seal. 历史记录的批量封存."`
	Gateway     gatewayCmd     `cmd:"" help:"Report for an agency: watch folders and SQL views, push what comes. 报送网关: 监视文件夹与数据库视图."`
	Query       queryCmd       `cmd:"" help:"Ask for a sealed record, approve, open. 查询申请, 审批, 开启."`
	Unseal      unsealCmd      `cmd:"" help:"Return a sealed record to the ledger: ask, approve, execute. 解封."`
	Review      reviewCmd      `cmd:"" help:"The review queue. 审核队列."`
	Notice      noticeCmd      `cmd:"" help:"Sealing and unsealing notices, acknowledgement. 通知与回执."`
	Quality     qualityCmd     `cmd:"" help:"What is wrong with what your agency reported, and answers. 数据质量."`
	Case        caseCmd        `cmd:"" help:"A case by its code. 案件."`
	Pack        PackCmd        `cmd:"" help:"Policy packs: list, test, eval, diff. 政策包."`
	Simulate    simulateCmd    `cmd:"" help:"Whom would a policy pack reach? 政策模拟: 各规则覆盖多少人."`
	Facts       factsCmd       `cmd:"" help:"The facts of a platform, for simulate --facts. 导出统计事实."`
	Judgment    judgmentCmd    `cmd:"" help:"Texts of judgments. 裁判文书."`
	Log         logCmd         `cmd:"" help:"The trail. 留痕日志."`
	Witness     witnessCmd     `cmd:"" help:"Cosign a log's checkpoints, so that it cannot fork. 见证日志检查点."`
	Certificate certificateCmd `cmd:"" help:"Certificates of no criminal record. 无犯罪记录证明."`
	Account     accountCmd     `cmd:"" help:"Accounts with which officers sign in to the pages. 账号."`
	Keys        keysCmd        `cmd:"" help:"The platform's keys. 密钥."`
	Clock       clockCmd       `cmd:"" help:"The latest time the platform has seen; reset it after a clock ran ahead. 平台时间水位."`
	Version     versionCmd     `cmd:"" help:"Print the version. 版本."`
}

// env is what a command may touch of the world.
type env struct {
	ctx    context.Context //nolint:containedctx // lives as long as the command
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	now    func() time.Time
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(&env{ctx: ctx, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, now: time.Now}, os.Args[1:])
	stop()
	os.Exit(code)
}

// exitError is an error that a command has already told; it carries the status.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// run is main without the process: 0 done, 1 failed or refused, 2 wrong usage.
func run(e *env, args []string) int {
	var c cli
	left := -1
	parser, err := kong.New(&c,
		kong.Name("fengcun"),
		kong.Description("封存 Fengcun: the platform that makes the sealing of minor-crime records hold."),
		kong.Writers(e.stdout, e.stderr),
		kong.Exit(func(code int) { left = code }),
		kong.UsageOnError(),
		kong.Bind(e),
		kong.Vars{"grounds": groundsHelp()},
	)
	if err != nil {
		fmt.Fprintln(e.stderr, "fengcun:", err)
		return 2
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if left >= 0 { // --help
		return left
	}
	if err != nil {
		fmt.Fprintln(e.stderr, "fengcun:", err)
		return 2
	}
	err = k.Run(e)
	var code exitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	}
	fmt.Fprintln(e.stderr, "fengcun:", err)
	return 1
}

type versionCmd struct{}

func (versionCmd) Run(e *env) error {
	_, err := fmt.Fprintln(e.stdout, "fengcun", version)
	return err
}
