"""What scripts of the page read: JSON that nothing in it can end."""

from __future__ import annotations

import json

from markupsafe import Markup


def script_data(content: object) -> Markup:
    """``content`` as JSON for the inside of a script element."""
    text = json.dumps(content, ensure_ascii=True)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
