"""What is found of scenarios, architectures and claims, and in files."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from bench.domain.errors import InvalidScenario
from bench.planning import registry
from bench.planning.calibration import design_calibration
from bench.planning.scenario_files import looks_like_scenarios, scenarios_of
from scenarios.claims import CLAIMS


def test_catalogue_finds_scenarios_and_architectures_by_reading() -> None:
    assert set(registry.scenarios()) == {
        *("build_style", "calibration", "call_modes", "modification", "proposed_fix", "removal"),
        *("proposed_fix_equivalence", "restore", "restore_patched", "search", "search_trained"),
        "seed_example",
    }
    assert set(registry.architectures()) == {
        "mlp",
        "cnn",
        "conv_bn",
        "lstm",
        "custom",
        "tutorial",
    }
    assert all(registry.architectures().values()), "every architecture has a description"


def test_file_that_is_no_python_is_refused_not_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "broken.py"
    path.write_text("build_style = Scenario(\n")
    with pytest.raises(InvalidScenario, match=r"broken.py: SyntaxError: .*line 1"):
        looks_like_scenarios(path)


def test_scenario_is_found_however_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(
        "import bench.domain.scenario as words\n"
        "def question(arms):\n"
        "    return words.Scenario(question='?', arms=arms, baseline='a')\n"
        "helped = question({'a': words.Arm('m:f')})\n"
    )
    assert set(scenarios_of(path)) == {"helped"}


def test_what_the_suite_declares_is_there() -> None:
    suite, scenarios = registry.suite(), registry.scenarios()
    assert suite.default in scenarios
    assert scenarios[suite.calibration].injected
    assert suite.reference.architecture == registry.architecture("mlp")[0]


def test_claims_are_read_in_the_order_of_their_package() -> None:
    claims = registry.claims()
    assert tuple(claims) == tuple(f"scenarios.claims.{name}" for name in CLAIMS)
    for module, text in claims.items():
        assert text == importlib.import_module(module).CLAIM


def test_arms_of_a_calibration_must_be_known_to_be_equal_and_slowed() -> None:
    scenario = registry.scenarios()["build_style"]
    with pytest.raises(InvalidScenario, match=r"Scenario\.injected"):
        design_calibration(scenario, experiments=1, replicates=1, rounds=1, blocks=1, seed=1)
