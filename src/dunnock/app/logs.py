"""Logs: one JSON object a line on stderr (coloured text on a terminal), without personal data."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import msgspec
import structlog

from dunnock.foundation.settings import LogLevel

# What people are, wrote or hold the secret of is never a log's business; who logs it by mistake logs its name only.
PRIVATE = frozenset(
    {
        "address",
        "authorization",
        "avatar",
        "bio",
        "body",
        "client",
        "content",
        "cookie",
        "database_url",
        "description",
        "display_name",
        "email",
        "form",
        "handle",
        "header",
        "headers",
        "host",
        "html",
        "ip",
        "name",
        "note",
        "params",
        "password",
        "peer",
        "query",
        "query_string",
        "redis_url",
        "remote_addr",
        "secret",
        "text",
        "title",
        "token",
        "url",
        "user_agent",
        "username",
        "warning",
        "x_forwarded_for",
    }
)
LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def drop_private(_: Any, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take out what may be personal, and say that something was taken out."""
    dropped = [
        key for key in entry if key.lower() in PRIVATE or key.lower().endswith(("_token", "_secret", "_password"))
    ]
    for key in dropped:
        del entry[key]
    if dropped:
        entry["left_out"] = sorted(dropped)
    return entry


def name_errors_only(_: Any, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Turn a trace into its places: the messages of exceptions can quote what people wrote."""
    error = entry.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        entry["error"] = type(error).__qualname__
        frames = []
        trace = error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            frames.append(f"{code.co_filename.rpartition('/dunnock/')[2]}:{trace.tb_lineno} in {code.co_name}")
            trace = trace.tb_next
        entry["trace"] = frames[-12:]
    return entry


def set_up(level: LogLevel = "info", *, pretty: bool | None = None, messages: bool = False) -> None:
    """Send all logs to stderr. `pretty`: for people; None: when stderr is a terminal.

    `messages`: keep the texts of exceptions on a terminal (development).
    """
    pretty = sys.stderr.isatty() if pretty is None else pretty
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        drop_private,
    ]
    if not (messages and pretty):
        processors.append(name_errors_only)
    if pretty:
        processors.append(structlog.dev.ConsoleRenderer())
        factory: Any = structlog.PrintLoggerFactory(file=sys.stderr)
    else:
        processors.append(structlog.processors.JSONRenderer(serializer=lambda entry, **_: msgspec.json.encode(entry)))
        factory = structlog.BytesLoggerFactory(file=sys.stderr.buffer)
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=factory,
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers[:] = [_ToStructlog()]
    root.setLevel(max(LEVELS[level], logging.WARNING))


class _ToStructlog(logging.Handler):
    """What libraries log, as ours; their texts are kept, their arguments are theirs to keep clean."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger(record.name)
        log.log(record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info)
