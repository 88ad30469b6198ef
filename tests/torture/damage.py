"""Damages run folders: the table stays that of the whole run, or a line names the file."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.execution.listener import Listener
from bench.execution.rounds.run import execute_run
from bench.runs.findings import current_findings
from bench.store.files import InvalidRun
from bench.store.run_folder import RunFolder
from tests.fakes.plan import fake_folder, fake_plan
from tests.torture.campaign import Wrong, limited

IGNORED = ("run.lock",)
"""Files whose content means nothing."""


class Damage:
    """Trials on copies of a few runs of the fake framework, which are measured here once."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._runs = [_measure(scratch / "parts", seed=1), _measure(scratch / "others", seed=2)]
        compacted = scratch / "compacted"
        shutil.copytree(self._runs[0], compacted)
        RunFolder(compacted).compact()
        self._runs.append(compacted)
        self._tables = {run: _table(run) for run in self._runs}

    def trial(self, generator: random.Random) -> str:
        """Damage one file of a copy of a run in one way, and read the run."""
        run = generator.choice(self._runs)
        copy = self._scratch / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(run, copy)
        path = generator.choice(_files(copy))
        change = generator.choice(WAYS if path.suffix == ".json" else BYTE_WAYS)
        others = [_counterpart(path, copy, other) for other in self._runs if other != run]
        done = change(path, generator, [each for each in others if each.exists()])
        what = f"{path.relative_to(copy)} of {run.name}: {done}"
        try:
            with limited(what):
                table = _table(copy)
        except InvalidRun as error:
            message = str(error)
            if "\n" in message or path.name not in message:
                raise Wrong(f"{what}: the line does not name the file: {message!r}") from error
            return "named"
        except Exception as error:
            raise Wrong(f"{what}: {error!r}") from error
        if table != self._tables[run]:
            raise Wrong(f"{what}: another table, and nothing is said")
        return "as it was"


def _measure(path: Path, seed: int) -> Path:
    plan = fake_plan(
        "straight",
        "copies_the_list",
        module="tests.fakes.injected_causes",
        rounds=3,
        layers=(2, 4),
        evidence_s=60,
        seed=seed,
    )
    folder = fake_folder(path, plan)
    execute_run(folder, Listener())
    return path


def _table(run: Path) -> dict[str, Any]:
    """What ``bench show --json`` prints, but for where the run is."""
    return current_findings(RunFolder(run)).model_dump(mode="json", exclude={"sources"})


def _files(run: Path) -> list[Path]:
    return sorted(path for path in run.rglob("*") if path.is_file() and path.name not in IGNORED)


def _counterpart(path: Path, run: Path, other: Path) -> Path:
    return other / path.relative_to(run)


Way = Callable[[Path, random.Random, Sequence[Path]], str]
"""Damages a file, given its counterparts in other runs; returns what was done."""


def _flip(path: Path, generator: random.Random, others: Sequence[Path]) -> str:
    content = bytearray(path.read_bytes())
    place, bit = generator.randrange(len(content)), generator.randrange(8)
    content[place] ^= 1 << bit
    path.write_bytes(content)
    return f"bit {bit} of byte {place} flipped"


def _truncate(path: Path, generator: random.Random, others: Sequence[Path]) -> str:
    size = generator.randrange(path.stat().st_size)
    os.truncate(path, size)
    return f"cut to {size} bytes"


def _overwrite(path: Path, generator: random.Random, others: Sequence[Path]) -> str:
    content = bytearray(path.read_bytes())
    place = generator.randrange(len(content))
    noise = generator.randbytes(generator.randint(1, 64))
    content[place : place + len(noise)] = noise
    path.write_bytes(content)
    return f"{len(noise)} bytes from {place} overwritten"


def _extend(path: Path, generator: random.Random, others: Sequence[Path]) -> str:
    with path.open("ab") as file:
        file.write(generator.randbytes(generator.randint(1, 64)))
    return "bytes appended"


def _foreign(path: Path, generator: random.Random, others: Sequence[Path]) -> str:
    if not others:
        return _truncate(path, generator, others)
    other = generator.choice(others)
    shutil.copyfile(other, path)
    return f"replaced by that of {other.parent}"


def _swap(path: Path, generator: random.Random, others: Sequence[Path]) -> str:
    siblings = [each for each in path.parent.glob(f"*{path.suffix}") if each != path]
    if not siblings:
        return _flip(path, generator, others)
    sibling = generator.choice(sorted(siblings))
    shutil.copyfile(sibling, path)
    return f"replaced by {sibling.name}"


def _no_file(path: Path, generator: random.Random, others: Sequence[Path]) -> str:
    path.unlink()
    kind = generator.choice(["folder", "pipe", "dangling link"])
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("nowhere")
    return f"replaced by a {kind}"


def _edit(path: Path, generator: random.Random, others: Sequence[Path]) -> str:
    """Change one value of a JSON document by hand, and keep the layout of the file."""
    text = path.read_text()
    document = json.loads(text)
    done = change_value(document, generator)
    path.write_text(json.dumps(document, indent=generator.choice([None, 1, 2])))
    return done


def change_value(document: Any, generator: random.Random) -> str:
    """Change, remove or add one value somewhere in ``document``; returns what was done."""
    places = list(places_of(document))
    holder, key = generator.choice(places)
    value = holder[key]
    new: Any = generator.choice(
        [
            *(None, -1, 0, 2**62, 10**30, 1.5, 1e300, "", "x", "\udcff", [], {}, [[]], True),
            value * 2 if type(value) is int else "y",
        ]
    )
    kind = generator.choice(["value", "value", "removed", "added"])
    if kind == "removed":
        del holder[key]
        return f"{key!r} removed"
    if kind == "added" and isinstance(holder, dict):
        holder["zombie"] = new
        return f"a key added next to {key!r}"
    if new == value and type(new) is type(value):
        new = "z"
    holder[key] = new
    return f"{key!r} is {new!r} instead of {value!r}"[:200]


def places_of(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each value within ``value``, by what holds it and its key there."""
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], (dict, list)):
            yield from places_of(value[key])


BYTE_WAYS: Sequence[Way] = (_flip, _flip, _truncate, _overwrite, _extend, _foreign, _swap, _no_file)
WAYS: Sequence[Way] = (*BYTE_WAYS, _edit, _edit)
