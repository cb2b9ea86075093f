"""The words of lists that move: the history of saved pictures and its gallery, the Jobs of this kernel.

Those of their tables are handed on by `texts.catalogue`.
"""

from __future__ import annotations

from ..specs import Text

TABLE: dict[str, Text] = {
    "head_marks": Text("★ tags", "★ 标签"),
    "batch": Text("batch", "批次"),
    "rest_left": Text("about {seconds} s left", "约剩 {seconds} 秒"),
    "rows_done": Text("{done} of {total} done", "共 {total} 行，已完成 {done} 行"),
    "rows_failed": Text("{count} failed", "{count} 行失败"),
    "jobs_going": Text("{count} going", "{count} 个进行中"),
    "jobs_done": Text("{count} done", "{count} 个已完成"),
    "jobs_failed": Text("{count} failed or canceled", "{count} 个失败或取消"),
    "history_page": Text("{first}-{last} of {of}", "第 {first}-{last} 张，共 {of} 张"),
}

HISTORY: dict[str, Text] = {
    "grid": Text("Saved pictures", "已保存的图片"),
    "words": Text("Search prompts and models", "搜索提示词和模型"),
    "model": Text("Model", "模型"),
    "function": Text("Function", "功能"),
    "tag": Text("Tag", "标签"),
    "any_model": Text("any model", "全部模型"),
    "any_function": Text("any function", "全部功能"),
    "any_tag": Text("any tag", "全部标签"),
    "owner": Text("Owner", "作者"),
    "any_owner": Text("any owner", "全部作者"),
    "since": Text("From", "从"),
    "until": Text("To", "到"),
    "dates": Text("Days", "日期"),
    "starred": Text("★ Starred", "★ 已加星"),
    "binned": Text("Bin", "回收站"),
    "everybody": Text("Everybody's", "所有人的"),
    "filters": Text("Show", "显示"),
    "total": Text("{count} pictures", "{count} 张图片"),
    "total_one": Text("{count} picture", "{count} 张图片"),
    "selected": Text("{count} selected", "已选 {count} 张"),
    "none": Text("No pictures here.", "此处没有图片。"),
    "loading": Text("loading", "加载中"),
    "cell_size": Text("Size of the pictures", "图片大小"),
    "do_star": Text("Star (S)", "加星 (S)"),
    "do_unstar": Text("Unstar (S)", "取消星标 (S)"),
    "do_tag": Text("Tags (T)", "标签 (T)"),
    "do_delete": Text("To the bin (Del)", "移到回收站 (Del)"),
    "do_restore": Text("Bring back (Del)", "还原 (Del)"),
    "do_undo": Text("Undo (Z)", "撤销 (Z)"),
    "do_sheet": Text("Sheet (P)", "拼图 (P)"),
    "do_rerun": Text("Draw again (G)", "重新生成 (G)"),
    "tags": Text(
        "Tags, with commas between them; Enter keeps them, Esc gives up", "标签，用逗号分隔；回车保存，Esc 放弃"
    ),
    "is_starred": Text("starred", "已加星"),
    "is_selected": Text("selected", "已选中"),
    "gone_file": Text("the file is gone", "文件已不存在"),
    "large": Text(
        "Large picture: plus and minus zoom, arrows move it, 0 shows all of it",
        "大图：按加减号缩放，方向键平移，0 显示全图",
    ),
    "compare_mark": Text("Compare with this (C)", "以此图对比 (C)"),
    "compare_stop": Text("End comparing (C)", "结束对比 (C)"),
    "compared": Text("other", "对比图"),
    "marked": Text("Go to the other picture: it is compared with this one", "请选择另一张图片，将与此图对比"),
    "result": Text("picture", "图片"),
    "mode slider": Text("Slider", "滑块"),
    "mode side": Text("Side by side", "并排"),
    "mode blink": Text("Blink", "闪烁"),
    "mode diff": Text("Difference", "差异"),
    "mode overlay": Text("Overlay", "叠加"),
    "seed": Text("seed {seed}", "种子 {seed}"),
    "again_prompt": Text("Prompt", "提示词"),
    "again_seed": Text("Seed, empty for a new one", "种子，留空则重新选取"),
    "again_price": Text("Show the price", "查看价格"),
    "again_free": Text("on disk already: costs nothing", "已在本地：不计费"),
    "again_emulator": Text("EMULATOR, nothing billed", "模拟器，不计费"),
    "again_cost": Text("about CNY {cost}", "约 ¥{cost}"),
    "again_unknown": Text("price unknown", "价格未知"),
    "again_sent": Text("job {job}: {status}", "作业 {job}：{status}"),
    "deleted": Text("{count} in the bin; Undo brings them back", "{count} 张已移到回收站，可撤销"),
    "restored": Text("{count} brought back", "已还原 {count} 张"),
    "undone_nothing": Text("there is nothing to bring back", "没有可还原的图片"),
    "sheet_saved": Text("saved: {path}", "已保存：{path}"),
    "keys": Text(
        "Arrows move, Space selects, Enter opens, C compares, M next way, S stars, T tags, G draws again, P makes a "
        "sheet, Del bins, Z brings back, / searches, Esc leaves",
        "方向键移动，空格选择，Enter 打开，C 对比，M 下一种方式，S 加星，T 标签，G 重新生成，P 拼图，Del 回收，"
        "Z 撤销，/ 搜索，Esc 离开",
    ),
}

JOBS: dict[str, Text] = {
    "jobs": Text("Jobs of this kernel", "本内核的作业"),
    "head_state": Text("state", "状态"),
    "head_rest": Text("left", "剩余"),
    "rest": Text("about {seconds} s", "约 {seconds} 秒"),
    "head_prompt": Text("prompt", "提示词"),
    "head_call": Text("what", "模型与功能"),
    "cancel_job": Text("Cancel job {id}", "取消作业 {id}"),
}
