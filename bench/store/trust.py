"""Whether a run was made by its reader: only then is what it names started without a question.

A run folder is data, and reading it executes nothing. To resume, explain or profile a run starts
the interpreter that it names, after installing what that was made of where it is not there, and
imports code from the folders that it names. A run that was made here carries a mark that only its
user can make, with a key in that user's home; a run of somebody else has none, or another one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from bench.domain.design.plan import Plan
from bench.domain.errors import BenchError

if TYPE_CHECKING:
    from bench.store.run_folder import RunFolder

KEY_BYTES = 32
SHOWN = 3
"""Modules that a message names; the others are counted."""


class Untrusted(BenchError):
    """A run that was not made here, and whose code is not trusted; the message says what it is."""


def mark_of(plan: Plan, installed: Sequence[str] = ()) -> str:
    """The mark of this user for all that ``plan`` executes; empty where there can be no key.

    ``installed`` are the requirements that its environments are made of.
    """
    key = _key()
    if key is None:
        return ""
    executed = [dict(plan.environments), list(plan.folders), sorted(_references(plan))]
    if installed:
        executed.append(list(installed))
    text = json.dumps(executed)
    return hmac.new(key, text.encode(errors="surrogateescape"), hashlib.sha256).hexdigest()


def installed_for(
    plan: Plan, environment: Mapping[str, object], environments: Mapping[str, Mapping[str, object]]
) -> list[str]:
    """The requirements that environments of ``plan`` are made of, given what is recorded of each.

    ``environment`` is of the only one, ``environments`` are several by name.
    """
    known = [environments.get(name, environment) for name in plan.environments]
    return [str(facts["requirements"]) for facts in known if "requirements" in facts]


def check_trusted(folder: RunFolder, trusts: bool) -> None:
    """Raise ``Untrusted`` unless the run in ``folder`` was made here, or its user ``trusts`` it."""
    record, plan = folder.record, folder.record.plan
    installed = installed_for(plan, record.environment, record.environments)
    if trusts or (record.mark and hmac.compare_digest(record.mark, mark_of(plan, installed))):
        return
    modules = sorted({reference.partition(":")[0] for reference in _references(plan)})
    more = f" and {len(modules) - SHOWN} more" if len(modules) > SHOWN else ""
    started, places = ", ".join(plan.environments.values()), ", ".join(plan.folders) or "here"
    installs = f", installs {'; '.join(installed)} where that is missing" if installed else ""
    raise Untrusted(
        f"{record.run} was not made here: this starts {started} and imports "
        f"{', '.join(modules[:SHOWN])}{more} from {places}{installs}; "
        f"look at {folder.path / 'run.json'}, and add --trust if you trust it"
    )


def _references(plan: Plan) -> set[str]:
    named = {reference for cell in plan.cells() for reference in plan.references(cell)}
    # An adapter may be a module of the user's.
    return named | {plan.backend_in(each) for each in plan.environments}


def _make_key(path: Path) -> None:
    """Store a key that nobody else can read at ``path``, unless another process is faster."""
    descriptor, written = tempfile.mkstemp(dir=path.parent, prefix=".key-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(written, path)
    finally:
        Path(written).unlink()


def _key() -> bytes | None:
    """The key of this user, made now where there is none; None where it cannot be stored."""
    try:
        state = Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state").expanduser()
        path = state / "keras-bench" / "key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _make_key(path)
        return path.read_bytes() or None
    except (OSError, RuntimeError):
        # A user without a home, or one that cannot be written.
        return None
