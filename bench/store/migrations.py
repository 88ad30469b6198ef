"""Older formats of stored runs, read as the newest: one function for each step.

A step takes what one version wrote and returns what the next one would have written, without the
key ``schema``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bench.domain.errors import BenchError

if TYPE_CHECKING:
    import pyarrow as pa

Document = dict[str, Any]
Step = Callable[[Document], Document]


class UnknownVersion(BenchError, ValueError):
    """A document of a version that this suite does not know; the message names it."""


@dataclass(frozen=True)
class Format:
    """One kind of document: ``steps`` maps a version to the function that leads to the next one.

    ``unmarked`` is the version of documents without a number, where such were written.
    ``sealed_from`` is the first version whose documents all begin with their digest.
    """

    name: str
    steps: Mapping[int, Step] = field(default_factory=dict)
    unmarked: int | None = None
    sealed_from: int | None = None

    def is_sealed(self, version: object) -> bool:
        """Whether documents of ``version`` begin with their digest."""
        return self.sealed_from is not None and type(version) is int and version >= self.sealed_from

    @property
    def newest(self) -> int:
        """The version that is written."""
        return 1 + len(self.steps)


def migrated(document: object, form: Format) -> Document:
    """``document``, read from JSON, of any known version of ``form``, in the newest.

    Raises ``UnknownVersion``, also when it is no document of this kind at all.
    """
    if not isinstance(document, dict):
        raise UnknownVersion(f"it is no {form.name}: it holds no JSON object")
    version = document.get("schema", document.get("schema_version", form.unmarked))
    number = _checked(version, form.name, form.newest)
    body = {key: value for key, value in document.items() if key not in _VERSION_KEYS}
    for step in range(number, form.newest):
        try:
            body = form.steps[step](body)
        except (LookupError, TypeError, AttributeError) as error:
            raise UnknownVersion(f"it is no {form.name} of schema {number}: {error!r}") from error
    return {"schema": form.newest, **body}


def migrated_part(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """``table``, a part of any known version, in the columns of ``schema``.

    A nullable column that it lacks is null; one that ``schema`` does not have is left out. Raises
    ``UnknownVersion`` when it is of a newer version, or lacks a column that no part lacks.
    """
    import pyarrow as pa

    version = _checked(part_version(table.schema.metadata or {}), "part of a run", PARTS_SCHEMA)
    if version == 1:
        table = table.rename_columns([_COLUMNS.get(name, name) for name in table.column_names])
    for column in schema:
        if column.name in table.column_names:
            if not column.nullable and table[column.name].null_count:
                raise UnknownVersion(f"its column {column.name!r} has empty cells")
        elif column.nullable:
            table = table.append_column(column, pa.nulls(len(table), column.type))
        else:
            raise UnknownVersion(f"it has no column {column.name!r}")
    return table.select(schema.names).cast(schema)


def part_version(metadata: Mapping[bytes, bytes]) -> int:
    """The version of the part whose file has this ``metadata``. Raises ``ValueError``."""
    return int(metadata.get(b"schema", b"1"))


def _checked(version: object, name: str, newest: int) -> int:
    if type(version) is not int or version < 1:
        raise UnknownVersion(f"it is no {name}: its schema is {version!r}")
    if version > newest:
        raise UnknownVersion(
            f"it has schema {version}, and this version of the suite reads 1 to {newest}: "
            "a newer one reads it"
        )
    return version


def _call_modes_have_their_name(document: Document) -> Document:
    """1 to 2: ``entry`` became ``call_mode``, and injected slowdowns moved to their module."""
    text = json.dumps(document).replace('"scenarios.planted:', '"scenarios.injected:')
    changed: Document = json.loads(text)
    plan = changed["plan"]
    plan.pop("schema_version", None)
    for panel in plan["panels"]:
        panel["call_mode"] = panel.pop("entry")
    for scenario in plan["scenarios"]:
        if scenario.get("lifecycle"):
            lifecycle = scenario["lifecycle"]
            lifecycle["time_to_first_output"] = lifecycle.pop("first_answer")
    return changed


def _observed_panels_have_call_modes(document: Document) -> Document:
    """1 to 2: the panel that was observed has a ``call_mode`` in place of an ``entry``."""
    if "factors" not in document or "entry" not in document["factors"]:
        return document
    factors = {_COLUMNS.get(name, name): value for name, value in document["factors"].items()}
    return {**document, "factors": factors}


def _work_is_retained(document: Document) -> Document:
    """1 to 2: what a phase leaves behind is ``retained``, and no longer ``kept``."""
    changed = dict(document)
    changed["retained"] = changed.pop("kept")
    return changed


def _slowdowns_are_injected(document: Document) -> Document:
    """1 to 2: ``planted`` became ``injected``."""
    changed = dict(document)
    if "planted" in changed:
        changed["injected"] = changed.pop("planted")
    return changed


def _environments_belong_to_cells(document: Document) -> Document:
    """2 to 3: a panel has no environment, which every cell was measured in alike."""
    for panel in document["plan"]["panels"]:
        panel.pop("environment", None)
    return document


def _observations_name_their_cell(document: Document) -> Document:
    """2 to 3: ``cell`` holds the panel, the arm and the environment that were apart."""
    if "factors" not in document:
        return document
    changed = dict(document)
    panel, arm = dict(changed.pop("factors")), changed.pop("arm")
    environment = panel.pop("environment", "default")
    return {**changed, "cell": [panel, arm, environment]}


def _outputs_were_sampled(document: Document) -> Document:
    """3 to 4: what is stored of outputs is kept for each of them; it was some values of all."""
    if not document.get("outputs"):
        return document
    outputs = dict(document["outputs"])
    for old, new in (("sample", "values"), ("equal_sample", "equal_values")):
        sample = outputs.pop(old, [])
        numbers = [0.0 if isinstance(value, str) else value for value in sample]
        texts = "\0".join(value for value in sample if isinstance(value, str))
        largest = max(map(abs, numbers), default=0.0)
        outputs[new] = [[numbers, 1, largest, texts]] if sample else []
    return {**document, "outputs": outputs}


def _nothing_was_claimed_jointly(document: Document) -> Document:
    """3 to 4: a plan that declared no joint claims and no floor of its margin has none."""
    plan = {**document["plan"], "margin_floor_s": 0.0, "joint_error": 0.0}
    return {**document, "plan": plan}


def _nothing_was_examined(document: Document) -> Document:
    """4 to 5: a plan that set no time aside for passes without a clock has none."""
    return {**document, "plan": {**document["plan"], "evidence_s": 0.0}}


def _no_arm_declared_inputs(document: Document) -> Document:
    """5 to 6: inputs have a name where they are declared by one, and arms may declare their own."""
    for declared in document["plan"]["inputs"]:
        declared["name"] = None
    for scenario in document["plan"]["scenarios"]:
        for arm in scenario["arms"]:
            arm["inputs"] = []
    return document


def _nobody_has_marked_it(document: Document) -> Document:
    """6 to 7: it is not known by whom the run was made, and all of its rounds are timed."""
    return {**document, "mark": "", "timed_rounds": None}


def _nobody_knows_the_command(document: Document) -> Document:
    """7 to 8: the words of the command that began the run are not known."""
    return {**document, "command": []}


def _nobody_knows_the_code(document: Document) -> Document:
    """8 to 9: what the files of measured code held is not known."""
    return {**document, "code": {}}


RUN = Format(
    "run.json",
    {
        1: _call_modes_have_their_name,
        2: _environments_belong_to_cells,
        3: _nothing_was_claimed_jointly,
        4: _nothing_was_examined,
        5: _no_arm_declared_inputs,
        6: _nobody_has_marked_it,
        7: _nobody_knows_the_command,
        8: _nobody_knows_the_code,
    },
    sealed_from=7,
)
EXPLANATION = Format("explanation", {1: _work_is_retained})
OBSERVATION = Format(
    "observation",
    {
        1: _observed_panels_have_call_modes,
        2: _observations_name_their_cell,
        3: _outputs_were_sampled,
    },
    unmarked=1,
)
EXPLANATIONS = Format("collection of explanations")
OBSERVATIONS = Format("collection of observations")
CALIBRATION = Format("design of a calibration", {1: _slowdowns_are_injected}, unmarked=1)
CLAIMS = Format("claims")

PARTS_SCHEMA = 4
"""The version of the Parquet files that are written; 1 where their metadata has none."""

PARTS_SEALED_FROM = 4
"""The first version whose files all have their digest."""

_COLUMNS = {"entry": "call_mode"}
_VERSION_KEYS = ("schema", "schema_version")
