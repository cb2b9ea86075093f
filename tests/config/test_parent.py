from __future__ import annotations

import subprocess
import sys

import pytest

CHILD = "from bailian_nb.config.parent import jupyter_console; print(jupyter_console(), flush=True)"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}], check=True)"


@pytest.mark.parametrize(
    ("words", "known"), [(["jupyter-console"], "True"), (["jupyter", "console"], "True"), (["jupyter-lab"], "False")]
)
def test_a_kernel_of_jupyter_console_is_known_by_what_started_it(words, known, tmp_path):
    script = tmp_path / words[0]
    script.write_text(PARENT, encoding="utf-8")
    done = subprocess.run([sys.executable, str(script), *words[1:]], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == known
