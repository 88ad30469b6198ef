"""What scripts of the page read: JSON that nothing in it can end."""

from __future__ import annotations

import json

from markupsafe import Markup

from bench.domain.words import without_controls


def script_data(content: object) -> Markup:
    """``content`` as JSON for the inside of a script element, texts without control characters."""
    text = json.dumps(_plain(content), ensure_ascii=True)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _plain(content: object) -> object:
    if isinstance(content, str):
        return without_controls(content)
    if isinstance(content, dict):
        return {key: _plain(value) for key, value in content.items()}
    return [_plain(each) for each in content] if isinstance(content, list) else content
