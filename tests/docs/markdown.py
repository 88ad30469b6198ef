"""Reads the pages of the documentation: fenced blocks, code spans, links and anchors."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


class Block(NamedTuple):
    """A fenced block: its language and its text."""

    language: str
    text: str


def pages() -> list[Path]:
    """Every page of the documentation, below the root of the repository."""
    top = sorted(ROOT.glob("*.md"))
    return [path.relative_to(ROOT) for path in [*top, *sorted((ROOT / "docs").rglob("*.md"))]]


def read(page: Path) -> str:
    """The text of ``page``."""
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(text: str) -> list[Block]:
    """The fenced blocks of ``text``, in order."""
    return [Block(*match.groups()) for match in _FENCE.finditer(text)]


def shell_lines(text: str) -> Iterator[list[str]]:
    """The words of each command in the shell blocks of ``text``, without comments."""
    for block in blocks(text):
        if block.language == "sh":
            yield from commands_of(block)


def commands_of(block: Block) -> Iterator[list[str]]:
    """The words of each command in one shell block."""
    for line in block.text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words:
            yield words


def bench_arguments(words: list[str]) -> list[str] | None:
    """The arguments that ``bench`` gets from a command, as ``scripts/bench`` passes them.

    None if the command does not run ``bench``.
    """
    if words[0] not in ("bench", "scripts/bench"):
        return None
    arguments = words[1 : words.index(">")] if ">" in words else words[1:]
    runs = not arguments or arguments[0].startswith("-")
    return ["run", *arguments] if runs else arguments


def code_spans(text: str) -> list[str]:
    """The inline code of ``text``."""
    return _CODE.findall(_FENCE.sub("", text))


def links(text: str) -> list[str]:
    """The targets of the links and pictures of ``text`` that lead to this repository."""
    targets = _LINK.findall(_FENCE.sub("", text))
    return [target for target in targets if "://" not in target]


def anchors(text: str) -> set[str]:
    """The anchors that GitHub makes of the headings of ``text``."""
    headings = _HEADING.findall(_FENCE.sub("", text))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def named_files(text: str) -> dict[str, str]:
    """The Python blocks of ``text`` that begin with ``# name.py``, by that name."""
    found = {}
    for block in blocks(text):
        name = file_name_of(block)
        if name is not None:
            found[name] = block.text
    return found


def file_name_of(block: Block) -> str | None:
    """The name with which a Python block begins, ``# name.py``; None where it has none."""
    match = re.match(r"# (\w+\.py)\b", block.text)
    return match.group(1) if block.language == "python" and match else None
