"""Rows of wanx2.1-imageedit: one model with ten functions, each with its own meaning, parameters and tips.

Sources: "EDIT" for names, types, bounds and defaults, "GUIDE" for tips and styles; see `common`.
"""

from __future__ import annotations

from .common import BEIJING, EDIT_ASYNC, PRICES_DATED, edit_prompt, limits, n, prices, seed, watermark
from .dates import LISTED
from .types import Function, ImageRule, Latency, Model, Parameter, Text


def strength(meaning: Text) -> Parameter:
    return Parameter(
        name="strength",
        type="float",
        default=0.5,
        minimum=0.0,
        maximum=1.0,
        meaning=meaning,
        source="EDIT",
    )


def _scale(side: str, words: Text) -> Parameter:
    return Parameter(
        name=f"{side}_scale",
        type="float",
        default=1.0,
        minimum=1.0,
        maximum=2.0,
        meaning=words,
        source="EDIT",
    )


STYLIZATION_ALL = Function(
    name="stylization_all",
    short="style",
    meaning=Text("give the whole picture another style", "全局风格化：整图转换风格"),
    prompt=edit_prompt(),
    parameters=(
        strength(
            Text(
                "near 0 stays close to the original, near 1 changes most",
                "越接近 0 越接近原图，越接近 1 改动越大",
            )
        ),
    ),
    example=Text("Convert to French picture book style", "转换成法国绘本风格"),
    tips=(
        Text(
            "Two styles are supported: French picture book and gold leaf.",
            "支持两种风格：法国绘本、金箔艺术。",
        ),
        Text('Word it as "convert to … style".', "句式：“转换成……风格”。"),
    ),
    source="EDIT, GUIDE",
)

STYLIZATION_LOCAL = Function(
    name="stylization_local",
    short="style-local",
    meaning=Text("give one thing in the picture another material", "局部风格化：只改变画面中某一部分的材质风格"),
    prompt=edit_prompt(),
    example=Text("Change the house to wooden style", "把房子变成木板风格。"),
    tips=(
        Text(
            "Eight styles are supported: ice, cloud, Chinese festive lantern, wooden board, blue and white porcelain, "
            "fluffy, woven yarn, balloon.",
            "支持八种风格：冰雕、云朵、花灯、木板、青花瓷、毛茸茸、毛线编织、气球。",
        ),
        Text('Name the thing and the style: "change the … to … style".', "写明对象与风格：“把……变成……风格”。"),
    ),
    source="EDIT, GUIDE",
)

DESCRIPTION_EDIT = Function(
    name="description_edit",
    short="instruct",
    meaning=Text("change the picture by an instruction, no region needed", "指令编辑：无需指定区域"),
    prompt=edit_prompt(),
    parameters=(strength(Text("how much may change: 0.0 least, 1.0 most", "允许改动的幅度：0.0 最小，1.0 最大")),),
    example=Text("Change her hair to red", "把她的头发修改为红色。"),
    tips=(
        Text(
            "Say what to add or change (add, put on, change to); for exact regions use a mask.",
            "写明要增加或修改的内容（添加、戴上、修改为）；需要精确区域时请使用蒙版。",
        ),
        Text("To remove something, inpaint does better.", "要消除内容，局部重绘效果更好。"),
    ),
    source="EDIT, GUIDE",
)

DESCRIPTION_EDIT_WITH_MASK = Function(
    name="description_edit_with_mask",
    short="inpaint",
    meaning=Text("redraw only the white area of a mask", "局部重绘：只重画蒙版白色区域"),
    prompt=edit_prompt(warn_empty=True),
    mask=True,
    example=Text("A ceramic rabbit holding a ceramic flower", "陶瓷兔子拿着陶瓷小花"),
    tips=(
        Text(
            "To add or change, an action (put a hat on the dog) and a result (a dog in a hat) both work.",
            "增加或修改时，可写动作（给小狗戴上帽子），也可写结果（戴帽子的小狗）。",
        ),
        Text(
            "To remove something large, describe what should be seen instead, never the removal; under a small mask "
            "an empty prompt removes.",
            "消除较大的物体时，请描述消除后应出现的内容，不要写“删除……”；小面积蒙版可用空提示词消除。",
        ),
    ),
    source="EDIT, GUIDE",
)

REMOVE_WATERMARK = Function(
    name="remove_watermark",
    short="unwatermark",
    meaning=Text("remove Chinese or English text and watermarks", "去文字水印：去除中英文文字与水印"),
    prompt=edit_prompt(),
    example=Text("Remove the text from the picture", "去除图像中的文字"),
    tips=(
        Text(
            "A general instruction is enough; name a kind (English text only) to keep the rest.",
            "写通用指令即可；只想去除一种时请写明（如只去除英文）。",
        ),
    ),
    rights=Text(
        "Only for pictures that you hold the rights to: taking off somebody else's mark may infringe them, and the "
        "responsibility is yours.",
        "仅限处理您拥有合法权利的图片：去除他人的水印或标识可能侵权，责任由使用者承担。",
    ),
    source="EDIT, GUIDE",
)

EXPAND = Function(
    name="expand",
    short="outpaint",
    meaning=Text("widen the picture beyond its edges", "扩图：按比例向四周扩展画面"),
    prompt=edit_prompt(),
    parameters=(
        _scale("top", Text("how far to widen at the top, 1.0 = not at all", "向上扩展的比例，1.0 表示不扩展")),
        _scale("bottom", Text("how far to widen at the bottom, 1.0 = not at all", "向下扩展的比例，1.0 表示不扩展")),
        _scale("left", Text("how far to widen at the left, 1.0 = not at all", "向左扩展的比例，1.0 表示不扩展")),
        _scale("right", Text("how far to widen at the right, 1.0 = not at all", "向右扩展的比例，1.0 表示不扩展")),
    ),
    example=Text("A green fairy in a wide forest clearing", "一位绿色仙子站在开阔的林间空地"),
    tips=(
        Text("Describe the whole scene as it should be seen afterwards.", "描述扩展之后的完整画面。"),
        Text("All four at 1.5 make the picture 1.5 times as large.", "四个方向都取 1.5，画面约为原来的 1.5 倍。"),
        Text(
            'For a proportion give to="16:9" (--to 16:9) instead: two scales are worked out, the picture stays in the '
            "middle.",
            '如需指定宽高比，可改用 to="16:9"（--to 16:9）：自动计算两侧比例，原图居中。',
        ),
    ),
    source="EDIT, GUIDE",
)

SUPER_RESOLUTION = Function(
    name="super_resolution",
    short="upscale",
    meaning=Text("sharpen a blurred picture and enlarge it", "图像超分：提升清晰度并放大"),
    prompt=edit_prompt(),
    parameters=(
        Parameter(
            name="upscale_factor",
            type="int",
            default=1,
            minimum=1,
            maximum=4,
            meaning=Text("how many times as wide and high; 1 only sharpens", "放大倍数；1 表示只提升清晰度"),
            source="EDIT",
        ),
    ),
    example=Text("Image super resolution", "图像超分。"),
    tips=(
        Text("Name the task, or say what the picture shows.", "可直接写“图像超分”，也可描述画面内容。"),
        Text("Without upscale_factor the size stays as it is.", "不传 upscale_factor 时尺寸不变。"),
    ),
    source="EDIT, GUIDE",
)

COLORIZATION = Function(
    name="colorization",
    short="colorize",
    meaning=Text("give colour to a black and white picture", "图像上色：黑白或灰度图转为彩色"),
    prompt=edit_prompt(warn_empty=True),
    example=Text("Blue background, yellow leaves", "蓝色背景，黄色的叶子。"),
    tips=(
        Text(
            "Name the colours of what matters; with an empty prompt the model chooses all of them.",
            "写明主要元素的颜色；提示词留空则由模型自动上色。",
        ),
    ),
    source="EDIT, GUIDE",
)

DOODLE = Function(
    name="doodle",
    short="doodle",
    meaning=Text("draw a new picture along the lines of a sketch", "线稿生图：依照线稿或涂鸦生成新图"),
    prompt=edit_prompt(),
    parameters=(
        Parameter(
            name="is_sketch",
            type="bool",
            default=False,
            meaning=Text(
                "true: the input is a sketch already; false: its lines are taken out of a picture first",
                "true：输入本身就是线稿或涂鸦；false：先从输入图中提取线稿",
            ),
            source="EDIT",
        ),
    ),
    example=Text("A living room in Nordic minimalist style", "北欧极简风格的客厅。"),
    tips=(Text("The more closely the result is described, the better it gets.", "对结果描述得越具体，效果越好。"),),
    source="EDIT, GUIDE",
)

CONTROL_CARTOON_FEATURE = Function(
    name="control_cartoon_feature",
    short="cartoon",
    meaning=Text(
        "put the cartoon character of the picture into a new scene", "参考卡通形象生图：让卡通形象出现在新场景"
    ),
    prompt=edit_prompt(),
    example=Text(
        "A cartoon character peeks round the door at a brilliant blue gem",
        "卡通形象从门后探出头，望着一颗璀璨的蓝色宝石。",
    ),
    tips=(
        Text(
            'Begin with "a cartoon character …" and say closely what it does and where.',
            "以“卡通形象……”开头，具体描述动作与环境。",
        ),
    ),
    rights=Text(
        "Only with characters of your own or with a licence: other people's characters are protected, and the "
        "responsibility is yours.",
        "仅限使用您原创或已获授权的卡通形象：他人的形象受著作权保护，责任由使用者承担。",
    ),
    source="EDIT, GUIDE",
)

WANX21_IMAGEEDIT = Model(
    name="wanx2.1-imageedit",
    kind="edit",
    meaning=Text("Wanx 2.1 general image editing", "万相 2.1 通用图像编辑"),
    protocols=(EDIT_ASYNC,),
    functions=(
        STYLIZATION_ALL,
        STYLIZATION_LOCAL,
        DESCRIPTION_EDIT,
        DESCRIPTION_EDIT_WITH_MASK,
        REMOVE_WATERMARK,
        EXPAND,
        SUPER_RESOLUTION,
        COLORIZATION,
        DOODLE,
        CONTROL_CARTOON_FEATURE,
    ),
    parameters=(n(4, 1, "EDIT"), seed("EDIT"), watermark("EDIT")),
    images=ImageRule(
        formats=("jpeg", "png", "bmp", "tiff", "webp"),
        min_side=512,
        max_side=4096,
        max_bytes=10 * 1024 * 1024,
        source="EDIT",
    ),
    prices=prices(0.14, beijing_usd=0.020070),
    prices_dated=PRICES_DATED,
    limits=limits(2, 2, BEIJING),
    latency=Latency(low=5, high=15, source="EDIT, GUIDE"),
    source="EDIT",
    life=LISTED,
    free_pictures=500,
    notes=(Text("Beijing region only", "仅限北京地域"),),
)

ROWS: tuple[Model, ...] = (WANX21_IMAGEEDIT,)
