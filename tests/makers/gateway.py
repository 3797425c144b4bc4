"""A payment gateway's twin: a server on loopback that speaks the protocol of docs/gateway.md.

It keeps orders, verifies our signatures, signs its answers with a key of its own, and tells the
application of payments by POST. It can be told to misbehave as real ones do: to be down, to do what
was asked and lose the answer, to be paid before it answers.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import rsa

from puhui.credits.paying import signature
from puhui.credits.paying.gateway import use_gateway
from puhui.credits.paying.http_gateway import HttpGateway
from puhui.credits.paying.installation import NOTIFICATIONS
from puhui.credits.paying.signature import Stamp
from puhui.kernel import clock

MERCHANT = "puhui-test"


class Twin:
    """The gateway. `orders` by number; what it was asked stands in `asked`, method and path."""

    def __init__(self, application: str) -> None:
        self.application = application
        self.key = rsa.generate_private_key(65537, 2048)
        self.our_key = rsa.generate_private_key(65537, 2048)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self.thread = Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.forget()

    def forget(self) -> None:
        """Begin anew, in good order."""
        self.orders: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.mood = "well"
        """`well`; `down`: hangs up; `mute`: does what it is asked and hangs up; `hasty`: a new
        order is paid before it is answered; `strict`: refuses; `forged`: signs with another key."""
        self.paid = 0

    def stop(self) -> None:
        """Close the server."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    @property
    def adapter(self) -> HttpGateway:
        """The application's side of it."""
        return HttpGateway(
            self.url,
            MERCHANT,
            self.our_key,
            self.key.public_key(),
            self.application + NOTIFICATIONS,
            patience=5,
        )

    def pay(self, number: str, **otherwise: Any) -> dict[str, Any]:
        """Let somebody pay the order, with its price unless told `otherwise`; tell nobody yet."""
        self.paid += 1
        order = self.orders.setdefault(number, {"number": number, "amount_fen": 1})
        order |= {
            "state": "paid",
            "transaction": f"T{self.paid:09}",
            "paid_at": int(clock.now().timestamp()),
            "currency": "CNY",
        } | otherwise
        return order

    def tell(self, said: Mapping[str, Any], **how: Any) -> tuple[int, dict[str, Any]]:
        """Send a notification that says so; return the application's answer."""
        return self.send(*self.notification(said, **how))

    def notification(
        self,
        said: Mapping[str, Any],
        *,
        stamp: Stamp | None = None,
        key: rsa.RSAPrivateKey | None = None,
    ) -> tuple[bytes, dict[str, str]]:
        """Return body and headers of a notification."""
        shown = ("number", "state", "amount_fen", "currency", "transaction", "paid_at")
        body = json.dumps({name: said[name] for name in shown if name in said}).encode()
        stamp = stamp or Stamp.new(clock.now())
        text = signature.of_request("POST", NOTIFICATIONS, stamp, body)
        return body, signature.headers(key or self.key, MERCHANT, stamp, text)

    def send(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """Send bytes to the application's letter box."""
        place = urlsplit(self.application)
        connection = HTTPConnection(place.hostname or "", place.port, timeout=10)
        connection.request("POST", NOTIFICATIONS, body, dict(headers))
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, json.loads(content)

    def answer(self, method: str, path: str, said: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Do what is asked; return status and answer."""
        if self.mood == "strict":
            return 403, {"code": "merchant_suspended"}
        if (method, path) == ("POST", "/v1/orders"):
            return self._place(said)
        if (method, path) == ("POST", "/v1/refunds"):
            done = self.refunds.setdefault(
                said["refund"], said | {"reference": f"R{len(self.refunds) + 1:09}"}
            )
            return 200, done
        number, _, verb = path.removeprefix("/v1/orders/").partition("/")
        order = self.orders.get(number)
        if order is None:
            return 404, {"code": "order_unknown"}
        if (method, verb) == ("POST", "close") and order["state"] == "open":
            order["state"] = "closed"
        return 200, order

    def _place(self, said: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        assert said["notify_url"] == self.application + NOTIFICATIONS
        number = said["number"]
        order = self.orders.setdefault(number, {**said, "state": "open"})
        if order["amount_fen"] != said["amount_fen"]:
            return 409, {"code": "order_differs"}
        if self.mood == "hasty":
            self.mood = "well"
            assert self.tell(self.pay(number))[0] == 200
        links = {"qr_text": f"weixin://{number}", "h5_url": f"https://pay.example.cn/{number}"}
        return 200, {"number": number, **links}


def _handler_of(twin: Twin) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _deal(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            twin.asked.append(f"{self.command} {self.path}")
            if twin.mood == "down":
                self.connection.close()
                return
            sent = dict(self.headers)
            stamp = signature.stamp_of(sent, clock.now())
            assert sent[signature.MERCHANT] == MERCHANT
            signature.verify(
                twin.our_key.public_key(),
                sent,
                signature.of_request(self.command, self.path, stamp, body),
            )
            status, told = twin.answer(self.command, self.path, json.loads(body or b"{}"))
            if twin.mood == "mute":
                self.connection.close()
                return
            content = json.dumps(told).encode()
            mine = Stamp.new(clock.now())
            key = twin.our_key if twin.mood == "forged" else twin.key
            text = signature.of_answer(status, stamp, mine, content)
            self.send_response(status)
            for name, value in signature.headers(key, MERCHANT, mine, text).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _deal  # noqa: N815  the names that the server looks for

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def twin_at(application: str) -> Iterator[Twin]:
    """Run a twin that tells the application at this address."""
    twin = Twin(application)
    yield twin
    twin.stop()


@contextmanager
def connected(twin: Twin) -> Iterator[Twin]:
    """Let this process pay through the twin, which begins anew."""
    twin.forget()
    with through(twin.adapter):
        yield twin


@contextmanager
def through(gateway: HttpGateway) -> Iterator[None]:
    """Let this process pay through a gateway."""
    use_gateway(gateway)
    yield
    use_gateway(None)


@cache
def nobody() -> HttpGateway:
    """Return a gateway at a port where nobody listens, for orders that are never sent."""
    key = rsa.generate_private_key(65537, 2048)
    return HttpGateway("http://127.0.0.1:1", MERCHANT, key, key.public_key(), "")
