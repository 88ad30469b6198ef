"""What reaches the terminal or pipe: signs that it lacks are replaced, and nothing is obeyed.

Names and messages are shown as they are: never taken for markup, colours or control characters.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
import unicodedata
from typing import TYPE_CHECKING

import click

from bench.domain.words import without_controls

if TYPE_CHECKING:
    from rich.console import Console

_ERRORS = "bench-signs"
_ASCII = "bench-ascii"

_SIGNS = {
    "×": "x",
    "±": "+-",
    "·": "-",
    "•": "*",
    "–": "-",
    "—": "-",
    "−": "-",
    "…": "...",
    "→": "->",
    "↑": "^",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "≈": "~",
    "µ": "u",
    "μ": "u",
    "¹": "^1",
    "²": "^2",
    "³": "^3",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "ß": "ss",
    "\u00a0": " ",
    "\u202f": " ",
}


def prepare_streams() -> None:
    """Replace signs that standard output and error cannot encode, in place of raising for them."""
    codecs.register_error(_ERRORS, _replaced)
    codecs.register(_found)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not _is_unicode(stream.encoding):
            # Whoever finds plain ASCII takes it for a mistake, and writes UTF-8 in its place.
            is_ascii = codecs.lookup(stream.encoding).name == "ascii"
            encoding = _ASCII if is_ascii else stream.encoding
            stream.reconfigure(encoding=encoding, errors=_ERRORS)


def echo(text: str, *, err: bool = False) -> None:
    """Print ``text`` in its lines, without colours and control characters.

    What nobody reads any more, or has no room, raises ``OSError`` on standard output. On standard
    error it is left out: a measurement does not end for want of a reader.
    """
    try:
        click.echo(without_controls(text), err=err)
    except OSError:
        if not err:
            raise


def console(*, stderr: bool = False, width: int | None = None) -> Console:
    """A console of rich that takes no text for markup, and makes nothing out of words.

    For a pipe that is closed the same holds as for ``echo``.
    """
    from rich.console import Console

    class Plain(Console):
        def on_broken_pipe(self) -> None:
            if not stderr:
                raise

    return Plain(stderr=stderr, width=width, markup=False, emoji=False, highlight=False)


def leave_unwritten() -> None:
    """Leave out what cannot be written to standard output: Python tries again when it ends."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        os.close(nothing)


def _is_unicode(encoding: str) -> bool:
    return codecs.lookup(encoding).name.startswith("utf")


def _replaced(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(map(_in_ascii, text)), error.end


def _in_ascii(sign: str) -> str:
    known = _SIGNS.get(sign)
    if known is None:
        known = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode()
    return known or "?"


def _found(name: str) -> codecs.CodecInfo | None:
    # The name of a codec is given with underscores by some versions of Python.
    if name.replace("_", "-") != _ASCII:
        return None
    plain = codecs.lookup("ascii")
    return codecs.CodecInfo(
        name=_ASCII,
        encode=plain.encode,
        decode=plain.decode,
        incrementalencoder=plain.incrementalencoder,
        incrementaldecoder=plain.incrementaldecoder,
        streamreader=plain.streamreader,
        streamwriter=plain.streamwriter,
    )
