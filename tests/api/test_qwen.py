"""Qwen-Image and Z-Image by the public functions, on the emulator: protocols, what is billed, what is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import bailian_nb as wan
from bailian_nb import specs
from bailian_nb.errors import InvalidRequest
from bailian_nb.session import session as sessions

from ..world.each import each

ROWS = [row for row in specs.models() if row.name.startswith(("qwen-image", "z-image"))]


@pytest.fixture(autouse=True)
def _unlimited(unlimited: None) -> None:
    """Limits by the minute would make the clock jump far."""


def photo(size: tuple[int, int] = (640, 512)) -> Image.Image:
    return Image.radial_gradient("L").resize(size).convert("RGB")


def plan(model: str, *images: Any, **values: Any) -> Any:
    return sessions.current().plan(model=model, values={"prompt": "a sign", **values}, images=images)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(
            row, id=row.name, marks=() if row.name in ("qwen-image-3.0", "z-image-turbo") else pytest.mark.slow
        )
        for row in ROWS
    ],
)
def test_a_picture_is_drawn_saved_and_billed_by_list_price(row: specs.Model) -> None:
    job = wan.t2i("A shop sign", model=row.name, size="1024*1024", seed=7)
    result = job.result()
    assert [picture.path.suffix for picture in result] == [".png"]
    assert (result[0].width, result[0].height) == (1024, 1024)
    assert job.request is not None
    assert job.request.sync is (not row.protocol.asynchronous)
    assert bool(result.task_id) is row.protocol.asynchronous
    said = f"{row.name} answers in the call itself: there is no task, and an answer that is lost on the way is lost"
    assert (said in result.notes) is (not row.protocol.asynchronous)


@pytest.mark.matrix
@pytest.mark.parametrize("name", ["qwen-image-3.0-pro", "qwen-image-2.1-turbo", "qwen-image-2.0"])
@pytest.mark.seldom
def test_pictures_are_edited(name: str) -> None:
    result = wan.edit([photo(), photo()], prompt="change the writing", model=name, seed=7, n=2).result()
    assert len(result) == 2
    assert {picture.record.model for picture in result} == {name}


@each(
    ("name", "pictures", "values", "cny"),
    [
        ("qwen-image-3.0-pro", 0, {"size": "1024*1024"}, 0.25),
        ("qwen-image-3.0-pro", 0, {"size": "16:9"}, 0.25),
        ("qwen-image-3.0-pro", 0, {"size": "2048*2048"}, 0.50),
        ("qwen-image-3.0-pro", 0, {}, 0.50),
        ("qwen-image-3.0-pro", 2, {"size": "1024*1024", "n": 3}, 0.79),
        ("qwen-image-3.0", 3, {}, 0.24),
        ("qwen-image-2.1-turbo", 2, {}, 0.10),
        ("z-image-turbo", 0, {}, 0.10),
        ("z-image-turbo", 0, {"prompt_extend": True}, 0.20),
    ],
)
def test_an_estimate_is_the_most_that_it_may_cost(name: str, pictures: int, values: dict[str, Any], cny: float) -> None:
    assert plan(name, *[photo()] * pictures, **values).cost == pytest.approx(cny)


def test_the_price_of_a_region_without_one_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHSCOPE_API_REGION", "ap-northeast-1")
    monkeypatch.setenv("DASHSCOPE_WORKSPACE_ID", "ws1")
    assert plan("qwen-image-3.0-pro").cost is None
    assert plan("qwen-image-2.1-pro").cost == pytest.approx(0.25)


def test_agent_mode_is_for_a_text_alone() -> None:
    assert plan("qwen-image-3.0", prompt_extend_mode="agent").require().values["prompt_extend_mode"] == "agent"
    with pytest.raises(InvalidRequest, match=r"^prompt_extend_mode must be one of direct; got 'agent'"):
        plan("qwen-image-3.0", photo(), prompt_extend_mode="agent")
    with pytest.raises(InvalidRequest, match=r"^prompt_extend_mode must be one of direct, agent; got 'fast'"):
        plan("qwen-image-3.0", prompt_extend_mode="fast")


def test_where_pages_differ_about_pictures_the_wider_bound_warns() -> None:
    assert plan("qwen-image-3.0", *[photo()] * 3).warnings == ()
    (warning,) = plan("qwen-image-3.0", *[photo()] * 4).warnings
    assert "one says 3" in warning
    with pytest.raises(InvalidRequest, match="takes 0-10 pictures, got 11"):
        plan("qwen-image-3.0", *[photo()] * 11)


def test_no_mask_is_sent_to_a_model_whose_field_for_it_nobody_knows() -> None:
    with pytest.raises(InvalidRequest, match=r"model qwen-image-2\.1-pro takes no mask"):
        wan.edit(photo(), prompt="x", model="qwen-image-2.1-pro", mask=Image.new("L", (640, 512), 255))


def test_a_prompt_in_tokens_warns_and_is_refused_where_letters_cannot_fit() -> None:
    (warning,) = plan("qwen-image-2.0", prompt="x" * 1301).warnings[:1]
    assert "reads 1300 tokens" in warning
    with pytest.raises(InvalidRequest, match="takes at most 5200"):
        plan("qwen-image-2.0", prompt="x" * 5201)


def test_the_usual_n_of_the_settings_is_brought_down_where_a_model_draws_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "bailian_nb.toml").write_text("n = 3\n")
    monkeypatch.chdir(tmp_path)
    assert plan("z-image-turbo").images == 1
    assert plan("qwen-image-2.1-turbo").images == 3


def test_the_answer_says_which_size_is_billed() -> None:
    result = wan.t2i("A sign", model="qwen-image-3.0-pro", seed=7).result()
    assert result.usage["output_image_type"] == "qima_output_1k"
    assert result.usage["output_width"] * result.usage["output_height"] <= 2_250_000
