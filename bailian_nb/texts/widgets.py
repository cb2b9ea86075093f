"""Every word that the widgets' browser side shows, in English and Chinese; Python sends one language's to the page."""

from __future__ import annotations

from ..specs import Text
from .batch_widgets import BATCH, REVIEW
from .history import HISTORY, JOBS

_SHARED: dict[str, Text] = {
    "run": Text("Run", "运行"),
    "cancel": Text("Cancel", "取消"),
    "close": Text("Close (Esc)", "关闭 (Esc)"),
    "gone": Text(
        "The kernel is gone. What is shown stays; run the cell again to go on.",
        "内核已断开。当前内容保留；重新运行单元格可继续。",
    ),
}

_PAINTER: dict[str, Text] = {
    "tools": Text("Tools", "工具"),
    "more_tools": Text("More tools", "更多工具"),
    "stage": Text("Picture: paint the mask here, ? shows the keys", "图片：在此涂抹蒙版，按 ? 查看快捷键"),
    "brush": Text("Brush", "画笔"),
    "eraser": Text("Eraser", "橡皮"),
    "lasso": Text("Lasso", "套索"),
    "polygon": Text(
        "Polygon: click corners; the first one, Enter or a double click closes",
        "多边形：点击顶点，点首点、回车或双击闭合",
    ),
    "rect": Text("Rectangle", "矩形"),
    "ellipse": Text("Ellipse", "椭圆"),
    "fill": Text("Fill an area", "填充区域"),
    "wand": Text("Wand: picks a colour", "魔棒：按颜色选取"),
    "tolerance": Text("Tolerance", "容差"),
    "contiguous": Text("only what hangs together", "仅连续区域"),
    "edges": Text("follow edges of the picture", "贴合图片边缘"),
    "edges_hint": Text(
        "A click or a pause fixes an anchor, Backspace takes it away; a click on the first one closes.",
        "点击或停留即固定锚点，Backspace 撤去；点击第一个锚点即闭合。",
    ),
    "edge": Text("Edge: grow, shrink, smooth", "边缘：扩展、收缩、平滑"),
    "edge_px": Text("Edge, pixels", "边缘像素"),
    "grow": Text("Grow", "扩展"),
    "grow_title": Text("Grow what is painted by so many pixels", "将涂抹区域向外扩展若干像素"),
    "shrink": Text("Shrink", "收缩"),
    "shrink_title": Text("Shrink what is painted by so many pixels", "将涂抹区域向内收缩若干像素"),
    "smooth": Text("Smooth", "平滑"),
    "smooth_title": Text(
        "Round the edge, drop specks and fill holes of about twice so many pixels", "平滑边缘，去除小斑点并填补小孔"
    ),
    "size": Text("Size", "大小"),
    "add": Text("Add", "添加"),
    "opacity": Text("Opacity", "不透明度"),
    "undo": Text("Undo", "撤销"),
    "redo": Text("Redo", "重做"),
    "clear": Text("Clear", "清空"),
    "invert": Text("Invert", "反选"),
    "fit": Text("Fit", "适应窗口"),
    "actual": Text("100 %", "100 %"),
    "help": Text("Keys", "快捷键"),
    "prompt": Text("What to draw in the painted area", "描述要在涂抹区域生成的内容"),
    "coverage": Text("{percent} % painted", "已涂抹 {percent} %"),
    "box": Text("box {x0}, {y0} to {x1}, {y1}", "范围 {x0}, {y0} 至 {x1}, {y1}"),
    "much": Text(
        "most of it is painted, and what is painted will be edited; Shift+V swaps",
        "大部分已涂抹，涂抹处会被编辑；Shift+V 反选",
    ),
    "framed": Text(
        "all four edges are painted, and what is painted will be edited; Shift+V swaps",
        "四边均已涂抹，涂抹处会被编辑；Shift+V 反选",
    ),
    "waiting": Text("waiting for the kernel", "等待内核"),
    "kept": Text(
        "steps of {when} are back: {count}; Ctrl+Z takes one back, Clear all",
        "已恢复 {when} 的 {count} 步；Ctrl+Z 撤销",
    ),
    "recovered": Text(
        "steps that the kernel had not got are back: {count}; Ctrl+Z takes one back",
        "已恢复内核未收到的 {count} 步；Ctrl+Z 撤销",
    ),
    "strokes_aside": Text(
        "kept strokes cannot be read ({reason}); they are laid aside as {name}",
        "已保存的涂抹内容无法读取（{reason}），已另存为 {name}",
    ),
    "strokes_damaged": Text(
        "kept strokes cannot be read and are passed over ({reason}): {name}",
        "已保存的涂抹内容无法读取，已忽略（{reason}）：{name}",
    ),
    "not_kept": Text("strokes cannot be kept for later: {reason}", "涂抹内容无法保存：{reason}"),
    "no_mask": Text("Paint where the picture may change, then Run.", "请先涂抹要修改的区域，再运行。"),
    "no_prompt": Text("Say what to draw in the painted area, then Run.", "请描述要在涂抹区域生成的内容，再运行。"),
    "price": Text("CNY {cost}", "¥{cost}"),
    "no_price": Text("price unknown", "价格未知"),
    "n": Text("Pictures a run", "每次张数"),
    "seed": Text("Seed", "种子"),
    "seed_new": Text("new", "随机"),
    "seed_lock": Text("Lock the seed of this picture", "锁定此图的种子"),
    "seed_free": Text("A new seed for every run", "每次使用新种子"),
    "negative_prompt": Text("What it is not to show", "不希望出现的内容"),
    "recent": Text("Recent prompts", "最近的提示词"),
    "strip": Text("All attempts", "所有结果"),
    "painting": Text("Painting", "涂抹"),
    "painting_title": Text("Back to the picture that is painted on (Esc)", "回到涂抹的图片 (Esc)"),
    "attempt": Text("Attempt {number} of {count}", "第 {number}/{count} 张"),
    "attempt_seed": Text("seed {seed}", "种子 {seed}"),
    "loading_attempt": Text("loading", "加载中"),
    "previous": Text("Previous attempt (,)", "上一张 (,)"),
    "next": Text("Next attempt (.)", "下一张 (.)"),
    "before": Text("Before", "原图"),
    "before_title": Text("Hold to see the picture before (H)", "按住查看原图 (H)"),
    "use": Text("Use as the new picture", "用作新图片"),
    "use_title": Text("Paint on this one from now on; the picture before stays", "接着在此图上涂抹，原图保留"),
    "back": Text("Back to the picture before", "返回上一张图片"),
    "forward": Text("Forward to the next picture", "前进到下一张图片"),
    "download": Text("Download", "下载"),
    "open": Text("Open in a new tab", "在新标签页打开"),
    "code": Text("Copy as code", "复制为代码"),
    "copied": Text("copied as code", "已复制为代码"),
    "not_copied": Text("The browser refused to copy; here is the code.", "浏览器拒绝复制，代码如下。"),
    "undecodable": Text(
        "The browser cannot show this picture; painting still works.", "浏览器无法显示该图片，仍可涂抹。"
    ),
    "erases": Text("erases", "擦除"),
    "zoom": Text("Zoom in per cent", "缩放百分比"),
    "full_screen": Text("Full screen", "全屏"),
    "keys Ctrl+wheel": Text("Ctrl+wheel", "Ctrl+滚轮"),
    "keys right button": Text("right button", "鼠标右键"),
    "keys Space": Text("Space", "空格键"),
    "keys Shift+click": Text("Shift+click", "Shift+单击"),
    "keys arrows": Text("arrows", "方向键"),
    "key F": Text("full screen", "全屏"),
    "key B E X": Text("brush, eraser, swap painting and erasing", "画笔、橡皮、切换涂抹与擦除"),
    "key L P U O G W": Text(
        "lasso, polygon, rectangle, ellipse, fill an area, wand", "套索、多边形、矩形、椭圆、填充区域、魔棒"
    ),
    "key S": Text("the lasso follows edges, or does not", "套索贴合边缘，再按取消"),
    "key [ ]": Text("smaller, larger (Shift: five steps)", "缩小、放大画笔（Shift：五倍）"),
    "key Shift+V": Text("invert", "反选"),
    "key Ctrl+Z": Text("undo; with Shift, or Ctrl+Y: redo", "撤销；加 Shift 或 Ctrl+Y：重做"),
    "key Ctrl+wheel": Text("zoom to the pointer; pinch does too", "以指针为中心缩放；双指亦可"),
    "key right button": Text(
        "erases; Backspace or Ctrl+Z takes back a polygon's last corner",
        "擦除；Backspace 或 Ctrl+Z 撤回多边形的最后一个顶点",
    ),
    "key Space": Text("drag the picture; the middle button does too", "拖动图片；鼠标中键亦可"),
    "key Shift+click": Text("straight line from the last stroke", "从上一笔画直线"),
    "key 0 1 + -": Text("fit, 100 %, larger, smaller", "适应窗口、100 %、放大、缩小"),
    "key H": Text("hold: hide the mask; on an attempt: see the picture before", "按住：隐藏蒙版；查看结果时显示原图"),
    "key , .": Text("previous and next attempt", "上一张、下一张结果"),
    "key arrows": Text(
        "move without a pointer (Shift: 10 px); Enter paints, Shift+Enter a line",
        "用方向键移动（Shift：10 像素）；Enter 涂抹，Shift+Enter 画直线",
    ),
    "key Esc": Text("give up the shape, then leave the painter", "放弃当前形状，再离开画板"),
}

_GRID: dict[str, Text] = {
    "retry": Text("Retry", "重试"),
    "retry_failed": Text("Retry failed", "重试失败项"),
    "star": Text("Star", "加星"),
    "winner": Text("Winner", "最佳"),
    "original": Text("original", "原图"),
    "only_starred": Text("only starred", "仅已加星"),
    "only_failed": Text("only failed", "仅失败"),
    "captions": Text("captions", "说明文字"),
    "captions title": Text("The words under the pictures", "图片下方的文字"),
    "cell_size": Text("Size of the cells", "格子大小"),
    "gain": Text("Gain {gain}x", "增益 {gain} 倍"),
    "scrub": Text("From the original over the axis", "从原图起沿参数滑动"),
    "large": Text(
        "Large picture: plus and minus zoom, arrows move it, 0 shows all of it",
        "大图：按加减号缩放，方向键平移，0 显示全图",
    ),
    "fit": Text("Show all of it (0)", "显示全图 (0)"),
    "compare": Text("Ways to compare", "对比方式"),
    "compare_with": Text("with", "对比对象"),
    "compare_none": Text("Go to another cell: it is compared with this one.", "移到另一格，即与此格对比。"),
    "mode slider": Text("Slider", "滑块"),
    "mode slider title": Text("Before and after, with a divider to drag", "拖动分隔线看前后"),
    "mode side": Text("Side by side", "并排"),
    "mode side title": Text("Both beside each other", "两张并排"),
    "mode blink": Text("Blink", "闪烁"),
    "mode blink title": Text("One after the other in the same place", "在同一位置轮流显示"),
    "mode diff": Text("Difference", "差异"),
    "mode diff title": Text("What differs, made brighter", "显示差异，可调亮度"),
    "mode overlay": Text("Overlay", "叠加"),
    "mode overlay title": Text("One through the other", "半透明叠加"),
    "divider": Text("Divider", "分隔线"),
    "opacity": Text("Opacity", "不透明度"),
    "swap": Text("Swap", "切换"),
    "swap title": Text("Show the other picture and stop blinking", "显示另一张并停止闪烁"),
    "unlike": Text(
        "The pictures have different shapes: they do not lie exactly on each other.",
        "两张图片宽高比不同，无法完全重合。",
    ),
    "unlike_diff": Text(
        "The pictures have different shapes, so there is no difference to show; they stand side by side.",
        "两张图片宽高比不同，无法显示差异，改为并排显示。",
    ),
    "scaled": Text(
        "The pictures have different sizes and were scaled to one: edges may differ by that alone.",
        "两张图片尺寸不同，已缩放到同一尺寸，边缘差异可能由此产生。",
    ),
    "compare_keys": Text(
        "C compares with the original; C on a second cell compares these two, C there again goes back. "
        "Ctrl/Cmd+wheel zooms, drag moves, 0 shows all.",
        "C 与原图对比；在另一格按 C，对比这两格，再按 C 返回。Ctrl/Cmd+滚轮缩放，拖动平移，0 显示全图。",
    ),
    "compare_keys_alone": Text(
        "C on a cell and C on a second one compares these two, C there again ends it. "
        "Ctrl/Cmd+wheel zooms, drag moves, 0 shows all.",
        "先后在两格按 C，对比这两格，再按 C 结束。Ctrl/Cmd+滚轮缩放，拖动平移，0 显示全图。",
    ),
    "after": Text("Go on with this one", "用这一张继续"),
    "after nearby": Text("Nearby values", "邻近值"),
    "after nearby title": Text(
        "Plan a finer axis about this one; Run sends it", "在此值附近加密参数；按“运行”才会发送"
    ),
    "after reseed": Text("Another seed", "换一个种子"),
    "after reseed title": Text("Plan a row with a new seed; Run sends it", "增加一行新种子；按“运行”才会发送"),
    "after edit": Text("Edit this", "编辑此图"),
    "after edit title": Text("Copy a cell that opens it in the painter", "复制一段代码，在画板中打开此图"),
    "after upscale": Text("Upscale", "放大"),
    "after upscale title": Text("Copy a cell that makes it twice as large", "复制一段代码，将此图放大两倍"),
    "after code": Text("As code", "复制为代码"),
    "after code title": Text("Copy a cell that makes it again", "复制一段代码，重新生成此图"),
    "after sheet": Text("Sheet", "总览图"),
    "after sheet title": Text("Save all cells as one picture beside the notebook", "将所有格保存为一张图片"),
    "after page": Text("Page", "网页"),
    "after page title": Text("Save a page for people without Jupyter beside the notebook", "保存为无需 Jupyter 的网页"),
    "saved_as": Text("saved as {path}", "已保存为 {path}"),
    "copied": Text("copied as code", "已复制为代码"),
    "grid_count": Text("{done} of {total} done", "完成 {done}/{total}"),
    "grid_failed": Text(", {failed} failed", "，失败 {failed}"),
    "grid_keys": Text(
        "Arrows move, Enter opens, C compares, M next way, D difference, S stars, W crowns, Esc leaves",
        "方向键移动，Enter 打开，C 对比，M 下一种方式，D 差异，S 加星，W 最佳，Esc 离开",
    ),
    "cell_from_disk": Text("from disk", "取自本地"),
    "cell planned": Text("planned", "计划中"),
    "cell invalid": Text("invalid", "无效"),
    "cell waiting": Text("waiting", "等待中"),
    "cell running": Text("drawing", "生成中"),
    "cell done": Text("loading", "加载中"),
    "cell failed": Text("failed", "失败"),
    "no_estimate": Text("price unknown", "价格未知"),
    "plan_images": Text("{images} pictures in {tasks} tasks", "{images} 张图片，{tasks} 个任务"),
    "plan_cost": Text("about CNY {cost}", "约 ¥{cost}"),
    "plan_minutes": Text("about {minutes} min", "约 {minutes} 分钟"),
    "plan_cached": Text("{cached} on disk already", "{cached} 张已在本地"),
}

_CATALOGUES = {
    "painter": _PAINTER,
    "grid": _GRID,
    "card": {},
    "batch": BATCH,
    "review": REVIEW,
    "history": HISTORY,
    "jobs": JOBS,
}


def words(widget: str, lang: str) -> dict[str, str]:
    """Return what one widget ("painter", "grid", "card", "batch", "review", "history", "jobs") shows, by key."""
    return {key: text.get(lang) for key, text in {**_SHARED, **_CATALOGUES[widget]}.items()}


def painter_says(key: str, lang: str, **values: object) -> str:
    """Return one sentence of the painter's with `values` filled in."""
    return _PAINTER[key].get(lang).format(**values)


def say(key: str, lang: str, **values: object) -> str:
    """Return one sentence of the grid's with `values` filled in."""
    return _GRID[key].get(lang).format(**values)
