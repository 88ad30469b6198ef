"""One adapter per framework: the only code that knows how it traces, waits and reads memory."""
