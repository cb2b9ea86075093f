from __future__ import annotations

from bailian_nb import session as sessions
from bailian_nb import specs

from .conftest import SMALL


def test_dry_run_shows_request_cost_and_both_calls_and_sends_nothing(cells, photo):
    sizes = dict(next(row.size for row in specs.parameters("t2i") if row.name == "size").named)
    ran = cells("%%wan_t2i -n 4 --seed 7 --size 16:9 --dry-run -o job\nA lighthouse")
    assert sessions.current().jobs() == []
    assert "job" not in cells.names
    assert ran.value is None
    text = ran.text
    assert '"n": 4' in text
    assert f'"size": "{sizes["16:9"]}"' in text
    assert "CNY 0.80" in text
    assert "wan.t2i('A lighthouse', model='wan2.6-t2i'" in text
    assert "$DASHSCOPE_API_KEY" in text
    ran = cells('%wan_edit style photo.png "French picture book" --dry-run')
    assert "wan.edit('photo.png', 'stylization_all', 'French picture book'" in ran.text
    assert sessions.current().jobs() == []


def test_a_python_call_of_a_dry_run_sends_the_same(cells):
    ran = cells("%%wan_t2i -n 2 --seed 7 --negative 'no \"people\"' --dry-run\nA shop that costs $5, {missing}")
    call = next(line for line in ran.text.splitlines() if line.startswith("wan.t2i("))
    cells("import bailian_nb as wan")
    assert cells(f"job = {call}").error is None
    assert cells.names["job"].request.prompt == "A shop that costs $5, {missing}"
    assert cells.names["job"].request.values == {
        "prompt": "A shop that costs $5, {missing}",
        "n": 2,
        "seed": 7,
        "size": SMALL,
        "negative_prompt": 'no "people"',
    }
