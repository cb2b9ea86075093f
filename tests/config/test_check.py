"""A setting is refused where it is set when no call could be sent with it."""

from __future__ import annotations

import pytest

from bailian_nb import config
from bailian_nb.errors import InvalidRequest

WRONG = [
    ("lang", "fr", "setting lang must be en or zh, got 'fr'"),
    ("lang", "", "setting lang must be en or zh, got ''"),
    ("n", 0, "setting n must be a whole number in 1-100, got 0"),
    ("n", 99, "setting n must lie in 1-4, got 99 (model wan2.6-t2i)"),
    ("size", "10", "setting size must look like 1280*1280, 16:9 or one of "),
    ("size", "3*3", "setting size 3*3 has 9 pixels, model wan2.6-t2i takes "),
    ("model", "wan2.6-t2", "unknown model wan2.6-t2, did you mean wan2.6-t2i? Known: "),
    ("model", "wanx2.1-imageedit", "model wanx2.1-imageedit is for edit, not for t2i; use one of "),
    ("edit_model", "wan2.6-t2i", "model wan2.6-t2i is for t2i, not for edit; use one of "),
    ("max_cost", -1.0, "setting max_cost must be a number of CNY, 0 or more, got -1.0"),
    ("max_cost_day", float("nan"), "setting max_cost_day must be a number of CNY, 0 or more, got nan"),
    ("retries", 11, "setting retries must be a whole number in 0-10, got 11"),
    (
        "region",
        "mars",
        "setting region 'mars' is unknown. Known: cn-beijing (Beijing, 北京), ap-southeast-1 (",
    ),
    ("workspace", "a b", "DASHSCOPE_WORKSPACE_ID must be letters, digits, - and _, got 'a b'"),
    ("out_dir", "~nobody-here/x", "~nobody-here/x names the home of a user who does not exist"),
]
RIGHT = [
    ("lang", "zh_CN"),
    ("n", 4),
    ("size", "16：9"),
    ("size", "1280*720"),
    ("model", "wan2.7-image"),
    ("retries", 0),
]
RIGHT += [("edit_model", "wan2.7-image"), ("max_cost", 0.0), ("region", "us-east-1"), ("workspace", "ws-1")]


@pytest.mark.parametrize(("name", "value", "line"), WRONG, ids=[f"{name}={value}" for name, value, _ in WRONG])
def test_a_wrong_setting_is_refused(name: str, value: object, line: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        config.check(name, value)
    assert str(refused.value).startswith(line)


@pytest.mark.parametrize(("name", "value"), RIGHT, ids=[f"{name}={value}" for name, value in RIGHT])
def test_a_right_setting_is_taken(name: str, value: object) -> None:
    config.check(name, value)


@pytest.mark.parametrize("name", ["singapore", "新加坡", "AP_SOUTHEAST_1"])
def test_a_region_goes_by_every_name_that_the_environment_takes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert config.check("region", name) == "ap-southeast-1"
    monkeypatch.setenv("DASHSCOPE_API_REGION", name)
    assert config.load().region == "ap-southeast-1"


def test_a_base_url_of_ones_own_may_lead_to_any_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHSCOPE_HTTP_BASE_URL", "https://proxy.example/api/v1")
    config.check("region", "somewhere")
