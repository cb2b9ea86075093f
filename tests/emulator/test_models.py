"""Every model of the table is played: the older ones by the old protocol, and those that take several pictures."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import ImageChops, ImageStat

from bailian_nb import specs

OLD = "/services/aigc/text2image/image-synthesis"
OLDER = [row for row in specs.models("t2i") if row.protocol.letter == "A"]
NEW = "/services/aigc/image-generation/generation"


def messages(model: str, prompt: str, *images: str, **parameters: Any) -> dict[str, Any]:
    content = [{"text": prompt}, *({"image": url} for url in images)]
    return {
        "model": model,
        "input": {"messages": [{"role": "user", "content": content}]},
        "parameters": {"n": 1, "seed": 7, **parameters},
    }


def i2i(*images: str, **parameters: Any) -> dict[str, Any]:
    return {
        "model": "wan2.5-i2i-preview",
        "input": {"prompt": "flowers", "images": list(images)},
        "parameters": {"n": 1, "seed": 7, **parameters},
    }


def size(bench: Any, created: Any) -> tuple[int, int]:
    (data,) = bench.pictures(created)
    found: tuple[int, int] = bench.opened(data).size
    return found


@pytest.mark.parametrize("row", OLDER, ids=lambda row: row.name)
def test_an_older_model_answers_with_both_prompts(bench: Any, row: specs.Model) -> None:
    body = {"model": row.name, "input": {"prompt": "a sea", "negative_prompt": "people"}, "parameters": {"n": 2}}
    answer = bench.finish(bench.submit(OLD, body))
    results = answer["output"]["results"]
    assert [set(result) for result in results] == [{"orig_prompt", "actual_prompt", "url"}] * 2
    assert results[0]["orig_prompt"] == "a sea"
    assert results[0]["actual_prompt"].startswith("a sea, ")
    assert answer["usage"] == {"image_count": 2}
    assert answer["output"]["task_metrics"] == {"TOTAL": 2, "SUCCEEDED": 2, "FAILED": 0}


@pytest.mark.parametrize("row", OLDER, ids=lambda row: row.name)
def test_an_older_model_is_not_called_by_the_new_protocol(bench: Any, row: specs.Model) -> None:
    refused = bench.submit(NEW, messages(row.name, "a sea"))
    assert (refused.status_code, refused.json()["code"]) == (400, "InvalidParameter")
    assert "url error" in refused.json()["message"]
    sync = bench.submit(OLD, {"model": row.name, "input": {"prompt": "x"}}, asynchronous=False)
    assert (sync.status_code, sync.json()["code"]) == (403, "AccessDenied")


def test_left_out_n_draws_what_the_page_says(bench: Any) -> None:
    for name, count in (("wan2.2-t2i-flash", 4), ("wanx2.0-t2i-turbo", 4)):
        bench.submit(OLD, {"model": name, "input": {"prompt": "x"}, "parameters": {}})
        assert bench.log()["creates"][-1]["n"] == count
    bench.submit(NEW, {**messages("wan2.7-image", "x"), "parameters": {}})
    assert bench.log()["creates"][-1]["n"] == 1


def test_a_region_has_its_own_models(make_bench: Any) -> None:
    body = {"model": "wan2.1-t2i-plus", "input": {"prompt": "x"}, "parameters": {"n": 1}}
    assert make_bench(region="ap-southeast-1").submit(OLD, body).status_code == 200
    refused = make_bench(region="cn-beijing").submit(OLD, body)
    assert (refused.status_code, refused.json()["code"]) == (404, "ModelNotFound")


def test_a_region_may_lack_the_synchronous_call(make_bench: Any) -> None:
    bench = make_bench(region="eu-central-1")
    body = messages("wan2.6-image", "red", bench.data_url(bench.photo()))
    refused = bench.submit(bench.SYNC, body, asynchronous=False)
    assert (refused.status_code, refused.json()["code"]) == (403, "AccessDenied")
    assert bench.submit(NEW, body).status_code == 200


@pytest.mark.seldom
def test_image_to_image_takes_a_list_and_its_proportions_from_the_last(bench: Any) -> None:
    wide, upright = bench.data_url(bench.photo((800, 400))), bench.data_url(bench.photo((400, 800)))
    created = bench.submit(bench.EDIT, i2i(wide, upright))
    answer = bench.finish(created)
    (result,) = answer["output"]["results"]
    assert set(result) == {"orig_prompt", "actual_prompt", "url"}
    width, height = bench.opened(bench.ask("GET", result["url"], key=None).content).size
    assert (width % 16, height % 16) == (0, 0)
    assert height / width == pytest.approx(2, abs=0.05)
    assert 0.97 < width * height / 1280**2 <= 1
    assert size(bench, bench.submit(bench.EDIT, i2i(wide, size="1000*800"))) == (1000, 800)


@pytest.mark.parametrize("count", [0, 4])
def test_too_few_and_too_many_pictures_are_refused(bench: Any, count: int) -> None:
    refused = bench.submit(bench.EDIT, i2i(*[bench.data_url(bench.photo())] * count))
    assert (refused.status_code, refused.json()["code"]) == (400, "InvalidParameter")
    assert f"takes 1-3 pictures, got {count}" in refused.json()["message"]


@pytest.mark.seldom
def test_all_pictures_can_be_seen_in_a_composition(bench: Any) -> None:
    photo, other = bench.photo(), ImageChops.invert(bench.photo())
    alone = bench.pictures(bench.submit(bench.EDIT, i2i(bench.data_url(photo))))
    both = bench.pictures(bench.submit(bench.EDIT, i2i(bench.data_url(other), bench.data_url(photo))))
    difference = ImageChops.difference(bench.opened(alone[0]), bench.opened(both[0]))
    assert max(ImageStat.Stat(difference).mean) > 2


@pytest.mark.parametrize(("word", "side"), [("1K", 1024), pytest.param("2K", 2048, marks=pytest.mark.slow)])
def test_a_size_word_is_a_number_of_pixels(bench: Any, word: str, side: int) -> None:
    answer = bench.finish(bench.submit(NEW, messages("wan2.7-image", "hills", size=word)))
    assert answer["usage"]["size"] == f"{side}*{side}"
    (url,) = bench.urls(answer)
    assert bench.opened(bench.ask("GET", url, key=None).content).size == (side, side)


def test_4k_is_drawn_for_the_pro_model_only(bench: Any) -> None:
    answer = bench.finish(bench.submit(NEW, messages("wan2.7-image-pro", "hills", size="4K")))
    assert answer["usage"]["size"] == "4096*4096"
    assert bench.submit(NEW, messages("wan2.7-image", "hills", size="4K")).status_code == 400


def test_boxes_confine_an_edit(bench: Any) -> None:
    url = bench.data_url(bench.photo((1024, 1024)))
    given = {"size": "1024*1024", "bbox_list": [[[100, 100, 300, 400]]]}
    (data,) = bench.pictures(bench.submit(NEW, messages("wan2.7-image", "red", url, **given)))
    difference = ImageChops.difference(bench.photo((1024, 1024)), bench.opened(data)).convert("L")
    assert difference.crop((0, 0, 1024, 900)).point([0] * 3 + [255] * 253).getbbox() == (100, 100, 301, 401)
    outside = messages("wan2.7-image", "red", url, bbox_list=[[[0, 0, 1025, 5]]])
    assert "outside of 1024x1024" in bench.submit(NEW, outside).json()["message"]


def test_a_palette_colours_the_picture(bench: Any) -> None:
    colours = [("#200000", "30.00%"), ("#C02010", "40.00%"), ("#FFC0A0", "30.00%")]
    palette = [{"hex": colour, "ratio": ratio} for colour, ratio in colours]
    plain, red = (
        bench.opened(bench.pictures(bench.submit(NEW, messages("wan2.7-image", "sea", size="1K", **more)))[0])
        for more in ({}, {"color_palette": palette})
    )
    before, after = ImageStat.Stat(plain).mean, ImageStat.Stat(red).mean
    assert after[0] - after[2] > before[0] - before[2] + 40


def test_a_set_has_up_to_twelve_pictures(bench: Any) -> None:
    body = messages("wan2.7-image", "hills", size="1K", enable_sequential=True, n=12)
    answer = bench.finish(bench.submit(NEW, body))
    assert len(bench.urls(answer)) == answer["usage"]["image_count"] == 12
    assert bench.submit(NEW, messages("wan2.7-image", "hills", n=5)).status_code == 400


def test_an_interleaved_answer_is_text_and_pictures_in_turn(bench: Any) -> None:
    body = messages("wan2.6-image", "a recipe", enable_interleave=True, max_images=3)
    answer = bench.finish(bench.submit(NEW, body))
    (choice,) = answer["output"]["choices"]
    assert [item["type"] for item in choice["message"]["content"]] == ["text", "image"] * 3
    assert answer["usage"]["image_count"] == 3
    sync = bench.submit(bench.SYNC, body, asynchronous=False)
    assert (sync.status_code, "must stream" in sync.json()["message"]) == (400, True)
    refused = bench.submit(NEW, messages("wan2.6-image", "a recipe"))
    assert "takes 1-4 pictures, got 0" in refused.json()["message"]


def test_a_messages_model_edits_synchronously_too(bench: Any) -> None:
    url = bench.data_url(bench.photo())
    answer = bench.submit(bench.SYNC, messages("wan2.6-image", "red", url, url, size="1K"), asynchronous=False)
    assert answer.status_code == 200, answer.text
    assert len(bench.urls(answer.json())) == 1


def test_a_picture_with_transparency_is_refused_where_the_page_says_so(bench: Any) -> None:
    clear = bench.photo().convert("RGBA")
    clear.putalpha(120)
    refused = bench.submit(bench.EDIT, i2i(bench.data_url(clear)))
    assert refused.json()["code"] == "InvalidImage.FileFormat"
    stretched = bench.data_url(bench.photo((2400, 250)))
    refused = bench.submit(NEW, messages("wan2.7-image", "red", stretched))
    assert refused.json()["code"] == "InvalidImage.ImageSize"
