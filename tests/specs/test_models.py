"""A lint of every row of the table: what a row must hold before anything may rely on it."""

from __future__ import annotations

import dataclasses
import math
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from bailian_nb import specs
from bailian_nb.errors import InvalidRequest
from bailian_nb.specs import Function, Model, Parameter, Text, check, service

from ..world.each import each
from .places import Place

ROWS = specs.models()
MODELS = each("model", ROWS, ids=lambda row: row.name)
FUNCTIONS = each(
    ("model", "function"),
    [(model, row) for model in ROWS for row in model.functions],
    ids=lambda case: f"{case[0].name} {case[1].name}",
)


def parameters(model: Model) -> Iterator[tuple[str, Parameter]]:
    for function in (*(row.name for row in model.functions), None):
        for row in model.takes(function):
            yield f"{function or model.name}.{row.name}", row
    for case in model.cases:
        for row in case.parameters:
            yield f"{model.name} {case.words.en}.{row.name}", row


def texts(row: object, path: str = "") -> Iterator[tuple[str, Text]]:
    """Yield every text below a row."""
    if isinstance(row, Text):
        yield path, row
    elif dataclasses.is_dataclass(row):
        for field in dataclasses.fields(row):
            yield from texts(getattr(row, field.name), f"{path}.{field.name}")
    elif isinstance(row, tuple):
        for index, part in enumerate(row):
            yield from texts(part, f"{path}[{index}]")


WITHOUT_PROMPT = {"qwen-mt-image-2.0", "wanx-style-repaint-v1"}
WITHOUT_N_OR_SEED = {*WITHOUT_PROMPT, "wanx-background-generation-v2"}
"""Models of services that make one picture and take no seed."""


def unique(names: list[str]) -> None:
    assert [name for name, count in Counter(names).items() if count > 1] == []


def test_every_row_is_known_by_its_own_name() -> None:
    unique([model.name for model in ROWS])
    assert [specs.get(model.name) for model in ROWS] == list(ROWS)
    assert specs.models()[: len(ROWS)] == ROWS


def test_the_defaults_are_rows_of_their_kind() -> None:
    assert specs.get(specs.DEFAULT_T2I, "t2i").name == "wan2.6-t2i"
    assert specs.get(specs.DEFAULT_EDIT, "edit").name == "wanx2.1-imageedit"


@MODELS
def test_a_row_speaks_both_languages(model: Model) -> None:
    found = list(texts(model))
    assert found
    for path, text in found:
        assert text.en.strip() == text.en != "", path
        assert text.zh.strip() == text.zh != "", path
        assert re.search(r"[\u4e00-\u9fff]", text.zh), f"{path} has no Chinese"
        assert not re.search(r"[\u4e00-\u9fff]", text.en), f"{path} has Chinese in its English"
        assert not re.search(r"\n|  |TODO|\?\?", text.en + text.zh), path
        assert (text.get("en"), text.get("zh"), text.get("zh-CN")) == (text.en, text.zh, text.zh)


@MODELS
def test_a_row_names_the_page_of_every_fact(model: Model) -> None:
    pages = {"T2I V2", "EDIT", "GUIDE", "I2I 2.5", "IMAGE 2.6", "IMAGE 2.7", "PRICE", "RATE"}
    pages |= {"QWEN 3.0", "QWEN 2.1", "QWEN 2.0", "Z IMAGE", "MT IMAGE", "REPAINT", "BACKGROUND"}
    named = [model.source, model.latency.source, *(row.source for row in model.protocols)]
    named += [row.source for _, row in parameters(model)] + [row.source for row in model.functions]
    named += [model.images.source] if model.images else []
    named += [case.source for case in model.cases]
    for source in named:
        assert any(source.startswith(page) for page in pages), f"{source!r} names no page of the module's docstring"


@MODELS
def test_a_row_has_a_price_above_zero_and_its_date(model: Model) -> None:
    unique([price.region for price in model.prices])
    assert model.prices[0].cny is not None
    for price in model.prices:
        assert price.cny is None or price.cny > 0
        assert price.usd is None or 0 < price.usd < (price.cny or 0)
        assert (price.large_cny is not None) == (price.large_above > 0)
        assert all(more is None or more > (price.cny or 0) for more in (price.large_cny, price.rewritten_cny))
        assert 0 <= price.input_cny < (price.cny or 1)
    assert re.fullmatch(r"20\d\d-\d\d", model.prices_dated)
    assert model.prices[0].region == service.DEFAULT_REGION or service.DEFAULT_REGION in dict(model.namesakes)


@MODELS
def test_a_region_that_offers_the_model_has_a_price_and_limits(model: Model) -> None:
    assert model.regions
    assert set(model.regions) <= set(service.REGIONS)
    assert [limit.region for limit in model.limits] == list(model.regions)
    for region in model.regions:
        limit = model.limit(region)
        assert limit.region == region
        assert limit.submits_per_second > 0
        assert limit.tasks_at_once >= 1
        assert model.price(region) is not None


@MODELS
def test_a_region_without_a_page_has_no_price_and_the_first_limits(model: Model) -> None:
    assert model.price("mars") is None
    assert model.limit("mars") == model.limits[0]


@MODELS
def test_a_row_is_called_asynchronously_first_where_it_can(model: Model) -> None:
    unique([protocol.letter for protocol in model.protocols])
    assert model.protocol.asynchronous or not any(protocol.asynchronous for protocol in model.protocols)
    for protocol in model.protocols:
        assert re.fullmatch(r"/services/aigc/[a-z0-9-]+/[a-z-]+", protocol.path)
        assert bool(protocol.input_names) == (protocol.body == "flat")


@MODELS
def test_a_latency_is_a_span_of_seconds(model: Model) -> None:
    assert 0 < model.latency.low <= model.latency.high <= 600


@MODELS
def test_a_row_takes_n_and_seed_as_they_are_always_sent(model: Model) -> None:
    rows = {row.name: row for row in model.parameters}
    assert all(model.billed(dict(case.when), 1) in rows for case in model.cases)
    if "n" in rows:
        assert (rows["n"].type, rows["n"].minimum) == ("int", 1)
    if "seed" in rows:
        assert (rows["seed"].type, rows["seed"].minimum, rows["seed"].maximum) == ("int", 0, 2147483647)
    assert ("n" in rows and "seed" in rows) or model.name in WITHOUT_N_OR_SEED


@MODELS
def test_every_parameter_is_taken_once_and_the_prompt_comes_first(model: Model) -> None:
    for function in (row.name for row in model.functions) if model.functions else [None]:
        names = [row.name for row in model.takes(function)]
        unique(names)
        assert (names[0] == "prompt") == (model.name not in WITHOUT_PROMPT)
        assert all(re.fullmatch(r"[a-z][a-z_]*", name) for name in names)


@MODELS
def test_either_the_model_or_each_function_has_the_prompt(model: Model) -> None:
    assert (model.prompt is None) == (bool(model.functions) or model.name in WITHOUT_PROMPT)
    assert bool(model.functions) <= (model.kind == "edit")


@MODELS
def test_every_parameter_has_the_bounds_of_its_type(model: Model) -> None:
    for path, row in parameters(model):
        numeric = row.type in ("int", "float", "palette", "texts", "pairs", "pictures")
        assert (row.minimum is not None and row.maximum is not None) == numeric, path
        assert (row.max_length is not None) == (row.type in ("text", "texts")), path
        assert bool(row.choices) >= (row.type == "choice"), path
        assert row.default is None or not row.choices or row.default in row.choices, path
        assert (row.size is not None) == (row.type == "size"), path
        if numeric and row.type != "pictures":
            assert row.minimum < row.maximum or row.minimum == row.maximum == row.default, path  # type: ignore[operator]
        if row.type in ("int", "palette"):
            assert row.minimum == int(row.minimum), path  # type: ignore[arg-type]
            assert row.maximum == int(row.maximum), path  # type: ignore[arg-type]
        if row.warn_length is not None:
            assert 0 < row.warn_length < row.max_length, path  # type: ignore[operator]
        assert not row.warn_empty or row.required, path
        assert not row.required or row.type in ("text", "choice", "int"), path


@MODELS
def test_every_default_is_a_value_that_passes(model: Model) -> None:
    for function in (row.name for row in model.functions) if model.functions else [None]:
        idle = {name for case in model.cases_of({}, None) for name in case.no_effect}
        rows = [row for row in model.takes(function) if row.default is not None and row.name not in idle]
        values = {row.name: row.default for row in rows}
        good = Place(model, function).good(**values)
        checked = check(model, function, good)
        assert checked.problems == ()
        assert checked.warnings == ()
        assert checked.values == good


@MODELS
def test_every_size_with_a_name_lies_in_its_rule(model: Model) -> None:
    for path, row in parameters(model):
        rule = row.size
        if rule is None:
            continue
        assert row.default in (None, rule.default), path
        unique([name for name, _ in rule.named])
        assert {"square", "16:9"} <= {name for name, _ in rule.named}, path
        assert 0 < rule.min_pixels < rule.max_pixels, path
        assert not rule.warn_below_pixels or rule.min_pixels < rule.warn_below_pixels < rule.max_pixels, path
        assert 0 < rule.min_ratio <= 1 <= rule.max_ratio, path
        for name, size in (*rule.named, ("default", rule.default)):
            width, height = rule.pixels(size)
            assert rule.min_pixels <= width * height <= rule.max_pixels, f"{path} {name}"
            assert rule.min_ratio <= width / height <= rule.max_ratio, f"{path} {name}"
            if match := re.fullmatch(r"(\d+):(\d+)", name):
                wanted = int(match[1]) / int(match[2])
                assert abs(math.log(width / height / wanted)) < 0.02, f"{path} {name} is {size}"


@MODELS
def test_what_an_input_picture_may_be_has_bounds(model: Model) -> None:
    rule = model.images
    assert (rule is not None) >= (model.kind == "edit")
    if rule is None:
        return
    assert set(rule.formats) <= {"jpeg", "png", "bmp", "tiff", "webp", "gif"}
    assert 0 < rule.min_side < rule.max_side
    assert 0 < rule.max_bytes <= 20 * 1024 * 1024
    assert 0 <= rule.min_count <= rule.max_count
    assert (rule.min_count == 0) == (model.kind == "t2i"), "a model that draws from a text first needs no picture"
    assert not rule.max_ratio or rule.max_ratio > 1


def test_names_and_short_names_of_functions_never_clash() -> None:
    for model in ROWS:
        unique([name for row in model.functions for name in {row.name, row.short}])


@FUNCTIONS
def test_a_short_name_can_be_typed(model: Model, function: Function) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", function.short)
    assert len(function.short) <= 12


@FUNCTIONS
def test_the_example_of_a_function_is_a_prompt_that_passes(model: Model, function: Function) -> None:
    for prompt in function.example:
        checked = check(model, function.name, {"prompt": prompt})
        assert checked.problems == ()
        assert checked.warnings == ()


@FUNCTIONS
def test_only_a_function_with_a_mask_takes_one_on_the_wire(model: Model, function: Function) -> None:
    assert function.mask == (function.name == "description_edit_with_mask")
    assert not function.mask or "mask_image_url" in model.protocol.input_names


@FUNCTIONS
def test_strength_belongs_to_two_functions_alone(model: Model, function: Function) -> None:
    has = "strength" in {row.name for row in function.parameters}
    assert has == (function.name in ("stylization_all", "description_edit"))


def test_the_documented_limits_stand_in_the_table() -> None:
    t2i, edit = specs.get("wan2.6-t2i"), specs.get("wanx2.1-imageedit")
    assert [t2i.price(region).cny for region in ("cn-beijing", "ap-southeast-1")] == [0.20, 0.220177]  # type: ignore[union-attr]
    assert edit.regions == ("cn-beijing",)
    assert edit.price("cn-beijing").cny == 0.14  # type: ignore[union-attr]
    assert (edit.limit("cn-beijing").submits_per_second, edit.limit("cn-beijing").tasks_at_once) == (2, 2)
    assert (t2i.limit("cn-beijing").submits_per_second, t2i.limit("cn-beijing").tasks_at_once) == (1, 5)
    assert {row.name: (row.default, row.maximum) for row in t2i.parameters if row.name == "n"} == {"n": (4, 4)}
    assert {row.name: (row.default, row.maximum) for row in edit.parameters if row.name == "n"} == {"n": (1, 4)}
    assert t2i.prompt is not None
    assert t2i.prompt.max_length == 2100
    assert {function.prompt.max_length for function in edit.functions} == {800}


def test_parameters_lists_each_name_once_and_never_the_prompt() -> None:
    for kind in ("t2i", "edit"):
        names = [row.name for row in specs.parameters(kind)]
        unique(names)
        assert "prompt" not in names
        assert {"n", "seed"} <= set(names)


def test_a_registered_row_is_found_and_replaces_its_namesake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(specs, "_models", dict(specs._models))
    row = dataclasses.replace(specs.get(specs.DEFAULT_T2I), name="my-t2i")
    specs.register(row)
    assert specs.get("my-t2i") is row
    other = dataclasses.replace(row, prices_dated="2027-01")
    specs.register(other)
    assert [model for model in specs.models("t2i") if model.name == "my-t2i"] == [other]


def test_a_region_has_a_url_or_needs_a_workspace() -> None:
    for region, classic in service.REGIONS.items():
        if classic:
            assert classic.endswith("/api/v1")
            assert service.base_url(region) == service.base_url(region, "ws1") == classic
            assert service.region_of(classic) == region
        else:
            assert service.base_url(region) is None
            url = service.base_url(region, "ws1")
            assert url == f"https://ws1.{region}.maas.aliyuncs.com/api/v1"
            assert service.region_of(url) == region
    assert service.base_url("mars", "ws1") is None
    assert service.region_of("http://127.0.0.1:8787/api/v1") is None


def test_the_documented_result_hosts_are_all_there() -> None:
    unique(list(service.RESULT_HOSTS))
    assert len(service.RESULT_HOSTS) == 13
    assert all(map(service.looks_like_a_result_host, service.RESULT_HOSTS))
    for region in service.REGIONS:
        found = service.result_hosts(region)
        assert set(found) <= set(service.RESULT_HOSTS)
        assert len(found) == (12 if region == "cn-beijing" else 3)
        assert "dashscope-463f.oss-accelerate.aliyuncs.com" in found
        assert "dashscope-7c2c.oss-accelerate.aliyuncs.com" in found
    assert "dashscope-result-sgp.oss-ap-southeast-1.aliyuncs.com" in service.result_hosts("ap-southeast-1")


@each(
    ("host", "known"),
    [
        ("dashscope-9f01.oss-accelerate.aliyuncs.com", True),
        ("dashscope-result-fra.oss-eu-central-1.aliyuncs.com", True),
        ("evil.oss-cn-beijing.aliyuncs.com", False),
        ("dashscope-x.oss-cn-beijing.aliyuncs.com.evil.example", False),
        ("dashscope-x.oss-accelerate.aliyuncs.com:8080", False),
        ("dashscope-x.evil.example", False),
    ],
)
def test_a_bucket_of_the_service_is_known_by_its_name(host: str, known: bool) -> None:
    assert service.looks_like_a_result_host(host) is known


def test_a_name_of_ones_own_is_called_as_its_base_without_a_price(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(specs, "_models", dict(specs._models))
    specs.register("my-mugs", based_on="wan2.7-image")
    row, base = specs.get("my-mugs"), specs.get("wan2.7-image")
    assert (row.protocols, row.parameters, row.recipes) == (base.protocols, base.parameters, base.recipes)
    assert (row.regions, row.estimate("cn-beijing", {"n": 2})) == (base.regions, (2, None))
    assert (row.free_pictures, row.life) == (0, None)
    specs.register("my-mugs", based_on="wan2.7-image", cny=0.3)
    assert specs.get("my-mugs").estimate("cn-beijing", {"n": 2}).cny == pytest.approx(0.6)
    specs.register("my-mugs-2", based_on="my-mugs")
    assert specs.get("my-mugs-2").based_on == "wan2.7-image"


@each(
    ("name", "base", "told"),
    [
        ("wan2.6-t2i", "wan2.7-image", "wan2.6-t2i is a model of the table"),
        (" ", "wan2.7-image", "the name is empty"),
        ("my mugs", "wan2.7-image", "my mugs is no name of a model: letters, digits and"),
        ("my\nmugs", "wan2.7-image", "is no name of a model"),
        ("-mugs", "wan2.7-image", "-mugs is no name of a model"),
        ("../mugs", "wan2.7-image", "../mugs is no name of a model"),
        ("m" * 101, "wan2.7-image", "up to 100 of them"),
        ("mine", "wan2.7-imag", "unknown model wan2.7-imag, did you mean wan2.7-image?"),
        ("mine", "", "or a name with based_on=, got 'mine'"),
    ],
)
def test_a_name_that_cannot_be_registered_is_one_line(name: str, base: str, told: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        specs.register(name, based_on=base)
    assert told in str(refused.value)
    assert "mine" not in [row.name for row in specs.models()]
