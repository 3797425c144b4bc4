"""`puhui demo` walks all three flows, twice, over HTTP against a real server and real work."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from flask import Flask
from sqlalchemy import Engine
from werkzeug.serving import make_server

from puhui.audit import audit
from puhui.db.session import transaction
from puhui.demo.walk import Walk
from puhui.example.load import load
from puhui.identity.sender import ConsoleSender, sender, use_sender
from puhui.kernel.clock import now
from puhui.outbox.service import drain
from puhui.subscriptions import SUBSCRIPTIONS


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def worked() -> Iterator[None]:
    """Somebody does what waits, again and again, as the worker would."""
    done = Event()

    def work() -> None:
        while not done.wait(0.2):
            drain(SUBSCRIPTIONS, now)

    thread = Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_the_walk_finds_what_was_computed_by_hand_and_finds_it_again(
    app: Flask, database: Engine, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    app.extensions["puhui.limits"].counter.forget()
    with transaction() as session:
        load(session, now())
    before, said = sender(), []
    use_sender(ConsoleSender(lambda _: None, tmp_path / "codes.log"))
    try:
        with served(app) as address, worked():
            walk = Walk(address, tmp_path, tmp_path / "codes.log", said.append)
            li = walk.citizen("li")
            for _ in range(2):
                walk.planting(li)
                walk.product(li)
                walk.event()
    finally:
        use_sender(before)
    assert not [line for line in said if "✗" in line]
    assert [f.invariant.id for f in audit(database) if not f.holds] == []
