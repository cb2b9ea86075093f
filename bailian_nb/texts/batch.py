"""What help says of batches: the options that `bailian-nb batch` and `%wan_batch` have beside those of every call."""

from __future__ import annotations

from ..specs import Text

USAGE = '%wan_batch edit style photos/*.jpg "Convert to French picture book style" --name "{stem}_{i}" -o b'
BOTH: dict[str, Text] = {
    "name": Text(
        "template of the files' names, such as {sku}_{i}: {i} is the picture's number in its row, {n} the row's",
        "文件名模板，例如 {sku}_{i}:{i} 为该行内的图片序号，{n} 为行号",
    ),
    "image": Text(
        "template of the input picture's path, such as photos/{sku}.png; a column image is used by itself",
        "输入图路径模板，例如 photos/{sku}.png；名为 image 的列会自动使用",
    ),
    "encoding": Text(
        "how a file's characters are written, such as Big5; found out for UTF-8, UTF-16 and GB18030",
        "文件的字符编码，例如 Big5；UTF-8、UTF-16、GB18030 会自动识别",
    ),
}
"""Options with a value, of the magic and of the command line."""
SWITCHES: dict[str, Text] = {
    "skip-invalid": Text("leave out the rows that cannot be sent", "跳过无法发送的行"),
}
PROGRAM: dict[str, Text] = {
    "SOURCE": Text(
        "a CSV, TSV, JSON or JSONL file, a folder of pictures, a pattern, or picture files",
        "CSV、TSV、JSON 或 JSONL 文件，图片文件夹，通配符，或若干图片文件",
    ),
    "function": Text(
        "a function of the edit model, such as style or background", "编辑模型的功能，例如 style、background"
    ),
    "prompt": Text(
        "template of the prompt: {column} is filled in from the row; a column prompt is used by itself",
        "提示词模板：{column} 由该行填入；名为 prompt 的列会自动使用",
    ),
    "out": Text("folder for the pictures", "保存图片的文件夹"),
    "csv": Text("write what became of each row into this CSV", "把每一行的结果写入该 CSV 文件"),
    "run": Text("send although the estimate is above confirm_above", "即使预估费用超过 confirm_above 也立即发送"),
    "max-cost": Text(
        "CNY for all rows together; a higher estimate is refused", "全部行合计的费用上限（元）；预估超过时拒绝"
    ),
    "retry-failed": Text(
        "run, then send once more what failed, also rows whose lost create call was looked for in vain (may be billed)",
        "对已查找但未找到任务的丢失请求再次发送：原任务若存在，可能与新任务同时计费",
    ),
    "park": Text(
        "submit ahead into the service's own queue and leave; --collect fetches the pictures later",
        "提前提交到服务端队列后退出；之后用 --collect 取回图片",
    ),
    "share": Text("the part of the service's queue that --park may fill, 0-1", "--park 最多占用服务端队列的比例，0-1"),
    "collect": Text("fetch what was parked; send nothing", "取回已提交到队列的结果；不发送新请求"),
    "unpark": Text("cancel what was parked and does not run yet", "取消已提交但尚未开始运行的任务"),
    "dry-run": Text("show the plan; send nothing", "只显示计划；不发送"),
    "json": Text("print plan and rows as JSON", "以 JSON 格式输出计划与各行结果"),
}
"""Options of `bailian-nb batch` alone."""
EXIT_CODES = Text(
    "Exit codes: 0 all done; 2 wrong input, no key, above confirm_above without --run; 3 some rows failed or are "
    "undecided; 75 interrupted, service out of reach, or a limit of the day: come again.",
    "退出码：0 全部完成；2 输入有误、没有 Key，或超过 confirm_above 而未加 --run；3 部分行失败或结果未定；"
    "75 被中断、服务不可达或达到当日上限，请稍后再次运行。",
)
MAGIC: dict[str, Text] = {
    '%wan_batch edit FUNCTION SOURCE "template" [options]': Text(
        "one call for each picture or row of a folder, pattern, CSV or frame",
        "对文件夹、通配符、CSV 或数据框中的每张图片或每一行各调用一次",
    ),
    "%%wan_batch t2i SOURCE [options]": Text(
        "the same from text; the body of the cell is the template of the prompt",
        "由文字生成；单元格正文即提示词模板",
    ),
}
"""How the magic is typed."""
