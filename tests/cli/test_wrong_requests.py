"""Requests that cannot be carried out: one line that says what would be right, exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import run

LAYERS = ("run", "--layers")
RELEASES = "bisect --arm inline --package keras --from 2 --to 3"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("run build_stile", "unknown scenario 'build_stile': did you mean 'build_style'"),
        ("run --architecture mpl", "unknown architecture 'mpl': did you mean 'mlp'"),
        ("run --call-mode functio", "unknown call mode 'functio': did you mean 'function'"),
        ("run --device tpu", "unknown device 'tpu': did you mean 'gpu'"),
        ("run --backend paddle", "unknown backend 'paddle': known: tensorflow, jax, torch"),
        ("run --backend jax,tensorflw", "unknown backend 'tensorflw': did you mean 'tensorflow'"),
        (
            "run --backend tensorflow,jax --call-mode function",
            "unknown call mode of several backends 'function'",
        ),
        ("calibrate --blocks 1000000", "1000000 is not in the range"),
        ("run --backend torch --call-mode function", "unknown call mode 'function'"),
        ("run --baseline inlin", "unknown arm 'inlin': did you mean 'inline'"),
        ("run --layers 0", "'0' has a layer count below 1"),
        ("run --layers -3", "'-3' has a layer count below 1"),
        ("run --layers x", "'x' is not a list of layer counts"),
        ("run --layers 4,,8", "'4,,8' is not a list of layer counts"),
        ("run --layers=", "'' is not a list of layer counts"),
        ("run --architecture=", "'' is not a list of names"),
        ("run --arm mine", "'mine' does not name an arm: write NAME=MODULE:FUNCTION"),
        ("run --arm =m:f", "does not name an arm"),
        ("run --arm a=module", "'module' does not name a callable"),
        ("run --arm a=module.py:build", "from this folder would, module:build"),
        ("run --arm a=./zoo/nets.py:build", "from this folder would, zoo.nets:build"),
        ("run --arm placebo=m:f", "the suite's own copy of the baseline"),
        ("run --arm a=m:f(1)", "are no arguments: write (name=value, ...)"),
        ("run --arm a=m:f(x={1,2})", "the argument 'x' is no plain value"),
        ("run --arm a=m:f@b", "the environment of arm 'a' is not one of the plan"),
        ("run --interpreter python", "does not name an interpreter: write NAME=PATH"),
        (
            "run --interpreter a=/nowhere/python",
            "is neither the path of a Python nor a requirement",
        ),
        ("bisect --arm inline", "name --package, --from and --to, or --repo and --good"),
        ("bisect --arm inline --repo .", "--repo needs --good"),
        ("bisect --arm inline --package keras --from 3 --to 2", "3 is not before 2"),
        ("bisect --arm inline --package keras --from x --to 2", "'keras==x' is neither"),
        ("bisect --arm inline --repo . --good a --from 2", "among commits: it can't be given"),
        ("bisect --arm inline --repo . --good a --to 3", "can't be given together with --to"),
        (f"{RELEASES} --good a", "among releases: it can't be given together with --good"),
        (f"{RELEASES} --bad a", "can't be given together with --bad"),
        (f"{RELEASES} --growth trace --counter calls", "can't be given together with --counter"),
        ("run --interpreter a=sh --interpreter a=sh", "environment 'a' is named twice"),
        ("run --architecture tutorial --layers 4", "'tutorial' takes no depth: leave --layers out"),
        ("run --input 3,4", "'3,4' is not an input"),
        ("run --input float32[]", "is not an input"),
        ("run --input float31[2,3]", "unknown dtype 'float31'"),
        ("run --input float32[0,3]", "has a length below 1"),
        ("run --call-mode telepathy", "unknown call mode 'telepathy'"),
        ("run --margin 0%", "'0%' is not a percentage"),
        ("run --margin 5", "'5' is not a percentage"),
        ("run --budget soon", "'soon' is not a duration"),
        ("run --timeout -1", "'-1' is not a duration"),
        ("run --memory 4X", "'4X' is not a size"),
        ("run --rounds 0", "0 is not in the range"),
        ("run --isolation thread", "'thread' is not one of"),
        ("run seed_example --layers 4", "'seed_example' has no depth"),
        ("run --resume nothing", "there is no run 'nothing'"),
        ("run --resume .", ". is no run folder"),
        ("run --resume latest --quick", "can't be given together with --quick"),
        ("run --resume latest --thorough", "can't be given together with --thorough"),
        ("run --resume latest --pin", "can't be given together with --pin"),
        ("run --resume latest --no-pin", "can't be given together with --no-pin"),
        ("run --resume latest --no-evidence", "can't be given together with --no-evidence"),
        ("doctor --rounds 3", "only --fidelity measures rounds: it can't be given together with"),
        ("run --out /proc/nowhere", "cannot write to /proc/nowhere"),
        ("show nothing", "there is no run 'nothing'"),
        ("show", "Missing argument 'RUN'"),
        ("charts latest", "there is no run in"),
        ("charts latest --format gif", "unknown format 'gif'"),
        ("measure", "No such command 'measure'"),
        ("run --nonsense", "No such option"),
    ],
)
def test_wrong_request_is_one_clear_line(tmp_path: Path, arguments: str, words: str) -> None:
    result = run(arguments.split(" "), tmp_path)
    assert result.returncode == 2
    assert words in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    assert not result.stdout
    assert not list(tmp_path.glob("results/runs/*")), "nothing was made"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((*LAYERS, "3000000000"), "has a layer count above 1,000,000"),
        ((*LAYERS, "9" * 5000), "has a layer count above 1,000,000"),
        (("run", "--batch", "3000000000"), "has a batch size above 1,000,000"),
        (("run", "--batch", "9" * 5000), "has a batch size above 1,000,000"),
        (("run", "--input", f"float32[{'9' * 5000}]"), "a length of more than 9 digits"),
        (("run", "--rounds", "9" * 21), "its rounds are 999999999999999999999"),
        (("run", "--replicates", "100000000"), "its replicates are 100000000"),
        (("run", "--budget", f"{'9' * 310}h"), "is too large a duration"),
        (("run", "--arm", f"{'a' * 200}=m:f"), "has a name of 200 characters: 64 is the most"),
        (("run", "--arm", f"a=b:c(x={'1+' * 9000}1)"), "are no arguments"),
        (("run", f"{'x' * 300}.py"), "File name too long"),
        (("run", "--resume", "x" * 300), "there is no run"),
        (("show", "x" * 100_000), "there is no run"),
        (("charts", "x" * 300), "there is no run"),
        (("claims", "x" * 300), "there is no run"),
        (("profile", "x" * 300), "unknown scenario"),
        (("explain", "x" * 300), "unknown scenario"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else value[-2][:20],
)
def test_value_beyond_all_bounds_is_refused_in_a_line_that_fits(
    tmp_path: Path, words: tuple[str, ...], why: str
) -> None:
    result = run(words, tmp_path)
    assert result.returncode == 2, result.stderr
    (line,) = result.stderr.splitlines()
    assert why in line
    assert len(line) < 600
    assert not list(tmp_path.glob("results/runs/*")), "nothing was made"


@pytest.mark.parametrize(
    ("builder", "words"),
    [
        ("no_such_module:build", "arm 'mine': there is no module 'no_such_module'"),
        ("mine:bild", "arm 'mine': module 'mine' has no 'bild'"),
        ("mine:VALUE", "arm 'mine': 'VALUE' in module 'mine' is not callable"),
    ],
)
def test_arm_that_does_not_resolve_is_one_clear_line(
    tmp_path: Path, builder: str, words: str
) -> None:
    (tmp_path / "mine.py").write_text("VALUE = 3\n")
    result = run(["run", "--arm", f"mine={builder}", "--layers", "2"], tmp_path)
    assert result.returncode == 2
    assert words in result.stderr.splitlines()[-1]
    assert not result.stdout
    assert not list(tmp_path.glob("results/runs/*")), "nothing was made"


@pytest.mark.parametrize(
    ("patch", "lifecycle", "words"),
    [
        ("mine:lost", "mine:live", "the patch of arm 'patched': module 'mine' has no 'lost'"),
        ("mine:patch", "mine:lost", "the lifecycle of 'kept': module 'mine' has no 'lost'"),
    ],
)
def test_patch_or_lifecycle_that_does_not_resolve_is_named(
    tmp_path: Path, patch: str, lifecycle: str, words: str
) -> None:
    (tmp_path / "mine.py").write_text("build = patch = live = print\n")
    (tmp_path / "kept.py").write_text(
        "from bench.domain.phases import Lifecycle\n"
        "from bench.domain.scenario import Arm, Scenario\n"
        "kept = Scenario(question='?', baseline='plain', headline=('keep',), arms={\n"
        f"    'plain': Arm('mine:build'), 'patched': Arm('mine:build', patch='{patch}')\n"
        f"}}, lifecycle=Lifecycle('{lifecycle}', phases=('keep',)))\n"
    )
    result = run(["run", "kept.py"], tmp_path)
    assert result.returncode == 2
    assert words in result.stderr.splitlines()[-1]
