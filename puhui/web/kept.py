"""Pages that everybody sees alike, kept as bytes in front of the application.

The first reader's answer is the application's own, headers and all. The next gets the same bytes
with a request id of its own, for as long as the page's *standing* is the same: a value that is read
from the database for every request, in one statement, and changes whenever the page must. So what
has been withdrawn is seen as withdrawn by the next reader of every process; nothing needs to tell
the others. What a page takes from elsewhere, such as a median over other products, may be `MOST_S`
old.

Only the plainest request is answered here: a GET with no query, no session, no wish for another
form of the thing. Everything else goes to the application as if this were not there.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Any

import psycopg
import structlog
from werkzeug.datastructures import LanguageAccept, MIMEAccept
from werkzeug.http import (
    parse_accept_header,
    parse_cookie,
    parse_etags,
    quote_etag,
    remove_entity_headers,
)

from puhui.web import guard, locale, logs, metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MOST_PAGES = 512
MOST_S = 60.0
"""How long a page is kept, in seconds, while its standing does not change."""
_OWN = frozenset({"x-request-id", "content-length", "etag"})
"""Headers that each answer has for itself."""


@dataclass(frozen=True)
class Standing:
    """What a page is, and in which state, for one request."""

    version: Hashable
    """Changes whenever the page must."""
    word: str = ""
    """A word that stands in the page and differs between pages that are otherwise the same."""


@dataclass(frozen=True)
class _Page:
    pieces: tuple[bytes, ...]
    """The body, cut where the word stands."""
    tag: str | None
    """The version of the page, if it has no word and is one with its bytes."""
    headers: tuple[tuple[str, str], ...]
    drawn_at: float


class Kept:
    """Keeps the pages under some prefixes."""

    def __init__(
        self,
        application: "WSGIApplication",
        routes: dict[str, str],
        standing: Callable[[str], Standing | None],
    ) -> None:
        """Wrap `application`.

        `routes` gives the rule of each prefix, under which its requests are counted; `standing`
        tells what is behind the rest of the path, or None to leave the request alone.
        """
        self.application = application
        self.routes = routes
        self.standing = standing
        self.pages: OrderedDict[Hashable, _Page] = OrderedDict()
        self.lock = Lock()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer with the kept page if there is one."""
        begun = time.perf_counter()
        prefix, rest = _parted(environ.get("PATH_INFO", ""))
        route = self.routes.get(prefix)
        if route is None or not _is_plain(environ):
            return self.application(environ, start_response)
        try:
            standing = self.standing(rest)
        except psycopg.OperationalError:
            standing = None
        if standing is None:
            return self.application(environ, start_response)
        key = (prefix, standing.version, environ.get("HTTP_HOST"), _language(environ))
        page = self.pages.get(key)
        if page is None or time.monotonic() - page.drawn_at > MOST_S:
            return self._drawn(key, standing.word, environ, start_response)
        body = standing.word.encode().join(page.pieces)
        tag = page.tag or tag_of(body)
        request_id = logs.id_of(environ.get("HTTP_X_REQUEST_ID", ""))
        headers = [*page.headers, ("ETag", quote_etag(tag)), (logs.HEADER, request_id)]
        held = parse_etags(environ.get("HTTP_IF_NONE_MATCH"))
        unchanged = held.star_tag or held.contains_weak(tag)
        if unchanged:
            remove_entity_headers(headers)
        else:
            headers.append(("Content-Length", str(len(body))))
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        status = 304 if unchanged else 200
        metrics.count(route, "GET", status, begun)
        logs.tell(route, "GET", status, begun, None)
        start_response("304 NOT MODIFIED" if unchanged else "200 OK", headers)
        return [b""] if unchanged else [body]

    def _drawn(
        self,
        key: Hashable,
        word: str,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
    ) -> Iterable[bytes]:
        """Let the application answer, and keep what it says if everybody may see it."""
        said: list[tuple[str, list[tuple[str, str]]]] = []

        def listen(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            said.append((status, headers))
            return start_response(status, headers, *more)

        asked_at = time.monotonic()
        answer = self.application(environ, listen)
        try:
            body = b"".join(answer)
        finally:
            close = getattr(answer, "close", None)
            if close is not None:
                close()
        status, headers = said[-1]
        named = {name.lower(): value for name, value in headers}
        # A 304 has no body to keep; the next reader without a copy brings it.
        if status.startswith("200 ") and named.get("cache-control") == "no-cache":
            self._keep(key, word, body, headers, asked_at)
        return [body]

    def _keep(
        self,
        key: Hashable,
        word: str,
        body: bytes,
        headers: list[tuple[str, str]],
        asked_at: float,
    ) -> None:
        pieces = tuple(body.split(word.encode())) if word else (body,)
        tag = None if word else tag_of(body)
        kept = tuple(pair for pair in headers if pair[0].lower() not in _OWN)
        with self.lock:
            self.pages[key] = _Page(pieces, tag, kept, asked_at)
            self.pages.move_to_end(key)
            while len(self.pages) > MOST_PAGES:
                self.pages.popitem(last=False)


def tag_of(body: bytes) -> str:
    """Return the version of a page that is known by its bytes alone."""
    return sha256(body).hexdigest()[:32]


def _parted(path: str) -> tuple[str, str]:
    prefix, slash, rest = path.rpartition("/")
    return prefix + slash, rest


def _is_plain(environ: "WSGIEnvironment") -> bool:
    """Whether this is what anybody might ask: no query, no session, no special wish."""
    if environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING"):
        return False
    if "HTTP_AUTHORIZATION" in environ or not _wants_a_page(environ.get("HTTP_ACCEPT", "")):
        return False
    cookies = environ.get("HTTP_COOKIE", "")
    return guard.COOKIE not in cookies


@lru_cache(maxsize=256)
def _wants_a_page(accept: str) -> bool:
    """Whether nothing is wanted more than HTML."""
    accepted = parse_accept_header(accept, MIMEAccept)
    if not accepted:
        return True
    return bool(accepted["text/html"] >= max(quality for _, quality in accepted))


def _language(environ: "WSGIEnvironment") -> str:
    cookies = environ.get("HTTP_COOKIE")
    chosen = parse_cookie(cookies).get(locale.COOKIE) if cookies else None
    return _spoken(chosen, environ.get("HTTP_ACCEPT_LANGUAGE", ""))


@lru_cache(maxsize=256)
def _spoken(cookie: str | None, accept: str) -> str:
    return locale.chosen(None, cookie, parse_accept_header(accept, LanguageAccept))
