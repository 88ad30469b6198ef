"""Where servers of runs listen: no other machine reaches them."""

LOOPBACK = "127.0.0.1"
