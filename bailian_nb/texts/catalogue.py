"""The catalogue: every sentence that users read outside errors and the table, in English and Chinese.

Captions, cards, help and the command line take their words from here by key.
"""

from __future__ import annotations

from ..specs import Text
from .costs import COSTS
from .history import TABLE
from .program import PROGRAM
from .waits import WAITS

_CATALOGUE: dict[str, Text] = {
    **COSTS,
    **TABLE,
    **WAITS,
    **PROGRAM,
    "waiting": Text("waits for its input", "等待输入"),
    "queued": Text("queued here", "本地排队"),
    "submitting": Text("sending", "正在提交"),
    "uncertain": Text("uncertain: the create call broke; it is not sent again", "状态不明：提交中断，不会重复提交"),
    "pending": Text("in the service's queue", "服务端排队中"),
    "running": Text("drawing", "生成中"),
    "saving": Text("saving", "保存中"),
    "succeeded": Text("done", "完成"),
    "failed": Text("failed", "失败"),
    "canceled": Text("canceled", "已取消"),
    "expired": Text("expired", "已过期"),
    "our_limit": Text(
        "the account's limit of {limit} tasks at once; {ahead} ahead", "账号并发上限 {limit}，前面还有 {ahead} 个"
    ),
    "shared_limit": Text(
        "the account's limit of {limit} tasks at once, {elsewhere} of them in other kernels; {ahead} ahead",
        "账号并发上限 {limit}，其中 {elsewhere} 个在其他内核中，前面还有 {ahead} 个",
    ),
    "creating": Text(
        "one create call of {model} at a time; {ahead} ahead, and one is out",
        "{model} 逐个提交，前面还有 {ahead} 个未完成",
    ),
    "throttled": Text("throttled by the service until {until}", "被服务限流至 {until}"),
    "service_queue": Text("the service has not started it yet", "服务尚未开始处理"),
    "read_fault": Text("asking failed ({code}, {count}x), trying on", "查询失败（{code}，{count} 次），继续重试"),
    "no_connection": Text("no connection; nothing was sent, trying again", "无法连接；尚未发送，正在重试"),
    "searching": Text(
        "the answer was lost; looking for its task in the service's list", "应答丢失，正在服务端任务列表中查找该任务"
    ),
    "looks_again": Text(
        "its task is not in the service's list, or cannot be told from others; looking again at {until}",
        "在服务端任务列表中尚未找到，或无法与其他任务区分；将在 {until} 再次查找",
    ),
    "waits_for_job": Text("job {job} must end first", "等待任务 {job} 完成"),
    "too_late": Text("too late to cancel: it runs; its pictures will be saved", "已开始运行，无法取消；图片会保存"),
    "marks_aside": Text(
        "the marks of sweeps in %s cannot be read; they are laid aside as %s", "扫描的标记文件 %s 无法读取，已另存为 %s"
    ),
    "followed": Text(
        "job {job} makes the same request in another kernel: nothing is sent here, its pictures come here, too",
        "另一个内核中的作业 {job} 正在处理相同请求：此处不再提交，图片会同样显示",
    ),
    "usual": Text("{age} s of usually {low}-{high} s", "已 {age} 秒，通常 {low}-{high} 秒"),
    "age": Text("{age} s", "{age} 秒"),
    "seconds": Text("{seconds} s", "{seconds} 秒"),
    "cost": Text("CNY {cost}", "¥{cost}"),
    "cost_unknown": Text("price unknown", "价格未知"),
    "estimate": Text(
        "estimate CNY {cost} (list price of {dated}, before free quota and savings plan)",
        "预估 ¥{cost}（按 {dated} 目录价，未计免费额度与优惠）",
    ),
    "not_billed": Text("EMULATOR, nothing billed", "EMULATOR 模拟，未计费"),
    "cached": Text("from disk: same request, nothing sent", "来自本地缓存：相同请求，未发送"),
    "rewritten": Text("prompt as rewritten by the service", "服务改写后的提示词"),
    "no_paste_back": Text(
        "paste_back has no effect: {where} takes no mask, so nothing is kept as it was",
        "paste_back 不起作用：{where} 不使用蒙版，不会保留原图",
    ),
    "not_its_size": Text(
        "the model draws no {size}: the scene is asked for at {asked} and fitted to the picture",
        "该模型无法按 {size} 输出：背景按 {asked} 生成，再缩放到原图尺寸",
    ),
    "rerun_compare": Text("side by side once it is done: {call}", "完成后并排比较：{call}"),
    "answers_itself": Text(
        "{model} answers in the call itself: there is no task, and an answer that is lost on the way is lost",
        "{model} 在调用中直接返回结果：没有任务 ID，途中丢失的结果无法找回",
    ),
    "pages_differ": Text(
        "pages differ about how many pictures {model} takes: one says {count}",
        "关于 {model} 的输入图数量各页面说法不一，其中一页写 {count} 张",
    ),
    "of_function": Text("function {name}", "功能 {name}"),
    "of_model": Text("model {name}", "模型 {name}"),
    "painter_damaged": Text(
        "the painter's bitmap was damaged on its way; Python's own is shown",
        "画板的位图在传输中损坏；显示 Python 端的",
    ),
    "painter_differs": Text(
        "the mask was drawn differently in the browser and in Python; what the browser shows counts",
        "蒙版在浏览器与 Python 中的绘制结果不同，以浏览器显示的为准",
    ),
    "painter_behind": Text(
        "painter: the last stroke is not drawn yet, so this is the mask without it; read it again in a moment",
        "画板：最后一笔尚未绘入，当前蒙版不含该笔；请稍后重新读取",
    ),
    "fetched": Text("fetched from {host}", "取自 {host}"),
    "leak": Text(
        "{leak} of {total} protected pixels were changed by the service; pasted back",
        "服务改动了 {total} 个受保护像素中的 {leak} 个，已贴回原图",
    ),
    "todo": Text("What to do", "建议"),
    "demo_begins": Text(
        "bailian_nb demo on the EMULATOR: {count} notebooks, no key, nothing billed",
        "bailian_nb 演示，使用 EMULATOR：{count} 个笔记本，无需 Key，不计费",
    ),
    "demo_pictures": Text(
        "{count} pictures in {folder} ({seconds} s)", "{count} 张图片，保存在 {folder}（{seconds} 秒）"
    ),
    "demo_page": Text("page", "网页"),
    "demo_notebooks": Text("notebooks", "笔记本"),
    "picture_failed": Text("picture {number} failed", "第 {number} 张失败"),
    "task": Text("task", "任务"),
    "request": Text("request", "请求"),
    "job": Text("job", "作业"),
    "pending_rows": Text(
        "bailian_nb: {count} job(s) of an earlier kernel are not finished; %wan resume takes them up",
        "bailian_nb：之前的内核有 {count} 个作业未完成；用 %wan resume 继续",
    ),
    "confirm": Text(
        "the estimate of CNY {cost} (list price of {dated}, before free quota and savings plan) is above confirm_above "
        "({limit}); nothing was sent. Run it again with --run",
        "预估 ¥{cost}（按 {dated} 目录价，未计免费额度与优惠）超过 confirm_above（{limit}），尚未发送。"
        "请加 --run 重新运行",
    ),
    "confirm_unknown": Text(
        "no page gives a price that could be held against confirm_above ({limit}); nothing was sent. Run it again with "
        "--run",
        "价格未知，无法与 confirm_above（{limit}）比较，尚未发送。请加 --run 重新运行",
    ),
    "waits_for_run": Text(
        "nothing is sent before Run is pressed (confirm_above is {limit})",
        "点击“运行”之前不会发送（confirm_above 为 {limit}）",
    ),
    "no_button": Text("where there is no button: run the cell again with --run", "若无按钮：请加 --run 重新运行单元格"),
    "body_comment": Text(
        "all of the body is the prompt, {line} too; a comment stands above the %% line, or on it after a # (said once)",
        "单元格正文全部作为提示词发送，包括 {line}；注释请写在 %% 行之上，或该行的 # 之后（仅提示一次）",
    ),
    "body_option": Text(
        "all of the body is the prompt, {line} too; options stand on the %% line (said once)",
        "单元格正文全部作为提示词发送，包括 {line}；选项请写在 %% 行（仅提示一次）",
    ),
    "run_pictures": Text("pictures: {count}", "{count} 张图片"),
    "unpressed": Text(
        "job {job} waits for its Run button and nothing was sent; press Run in its cell, or run the cell again with "
        "--run",
        "作业 {job} 正在等待点击“运行”，尚未发送；请在其单元格中点击“运行”，或加 --run 重新运行",
    ),
    "dry_run": Text("dry run: nothing was sent", "试运行：未发送任何请求"),
    "frame": Text("{scales}: {before} becomes {after} ({to})", "{scales}:{before} 变为 {after}({to})"),
    "python_call": Text("the same in Python", "等价的 Python 调用"),
    "curl_line": Text("the same with curl", "等价的 curl 命令"),
    "curl_line_outside": Text(
        "the same with curl, but from {host}, which needs a key and bills it "
        "(the emulator in this process has no address; `bailian-nb emulator` serves one that has)",
        "等价的 curl 命令，但发往 {host}：需要密钥，并会计费"
        "（进程内的模拟器没有地址；`bailian-nb emulator` 可启动一个有地址的）",
    ),
    "plan_tasks": Text("tasks to send", "待发送任务"),
    "plan_images": Text("pictures", "图片数"),
    "plan_cost": Text("estimate", "预估费用"),
    "plan_minutes": Text("usual minutes", "通常耗时（分钟）"),
    "plan_cached": Text("on disk already", "本地已有"),
    "plan_invalid": Text("cannot run", "无法运行"),
    "sweep_counts": Text("{done} of {total} pictures, {failed} failed", "共 {total} 格，完成 {done}，失败 {failed}"),
    "help_pictures": Text(
        "pictures in: {count} ({formats}; sides of {low}-{high} px; at most {mb} MB)",
        "输入图：{count} 张（{formats}；边长 {low}-{high} 像素；不超过 {mb} MB）",
    ),
    "help_ratio": Text("the longer side at most {ratio} times the shorter", "长边不超过短边的 {ratio} 倍"),
    "help_no_alpha": Text("no transparency", "不支持透明通道"),
    "help_inputs": Text(
        "a local file goes along (uploaded when it is large); a URL must be public, without login, in plain ASCII, and "
        "is best hosted in mainland China; fit=True shrinks or converts",
        "本地文件随请求发送（较大时自动上传）；URL 须公网可访问、无需登录、不含中文，最好存放在中国内地；"
        "fit=True 可缩小或转换",
    ),
    "help_mask": Text(
        "mask: needed, as many pixels as the picture; white (255) is edited, black (0) is kept",
        "蒙版：必需，与原图像素尺寸相同；白色（255）为编辑区域，黑色（0）保留",
    ),
    "help_keep": Text(
        "keep: a mask as large as the picture, white where the product is, a painter, or alpha for a picture with "
        "transparency; its own pixels come back unchanged, and where the model moved or scaled the product, that is "
        "said and nothing is pasted",
        "keep：与图片同尺寸的蒙版（白色为商品）、画板，或对带透明通道的图片使用 alpha；商品像素原样贴回；"
        "若模型移动或缩放了商品，会给出提示且不贴回",
    ),
    "head_retires": Text("retires", "下线日期"),
    "help_sizes": Text("size takes: {sizes}", "size 可取：{sizes}"),
    "help_counts": Text("{low}-{high} pictures in", "输入图 {low}-{high} 张"),
    "help_no_effect": Text("{names} without effect", "{names} 不起作用"),
    "help_billed": Text("{name} says how many may be billed", "最多按 {name} 张计费"),
    "help_asynchronous": Text("asynchronous only", "仅支持异步调用"),
    "help_price": Text(
        "price of a picture: {prices} (list price of {dated}, before free quota and savings plan); only pictures that "
        "succeed are billed, inputs and failures are not",
        "每张价格：{prices}；按 {dated} 目录价，未计免费额度与优惠；仅成功生成的图片计费，输入图与失败不计费",
    ),
    "help_free": Text(
        "free quota in cn-beijing alone: {count} pictures within {days} days of activation or of the model's release, "
        "shared by the account and its RAM users",
        "免费额度仅限北京地域：{count} 张，自开通或模型发布起 {days} 天内有效，由主账号与 RAM 用户共享",
    ),
    "help_limits": Text(
        "limits of the whole account: {rate} calls a second and {tasks} tasks at once in {region}; more of them wait "
        "here in a queue",
        "账号限流（{region}）：每秒提交 {rate} 次，同时处理 {tasks} 个任务；超出的在本地排队",
    ),
    "help_time": Text("usual time: {low}-{high} s", "通常耗时：{low}-{high} 秒"),
    "help_dated": Text(
        "as the service's API reference and price list said on {dated}", "依据服务 API 参考与价目表（{dated}）"
    ),
    "help_kept": Text(
        "the service keeps a picture for {hours} hours; it is saved on disk as soon as it is there",
        "服务端仅保留图片 {hours} 小时；生成后会立即保存到本地",
    ),
    "help_rights": Text(
        "Use only pictures, brands, characters and persons that you hold the rights to; the responsibility is yours.",
        "仅可使用您拥有合法权利的图片、品牌、形象与人物肖像，责任由使用者承担。",
    ),
    "help_message": Text("message", "返回信息"),
    "help_meaning": Text("meaning", "含义"),
    "help_more": Text(
        "%wan help MODEL or FUNCTION has ranges, defaults, price and an example; %wan help name, body and quotes say "
        "how a line is written.",
        "取值范围、默认值、价格与示例见 %wan help MODEL 或 FUNCTION；写法见 %wan help name、body 与 quotes。",
    ),
    "help_options": Text(
        "Options of all three: {options}; of %wan_sweep also --axis (%wan_sweep --help); and one for each parameter of "
        "the model: see %wan help wan2.6-t2i, %wan help instruct. How a line is written: %wan help name (what "
        "stands in braces), body, quotes.",
        "以上三者共有的选项：{options}；%wan_sweep 另有 --axis（见 %wan_sweep --help）；模型的每个参数也是选项，"
        "见 %wan help wan2.6-t2i、%wan help instruct。写法见 %wan help name（花括号）、body（正文）、"
        "quotes（引号）。",
    ),
    "help_sweep": Text(
        'A sweep without function and picture draws from a text: %wan_sweep "A lighthouse" --axis size=16:9,1:1. '
        "In Python: {call}",
        '不写功能与图片时由文字生成：%wan_sweep "一座灯塔" --axis size=16:9,1:1。Python 写法：{call}',
    ),
    "type_t2i": Text("%%wan_t2i [options] + prompt in the cell", "%%wan_t2i [options] + 单元格内的提示词"),
    "does_t2i": Text("draw pictures from a text", "由文字生成图片"),
    "does_edit": Text("edit a picture (%%wan_edit: prompt in the cell)", "编辑图片（%%wan_edit：提示词写在单元格内）"),
    "does_sweep": Text("the same over a grid of values", "在参数取值的网格上运行同一调用"),
    "help_limits_minute": Text(
        "limits of the whole account: {rate} calls a minute and {tasks} tasks at once in {region}; more of them wait "
        "here in a queue",
        "账号限流（{region}）：每分钟提交 {rate} 次，同时处理 {tasks} 个任务；超出的在本地排队",
    ),
    "help_rate_minute": Text("{rate}/min, {tasks} at once", "每分钟 {rate} 次，同时 {tasks} 个"),
    "price_large": Text("{cost} above {pixels} pixels", "超过 {pixels} 像素时 {cost}"),
    "price_rewritten": Text("{cost} with prompt_extend", "开启 prompt_extend 时 {cost}"),
    "price_input": Text("{cost} each input picture", "每张输入图 {cost}"),
    "help_rate": Text("{rate}/s, {tasks} at once", "每秒 {rate} 次，同时 {tasks} 个"),
    "help_models": Text(
        "List prices of {dated}, before free quota and savings plan; limits are shared by the whole account.",
        "{dated} 目录价，未计免费额度与优惠；限流由整个账号共享。",
    ),
    "help_keep_needed": Text("keep", "keep（保留）"),
    "help_mask_needed": Text("yes", "必需"),
    "help_pixels": Text("{word} ({pixels} px)", "{word}（{pixels} 像素）"),
    "takes_pixels": Text("W*H of {low}-{high} pixels", "宽*高，总像素 {low}-{high}"),
    "takes_doubt": Text("(a warning below {pixels})", "（低于 {pixels} 时警告）"),
    "takes_ratio": Text("1:{ratio} to {ratio}:1", "宽高比 1:{ratio} 至 {ratio}:1"),
    "takes_sides": Text("sides of {low}-{high}", "边长 {low}-{high}"),
    "takes_bool": Text("true or false", "true 或 false"),
    "takes_text": Text("at most {count} characters", "不超过 {count} 个字符"),
    "takes_text_doubt": Text("a warning above {count}", "超过 {count} 个时警告"),
    "default_n": Text("1 (always sent)", "1（始终发送）"),
    "default_seed": Text("drawn and sent", "随机生成并发送"),
    "table_models": Text("Models", "模型"),
    "table_functions": Text("Functions", "功能"),
    "table_jobs": Text("Jobs", "作业"),
    "table_resume": Text("Resume", "恢复"),
    "table_history": Text("History", "历史图片"),
    "table_doctor": Text("Doctor", "环境检查"),
    "table_config": Text("Settings", "设置"),
    "cli_version": Text("show program's version number and exit", "显示程序版本号并退出"),
    "tutorial_kept": Text("{path} is another file already and was left as it is", "{path} 已存在且内容不同，保持原样"),
    "head_type": Text("type", "输入"),
    "head_does": Text("does", "作用"),
    "head_means": Text("means", "含义"),
    "head_model": Text("model", "模型"),
    "head_function": Text("function", "功能"),
    "head_sent": Text("sent as", "发送名"),
    "head_what": Text("what", "说明"),
    "head_mask": Text("mask", "蒙版"),
    "head_example": Text("example prompt", "示例提示词"),
    "head_price": Text("a picture", "每张价格"),
    "head_limits": Text("limits", "限流"),
    "head_time": Text("usual time", "通常耗时"),
    "head_regions": Text("regions", "地域"),
    "head_parameter": Text("parameter", "参数"),
    "head_option": Text("option", "选项"),
    "head_takes": Text("takes", "取值范围"),
    "head_default": Text("default", "默认值"),
    "head_code": Text("code", "错误码"),
    "head_call": Text("what", "模型与功能"),
    "head_status": Text("status", "状态"),
    "head_state": Text("state", "状态"),
    "head_outcome": Text("outcome", "结果"),
    "head_cny": Text("CNY", "费用（元）"),
    "head_made": Text("made", "生成时间"),
    "head_size": Text("size", "尺寸"),
    "head_seed": Text("seed", "种子"),
    "head_prompt": Text("prompt", "提示词"),
    "head_codes": Text("codes", "错误码"),
    "head_raised": Text("raised as", "异常类"),
    "head_again": Text("again", "能否重试"),
    "head_region": Text("region", "地域"),
    "head_each": Text("CNY a picture", "每张价格（元）"),
    "head_usd": Text("USD", "美元"),
    "head_source": Text("source", "出处"),
    "head_file": Text("file", "文件"),
    "head_check": Text("check", "检查项"),
    "head_finding": Text("finding", "结果"),
    "head_setting": Text("setting", "设置项"),
    "head_value": Text("value", "值"),
    "saved_count": Text("{count} saved", "已保存 {count} 张"),
    "file_gone": Text("the file is not there any more", "文件已不存在"),
    "resumed": Text("resumed", "已恢复"),
    "resume_searched": Text("its task is looked for", "正在查找其任务"),
    "resume_sent": Text("sent now", "现在发送"),
    "resume_disk": Text("answered from disk", "已由磁盘上的图片应答"),
    "resume_unsent": Text("never sent; %wan resume --send sends it", "未发送；用 %wan resume --send 发送"),
    "resume_uncertain": Text("may or may not have been sent; it is not sent again", "不确定是否已发送；不会重复发送"),
    "resume_gone": Text("older than 24 hours: gone for good", "已超过 24 小时，无法找回"),
    "resume_others": Text("belongs to another key or account name", "属于其他 Key 或账号名称"),
    "resume_alive": Text("in the hands of another running kernel", "由另一个运行中的内核处理"),
    "resume_unclaimed": Text(
        "may be its own, saved in {folder}: %wan resume --adopt TASK, or --forget JOB",
        "可能是该作业的任务，图片已保存到 {folder}：用 %wan resume --adopt TASK 认领，或用 --forget JOB 放弃",
    ),
    "resume_fault": Text("not now: {why}", "暂时无法恢复：{why}"),
    "resume_nothing": Text("nothing to resume", "没有需要恢复的作业"),
    "resume_all_done": Text("{nothing}: every job of earlier kernels is finished", "{nothing}：之前内核的作业均已完成"),
    "doctor_hosts": Text("hosts that a firewall must let through", "防火墙需要放行的域名"),
    "sheet_numbers": Text(
        "no font of this system has all letters of the sheet's labels, which are numbers there (a font such as "
        "fonts-noto-cjk helps): %s",
        "系统中没有包含标签所有文字的字体，拼图上以编号代替（可安装 fonts-noto-cjk 等中文字体）：%s",
    ),
    "doctor_hosts_open": Text(
        "the list is open: other buckets below *.aliyuncs.com may serve pictures any day",
        "此列表并不封闭：图片随时可能来自 *.aliyuncs.com 下的其他存储桶",
    ),
    "doctor_hosts_region": Text(
        "{reached} of {count} answer ({region})", "{count} 个中有 {reached} 个应答（{region}）"
    ),
    "doctor_made_up": Text(
        "{host} leads to made-up addresses ({addresses}): a proxy works by names here, and pictures are fetched all "
        "the same",
        "{host} 解析到虚构地址（{addresses}）：本机代理按域名工作（fake-IP），不影响下载图片",
    ),
    "doctor_private": Text(
        "{host} leads to a private address ({addresses}): pictures from hosts that are not known would be refused; "
        "let the name server answer for *.aliyuncs.com, or set HTTPS_PROXY",
        "{host} 解析到内网地址（{addresses}）：来自未知域名的图片会被拒绝；"
        "请让 DNS 正确解析 *.aliyuncs.com，或设置 HTTPS_PROXY",
    ),
    "doctor_no_proxy": Text(
        "NO_PROXY holds what cannot be read and is left out: {parts}; names, domains, addresses and ranges like "
        "10.0.0.0/8 can be read",
        "NO_PROXY 中有无法识别的部分，已忽略：{parts}；可用主机名、域名、地址及 10.0.0.0/8 这样的网段",
    ),
    "key_workspace": Text(
        "Keys that begin with sk-ws- belong to one workspace: DASHSCOPE_WORKSPACE_ID or the host must name that one.",
        "以 sk-ws- 开头的 Key 属于某个业务空间：DASHSCOPE_WORKSPACE_ID 或域名须与之一致。",
    ),
    "key_plan": Text(
        "Keys that begin with sk-sp- belong to a Token Plan and work on its own hosts alone: make a key that begins "
        "with sk- in the console of Model Studio.",
        "以 sk-sp- 开头的 Key 属于 Token Plan，只能用于其专用域名：请在百炼控制台创建以 sk- 开头的 Key。",
    ),
    "key_temporary": Text(
        "Keys that begin with st- are temporary and end after 30 minutes at the most: get a new one.",
        "以 st- 开头的 Key 是临时的，最长 30 分钟后失效：请重新获取。",
    ),
    "key_unknown": Text(
        "It begins with none of sk-, sk-ws- and st-, as keys of the service do.",
        "它不以 sk-、sk-ws- 或 st- 开头，而该服务的 Key 均如此。",
    ),
    "config_pictures": Text("pictures go to", "图片保存到"),
    "config_key": Text("key", "密钥（Key）"),
    "config_no_key": Text("none", "未配置"),
    "config_how": Text(
        "Set one with %config WanMagics.lang = 'zh', in the environment, or in config.toml.",
        "可通过 %config WanMagics.lang = 'zh'、环境变量或 config.toml 设置。",
    ),
    "cells_held": Text("{count} cells: {reason}", "{count} 格：{reason}"),
    "no_jobs": Text("no jobs in this kernel yet", "本内核尚无作业"),
    "no_pictures": Text("no saved picture found", "没有找到已保存的图片"),
    "compare_changed": Text("{share} of the pixels differ", "{share} 的像素不同"),
    "compare_sizes": Text("they have different sizes", "两张图片尺寸不同"),
    "page_slider": Text("slider", "滑块"),
    "page_side": Text("side by side", "并排"),
    "page_blink": Text("blink", "闪烁"),
    "page_difference": Text("difference, four times as bright", "差异，亮度四倍"),
    "page_wipe": Text("before / after", "之前 / 之后"),
    "page_original": Text("original", "原图"),
    "compare_page": Text("slider, blink and difference:", "滑块、闪烁与差异对比："),
    "canceled_now": Text("job {job} is canceled", "作业 {job} 已取消"),
    "not_canceled": Text(
        "job {job} is {status} and cannot be canceled any more; its pictures will be saved",
        "作业 {job} 状态为 {status}，已无法取消；图片会保存",
    ),
}


def say(key: str, lang: str = "en", **values: object) -> str:
    """Return the sentence of `key` with `values` filled in."""
    return _CATALOGUE[key].get(lang).format(**values)


def estimate(cost: float | None, dated: str, lang: str = "en") -> str:
    """Say what a call would cost: `cost` in CNY by the list price of `dated`, or that no page gives a price (None)."""
    return say("cost_unknown", lang) if cost is None else say("estimate", lang, cost=f"{cost:.2f}", dated=dated)


def keys() -> tuple[str, ...]:
    return tuple(_CATALOGUE)
