"""What the program says about itself."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

import structlog

from puhui import logs


@contextmanager
def written_down() -> Iterator[StringIO]:
    """Collect what is logged as an installation would log it; leave logging as it was."""
    written, root = StringIO(), logging.getLogger()
    handlers, level, before = root.handlers, root.level, structlog.get_config()
    logs.configure(written)
    try:
        yield written
    finally:
        root.handlers, root.level = handlers, level
        structlog.configure(**before)
