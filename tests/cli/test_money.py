"""The money rule at the command line: what is above `confirm_above` goes out with `--run` alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from bailian_nb import cli, specs
from bailian_nb.session import session as sessions

DEAR = ["t2i", "x emulator:latency=0", "-m", "wan2.7-image-pro", "--enable-sequential", "--n", "12", "--seed", "1"]


def test_an_estimate_above_confirm_above_is_said_whole_and_nothing_is_sent(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert cli.main(DEAR) == 1
    caught = capsys.readouterr()
    assert caught.out == ""
    dated = specs.get("wan2.7-image-pro").prices_dated
    assert caught.err == (
        f"BudgetExceeded: the estimate of CNY 6.00 (list price of {dated}, before free quota and savings plan) is "
        "above confirm_above (5.00); nothing was sent. Run it again with --run\n"
    )
    assert sessions.current().jobs() == []
    assert not (tmp_path / "home" / "journal.sqlite").exists()


@pytest.mark.seldom
def test_run_sends_and_what_is_on_disk_is_not_asked_about(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "project"
    config.mkdir()
    (config / "bailian_nb.toml").write_text("confirm_above = 0.1\n")
    monkeypatch.chdir(config)
    words = ["t2i", "A door emulator:latency=0", "--size", "768*768", "--seed", "7"]
    assert cli.main(words) == 1
    assert "is above confirm_above (0.10)" in capsys.readouterr().err
    assert cli.main([*words, "--run"]) == 0
    assert cli.main(words) == 0, "from disk: nothing would be sent"
    assert cli.main([*words[:-1], "8", "--dry-run"]) == 0
    assert len(sessions.current().jobs()) == 2
