"""The words of a batch's live view and of its review, in English and Chinese; `texts.widgets` hands them on."""

from __future__ import annotations

from ..specs import Text

BATCH: dict[str, Text] = {
    "pause": Text("Pause", "暂停"),
    "go_on": Text("Go on", "继续"),
    "cancel_unsent": Text("Cancel unsent", "取消未发送"),
    "retry_failed": Text("Retry failed", "重试失败项"),
    "progress": Text("Rows done", "已完成的行"),
    "newest": Text("Newest pictures", "最新图片"),
    "picture_of": Text("row {row}: {name}", "第 {row} 行：{name}"),
    "failures": Text("Failures by reason", "失败原因"),
    "failure_rows": Text("Rows", "行数"),
    "failure_code": Text("Code", "代码"),
    "failure_reason": Text("Reason", "原因"),
    "failure_first": Text("First row", "首行"),
    "state planned": Text("planned, nothing sent", "已计划，未发送"),
    "state running": Text("running", "运行中"),
    "state paused": Text("paused", "已暂停"),
    "state stopped": Text("stopped", "已停止"),
    "state ended": Text("ended", "已结束"),
    "rows_done": Text("{done} of {total} done", "完成 {done}/{total}"),
    "rows_cached": Text("{count} on disk already", "{count} 行已在本地"),
    "rows_failed": Text("{count} failed", "失败 {count}"),
    "rows_undecided": Text("{count} perhaps sent, not found", "{count} 行可能已发送但未找到"),
    "rows_sent": Text("{count} on their way", "进行中 {count}"),
    "rows_parked": Text("{count} in the service's queue", "服务端排队 {count}"),
    "rows_canceled": Text("{count} canceled", "已取消 {count}"),
    "name_sent": Text("on their way", "进行中"),
    "name_parked": Text("in the service's queue", "服务端排队"),
    "name_failed": Text("failed", "失败"),
    "rate": Text("{rate} rows a minute", "每分钟 {rate} 行"),
    "rest_hours": Text("about {hours} h left", "约剩 {hours} 小时"),
    "rest_minutes": Text("about {minutes} min left", "约剩 {minutes} 分钟"),
    "rest_seconds": Text("less than a minute left", "不到 1 分钟"),
    "cost_so_far": Text("CNY {cost} so far", "已用 ¥{cost}"),
    "plan_rows": Text("{tasks} rows to send, {pictures} pictures", "待发送 {tasks} 行，{pictures} 张图片"),
    "plan_cost": Text("about CNY {cost}", "约 ¥{cost}"),
    "no_estimate": Text("price unknown", "价格未知"),
    "plan_hours": Text("about {hours} h", "约 {hours} 小时"),
    "plan_minutes": Text("about {minutes} min", "约 {minutes} 分钟"),
    "more_invalid": Text(
        "and {count} more; batch.plan['invalid'] lists them", "另有 {count} 处，见 batch.plan['invalid']"
    ),
    "billed_nothing": Text("EMULATOR, nothing billed", "模拟器，不计费"),
}


def words(key: str, lang: str, **values: object) -> str:
    """Return one sentence of a batch's plan and view with `values` filled in."""
    return BATCH[key].get(lang).format(**values)


REVIEW: dict[str, Text] = {
    "grid": Text("Pictures to review", "待审阅图片"),
    "all": Text("All {count}", "全部 {count}"),
    "undecided": Text("Undecided {count}", "未定 {count}"),
    "accept": Text("Accepted {count}", "已接受 {count}"),
    "reject": Text("Rejected {count}", "已拒绝 {count}"),
    "filters": Text("Show", "显示"),
    "do_accept": Text("Accept (A)", "接受 (A)"),
    "do_reject": Text("Reject (R)", "拒绝 (R)"),
    "do_clear": Text("Take back (U)", "撤回 (U)"),
    "is accept": Text("accepted", "已接受"),
    "is reject": Text("rejected", "已拒绝"),
    "is ": Text("undecided", "未定"),
    "reason": Text(
        "Why? Enter rejects, a number takes a reason, Esc gives up", "原因？回车拒绝，数字选择原因，Esc 放弃"
    ),
    "note": Text("Note; Enter keeps it, Esc gives up", "备注；回车保存，Esc 放弃"),
    "reason 1": Text("wrong subject", "主体错误"),
    "reason 2": Text("deformed", "变形"),
    "reason 3": Text("wrong colour", "颜色错误"),
    "reason 4": Text("text or logo wrong", "文字或标志错误"),
    "reason 5": Text("too dark or too bright", "过暗或过亮"),
    "reason 6": Text("blurred", "模糊"),
    "item": Text("row {row}, picture {picture}: {decision}", "第 {row} 行第 {picture} 张：{decision}"),
    "none": Text("No pictures here.", "此处没有图片。"),
    "loading": Text("loading", "加载中"),
    "cell_size": Text("Size of the pictures", "图片大小"),
    "large": Text(
        "Large picture: plus and minus zoom, arrows move it, 0 shows all of it",
        "大图：按加减号缩放，方向键平移，0 显示全图",
    ),
    "source": Text("source", "原图"),
    "before": Text("picture before", "之前的图片"),
    "result": Text("result", "结果"),
    "no_source": Text("There is no source to compare with.", "没有可对比的原图。"),
    "compare": Text("Compare (C)", "对比 (C)"),
    "mode slider": Text("Slider", "滑块"),
    "mode side": Text("Side by side", "并排"),
    "mode blink": Text("Blink", "闪烁"),
    "mode diff": Text("Difference", "差异"),
    "mode overlay": Text("Overlay", "叠加"),
    "seed": Text("seed {seed}", "种子 {seed}"),
    "earlier": Text("{count} done before", "此前 {count} 次"),
    "redo": Text("Redo {count} rejected", "重做 {count} 行被拒绝的"),
    "redo_prompt": Text("Prompt; {prompt} is the row's own", "提示词；{prompt} 为该行原提示词"),
    "redo_seed": Text("Seed, empty for new ones", "种子，留空则重新选取"),
    "redo_strength": Text("Strength, empty as it was", "强度，留空则不变"),
    "redo_plan": Text("Plan", "计划"),
    "redo_planned": Text("{count} rows planned anew: {cost}", "已重新计划 {count} 行：{cost}"),
    "redo_cost": Text("about CNY {cost} to send", "待发送约 ¥{cost}"),
    "saved": Text("saved", "已保存"),
    "keys": Text(
        "Arrows move, A accepts, R rejects, U takes back, N notes, Enter opens, C compares, M next way, F next filter, "
        "Esc leaves",
        "方向键移动，A 接受，R 拒绝，U 撤回，N 备注，Enter 打开，C 对比，M 下一种方式，F 下一筛选，Esc 离开",
    ),
}
