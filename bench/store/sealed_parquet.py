"""Parquet files that carry the digest of their own bytes, so that one which was changed is known.

The digest is in the metadata of the file, of fixed length, and is that of the file with zeros in
its place. Checksums of Parquet cover the pages alone: neither the names of columns nor whose rows
they are.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from bench.store.migrations import PARTS_SCHEMA, PARTS_SEALED_FROM, part_version

KEY = b"digest"
"""The key of the metadata of the file under which the digest is."""

_BEGINNING = b"sha256:"
UNSEALED = _BEGINNING + b"0" * 64
"""What is in the place of the digest until the whole file is known."""
_ANY_DIGEST = re.compile(rb"sha256:[0-9a-f]{64}")


def seal(content: bytes) -> bytes:
    """``content``, a Parquet file whose metadata has ``UNSEALED`` under ``KEY``, with its digest.

    Raises ``ValueError`` where it has not.
    """
    return _with(content, UNSEALED, _digest(content))


def is_as_written(content: bytes, metadata: Mapping[bytes, bytes]) -> bool:
    """Whether the file ``content``, which has this ``metadata``, is as it was written.

    Files of older versions have no digest. Raises ``ValueError`` for what is no version.
    """
    digest = metadata.get(KEY)
    if digest is None:
        # A digest that is there but not under its key means that the metadata are damaged.
        is_sealed = PARTS_SEALED_FROM <= part_version(metadata) <= PARTS_SCHEMA
        return not (is_sealed or _ANY_DIGEST.search(content))
    try:
        return _digest(_with(content, digest, UNSEALED)) == digest
    except ValueError:
        return False


def _digest(content: bytes) -> bytes:
    return _BEGINNING + hashlib.sha256(content).hexdigest().encode()


def _with(content: bytes, old: bytes, new: bytes) -> bytes:
    # The metadata of a file is at its end, and in it this comes after all statistics.
    begin = content.rindex(old)
    return content[:begin] + new + content[begin + len(old) :]
