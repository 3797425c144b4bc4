"""One person at one address: asks over HTTP, and says what was expected when it does not come."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

PATIENCE_S = 65
"""How long a limit is waited out, and how long we wait for what follows by itself, in seconds."""


class Astray(Exception):
    """The walk cannot go on: a figure or an answer is not what the example says."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Any
    data: bytes

    @property
    def json(self) -> Any:
        """The answer's document."""
        return json.loads(self.data)


@dataclass
class Visitor:
    """Somebody who asks; `token` once they have signed in."""

    url: str
    token: str | None = None
    language: str = "zh-CN"
    headers: dict[str, str] = field(default_factory=dict)

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        data: bytes | None = None,
        kind: str = "application/json",
        key: str | None = None,
        fine: tuple[int, ...] = (200, 201),
    ) -> Answer:
        """Ask and return the answer, waiting out a limit once.

        Raises:
            Astray: nobody answers, or with a status that is not among `fine`.
        """
        headers = {"Accept-Language": self.language, **self.headers}
        if body is not None:
            data = json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = kind
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if key:
            headers["Idempotency-Key"] = key
        answer = self._once(method, path, data, headers)
        if answer.status == 429:
            wait = int(answer.headers.get("Retry-After", PATIENCE_S + 1))
            if wait <= PATIENCE_S:
                time.sleep(wait)
                answer = self._once(method, path, data, headers)
        if answer.status not in fine:
            said = answer.data[:2000].decode(errors="replace")
            raise Astray(f"{method} {path}: {answer.status}\n{said}")
        return answer

    def _once(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> Answer:
        request = Request(self.url + path, data=data, headers=headers, method=method)  # noqa: S310
        try:
            with urlopen(request, timeout=60) as response:  # noqa: S310  the address was given
                return Answer(response.status, response.headers, response.read())
        except HTTPError as refusal:
            with refusal:
                return Answer(refusal.code, refusal.headers, refusal.read())
        except URLError as fault:
            raise Astray(f"{self.url}: {fault.reason}") from fault

    def get(self, path: str) -> Any:
        """Return the document at `path`."""
        return self.ask("GET", path).json

    def page(self, path: str) -> str:
        """Return the page at `path`."""
        return self.ask("GET", path).data.decode()

    def put(self, path: str, body: object = None) -> Any:
        """Name a thing and make it: said twice, because twice is once."""
        first = self.ask("PUT", path, body)
        again = self.ask("PUT", path, body)
        if first.status != again.status:
            raise Astray(f"PUT {path}: {first.status}, then {again.status}")
        return first.json if first.data else None


def code_for(phone: str, codes: Path | None, since: int) -> str:
    """Return the code that was sent to `phone`: from the console's copy, or typed in.

    `since` is how many bytes the copy held before the code was asked for.

    Raises:
        Astray: none has arrived in time.
    """
    if codes is None:
        return input(f"  {phone} 收到的验证码 / code sent to {phone}: ").strip()
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if codes.exists():
            for line in reversed(codes.read_text(encoding="utf-8")[since:].splitlines()):
                sent_to, _, code = line.partition("\t")
                if sent_to == phone:
                    return code
        time.sleep(0.3)
    raise Astray(f"{phone}: 没有收到验证码 / no code has arrived in {codes}")
