"""What help says of every command, option and axis, as typed, in English and Chinese; `topics` has other words.

`views.help` shows them; `planning.options` makes options of them for magics and the command line, `completion` offers
them.
"""

from __future__ import annotations

from ..specs import Text

LETTERS = {"model": "-m", "n": "-n", "output": "-o", "quiet": "-q"}
"""Options that have a letter, too."""

COMMANDS: dict[str, Text] = {
    "help [WORD]": Text(
        "this, or what a model or function takes, or what any other word means: a command, an option, a setting, "
        "a state, an error, a code (or 429)",
        "本页；或查看模型、功能的用法，以及命令、选项、设置、状态、错误、错误码（或 429）等任何词的含义",
    ),
    "models [MODEL]": Text(
        "models with price, limits and usual time; or one of them", "模型的价格、限流与通常耗时；或查看其中一个"
    ),
    "functions [FUNCTION]": Text("functions of the edit model; or one of them", "编辑模型的功能；或查看其中一个"),
    "jobs": Text("the jobs of this kernel", "本内核的作业"),
    "fetch JOB": Text("show a job's output again", "再次显示作业的输出"),
    "wait [JOB ...]": Text("block until these (or all) jobs have ended", "等待这些（或全部）作业结束"),
    "cancel JOB": Text("cancel a job that does not run yet", "取消尚未开始运行的作业"),
    "resume [--send [JOB ...]] [--adopt TASK ...] [--forget JOB ...]": Text(
        "take up what an earlier kernel left; send what was never sent; say whose a task of unclaimed/ is",
        "继续之前内核留下的作业；发送未发送的作业；指明 unclaimed/ 中的任务属于哪个作业",
    ),
    "history [WORDS]": Text(
        "saved pictures, the newest first, as a gallery; --model, --function, --tag, --since, --until, --starred, "
        "--binned narrow it, --limit and --page turn pages; --everybody or --owner NAME: what others have put into the "
        "same bucket or folder; --rebuild reads every file again first",
        "已保存的图片图库，最新的在前；可用 --model、--function、--tag、--since、--until、--starred、--binned 筛选，"
        "--limit、--page 翻页；--everybody 或 --owner NAME：其他人存入同一存储桶或文件夹的图片；"
        "--rebuild：先重新读取所有文件",
    ),
    'rerun PICTURE|JOB ["prompt"] [--on MODEL] [options]': Text(
        "send the same request again, with what you change: options, the prompt in quotes; from disk if nothing is; "
        "--on successor (or a model) sends it there",
        "重新发送相同请求，可改动选项，或在引号中改写提示词；没有改动时直接取自本地；"
        "--on successor（或模型名）改用该模型",
    ),
    "inspect PICTURE|JOB [--json]": Text(
        "how a picture was made: everything that its Record says", "图片是如何生成的：Record 中的全部信息"
    ),
    "cost [--all] [--json]": Text(
        "what was spent: this kernel, today, this month, by model and notebook",
        "已产生的费用：本内核、今天、本月，按模型、按笔记本",
    ),
    "doctor": Text("check key, network, result hosts, folders", "检查 Key、网络、结果图片的域名与文件夹"),
    "config": Text("the settings that hold now", "当前生效的设置"),
}
"""The commands of `%wan`."""

AXES: dict[str, Text] = {
    "--axis strength=0:1:0.25": Text(
        "from, to and step, both ends included: 0, 0.25, 0.5, 0.75, 1",
        "起点、终点与步长，含两端：0、0.25、0.5、0.75、1",
    ),
    "--axis seed=1,2,5": Text(
        "these values; sizes too: --axis size=16:9,1:1", "逐个列出的取值；尺寸亦可：--axis size=16:9,1:1"
    ),
    "--axis A --axis B": Text(
        "every pair of values: a grid. Any parameter can be an axis; 100 values each and 400 cells at most",
        "两组取值的全部组合，构成网格。任何参数都可作为轴；每个轴最多 100 个取值，总计最多 400 格",
    ),
}
"""How the option is written that only `%wan_sweep` has, and what it means."""

SWITCHES: dict[str, Text] = {
    "wait": Text("block until it is done", "等待直至完成"),
    "run": Text(
        "send at once although the estimate is above confirm_above, without a Run button",
        "即使预估费用超过 confirm_above 也立即发送，不再等待点击“运行”",
    ),
    "dry-run": Text(
        "show the exact request, cost, Python call and curl line; send nothing",
        "试运行：显示完整请求、费用、Python 调用与 curl 命令；不发送",
    ),
    "no-cache": Text("draw again even if the same request is on disk", "即使本地已有相同请求的图片，也重新生成"),
    "no-paste": Text("masked edits: keep the answer as served only", "蒙版编辑：只保留服务返回的图片，不贴回原图"),
    "no-embed": Text(
        "keep prompt and settings out of the picture file, to share it; they stay in the .json beside it",
        "不把提示词与参数写入图片文件，便于分享；它们仍保存在旁边的 .json 文件中",
    ),
    "a1111": Text(
        "also write the text that A1111 and its kin read into the PNG: prompt, seed, size",
        "同时把 A1111 等工具可读的文本写入 PNG：提示词、种子、尺寸",
    ),
    "fit": Text("shrink or convert a picture that would be refused", "缩小或转换不符合要求的输入图"),
    "invert": Text("the mask means the opposite: black is edited", "蒙版含义相反：黑色为编辑区域"),
    "sync": Text(
        "use the synchronous protocol (no task id, cannot be recovered)", "使用同步调用（没有任务 ID，无法恢复）"
    ),
    "raw": Text("fill in no {name}, neither on the line nor in the body", "不替换 {name}，无论在命令行还是正文中"),
    "json": Text(
        "wait, and print the records as JSON; with --dry-run, the request",
        "等待完成，并以 JSON 格式输出 Record；与 --dry-run 同用则输出请求",
    ),
    "quiet": Text("show no caption", "不显示图片说明"),
    "traceback": Text("show the whole stack of an error", "显示错误的完整堆栈"),
}
"""Options without a value, of every magic."""

TAKING: dict[str, Text] = {
    "model": Text("a model of the table", "模型名，见 %wan models"),
    "output": Text("bind the Job to this variable at once", "立即把作业（Job）赋给该变量"),
    "to": Text(
        "expand: the proportion that the picture is to have, such as 16:9, 1280*720 or square",
        "扩图：图片的目标比例，例如 16:9、1280*720 或 square",
    ),
    "mask": Text(
        "mask file, or a variable that holds a Mask, picture or painter", "蒙版文件，或保存 Mask、图片、画板的变量"
    ),
    "keep": Text(
        "background: what is kept: a mask file (white is kept), a variable with a Mask, picture or painter, or alpha",
        "background：需保留的商品，可为蒙版文件（白色保留）、保存 Mask、图片或画板的变量，或 alpha",
    ),
    "preset": Text(
        "a style of the styles table in bailian_nb.toml or config.toml: its prompt template and parameters",
        "预设风格：bailian_nb.toml 或 config.toml 中 styles 表里的提示词模板与参数",
    ),
    "retries": Text("further tries after a fault of the service itself, 0-10", "服务端自身出错后的重试次数，0-10"),
    "max-cost": Text(
        "CNY; a higher estimate is refused; in a sweep, the cells that would pass it are not sent",
        "费用上限（元）；预估超过时拒绝；%wan_sweep 中超出上限的格不发送",
    ),
    "out-dir": Text("folder for the pictures", "保存图片的文件夹"),
}
"""Options with a value, of every magic."""

PROGRAM: dict[str, Text] = {
    "demo": Text(
        "run two notebooks on the emulator; leave pictures and a page", "用模拟器运行两个笔记本，留下图片与一个网页"
    ),
    "tutorials": Text("lay the tutorial notebooks into a folder", "把教程笔记本复制到一个文件夹"),
    "t2i": Text("draw pictures from a text", "由文字生成图片"),
    "edit": Text("edit a picture", "编辑图片"),
    "batch": Text("one call for each row of a file or folder", "对文件或文件夹中的每一行各调用一次"),
    "sweep": Text("one call over a grid of values", "同一调用，遍历一组取值"),
    "rerun": COMMANDS['rerun PICTURE|JOB ["prompt"] [--on MODEL] [options]'],
    "inspect": COMMANDS["inspect PICTURE|JOB [--json]"],
    "jobs": Text("jobs of every process, the newest first", "所有进程的作业，最新的在前"),
    "cancel": COMMANDS["cancel JOB"],
    "help": COMMANDS["help [WORD]"],
    "models": COMMANDS["models [MODEL]"],
    "functions": COMMANDS["functions [FUNCTION]"],
    "config": COMMANDS["config"],
    "emulator": Text("serve the emulator on loopback", "在本机端口上提供模拟器服务"),
    "keys": Text("temporary keys for many users from one parent key", "由一个主 Key 为多名用户发放临时 Key"),
    "doctor": COMMANDS["doctor"],
    "resume": Text("take up what was sent and is not yet on disk", "继续已发送但图片尚未保存的作业"),
    "prices": Text(
        "print the table's prices and limits as CSV; with a FILE of them, what differs",
        "以 CSV 输出本工具的价格与限流；给出 FILE 时输出与其不同之处",
    ),
    "history": COMMANDS["history [WORDS]"],
    "team": Text(
        "what all machines that share the account by Redis hold and have spent; its caps",
        "通过 Redis 共享账号的所有机器的占用与费用，以及费用上限",
    ),
    "cost": Text(
        "what was spent by list price: today, this month, by model, by notebook",
        "按目录价计的费用：今天、本月，按模型、按笔记本",
    ),
}
"""The commands of `bailian-nb`."""

PROGRAM_OPTIONS: dict[str, Text] = {
    "mask": Text("mask file: white is edited", "蒙版文件：白色为编辑区域"),
    "keep": Text("background: mask file, white is kept; or alpha", "background：蒙版文件，白色为保留区域；或 alpha"),
    "run": Text("send although the estimate is above confirm_above", "即使预估费用超过 confirm_above 也立即发送"),
    "max-cost": Text("CNY; a higher estimate is refused", "费用上限（元）；预估超过时拒绝"),
    "tutorials DIR": Text("the folder, made if it is not there", "目标文件夹，不存在时会创建"),
    "json": Text(
        "print the records as JSON; with --dry-run, the request", "以 JSON 格式输出 Record；与 --dry-run 同用则输出请求"
    ),
    "demo --out": Text("folder to leave everything in (default demo_out)", "保存全部结果的文件夹（默认 demo_out）"),
    "edit WORDS": Text(
        "FUNCTION (or its official name): {functions}; models without functions take IMAGE ... PROMPT",
        "FUNCTION（或其官方名称）可取：{functions}；没有功能之分的模型写作 IMAGE ... PROMPT",
    ),
    "emulator --port": Text("default 8787; 0 takes a free one", "默认 8787；0 表示自动选择空闲端口"),
    "emulator --strict": Text(
        "refuse parameters that a model does not know, instead of ignoring them", "拒绝模型不支持的参数，而不是忽略"
    ),
    "emulator --expiry": Text("seconds until a task and its pictures are gone", "任务与图片的保留秒数"),
    "emulator --queue": Text("tasks of a model that may wait (default 500)", "每个模型最多排队的任务数（默认 500）"),
    "emulator --over-limit": Text(
        "what a task above the tasks at once does: pending or 429", "超出并发时的处理：pending 或 429"
    ),
    "resume --send": Text("also send what was never sent", "同时发送从未发送的作业"),
    "resume --adopt": Text("tasks of unclaimed/ that are yours", "unclaimed/ 中属于您的任务"),
    "resume --forget": Text("uncertain jobs that own none of them", "状态不明、且与这些任务无关的作业"),
    "prices FILE": Text(
        "CSV with the columns that the command prints; an empty cell is not compared",
        "列与本命令输出相同的 CSV；空单元格不比较",
    ),
    "history --model": Text("only what this model made", "仅由该模型生成的图片"),
    "history --function": Text("only what this function made", "仅由该功能生成的图片"),
    "history --tag": Text("only what has this tag", "仅带有该标签的图片"),
    "history --since": Text("from this day on, such as 2026-11-29 or today", "从该日起，例如 2026-11-29 或今天"),
    "history --until": Text("up to this day, itself included", "到该日为止（含当日）"),
    "history --starred": Text("only what is starred", "仅已加星的图片"),
    "history --everybody": Text(
        "what all have put into the place of BAILIAN_NB_OUT, not what was made here",
        "列出所有人存入 BAILIAN_NB_OUT 所指位置的图片，而非本机生成的",
    ),
    "history --owner": Text("only what this colleague has put there", "仅由该同事存入该位置的图片"),
    "history --binned": Text("what lies in the bin instead", "改为列出回收站中的图片"),
    "history --rebuild": Text(
        "reads every picture's file again first: for those that another program has copied, moved or written to",
        "先重新读取每张图片的文件：用于其他程序复制、移动或改写过的图片",
    ),
    "history --page": Text("which page of these, from 1", "第几页，从 1 开始"),
    "history --limit": Text("how many at most, 1 or more (default 30)", "最多列出多少张，至少为 1（默认 30）"),
    "team WORDS": Text(
        "status (without words, too): places, line, pauses and money; cap: with --day or --month, sets it; "
        "release WHO: gives back late places of a kernel or an owner",
        "status（可省略）：名额、排队、暂停与费用；cap：配合 --day 或 --month 设置上限；"
        "release WHO：归还某个内核或使用者的超时名额",
    ),
    "team --day": Text("CNY a day for all machines together, or none", "所有机器每天合计的费用上限（元），或 none"),
    "team --month": Text("CNY a month for all machines together, or none", "所有机器每月合计的费用上限（元），或 none"),
    "team --force": Text(
        "give back places of a process that is heard of, too; its tasks may run on",
        "同时归还仍有联系的进程的名额；其任务可能仍在运行",
    ),
    "team --live": Text("show it anew each second until Ctrl-C", "每秒刷新一次，按 Ctrl-C 结束"),
    "team --json": Text("print it as JSON", "以 JSON 格式输出"),
    "cost --all": Text("every account in the journal, each by itself", "分别列出日志中的每个账号"),
    "list --json": Text("print the rows as JSON", "以 JSON 格式输出各行"),
    "list --csv": Text("print the rows as CSV", "以 CSV 格式输出各行"),
    "jobs --open": Text("only those that are not finished", "只列出尚未结束的作业"),
    "jobs --limit": Text("how many at most, 1 or more (default 30)", "最多列出多少个，至少为 1（默认 30）"),
    "cancel JOB": Text("ids, as jobs lists them", "jobs 列出的作业 ID"),
    "help WORD": Text(
        "a model, function, command, option, setting, state, error or code",
        "模型、功能、命令、选项、设置、状态、错误或错误码",
    ),
    "rerun WORDS": Text(
        "a picture's file or a job's id; pictures and a prompt behind it take the place of those that were sent",
        "图片文件或作业 ID；其后的图片与提示词替换当时发送的内容",
    ),
    "rerun --on": Text(
        "another model, or successor: what follows a model that retires", "改用的模型；或 successor，即停用模型的后继"
    ),
    "inspect WORD": Text("a picture's file or a job's id", "图片文件或作业 ID"),
    "sweep WORDS": Text(
        "PROMPT draws; FUNCTION IMAGE PROMPT edits; {red|blue} in a prompt is an axis, too",
        "PROMPT 为文生图；FUNCTION IMAGE PROMPT 为编辑；提示词中的 {red|blue} 也是一个轴",
    ),
    "sweep --axis": Text(
        "strength=0:1:0.25 or seed=1,2,5; several of them make a grid",
        "strength=0:1:0.25 或 seed=1,2,5；多个轴构成网格",
    ),
    "sweep --sheet": Text("also save the contact sheet, .png or .jpg", "同时保存总览图，.png 或 .jpg"),
    "sweep --html": Text("also save one page with every picture, .html", "同时保存包含全部图片的网页，.html"),
}
"""Options of `bailian-nb` alone, and those of the magics that mean something else or less there."""

SETTINGS: dict[str, Text] = {
    "model": Text("default model of %%wan_t2i", "%%wan_t2i 的默认模型"),
    "edit_model": Text("default model of %wan_edit", "%wan_edit 的默认模型"),
    "n": Text("pictures a call", "每次调用的图片数"),
    "size": Text("default size of %%wan_t2i", "%%wan_t2i 的默认尺寸"),
    "lang": Text("en or zh", "语言：en 或 zh"),
    "out_dir": Text("folder for pictures", "保存图片的文件夹"),
    "max_cost": Text("CNY; higher estimates are refused", "费用上限（元）；预估超过时拒绝"),
    "max_cost_day": Text("CNY a day for the account", "账号每天的费用上限（元）"),
    "max_cost_month": Text("CNY a month for the account", "账号每月的费用上限（元）"),
    "confirm_above": Text("CNY; higher estimates wait for Run", "费用（元）；预估超过时等待点击“运行”"),
    "retries": Text("further tries after a fault of the service", "服务端自身出错后的重试次数"),
    "region": Text("DashScope region, such as cn-beijing or Singapore", "DashScope 地域，例如 cn-beijing 或新加坡"),
    "workspace": Text("workspace id", "业务空间 ID"),
    "emulator": Text("draw with the built-in emulator", "用内置模拟器生成图片"),
    "embed": Text("put the Record into the picture file, too", "同时把 Record 写入图片文件"),
    "sync": Text("cells wait for their pictures", "单元格等待图片完成"),
}
"""What `%config WanMagics` says of each setting."""
