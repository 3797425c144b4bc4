"""Collecting garbage, in processes that stay."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def none_at_start() -> Iterator[None]:
    """Look for no garbage while a process imports and builds itself, and later not among that.

    Three hundred thousand objects are there to stay. Looking through them again and again makes a
    start a sixth longer, and each full collection a pause of a quarter of a second for whoever
    has asked meanwhile.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
