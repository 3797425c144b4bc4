"""From refusals to answers: the only table that knows the status of a kind.

Programs get `application/problem+json` (RFC 9457), people get a page with the same words; both in
the asker's language. What the driver refuses is our bug, since our schemas let it through: it is
counted and logged, and answered without a traceback.
"""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import psycopg
import structlog
from flask import Flask, Response, g, json, render_template, request
from prometheus_client import Counter
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, InternalServerError, RequestedRangeNotSatisfiable
from werkzeug.wrappers import Response as AnyResponse

from puhui.kernel.errors import (
    Conflict,
    DomainError,
    Exhausted,
    Fault,
    Forbidden,
    Invalid,
    NotFound,
    Unavailable,
)
from puhui.kernel.text import N_
from puhui.web import locale

log = structlog.get_logger(__name__)

KINDS: dict[type[DomainError], HTTPStatus] = {
    NotFound: HTTPStatus.NOT_FOUND,
    Forbidden: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Exhausted: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}

QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded"

TITLES: dict[int, tuple[str, str]] = {
    400: ("malformed_request", N_("请求无法读懂")),
    401: ("unauthenticated", N_("请先登录")),
    403: ("forbidden", N_("没有权限")),
    404: ("not_found", N_("没有找到")),
    405: ("method_not_allowed", N_("这个地址不支持这种操作")),
    406: ("not_acceptable", N_("无法给出所要的格式")),
    409: ("conflict", N_("与当前状态冲突")),
    411: ("length_required", N_("请求没有说明长度")),
    412: ("stale", N_("内容已被更改，请重新读取后再试")),
    413: ("too_large", N_("提交的内容太大")),
    414: ("address_too_long", N_("地址太长")),
    415: ("wrong_media_type", N_("不接受这种内容类型")),
    422: ("invalid", N_("提交的内容有误")),
    428: ("version_required", N_("请求应当用 If-Match 说明所依据的版本")),
    429: ("too_many_requests", N_("操作过于频繁，请稍后再试")),
    431: ("headers_too_large", N_("请求头太大")),
    500: ("our_fault", N_("我们出错了，已经记录下来")),
    503: ("unavailable", N_("服务暂时不可用")),
}
"""What a bare status is called; a refusal with a name of its own brings its words."""

MOST_FAULTS = 1000
LONGEST_NAME = 200
"""Bounds of what is told: a body of nothing but faults must not make a larger answer."""

DRIVER_REFUSALS = Counter(
    "puhui_driver_refusals_total",
    "Values that our schemas let through and PostgreSQL refused",
    ["kind"],
)


class Malformed(HTTPException):
    """What came is not even readable: bad JSON, twice the same key, too deep, not UTF-8."""

    code = 400

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name_of_fault = name
        self.sentence = sentence


@dataclass
class Problem:
    """An answer that says no."""

    status: int
    code: str
    title: str
    type: str = "about:blank"
    detail: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """Return the problem as RFC 9457 writes it, in the language of the answer."""
        found: dict[str, Any] = {
            "type": self.type,
            "title": locale.said(self.title),
            "status": self.status,
            "code": self.code,
            "instance": request.path,
        }
        if self.detail:
            found["detail"] = self.detail
        if self.faults:
            found["errors"] = [
                {
                    "row": fault.row,
                    "field": fault.field and fault.field[:LONGEST_NAME],
                    "code": fault.code,
                    "detail": locale.told(fault),
                    **({"sheet": fault.sheet} if fault.sheet else {}),
                }
                for fault in self.faults[:MOST_FAULTS]
            ]
        if request_id := g.get("request_id"):
            found["request_id"] = str(request_id)
        for name, value in self.details.items():
            found.setdefault(name, _plain(value))
        return found


def _plain(value: object) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    return str(value)


def of_refusal(error: DomainError) -> Problem:
    """Return the answer to a refusal of the domain."""
    kind = next(kind for kind in type(error).__mro__ if kind in KINDS)
    problem = Problem(KINDS[kind], error.code, error.title, details=dict(error.details))
    if isinstance(error, Invalid):
        problem.faults = error.faults
    if isinstance(error, Exhausted):
        problem.headers["Retry-After"] = str(error.retry_after_s)
        problem.type = QUOTA_EXCEEDED
    if isinstance(error, Unavailable):
        problem.headers["Retry-After"] = "5"
    return problem


def of_status(error: HTTPException) -> Problem:
    """Return the answer to what HTTP itself refuses, with the headers that belong to it."""
    status = error.code or 500
    code, title = TITLES.get(status, ("refused", N_("无法完成请求")))
    headers = {
        name: value
        for name, value in error.get_headers()
        if name.lower() not in ("content-type", "content-length")
    }
    if status == 401:
        headers.setdefault("WWW-Authenticate", 'Bearer realm="puhui"')
    problem = Problem(status, code, title, headers=headers)
    if isinstance(error, Malformed):
        problem.code, problem.detail = error.name_of_fault, locale.said(error.sentence)
    return problem


def answer(problem: Problem) -> Response:
    """Return `problem` as JSON to a program and as a page to a person."""
    if for_a_program():
        response = Response(
            # Not everything that was refused can be repeated: half a character cannot.
            json.dumps(problem.body(), ensure_ascii=False).encode(errors="replace"),
            status=problem.status,
            mimetype="application/problem+json",
        )
    else:
        response = Response(
            render_template("web/error.html", problem=problem.body(), faults=problem.faults),
            status=problem.status,
            mimetype="text/html",
        )
    for name, value in problem.headers.items():
        response.headers[name] = value
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def for_a_program() -> bool:
    """Whether the answer to this request goes to a program: JSON lives under `/api`."""
    if request.path == "/api" or request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(
        ["text/html", "application/problem+json", "application/json"], default="text/html"
    )
    return best != "text/html"


def install(app: Flask) -> None:
    """Let `app` answer every refusal this way."""
    app.register_error_handler(DomainError, lambda error: answer(of_refusal(error)))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(InternalServerError, _ours)
    app.register_error_handler(DataError, _driver)
    app.register_error_handler(IntegrityError, _driver)
    for kind in (OperationalError, psycopg.OperationalError, PoolTimeout):
        app.register_error_handler(kind, _out_of_reach)


def _http(error: HTTPException) -> AnyResponse:
    # Redirects of the router arrive here too; they are answers already.
    if error.code is None or error.code < 400 or isinstance(error, RequestedRangeNotSatisfiable):
        return error.get_response()
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    return answer(of_status(error))


def _ours(error: InternalServerError) -> Response:
    # Flask has logged the traceback.
    return answer(Problem(500, *TITLES[500]))


def _driver(error: DataError | IntegrityError) -> Response:
    kind = "data" if isinstance(error, DataError) else "integrity"
    DRIVER_REFUSALS.labels(kind).inc()
    # Never the statement's values: they may be personal.
    log.error("driver_refused", kind=kind, endpoint=request.endpoint, reason=_reason(error))
    if isinstance(error, DataError):
        return answer(Problem(400, *TITLES[400]))
    return answer(Problem(409, *TITLES[409]))


def _out_of_reach(error: OperationalError | psycopg.OperationalError | PoolTimeout) -> Response:
    log.error("database_unavailable", endpoint=request.endpoint, reason=_reason(error))
    # Who asks may be what could not be read, and a page would ask it again.
    g.setdefault("actor", None)
    return answer(Problem(503, *TITLES[503], headers={"Retry-After": "1"}))


def _reason(error: Exception) -> str:
    driver = getattr(error, "orig", None)
    diagnosis = getattr(driver, "diag", None)
    constraint = getattr(diagnosis, "constraint_name", None)
    return f"{type(driver or error).__name__} {constraint or ''}".strip()
