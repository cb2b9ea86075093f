"""What a job says while it waits or is canceled; the catalogue holds it with the rest."""

from __future__ import annotations

from ..specs import Text

WAITS: dict[str, Text] = {
    "by_minute": Text(
        "the model takes {count} calls in {window} s; this one goes out at {until}",
        "该模型每 {window} 秒可提交 {count} 次，本次将于 {until} 提交",
    ),
    "limits_away": Text(
        "Redis, which counts the limits of all machines, is away ({reason}); this goes on when it is back",
        "统计所有机器限额的 Redis 无法使用（{reason}），恢复后将自动继续",
    ),
    "limits_cold": Text(
        "Redis has come up anew: places are given out once all machines have said what they hold",
        "Redis 已重新启动：待各机器报告其占用情况后再分配名额",
    ),
    "limits_lost": Text(
        "this process stood still and lost its place; nothing was sent, it waits for the next one",
        "本进程曾停顿并失去名额；未发送任何内容，正在等待下一个名额",
    ),
    "followed_elsewhere": Text(
        "{owner} on {host} makes the same request: this one takes its pictures",
        "{host} 上的 {owner} 正在执行相同的请求：将直接采用其图片",
    ),
    "wire_connect": Text("still connecting", "仍在建立连接"),
    "wire_send": Text("still sending; the line is slow", "仍在发送，网络较慢"),
    "wire_answer": Text("no answer yet", "尚无应答"),
    "wire_receive": Text("the answer comes in slowly", "应答接收较慢"),
    "cancel_elsewhere": Text(
        "it follows job {job} of another kernel: cancel that one there", "它跟随另一个内核的作业 {job}，请在那里取消"
    ),
    "cancel_open": Text("the cancel is on its way, without an answer so far", "取消请求已发出，尚无应答"),
    "cancel_noted": Text(
        "the cancel is noted: if its task is found before it starts, it is canceled; if later, its pictures are saved",
        "已记录取消请求：若找到任务时尚未开始则取消，否则图片会保存",
    ),
    "cancel_failed": Text("the cancel failed ({code}); the job goes on", "取消失败（{code}）；作业继续进行"),
    "cancel_closed": Text(
        "the session is closed; %wan resume takes the job up", "会话已关闭；用 %wan resume 继续该作业"
    ),
    "cancel_sync": Text(
        "a synchronous call cannot be canceled; its pictures will be saved", "同步调用无法取消；图片会保存"
    ),
    "cancel_with": Text("cancel: %wan cancel {job}", "取消：%wan cancel {job}"),
}
