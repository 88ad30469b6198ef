"""Where servers of runs listen, which no other machine reaches, and the names they answer to."""

from __future__ import annotations

import urllib.parse

LOOPBACK = "127.0.0.1"


def is_own_name(host: str | None) -> bool:
    """Whether ``host``, the header of a request, is a name that this machine gives itself.

    Another site may have its own name lead here, to read what is served (DNS rebinding). The port
    is not compared: a forwarded one is another.
    """
    try:
        return urllib.parse.urlsplit(f"//{host or ''}").hostname in (LOOPBACK, "localhost")
    except ValueError:
        return False
