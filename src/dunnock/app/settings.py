"""Reads the settings: `DATA/dunnock.toml`, then `DUNNOCK_*` variables, then the command line; the last one wins."""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from dunnock.foundation.mail import smtp_place
from dunnock.foundation.settings import Settings

FILE = "dunnock.toml"
_NAMES = tuple(name for name in Settings.__struct_fields__ if name != "data")
# Variables that are not settings: where the data is, and what the tests and the start script say to themselves.
_NOT_SETTINGS = ("DUNNOCK_DATA", "DUNNOCK_HOME")
_OF_TESTS = "DUNNOCK_TEST_"

_SCHEMES = {
    "database_url": ("postgresql://", "postgres://", "sqlite:///"),
    "redis_url": ("redis://", "rediss://", "unix://"),
    "translate_url": ("https://", "http://"),
}


_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")


class BadSettings(Exception):
    """The settings can't be used; the text says which and what to do."""


def data_directory(given: Path | None) -> Path:
    """The data directory: as given, else `DUNNOCK_DATA`, else `./data`."""
    return (given or Path(os.environ.get("DUNNOCK_DATA") or "data")).absolute()


def load(
    data: Path, *, flags: Mapping[str, object] | None = None, environ: Mapping[str, str] | None = None
) -> Settings:
    """The settings of the server in `data`. `flags`: values from the command line; None among them: not given.

    Raises:
        BadSettings: something is unknown or out of range.
    """
    environ = os.environ if environ is None else environ
    found: dict[str, tuple[object, str]] = {}
    for name, value in _from_file(data / FILE).items():
        found[name] = (value, f"{name} in {data / FILE}")
    for variable, text in environ.items():
        if variable.startswith("DUNNOCK_") and variable not in _NOT_SETTINGS and not variable.startswith(_OF_TESTS):
            name = variable.removeprefix("DUNNOCK_").lower()
            _known(name, f"the variable {variable}", prefix="DUNNOCK_")
            found[name] = (text.split(",") if name == "trusted_proxies" and text else text, f"the variable {variable}")
    for name, value in (flags or {}).items():
        if value is not None:
            found[name] = (value, f"--{name.replace('_', '-')}")
    if found.get("trusted_proxies", ("x",))[0] == "":
        del found["trusted_proxies"]
    settings = _convert(data, found)
    _check(settings, {name: place for name, (_, place) in found.items()})
    if not settings.public_url:
        settings = msgspec.structs.replace(settings, public_url=_default_url(settings))
    if settings.dev and not _is_loopback(urlsplit(settings.public_url).hostname or ""):
        raise BadSettings(
            f"{found['dev'][1]} is for a server that is only reached from this machine, and this one is at "
            f"{settings.public_url}. Leave it out, or give it a public_url like http://127.0.0.1:8000."
        )
    return settings


def _default_url(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::", ""} else settings.host  # noqa: S104 (compared, not bound)
    host = f"[{host}]" if ":" in host else host
    return f"http://{host}:{settings.port}"


def _from_file(path: Path) -> dict[str, Any]:
    try:
        held = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSettings(
            f"{path} is not valid TOML: {error}. Correct it, or move it away to use the defaults."
        ) from None
    except OSError as error:
        raise BadSettings(f"{path} can't be read: {error.strerror}. Give this user read access to it.") from None
    for name in held:
        _known(name, f"`{name}` in {path}")
    return held


def _known(name: str, where: str, *, prefix: str = "") -> None:
    if name in _NAMES:
        return
    near = difflib.get_close_matches(name, _NAMES, n=1, cutoff=0.5)
    shown = f"{prefix}{near[0].upper() if prefix else near[0]}" if near else ""
    hint = f"Did you mean `{shown}`?" if near else f"Known settings: {', '.join(_NAMES)}."
    raise BadSettings(f"There is no such setting: {where}. {hint}")


def _convert(data: Path, found: Mapping[str, tuple[object, str]]) -> Settings:
    values: dict[str, Any] = {"data": str(data)}
    for name, (value, where) in found.items():
        values[name] = value
        try:
            msgspec.convert({"data": str(data), name: value}, Settings, strict=False, dec_hook=_path)
        except msgspec.ValidationError as error:
            reason = re.sub(r" - at `\$.*`", "", str(error))
            why = f"{reason[0].lower()}{reason[1:]}"
            raise BadSettings(f"{where} can't be {value!r}: {why}. Change it and start again.") from None
    return msgspec.convert(values, Settings, strict=False, dec_hook=_path)


def _path(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError  # msgspec's word for "not mine either": it tells the type


def _check(settings: Settings, places: Mapping[str, str]) -> None:
    """What types can't say."""
    url = urlsplit(settings.public_url)
    if settings.public_url and (
        url.scheme not in {"http", "https"}
        or not url.netloc
        or url.path
        or url.query
        or url.fragment
        or "@" in url.netloc
    ):
        raise BadSettings(
            f"{places['public_url']} must look like https://example.org, without a path or a slash at the end, "
            f"not {settings.public_url!r}."
        )
    for name, schemes in _SCHEMES.items():
        value = getattr(settings, name)
        if value and not value.startswith(schemes):
            raise BadSettings(f"{places[name]} must begin with {' or '.join(schemes)}.")
    if settings.smtp_url:
        try:
            smtp_place(settings.smtp_url)
        except ValueError as error:
            raise BadSettings(f"{places['smtp_url']} {error}.") from None
    if settings.mail_from and not _MAIL.fullmatch(settings.mail_from):
        raise BadSettings(f"{places['mail_from']} must be an address like birds@example.org, and nothing else.")
    for text in settings.trusted_proxies:
        try:
            ipaddress.ip_network(text)
        except ValueError as error:
            raise BadSettings(
                f"{places['trusted_proxies']} is no list of network ranges like 10.0.0.0/8: {error}."
            ) from None


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
