"""What help says of words that are no command, option, model or parameter: magics, states, errors, variables, braces.

`views.word_help` shows them; `help` has the commands and options.
"""

from __future__ import annotations

from ..specs import Text

MAGICS: dict[str, Text] = {
    "%%wan_t2i [options]": Text(
        "draw pictures from a text: the body of the cell, or the quoted words of the line %wan_t2i",
        "由文字生成图片：单元格正文即提示词；单行写法 %wan_t2i 则为引号内的文字",
    ),
    '%wan_edit FUNCTION IMAGE "prompt" [options]': Text(
        "edit a picture; in %%wan_edit the body of the cell is the prompt",
        "编辑图片；使用 %%wan_edit 时单元格正文即提示词",
    ),
    '%wan_sweep FUNCTION IMAGE "prompt" --axis NAME=VALUES': Text(
        "the same call over a grid of values", "在参数取值的网格上运行同一调用"
    ),
    "%wan COMMAND": Text("everything else; %wan help lists the commands", "其他命令，见 %wan help"),
}
"""The magics, as they are typed."""

WRITING: dict[str, Text] = {
    "{name}": Text(
        "filled in from a variable, in the prompt, in every option and path, in parts of words too; also {name.attr} "
        "and {name[0]}. Names of the function around it come first. A name that is not known is refused; {{name}} is "
        "written literally, --raw fills in nothing, braces around anything else stay",
        "由变量填入，可用于提示词、任何选项与路径，也可只占其中一部分；另支持 {name.attr} 与 {name[0]}。"
        "优先使用所在函数的变量。未知的名字会被拒绝；{{name}} 按原样写出，--raw 不作任何替换，其他花括号保持原样",
    ),
    "body": Text(
        "all of a cell below %% is the prompt, byte for byte: a line that begins with # is sent, too, and that is said "
        "once. A comment stands above the %% line, or on it behind a # and a blank",
        "%% 行以下的全部内容都是提示词，逐字发送：以 # 开头的行也会发送，并提示一次。"
        "注释请写在 %% 行之上，或该行的 # 与空格之后",
    ),
    "quotes": Text(
        "a prompt on a line stands in quotes, of any language; options and their values may be typed in full-width "
        "signs and with long dashes, a ; at the end of the line means nothing",
        "单行提示词须加引号，任何语言的引号均可；选项及其取值可用全角符号与长破折号，行尾的分号不起作用",
    ),
}
"""How a line is written."""

TERMS: dict[str, Text] = {
    "key": Text(
        "the service's API key, from the Model Studio console: in DASHSCOPE_API_KEY or ~/.dashscope/api_key. Without "
        "one the emulator draws in a notebook. %wan doctor says which holds",
        "服务的 API Key，在百炼控制台创建：写入环境变量 DASHSCOPE_API_KEY 或文件 ~/.dashscope/api_key。"
        "未配置时，笔记本由模拟器出图。%wan doctor 会说明当前情况",
    ),
    "emulator": Text(
        "stands for the service: it draws made-up pictures in a few seconds, needs no key and bills nothing; "
        "BAILIAN_NB_EMULATOR=1 has it draw always, 0 never",
        "代替服务在几秒内绘制模拟图片，无需 Key，不计费；BAILIAN_NB_EMULATOR=1 始终使用，0 从不使用",
    ),
    "task": Text(
        "what the service works on, by an id of its own; it keeps its pictures for 24 hours",
        "服务端处理的任务，有自己的 ID；图片保留 24 小时",
    ),
    "job": Text(
        "one call here: it sends a task, watches it and saves its pictures; %wan jobs lists them",
        "本地的一次调用：提交任务、跟踪进度并保存图片；%wan jobs 列出全部",
    ),
}
"""What people ask for, who meet the words in captions, lists and errors."""

STATES: dict[str, Text] = {
    "WAITING": Text(
        "a job waits for its input, another job, or for Run", "作业等待其输入（另一个作业），或等待点击“运行”"
    ),
    "QUEUED": Text(
        "it waits here for its turn: limits of the account are shared", "在本地排队：账号限流由所有内核共享"
    ),
    "SUBMITTING": Text("the create call is on its way", "正在提交创建请求"),
    "UNCERTAIN": Text(
        "the create call broke: a task may exist and be billed. It is looked for and not sent again",
        "提交中断：任务可能已创建并计费。正在查找，不会重复提交",
    ),
    "PENDING": Text("the task waits in the service's queue", "任务在服务端排队"),
    "RUNNING": Text("the service draws", "服务端正在生成"),
    "SAVING": Text("the pictures are fetched and written to disk", "正在下载图片并写入磁盘"),
    "SUCCEEDED": Text(
        "all that came is on disk; what is missing stands beside it", "已返回的图片均已保存；缺少的另有说明"
    ),
    "FAILED": Text("the task or its call failed; a failed task is not billed", "任务或其调用失败；失败的任务不计费"),
    "CANCELED": Text("it was canceled before it ran", "运行前已取消"),
    "EXPIRED": Text(
        "the service no longer knows the task: it keeps tasks and pictures for 24 hours",
        "服务端已不再保存该任务：任务与图片只保留 24 小时",
    ),
}
"""The states of a job."""

ERRORS: dict[str, Text] = {
    "BailianError": Text("the root of all errors here", "所有错误的基类"),
    "InvalidRequest": Text("refused before anything was sent; it lists every problem", "发送前即被拒绝；列出全部问题"),
    "MissingApiKey": Text("no key is configured", "未配置 Key"),
    "BudgetExceeded": Text(
        "the estimate passes max_cost or confirm_above; nothing was sent",
        "预估费用超过 max_cost 或 confirm_above；未发送",
    ),
    "RequestRejected": Text("the service refused the request; no task was made", "服务端拒绝请求；未创建任务"),
    "AuthenticationError": Text("the key is missing, wrong or of another region", "Key 缺失、错误或属于其他地域"),
    "AccessDenied": Text(
        "the key is right but may not use this model, workspace or protocol", "Key 无权使用该模型、业务空间或调用方式"
    ),
    "BillingError": Text(
        "the account must pay or activate first; waiting does not help", "账号欠费或未开通；等待无济于事"
    ),
    "Throttled": Text("over a rate or quota limit; nothing was created", "超出限流或配额；未创建任务"),
    "ContentRejected": Text("moderation refused prompt, input or result", "提示词、输入图或结果未通过内容审核"),
    "InputDownloadFailed": Text("the service could not fetch an input URL", "服务端无法下载输入图的 URL"),
    "SubmitUncertain": Text(
        "the create call broke: a task may exist, so it is not sent again; see %wan help resume",
        "提交中断：任务可能已创建，因此不会重复提交；见 %wan help resume",
    ),
    "TaskFailed": Text("the task ended FAILED; it is not billed", "任务以 FAILED 结束；不计费"),
    "TaskCanceled": Text("the task was canceled", "任务已取消"),
    "TaskExpired": Text("the service forgot the task after 24 hours", "任务已超过 24 小时，服务端不再保存"),
    "ServiceError": Text(
        "the service or a gateway broke, or its answer cannot be read", "服务端或网关故障，或返回内容无法解析"
    ),
    "NetworkError": Text("no connection; nothing was sent", "无法连接；未发送"),
    "NotSent": Text(
        "its kernel ended before it was sent, and nobody here has asked for it", "内核在提交前已结束，此处也无人请求它"
    ),
    "DownloadError": Text("a finished picture could not be fetched", "已生成的图片无法下载"),
    "SaveFailed": Text(
        "the pictures are paid but cannot be written; %wan resume saves them within 24 hours",
        "图片已计费但无法写入磁盘；24 小时内可用 %wan resume 保存",
    ),
    "BucketError": Text("object storage refused or cannot be reached", "对象存储拒绝了请求或无法连接"),
    "JobTimeout": Text("waiting took longer than asked; the job goes on", "等待超时；作业继续进行"),
    "WaitInterrupted": Text("waiting was interrupted; the job goes on", "等待被中断；作业继续进行"),
}
"""Errors by the name of their class."""

VARIABLES: dict[str, Text] = {
    "DASHSCOPE_API_KEY": Text("the key", "Key"),
    "DASHSCOPE_API_KEY_FILE_PATH": Text("a file that holds the key", "保存 Key 的文件"),
    "BAILIAN_NB_KEY_COMMAND": Text("a command that prints the key", "输出 Key 的命令"),
    "BAILIAN_NB_KEY_SERVER": Text(
        "a key server that gives temporary keys, see bailian-nb keys serve",
        "发放临时 Key 的密钥服务，见 bailian-nb keys serve",
    ),
    "BAILIAN_NB_KEY_TOKEN": Text(
        "by what a key server knows you; without it JUPYTERHUB_API_TOKEN",
        "密钥服务识别您的令牌；未设置时用 JUPYTERHUB_API_TOKEN",
    ),
    "DASHSCOPE_API_REGION": Text(
        "the region, such as cn-beijing or ap-southeast-1", "地域，例如 cn-beijing、ap-southeast-1"
    ),
    "DASHSCOPE_HTTP_BASE_URL": Text("where calls go, with /api/v1", "请求地址，含 /api/v1"),
    "DASHSCOPE_WORKSPACE_ID": Text("the workspace", "业务空间 ID"),
    "DASHSCOPE_WORKSPACE": Text("the workspace, by its older name", "业务空间 ID（旧名称）"),
    "BAILIAN_NB_HOME": Text("folder of journal, index and emulator", "日志、索引与模拟器所在的文件夹"),
    "BAILIAN_NB_OUT": Text(
        "folder for pictures or an address (oss://, s3://), as the setting out_dir",
        "保存图片的文件夹或地址（oss://、s3://），同设置 out_dir",
    ),
    "BAILIAN_NB_LANG": Text("en or zh, as the setting lang", "en 或 zh，同设置 lang"),
    "BAILIAN_NB_SYNC": Text(
        "1: cells wait for their pictures, as the setting sync", "1：单元格等待图片完成，同设置 sync"
    ),
    "BAILIAN_NB_EMULATOR": Text(
        "1: draw with the built-in emulator, nothing is billed; 0: never", "1：使用内置模拟器，不计费；0：从不使用"
    ),
    "BAILIAN_NB_EMULATOR_SECONDS": Text("how long a task of the emulator takes", "模拟器每个任务的耗时（秒）"),
    "BAILIAN_NB_LIMITS": Text(
        "the Redis by which machines share an account, such as redis://host:6379/0",
        "供多台机器共享账号的 Redis，例如 redis://host:6379/0",
    ),
    "BAILIAN_NB_LIMITS_AWAY": Text(
        "part of the limits, 0-1, that a process may use while that Redis is away",
        "该 Redis 无法使用时，每个进程可使用的限额比例（0-1）",
    ),
    "BAILIAN_NB_OWNER": Text(
        "who sits here, for turns and sums among machines", "本机使用者，用于多台机器之间的轮流与合计"
    ),
    "BAILIAN_NB_MAX_COST": Text(
        "CNY that one call or one batch may cost, as the setting max_cost",
        "单次调用或一个批次的费用上限（元），同设置 max_cost",
    ),
    "BAILIAN_NB_MAX_COST_DAY": Text(
        "CNY of a day, as the setting max_cost_day", "每日费用上限（元），同设置 max_cost_day"
    ),
    "BAILIAN_NB_MAX_COST_MONTH": Text(
        "CNY of a month, as the setting max_cost_month", "每月费用上限（元），同设置 max_cost_month"
    ),
    "BAILIAN_NB_CONFIRM_ABOVE": Text(
        "CNY above which a call waits for Run, as the setting confirm_above",
        "超过该费用（元）须先确认，同设置 confirm_above",
    ),
}
"""Environment variables."""
