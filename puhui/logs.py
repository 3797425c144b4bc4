"""What this program says about itself: one JSON object a line, on stderr, without personal data.

People are named by their ids only. Phone numbers and tokens that slip into a sentence, an
exception or a value are struck out on the way.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

SECRET_NAMES = frozenset(
    {"authorization", "code", "cookie", "otp", "password", "phone", "pin", "secret", "token"}
)
# A Chinese mobile number with or without +86; never part of an id or a longer number.
PHONE = re.compile(r"(?<![0-9A-Za-z-])(?:\+?86[- ]?)?1[3-9]\d{9}(?![0-9A-Za-z-])", re.ASCII)
# 256 random bits in base64url: a session token.
TOKEN = re.compile(r"(?<![\w-])[A-Za-z0-9_-]{43}(?![\w-])", re.ASCII)
STRUCK = "[…]"

Entry = MutableMapping[str, Any]


def configure(stream: TextIO | None = None) -> None:
    """Let structlog and the standard library's loggers write such lines from now on.

    They go to `stream`, or else to stderr.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                strike_out,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for chatty in ("rq.worker", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def strike_out(_logger: object, _method: str, entry: Entry) -> Entry:
    """Replace secrets, phone numbers and tokens in a log entry."""
    return {name: _without_secrets(name, value) for name, value in entry.items()}


def _without_secrets(name: str, value: object) -> object:
    if name.lower() in SECRET_NAMES:
        return STRUCK
    if isinstance(value, dict):
        return {key: _without_secrets(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_without_secrets("", inner) for inner in value]
    if value is None or isinstance(value, bool | int | float):
        return STRUCK if PHONE.search(str(value)) else value
    return TOKEN.sub(STRUCK, PHONE.sub(STRUCK, str(value)))
