"""An SVG file of Matplotlib in the page: the same picture in fewer characters."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import quote

_PROLOGUE = re.compile(r"<!--.*?-->|<metadata>.*?</metadata>|<\?xml.*?\?>|<!DOCTYPE.*?>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_ROOT = re.compile(r"<svg[^>]*>")
_REFERENCE = re.compile(r"#([\w-]+)")
_IDENTITY = re.compile(r' id="([^"]*)"')
_STYLE = re.compile(r' style="([^"]*)"')
_PLACES = re.compile(r' (?:d|x|y|width|height|viewBox|points)="[^"]*"')
_NUMBER = re.compile(r"-?\d+\.\d{2,}")
_BETWEEN_LINES = re.compile(r">[ \t]*\n\s*<")
_UPRIGHT = re.compile(r' transform="rotate\(-?0 [^)]*\)"')
_PATH = re.compile(r'(?<= d=")[^"]*')
_NEEDLESS = re.compile(r" ?([A-Za-z]) ?| (?=-)")
_VALUE = re.compile(r'="([^"\']*)"')

_AS_IT_IS = " !$'()*+,-./:;<=>?@[]^_`{|}~"
"""What can stand in an address that is the value of an attribute in double quotes."""


def svg_address(drawing: str) -> str:
    """``drawing``, an SVG file, as an address that is the picture itself, without ``"`` and ``&``.

    Texts stay what they are. Places and sizes are rounded to a tenth of a point, what nothing
    refers to has no name, and each style stands once.
    """
    used = set(_REFERENCE.findall(drawing))
    classes: dict[str, str] = {}
    content = _PROLOGUE.sub("", drawing)
    content = _TAG.sub(lambda tag: _compact(tag[0], used, classes), content)
    content = _BETWEEN_LINES.sub("><", content).strip()
    rules = "".join(f".{name}{{{style}}}" for style, name in classes.items())
    content = _ROOT.sub(lambda root: f"{root[0]}<style>{rules}</style>", content, count=1)
    return f"data:image/svg+xml,{quote(content, safe=_AS_IT_IS)}"


def _compact(tag: str, used: Collection[str], classes: dict[str, str]) -> str:
    """``tag`` in fewer characters, with its name if that is ``used``, and a class for its style."""

    def named(style: re.Match[str]) -> str:
        return f' class="{classes.setdefault(style[1], f"s{len(classes)}")}"'

    tag = _UPRIGHT.sub("", _STYLE.sub(named, tag))
    tag = _IDENTITY.sub(lambda found: found[0] if found[1] in used else "", tag)
    tag = _PLACES.sub(lambda found: _NUMBER.sub(_rounded, found[0]), tag)
    tag = re.sub(r"\s+", " ", tag)
    tag = _PATH.sub(lambda found: _NEEDLESS.sub(r"\1", found[0].strip()), tag)
    return _VALUE.sub(r"='\1'", tag)


def _rounded(number: re.Match[str]) -> str:
    return f"{float(number[0]):.1f}".removesuffix(".0")
