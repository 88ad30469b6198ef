"""Short campaigns, the same each time; the tox environment `torture` runs long ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.torture import options
from tests.torture.campaign import NotHere, Report, run_campaign
from tests.torture.damage import Damage
from tests.torture.exhaustion import Exhaustion
from tests.torture.kills import Kills
from tests.torture.names import Names
from tests.torture.outcomes import Outcomes

SEED = 17


def passes(report: Report) -> bool:
    """Whether nothing went wrong, and not everything came out alike."""
    assert not report.wrong, "\n".join(report.lines())
    assert len(report.outcomes) > 1, report.lines()
    return True


def test_damaged_run_folder_has_its_table_or_a_line_that_names_the_file(tmp_path: Path) -> None:
    assert passes(run_campaign("damage", Damage(tmp_path).trial, range(40), seed=SEED))


def test_changed_outcomes_are_refused_or_can_be_stored(tmp_path: Path) -> None:
    assert passes(run_campaign("outcomes", Outcomes(tmp_path).trial, range(200), seed=SEED))


def test_names_are_refused_or_stay_in_their_folder() -> None:
    assert passes(run_campaign("names", Names().trial, range(1000), seed=SEED))


def test_hostile_options_are_refused_in_one_line(tmp_path: Path) -> None:
    trial = options.trial_in(tmp_path)
    assert passes(run_campaign("options", trial, range(60), seed=SEED))
    assert {path.name for path in tmp_path.iterdir()} <= {"my_scenarios.py"}


def test_run_whose_processes_are_killed_has_every_finished_round_once(tmp_path: Path) -> None:
    kills = Kills(tmp_path)
    report = run_campaign("kills", kills.trial, range(1), seed=SEED)
    assert not report.wrong, "\n".join(report.lines())
    assert kills.sent


def test_run_short_of_room_is_resumed_with_every_finished_round_once(tmp_path: Path) -> None:
    try:
        exhaustion = Exhaustion(tmp_path)
    except NotHere as error:
        pytest.skip(str(error))
    assert passes(run_campaign("exhaustion", exhaustion.trial, range(4), seed=SEED))
