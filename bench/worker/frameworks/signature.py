"""What a model takes: the structure of its inputs, and of each its dtype, shape and values.

Structures are lists, tuples and dictionaries, nested as the model declares them; a dictionary is
walked in the order of its keys, as frameworks do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Callable, NamedTuple, Optional

Shape = tuple[Optional[int], ...]
"""Batch first, ``None`` where free."""

FREE_LENGTH, FREE_SIDE = 16, 64
"""What a free length becomes: of a sequence, a film or a volume, and at rank 4 of an image."""


class KnownValues(NamedTuple):
    """What may be in an input, as far as a layer that takes it can be read.

    Whole numbers from 0 to ``below`` - 1, or some ``among`` those listed; a text has ``words`` of
    them. ``source`` says where that stands.
    """

    source: str
    below: int = 0
    among: tuple[Any, ...] = ()
    words: int = 1


@dataclass(frozen=True)
class InputSpec:
    """One tensor that a model takes, or is trained towards.

    ``name`` is the model's own, ``path`` where it stands in the structure, such as ``first.late``.
    ``layout`` is ``dense``, ``sparse``, ``ragged`` with ``ragged_rank``, or ``one_hot`` of whole
    numbers. A model may say a shape without a dtype, which then is assumed.
    """

    shape: Shape
    dtype: str
    name: str = ""
    path: str = ""
    layout: str = "dense"
    ragged_rank: int = 1
    values: Optional[KnownValues] = None
    is_dtype_assumed: bool = False

    @property
    def label(self) -> str:
        """What people call it: its own name, or else its place; empty where it is the only one."""
        return self.name or self.path

    @property
    def kind(self) -> str:
        """``string``, ``bool``, ``int``, ``uint``, ``float``, ``bfloat`` or ``complex``."""
        return self.dtype.rstrip("0123456789")

    def full_shape(self, size: int) -> tuple[int, ...]:
        """The shape in batches of ``size``, unless it has a batch size of its own."""
        usual = FREE_SIDE if len(self.shape) == 4 else FREE_LENGTH
        first, rest = self.shape[:1], self.shape[1:]
        return (
            *(length or size for length in first),
            *(usual if length is None else length for length in rest),
        )


@dataclass(frozen=True)
class Signature:
    """All inputs of a model: ``structure`` has an ``InputSpec`` in the place of each tensor.

    ``by_argument`` says that the structure is a dictionary whose items are arguments of the model's
    ``call``, and not one argument.
    """

    structure: Any
    by_argument: bool = False

    @property
    def inputs(self) -> list[InputSpec]:
        """The inputs in their order."""
        return [each for _, each in leaves(self.structure)]

    @property
    def fixed_batch(self) -> Optional[int]:
        """The batch size that the model declares."""
        return next((each.shape[0] for each in self.inputs if each.shape and each.shape[0]), None)

    def mapped(self, function: Callable[[InputSpec], Any]) -> Any:
        """The structure with ``function`` of each input in its place."""
        return mapped(function, self.structure)


def leaves(structure: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Everything in ``structure`` that is no list, tuple or dictionary, and where it stands."""
    if isinstance(structure, dict):
        items = [(key, structure[key]) for key in sorted(structure)]
    elif isinstance(structure, (list, tuple)):
        items = list(enumerate(structure))
    else:
        yield path, structure
        return
    for key, each in items:
        yield from leaves(each, f"{path}.{key}" if path else str(key))


def mapped(function: Callable[[Any], Any], structure: Any) -> Any:
    """``structure`` with ``function`` of each of its leaves in its place."""
    if isinstance(structure, dict):
        return {key: mapped(function, each) for key, each in structure.items()}
    if isinstance(structure, tuple) and hasattr(structure, "_fields"):
        return type(structure)(*[mapped(function, each) for each in structure])
    if isinstance(structure, (list, tuple)):
        return type(structure)([mapped(function, each) for each in structure])
    return function(structure)


def placed(structure: Any) -> Any:
    """``structure`` of inputs, each of which knows its path."""
    paths = {id(each): path for path, each in leaves(structure)}
    return mapped(lambda each: replace(each, path=paths[id(each)]), structure)


class DoesNotFit(Exception):
    """What is declared of inputs is not what the model takes; the message says both."""


def merged(own: Signature, declared: Sequence[InputSpec]) -> Signature:
    """The model's ``own`` signature where ``declared`` settles what is open.

    Inputs are declared by name, some of them, or by place, all of them. Raises ``DoesNotFit``.
    """
    if not declared:
        return own
    inputs = own.inputs
    if not declared[0].name:
        if len(declared) != len(inputs) or not all(map(_fits, declared, inputs)):
            raise DoesNotFit(
                f"the model takes {written(inputs)}, and --input says {written(declared)}"
            )
        in_order = iter([_settled(each, asked) for each, asked in zip(inputs, declared)])
        settled = {id(each): next(in_order) for each in inputs}
        return replace(own, structure=own.mapped(lambda each: settled[id(each)]))
    settled = {id(each): each for each in inputs}
    for asked in declared:
        found = [each for each in inputs if asked.name in _names(each)]
        if len(found) != 1:
            takes = ", ".join(each.label or "one without a name" for each in inputs)
            which = "no input" if not found else "several inputs"
            raise DoesNotFit(f"the model has {which} {asked.name!r} as --input says: {takes}")
        if not _fits(asked, found[0]):
            raise DoesNotFit(
                f"the model takes {written(found)}, and --input says {written([asked])}"
            )
        settled[id(found[0])] = _settled(found[0], asked)
    return replace(own, structure=own.mapped(lambda each: settled[id(each)]))


def written(inputs: Sequence[InputSpec]) -> str:
    """``inputs`` as people write them, ``None`` as ``any``."""
    return " and ".join(
        f"{each.name}{'=' if each.name else ''}{each.dtype}"
        f"[{','.join('any' if length is None else str(length) for length in each.shape)}]"
        for each in inputs
    )


def _names(spec: InputSpec) -> tuple[str, ...]:
    return spec.name, spec.path, spec.path.rpartition(".")[2]


def _settled(own: InputSpec, asked: InputSpec) -> InputSpec:
    """What is known of ``own``, with the lengths that are ``asked`` for; its batch stays."""
    shape = (*own.shape[:1], *asked.shape[1:])
    return replace(own, shape=shape)


def _fits(asked: InputSpec, own: InputSpec) -> bool:
    return (
        asked.dtype == own.dtype
        and len(asked.shape) == len(own.shape)
        and all(
            each is None or length in (None, each) for length, each in zip(asked.shape, own.shape)
        )
    )
