"""The catalogue: every sentence that users read outside errors and the table, in English and Chinese.

Captions, cards, help and the command line take their words from here by key.
"""

from __future__ import annotations

from .specs import Text

_CATALOGUE: dict[str, Text] = {
    "waiting": Text("waits for its input", "等待输入"),
    "queued": Text("queued here", "本地排队"),
    "submitting": Text("sending", "正在提交"),
    "uncertain": Text("uncertain: the create call broke; it is not sent again", "状态不明:提交中断,不会重复提交"),
    "pending": Text("in the service's queue", "服务端排队中"),
    "running": Text("drawing", "生成中"),
    "saving": Text("saving", "保存中"),
    "succeeded": Text("done", "完成"),
    "failed": Text("failed", "失败"),
    "canceled": Text("canceled", "已取消"),
    "expired": Text("expired", "已过期"),
    "our_limit": Text(
        "the account's limit of {limit} tasks at once; {ahead} ahead", "账号并发上限 {limit},前面还有 {ahead} 个"
    ),
    "throttled": Text("throttled by the service until {until}", "被服务限流至 {until}"),
    "service_queue": Text("the service has not started it yet", "服务尚未开始处理"),
    "read_fault": Text("asking failed ({code}, {count}x), trying on", "查询失败({code},{count} 次),继续重试"),
    "waits_for_job": Text("job {job} must end first", "等待任务 {job} 完成"),
    "too_late": Text("too late to cancel: it runs; its pictures will be saved", "已开始运行,无法取消;图片会保存"),
    "usual": Text("{age} s of usually {low}-{high} s", "已 {age} 秒,通常 {low}-{high} 秒"),
    "age": Text("{age} s", "{age} 秒"),
    "cancel_with": Text("cancel: %wan cancel {job}", "取消:%wan cancel {job}"),
    "seconds": Text("{seconds} s", "{seconds} 秒"),
    "cost": Text("CNY {cost}", "¥{cost}"),
    "cost_unknown": Text("price unknown", "价格未知"),
    "estimate": Text(
        "estimate CNY {cost} (list price of {dated}, before free quota and savings plan)",
        "预估 ¥{cost}(按 {dated} 目录价,未计免费额度与优惠)",
    ),
    "not_billed": Text("EMULATOR, nothing billed", "EMULATOR 模拟,未计费"),
    "cached": Text("from disk: same request, nothing sent", "来自本地缓存:相同请求,未发送"),
    "rewritten": Text("prompt as rewritten by the service", "服务改写后的提示词"),
    "leak": Text(
        "{leak} of {total} protected pixels were changed by the service; pasted back",
        "服务改动了 {total} 个受保护像素中的 {leak} 个,已贴回原图",
    ),
    "todo": Text("What to do", "建议"),
    "picture_failed": Text("picture {number} failed", "第 {number} 张失败"),
    "task": Text("task", "任务"),
    "request": Text("request", "请求"),
    "job": Text("job", "作业"),
    "emulator_on": Text(
        "bailian_nb: no key is configured, so the built-in EMULATOR draws; nothing is sent or billed",
        "bailian_nb:未配置 Key,由内置 EMULATOR 模拟生成;不发送、不计费",
    ),
    "pending_rows": Text(
        "bailian_nb: {count} job(s) of an earlier kernel are not finished; %wan resume takes them up",
        "bailian_nb:之前的内核有 {count} 个作业未完成;用 %wan resume 继续",
    ),
    "confirm": Text(
        "an estimate of CNY {cost} is above confirm_above ({limit}); nothing was sent. Run the cell again with --run",
        "¥{cost} 超过 confirm_above({limit}),尚未发送。请加 --run 重新运行",
    ),
    "dry_run": Text("dry run: nothing was sent", "试运行:未发送任何请求"),
    "python_call": Text("the same in Python", "等价的 Python 调用"),
    "curl_line": Text("the same with curl", "等价的 curl 命令"),
    "plan_tasks": Text("tasks to send", "待发送任务"),
    "plan_images": Text("pictures", "图片数"),
    "plan_cost": Text("estimate", "预估费用"),
    "plan_minutes": Text("usual minutes", "通常耗时(分钟)"),
    "plan_cached": Text("on disk already", "本地已有"),
    "plan_invalid": Text("cannot run", "无法运行"),
    "sweep_counts": Text("{done} of {total} pictures, {failed} failed", "共 {total} 格,完成 {done},失败 {failed}"),
    "no_jobs": Text("no jobs in this kernel yet", "本内核尚无作业"),
    "no_pictures": Text("no saved picture found", "没有找到已保存的图片"),
    "canceled_now": Text("job {job} is canceled", "作业 {job} 已取消"),
    "not_canceled": Text(
        "job {job} is {status} and cannot be canceled any more; its pictures will be saved",
        "作业 {job} 状态为 {status},已无法取消;图片会保存",
    ),
}


def say(key: str, lang: str = "en", **values: object) -> str:
    """Return the sentence of `key` with `values` filled in."""
    return _CATALOGUE[key].get(lang).format(**values)


def keys() -> tuple[str, ...]:
    return tuple(_CATALOGUE)
