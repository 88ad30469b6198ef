"""Concludes from a run while it goes on, at a cost per round that stays the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from bench.domain.findings.run import Findings
from bench.runs.conclude import conclude
from bench.store.run_folder import RunFolder
from bench.store.samples import RunningSamples
from bench.store.soundness import check_samples

if TYPE_CHECKING:
    import pandas as pd

MORE_ROUNDS = 1.05
"""Times the rounds of the last conclusion, after which the next is due.

To conclude takes a time that grows with the rounds. Once per round, it would make a run quadratic;
once per twentieth, it takes as long as twenty rounds' share, however many there are. Up to twenty
rounds every round is concluded from. Beyond, a run makes at most five rounds in a hundred more than
its stopping rule needs, and its intervals hold whenever they are looked at.
"""


class RunningConclusion:
    """What the rounds of ``folder`` say, as rounds are added.

    Stored rounds are read once, here. Raises ``InvalidRun`` when they cannot be read.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._samples = RunningSamples(folder.path, folder.record.run)
        check_samples(self._samples.table(), folder.record.plan, folder.path)
        self._concluded_rounds = 0

    def samples(self) -> pd.DataFrame:
        """The samples of all rounds."""
        return self._samples.table()

    def add(self, number: int, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add a round that is stored by now."""
        self._samples.add(number, rows)

    @property
    def is_due(self) -> bool:
        """Whether there are enough rounds more than at the last conclusion."""
        return len(self._samples) >= self._concluded_rounds * MORE_ROUNDS

    def findings(self) -> Findings:
        """Conclude from all rounds: the same as ``conclude`` of the folder."""
        self.concluded()
        return conclude(self._folder, self._samples.table())

    def concluded(self) -> None:
        """Count from here how many rounds more there are."""
        self._concluded_rounds = len(self._samples)
