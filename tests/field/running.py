"""Runs ``bench`` on models as people bring them, in a folder that holds their modules."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, NamedTuple

from tests.cli.command import run

INPUTS = Path(__file__).parent / "inputs"

QUICK = ("--quick", "--rounds", "2", "--replicates", "1", "--json")


class Measured(NamedTuple):
    """What came of a run: its exit code, its document and what it printed for people."""

    code: int
    document: Any
    errors: str

    def statuses(self, arm: str) -> dict[str, bool]:
        """Call mode → whether the calls of ``arm`` were measured in it."""
        found: dict[str, bool] = {
            failure["call_mode"]: False
            for failure in self.document["failures"]
            if failure["arm"] == arm
        }
        for cell in self.document["cells"]:
            if cell["arm"] == arm and cell["phase"] in ("inference", "step", "epoch"):
                found[cell["call_mode"]] = True
        return found

    def answer(self) -> str:
        return "\n".join(self.document["answer"])


def measured(folder: Path, *arguments: str, arms: dict[str, str]) -> Measured:
    """What ``bench run`` says of ``arms``, name → ``module:function`` of the models here."""
    for module in {builder.partition(":")[0] for builder in arms.values()}:
        shutil.copy(INPUTS / f"{module}.py", folder)
    words = [word for name, builder in arms.items() for word in ("--arm", f"{name}={builder}")]
    result = run(["run", *QUICK, *words, *arguments], folder)
    document = json.loads(result.stdout) if result.stdout.strip() else None
    return Measured(result.returncode, document, result.stderr)
