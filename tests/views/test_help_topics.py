"""Help on one model, function or code: whatever a user needs to write the call, from the table, in both languages."""

from __future__ import annotations

import re

import pytest

from bailian_nb import specs
from bailian_nb.errors import InvalidRequest
from bailian_nb.notebook.line import read_line
from bailian_nb.specs import frames, service
from bailian_nb.texts.catalogue import say
from bailian_nb.views.help_topics import topic_help
from bailian_nb.views.reference import allowed, default

from ..world.each import each

EDIT = specs.get(specs.DEFAULT_EDIT)
NEWER = [specs.get(name) for name in ("wan2.7-image", "wan2.7-image-pro", "wan2.6-image", "wan2.5-i2i-preview")]
LANGS = ("en", "zh")


def both(topic: str, lang: str) -> tuple[str, str]:
    bundle = topic_help(topic, lang)
    html = bundle["text/html"]
    for entity, sign in (("&quot;", '"'), ("&#x27;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        html = html.replace(entity, sign)
    return bundle["text/plain"], html


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("row", EDIT.functions, ids=lambda row: row.name)
def test_a_function_says_all_that_a_call_needs(row: specs.Function, lang: str) -> None:
    price = EDIT.prices[0]
    wanted = [row.name, row.short, row.meaning.get(lang), row.example.get(lang), *(tip.get(lang) for tip in row.tips)]
    wanted += [
        row.rights.get(lang) if row.rights else say("help_rights", lang),
        say("cost", lang, cost=f"{price.cny:g}"),
    ]
    wanted += [f"%wan_edit {row.short} photo.jpg ", f'wan.edit("photo.jpg", "{row.short}", ']
    wanted += [str(EDIT.free_pictures), str(service.FREE_DAYS), str(service.KEPT_SECONDS // 3600)]
    if EDIT.images is not None:
        wanted.append(f"{EDIT.images.min_side}-{EDIT.images.max_side}")
    for parameter in EDIT.takes(row.name):
        wanted += [parameter.name, parameter.meaning.get(lang), allowed(parameter, lang), default(parameter, lang)]
    if row.mask:
        wanted += [say("help_mask", lang), "--mask mask.png", 'mask="mask.png"']
    if frames.scale_rows(row):
        wanted += ["--to 16:9", 'to="16:9"']
    for text in {topic_help(name, lang)["text/plain"] for name in (row.name, row.short)}:
        assert [word for word in wanted if word not in text] == []
    assert [word for word in wanted if word not in both(row.name, lang)[1]] == []
    assert row.tips, "no advice on the prompt"


@each("row", EDIT.functions, ids=lambda row: row.name)
def test_the_example_of_a_function_can_be_read_as_it_stands(row: specs.Function) -> None:
    for line in re.findall(r"^%wan_edit (.*)$", topic_help(row.name, "en")["text/plain"], re.MULTILINE):
        read = read_line(line, "edit")
        assert read.problems == ()
        assert read.words == (row.short, "photo.jpg", row.example.en)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("model", NEWER, ids=lambda model: model.name)
def test_a_newer_model_says_pictures_cases_sizes_price_and_rights(model: specs.Model, lang: str) -> None:
    rule = model.images
    assert rule is not None
    low, high = rule.min_count, rule.max_count
    wanted = [f"{low}-{high}", f"{rule.min_side}-{rule.max_side}", str(rule.max_bytes // 1024**2), *rule.formats]
    wanted += [] if rule.alpha else [say("help_no_alpha", lang)]
    wanted += [case.words.get(lang) for case in model.cases] + [note.get(lang) for note in model.notes]
    size = next(row.size for row in model.parameters if row.size is not None)
    wanted += [say("help_pixels", lang, word=word, pixels=pixels) for word, pixels in size.words]
    wanted += [f"{name} = {pixels}" for name, pixels in size.named]
    wanted += [f"{say('cost', lang, cost=f'{price.cny:g}')} ({price.region})" for price in model.prices]
    wanted += [say("help_rights", lang), str(model.free_pictures), f"{model.latency.low:g}-{model.latency.high:g}"]
    wanted += [row.meaning.get(lang) for row in model.takes(None)]
    for kind in model.kinds:
        example = model.example if kind == model.kind else model.also_example
        assert example is not None
        wanted.append(example.get(lang))
    for text in both(model.name, lang):
        assert [word for word in wanted if word not in text] == []


@pytest.mark.parametrize("model", NEWER, ids=lambda model: model.name)
def test_the_examples_of_a_newer_model_are_calls_that_the_table_allows(model: specs.Model) -> None:
    text = topic_help(model.name, "en")["text/plain"]
    found = re.findall(r"^%%?(wan_edit|wan_t2i) (.*)$", text, re.MULTILINE)
    assert {magic for magic, _ in found} == {f"wan_{kind}" for kind in model.kinds}
    for magic, line in found:
        read = read_line(line, "t2i" if magic == "wan_t2i" else "edit")
        assert (read.problems, read.model) == ((), model.name)
        pictures = max(0, len(read.words) - 1)
        checked = specs.check(model, None, {"prompt": "x", **read.values}, pictures)
        low, high = model.counts(checked.values, pictures)
        assert checked.problems == ()
        assert low <= pictures <= high


@each("model", specs.models(), ids=lambda model: model.name)
def test_every_model_has_help_in_both_languages_and_nothing_is_left_open(model: specs.Model) -> None:
    for lang in LANGS:
        for text in both(model.name, lang):
            assert model.meaning.get(lang) in text
            assert not re.search(r"None|\{|\bn 1-1\b|  \n", text.replace("[{", "").replace('{"hex"', ""))


@each("row", specs.CODES, ids=lambda row: row.message_part or row.codes[0])
def test_every_code_can_be_asked_for(row: specs.Code) -> None:
    for code in row.codes:
        for lang in LANGS:
            for text in both(code.replace(".*", ".Something"), lang):
                if not row.message_part or code in text:
                    assert row.meaning.get(lang) in text
                    assert row.todo.get(lang) in text


def test_an_unknown_topic_names_the_nearest_of_everything() -> None:
    for given, meant in (
        ("stile", "style"),
        ("wan2.6-imag", "wan2.6-image"),
        ("DataInspectionFaild", "DataInspection"),
    ):
        with pytest.raises(InvalidRequest, match=rf"no help on {given}, did you mean {meant}"):
            topic_help(given, "en")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("row", EDIT.functions, ids=lambda row: row.name)
def test_a_function_is_found_by_the_name_of_the_chinese_page(row: specs.Function, lang: str) -> None:
    assert topic_help(row.meaning.zh.partition("：")[0], lang) == topic_help(row.name, lang)


@pytest.mark.parametrize("name", ["strength", "size", "max-images", "--top-scale", "n"])
def test_a_parameter_says_who_takes_it_and_in_which_bounds(name: str) -> None:
    text = topic_help(name, "en")["text/plain"]
    plain = name.strip("-").replace("-", "_")
    for model in specs.models():
        for function, typed in [(row.name, row.short) for row in model.functions] or [(None, "")]:
            for row in model.takes(function):
                line = re.compile(rf"^{re.escape(model.name)} +{typed}.*{re.escape(allowed(row))}", re.MULTILINE)
                assert row.name != plain or line.search(text), (model.name, function)
    assert ("style-local" in text) == (plain == "n")


@pytest.mark.parametrize(
    ("status", "codes"),
    [
        ("401", ["InvalidApiKey"]),
        ("403", ["AccessDenied", "Model.AccessDenied", "AllocationQuota.FreeTierOnly"]),
        ("429", ["Throttling", "Throttling.AllocationQuota", "PrepaidBillOverdue"]),
        ("500", ["InternalError.Timeout"]),
        ("503", ["ModelUnavailable"]),
    ],
)
def test_an_http_status_lists_the_codes_that_come_with_it(status: str, codes: list[str]) -> None:
    for lang in LANGS:
        text = topic_help(status, lang)["text/plain"]
        for code in codes:
            assert code in text
            assert specs.lookup(code).todo.get(lang) in text
        lines = text.splitlines()
        assert len(lines) == len(set(lines)), "each is listed once"


def test_an_unknown_topic_fits_a_line_and_says_what_can_be_asked() -> None:
    with pytest.raises(InvalidRequest) as refused:
        topic_help("x" * 500, "en")
    line = str(refused.value)
    assert len(line) < 300
    assert "every error code, and HTTP 401, 403, 429" in line
