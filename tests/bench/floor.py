"""The least that a web server could do: the same bytes to everyone, without a framework."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path


def application(
    environ: dict[str, object], start_response: Callable[..., object]
) -> Iterable[bytes]:
    """Answer with the bytes of the file that `BENCH_BODY` names."""
    body = _body()
    start_response(
        "200 OK",
        [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))],
    )
    return [body]


_kept: list[bytes] = []


def _body() -> bytes:
    if not _kept:
        _kept.append(Path(os.environ["BENCH_BODY"]).read_bytes())
    return _kept[0]
