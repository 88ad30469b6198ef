"""The blocks of a calibration, with a framework that takes no time to import."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.domain.design.calibration import Block, Calibration
from bench.execution.passes.sequential import BlockFailed, measure_blocks
from bench.store.documents import Observation
from bench.store.run_folder import RunFolder
from tests.fakes.plan import fake_folder, fake_plan


def calibration(*blocks: tuple[str, str]) -> Calibration:
    return Calibration(
        experiments=1,
        replicates=1,
        injected={"unbuilt": 0.0},
        blocks=tuple(Block(*block) for block in blocks),
        samples=4,
    )


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return fake_folder(tmp_path / "run", fake_plan(layers=(2,), jobs=2, pin=True))


def test_every_block_is_stored_with_the_times_of_both_arms(folder: RunFolder) -> None:
    told: list[tuple[int, int]] = []
    measure_blocks(
        folder,
        calibration(("good", "unbuilt"), ("unbuilt", "good"), ("good", "unbuilt")),
        lambda done, of: told.append((done, of)),
    )
    stored = folder.observations(Observation.BLOCK)
    assert list(stored) == [0, 1, 2]
    for document in stored.values():
        assert [len(times) for times in document["wall_ns"]] == [4, 4]
        assert all(time > 0 for times in document["wall_ns"] for time in times)
    assert told[-1] == (3, 3)


def test_blocks_that_are_stored_are_not_measured_again(folder: RunFolder) -> None:
    folder.write_observation(Observation.BLOCK, 0, {"wall_ns": [[1], [2]]})
    measure_blocks(folder, calibration(("good", "unbuilt"), ("good", "unbuilt")), lambda *_: None)
    stored = folder.observations(Observation.BLOCK)
    assert stored[0] == {"wall_ns": [[1], [2]]}
    assert len(stored[1]["wall_ns"][0]) == 4


def test_block_that_cannot_be_measured_says_why(tmp_path: Path) -> None:
    folder = fake_folder(tmp_path / "run", fake_plan("good", "raises", layers=(2,)))
    with pytest.raises(BlockFailed, match="no such luck"):
        measure_blocks(folder, calibration(("good", "raises")), lambda *_: None)
