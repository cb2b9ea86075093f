"""What `bailian-nb team` shows; the catalogue holds it with the rest."""

from __future__ import annotations

from ..specs import Text

TEAM: dict[str, Text] = {
    "team_title": Text(
        "Account {account} on all machines, by {server}", "账号 {account} 在所有机器上的情况（{server}）"
    ),
    "team_model": Text("model", "模型"),
    "team_creating": Text("{model}: create call", "{model}：提交调用"),
    "team_places": Text("places", "名额"),
    "team_held_by": Text("held by", "占用者"),
    "team_waiting": Text("in line, first comes first", "排队（按先后）"),
    "team_pause": Text("pause", "暂停"),
    "team_unowned": Text("known by the service alone", "仅服务端可见"),
    "team_late": Text("not heard of: {count}", "失去联系：{count}"),
    "team_paused": Text("throttled for {seconds} s", "限流中，{seconds} 秒"),
    "team_slower": Text("{times} times slower", "放慢 {times} 倍"),
    "team_money": Text("Money by list price, days and months of Beijing", "费用（目录价，按北京时间的日与月）"),
    "team_owner": Text("owner", "使用者"),
    "team_total": Text("all", "合计"),
    "team_way": Text("on its way", "进行中"),
    "team_cap": Text("cap of the team", "团队上限"),
    "team_none": Text("none", "无"),
}
