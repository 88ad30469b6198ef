"""The notebook of ``examples`` runs from top to bottom."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.cli.command import ROOT

EXAMPLES = ROOT / "examples"
MEASURED = "layers=[8, 32],"
SMALL = "layers=[2, 3], rounds=1,"
CHECK = """
assert set(comparisons["arm"]) == {"new", "placebo"}, comparisons
assert set(samples["layers"].dropna()) == {2, 3}, samples
assert chart.path.is_file()
"""


def cells() -> list[str]:
    """The code cells of the notebook, in order."""
    notebook = json.loads((EXAMPLES / "first_steps.ipynb").read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_code_cells_run_in_order(tmp_path: Path) -> None:
    shutil.copy(EXAMPLES / "my_models.py", tmp_path)
    code = "\n".join([*cells(), CHECK])
    assert MEASURED in code
    result = subprocess.run(
        [sys.executable, "-c", code.replace(MEASURED, SMALL)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert list(tmp_path.glob("results/runs/*/charts/*.svg"))


def test_notebook_is_stored_without_outputs() -> None:
    notebook = json.loads((EXAMPLES / "first_steps.ipynb").read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
