"""The words of what was spent: the tables of `%wan cost` and their chart. `texts.catalogue` hands them on."""

from __future__ import annotations

from ..specs import Text

COSTS: dict[str, Text] = {
    "chart_title": Text("CNY by day and model, the last {count} days", "最近 {count} 天每天各模型的费用（元）"),
    "chart_emulator": Text(
        "EMULATOR, nothing billed: what it would have cost, in CNY by day and model",
        "模拟器，不计费：每天各模型的假设费用（元）",
    ),
    "chart_others": Text("others", "其他"),
    "chart_month": Text("this month {spent} of {cap} (max_cost_month)", "本月 {spent}，上限 {cap}（max_cost_month）"),
    "cost_title": Text("Cost of account {account} at {host}", "账号 {account}（{host}）的费用"),
    "cost_title_emulator": Text(
        "Cost: EMULATOR, nothing billed; what it would have cost", "费用：EMULATOR 模拟，未计费；以下为折算费用"
    ),
    "cost_kernel": Text("this kernel", "本内核"),
    "cost_today": Text("today", "今天"),
    "cost_month": Text("this month", "本月"),
    "cost_total": Text("all", "全部"),
    "cost_model": Text("By model", "按模型"),
    "cost_notebook": Text("By notebook", "按笔记本"),
    "cost_pictures": Text("pictures", "图片数"),
    "cost_open": Text("on its way", "进行中"),
    "cost_maybe": Text("may have been billed", "可能已计费"),
    "cost_free": Text("not billed", "未计费"),
    "cost_some_unknown": Text("{count} unknown", "{count} 个价格未知"),
    "cost_no_notebook": Text("no notebook", "非笔记本"),
    "cost_left": Text("left of {name} {cap}: CNY {left}", "{name} {cap} 还剩 ¥{left}"),
    "cost_note": Text(
        "list price of {dated}, before free quota and savings plan", "按 {dated} 目录价，未计免费额度与优惠"
    ),
    "prices_same": Text("nothing differs", "没有不同"),
    "quota_here": Text(
        "free quota of a new account: {count} pictures, for {days} days from activation or the model's release",
        "新账号免费额度：{count} 张，自开通或模型发布起 {days} 天内有效",
    ),
    "quota_elsewhere": Text(
        "no free quota in {region}: it holds in {home} alone", "{region} 地域没有免费额度，仅 {home} 地域有"
    ),
    "cost_none": Text("nothing was sent yet", "尚未发送任何请求"),
}
