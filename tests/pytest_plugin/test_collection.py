"""Which items a session has."""

from __future__ import annotations

import pytest

from bench.planning.scenario_files import looks_like_scenarios
from tests.pytest_plugin.sessions import HEAD, PHASES, ROOT, STACK, Sessions, declaration

pytest_plugins = ["pytester"]


@pytest.mark.parametrize("keyword", ["fakes", "stack", "unbuilt", "stack-4-", "time_to_first"])
def test_keyword_selects_by_scenario_architecture_arm_depth_and_phase(
    sessions: Sessions, keyword: str
) -> None:
    result = sessions.run("fakes.py", "-k", keyword, "--collect-only", "-q")
    collected = [line for line in result.outlines if "::" in line]
    assert collected
    assert all(keyword in line for line in collected)


def test_collecting_measures_nothing_and_imports_no_builder(sessions: Sessions) -> None:
    own_tests_only = ("-o", "collect_imported_tests=false")
    result = sessions.run("fakes.py", "--collect-only", "-q", *own_tests_only)
    result.stdout.fnmatch_lines([f"fakes.py::fakes[[]{STACK}-2-good-construct]"])
    assert not (sessions.path / "results").exists()


def test_ordinary_tests_are_skipped_where_only_benchmarks_are_wanted(sessions: Sessions) -> None:
    sessions.write("test_plain.py", "def test_plain(): pass\n")
    result = sessions.run(".", "-k", "plain or (2-good and ready)", "--benchmark-only")
    result.assert_outcomes(passed=1, skipped=1, deselected=6 * len(PHASES) - 1)


def test_two_scenarios_of_one_name_are_refused(sessions: Sessions) -> None:
    sessions.write("others.py", HEAD + declaration("fakes", "good", layers=(3,)))
    result = sessions.run(".", "--collect-only")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*two scenarios of this session are called 'fakes': *"])


def test_file_that_is_a_test_module_too_is_collected_once(sessions: Sessions) -> None:
    source = HEAD + declaration("speed", "good", layers=(2,)) + "def test_plain(): pass\n"
    sessions.write("test_mixed.py", source)
    for argument in (".", "test_mixed.py"):
        result = sessions.run(argument, "-k", "mixed", "--collect-only", "-q")
        collected = [line for line in result.outlines if line.startswith("test_mixed.py::")]
        assert len(collected) == len(set(collected)) == 1 + 2 * len(PHASES)
    item = f"test_mixed.py::speed[{STACK}-2-good-ready]"
    sessions.run(item, "test_mixed.py::test_plain").assert_outcomes(passed=2)


def test_sessions_without_scenario_files_import_nothing_heavy(sessions: Sessions) -> None:
    (sessions.path / "fakes.py").unlink()
    sessions.write(
        "test_plain.py",
        "import sys\n"
        "def test_plain():\n"
        "    heavy = {'numpy', 'pandas', 'pyarrow', 'pydantic', 'psutil', 'rich', 'tensorflow'}\n"
        "    assert not heavy & set(sys.modules)\n",
    )
    # Files that look a little like scenario files, and one that is no text at all.
    sessions.write("steps.py", "from nowhere import Scenario\nfeature = Scenario()\n")
    (sessions.path / "binary.py").write_bytes(b"bench.domain.scenario \xff\x00")
    result = sessions.run(".")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("bench:*")


def test_tests_of_the_suite_declare_no_scenario_to_measure() -> None:
    assert not [path for path in (ROOT / "tests").rglob("*.py") if looks_like_scenarios(path)]


def test_wrong_names_and_scenarios_are_told_in_one_line(sessions: Sessions) -> None:
    result = sessions.run("fakes.py", "--bench-architecture=mpl")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["unknown architecture 'mpl': did you mean 'mlp'? *"])
    sessions.write("fakes.py", HEAD + "bad = Scenario('Why?', arms={}, baseline='none')\n")
    result = sessions.run("fakes.py")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["baseline 'none' is none of the arms: *"])


def test_scenario_file_that_is_no_python_is_an_error_not_an_absence(sessions: Sessions) -> None:
    sessions.write("fakes.py", HEAD + "broken = Scenario(\n")
    result = sessions.run(".")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*SyntaxError*"])


def test_folder_of_the_users_called_scenarios_hides_none_of_the_suite(sessions: Sessions) -> None:
    (sessions.path / "scenarios").mkdir()
    (sessions.path / "scenarios" / "__init__.py").write_text("MINE = True\n")
    result = sessions.run("fakes.py", "--bench-architecture=mlp", "--collect-only", "-q")
    result.stdout.fnmatch_lines(["fakes.py::fakes[[]mlp-2-good-construct]"])


def test_builders_beside_a_file_in_a_folder_are_found_from_above(sessions: Sessions) -> None:
    (sessions.path / "sub").mkdir()
    builder = "from tests.fakes.builders import good\n"
    sessions.write("sub/beside_it.py", builder)
    sessions.write("sub/mine.py", HEAD + declaration("speed", "beside_it:good", layers=(2,)))
    result = sessions.run("sub/mine.py", "-k", "construct")
    result.assert_outcomes(passed=2)
    (run,) = sessions.runs()
    assert run.record.plan.folders == (str(sessions.path / "sub"),)
