"""Second factors: codes of an app (TOTP), and recovery codes for when it is lost. Passkeys: `passkeys.py`.

As soon as a member has any, a password alone lets nobody in. Source: RFC 6238; Mastodon, two_factor_authentication.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets

import msgspec

from dunnock.accounts.access_changes import note_access
from dunnock.accounts.door_acts import note_member_act
from dunnock.accounts.errors import FactorRefused, SecondFactorWrong
from dunnock.accounts.events import SecondFactorsChanged
from dunnock.accounts.known_networks import forget_networks
from dunnock.accounts.store import factors as store
from dunnock.foundation import ids
from dunnock.foundation.clock import SECOND
from dunnock.foundation.db import Reader, Tx

CODES = 10
STEP_S = 30
_DRIFT = 1  # a code of the step before or after is taken too: clocks differ
_SIX = re.compile(r"[0-9]{6}")


class Factors(msgspec.Struct, frozen=True):
    """What a member has set up."""

    totp: bool
    passkeys: bool
    codes_left: int

    @property
    def any(self) -> bool:
        """Is a second step asked for at all?"""
        return self.totp or self.passkeys


async def factors_of(reader: Reader, member_id: int) -> Factors:
    """What a member has set up."""
    return Factors(
        totp=await reader.one(store.HAS_TOTP, member=member_id) is not None,
        passkeys=await reader.one(store.HAS_PASSKEY, member=member_id) is not None,
        codes_left=await reader.value(store.CODES_LEFT, member=member_id) or 0,
    )


class Held(msgspec.Struct, frozen=True):
    """All second factors of a member, as rows: what is put back when somebody else changed them."""

    totp: tuple[str, int, int] | None
    passkeys: tuple[tuple[int, str, str, int, str, int, int | None], ...]
    codes: tuple[tuple[str, int | None], ...]


async def held_factors(reader: Reader, member_id: int) -> Held:
    """What a member has set up, whole. Not for showing."""
    totp = await reader.one(store.TOTP, member=member_id)
    return Held(
        None if totp is None or totp[1] is None else (totp[0], totp[1], totp[2]),
        tuple((row[0], *row[1:]) for row in await reader.all(store.PASSKEY_ROWS, member=member_id)),
        tuple((row[0], row[1]) for row in await reader.all(store.CODE_ROWS, member=member_id)),
    )


async def put_back(tx: Tx, member_id: int, held: Held) -> None:
    """These are a member's second factors again, and no others. A code or signature that was used does not count again."""
    now = await held_factors(tx, member_id)
    step = max(one.totp[2] if one.totp is not None else 0 for one in (now, held))
    counts = {row[0]: row[3] for row in now.passkeys}
    for sql in (store.DROP_TOTP, store.DROP_PASSKEYS, store.DROP_CODES):
        await tx.run(sql, member=member_id)
    if held.totp is not None:
        secret, confirmed_at, _ = held.totp
        await tx.run(store.ADD_TOTP, member_id=member_id, secret=secret)
        await tx.run(store.CONFIRM_TOTP, member=member_id, at=confirmed_at, step=step)
    for key_id, credential, public, count, name, created_at, used_at in held.passkeys:
        await tx.run(
            store.PUT_BACK_PASSKEY, id=key_id, member_id=member_id, credential_id=credential, public_key=public,
            sign_count=max(count, counts.get(key_id, 0)), name=name, created_at=created_at, used_at=used_at,
        )  # fmt: skip
    for digest, used_at in held.codes:
        await tx.run(store.PUT_BACK_CODE, digest=digest, member_id=member_id, used_at=used_at)
    await tx.record(SecondFactorsChanged(member_id=member_id, what="put_back"))


async def plan_totp(tx: Tx, member_id: int) -> str:
    """The secret (base32) for an app that makes codes; it is a factor once a code was shown. Another plan is forgotten.

    Raises:
        FactorRefused: there is one in force.
    """
    await tx.run(store.DROP_PLANNED_TOTP, member=member_id)
    if await tx.one(store.TOTP, member=member_id) is not None:
        raise FactorRefused(member_id, say="There is an app for codes already. Remove it first.")
    secret = base64.b32encode(secrets.token_bytes(20)).decode()
    await tx.run(store.ADD_TOTP, member_id=member_id, secret=secret)
    return secret


async def planned_totp(reader: Reader, member_id: int) -> str | None:
    """The secret that waits for its first code; None: there is none."""
    row = await reader.one(store.TOTP, member=member_id)
    return row[0] if row is not None and row[1] is None else None


def totp_address(secret: str, *, name: str, server: str) -> str:
    """What a QR code says to an app that makes codes."""
    import pyotp  # noqa: PLC0415 (paid by who sets it up)

    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=server.replace(":", " "))


async def confirm_totp(tx: Tx, member_id: int, code: str) -> list[str]:
    """Take the planned app as a factor, as its first code is right; new recovery codes, if there were none left.

    Raises:
        SecondFactorWrong: the code is wrong.
    """
    secret, was = await planned_totp(tx, member_id), await held_factors(tx, member_id)
    step = None if secret is None else _step_of(secret, code, tx.now)
    if step is None or not await tx.run(store.CONFIRM_TOTP, member=member_id, at=tx.now, step=step):
        raise SecondFactorWrong(member_id)
    await note_member_act(tx, member_id, "factors", "", was)
    await tx.record(SecondFactorsChanged(member_id=member_id, what="totp_on"))
    await note_access(tx, member_id, "totp_on")
    return await codes_if_none(tx, member_id)


async def remove_totp(tx: Tx, member_id: int) -> None:
    """Ask for no codes of an app any more."""
    was = await held_factors(tx, member_id)
    if await tx.run(store.DROP_TOTP, member=member_id):
        await note_member_act(tx, member_id, "factors", "", was)
        await tidy(tx, member_id)
        await tx.record(SecondFactorsChanged(member_id=member_id, what="totp_off"))
        await note_access(tx, member_id, "totp_off")


async def new_codes(tx: Tx, member_id: int) -> list[str]:
    """Ten recovery codes, good once each, in place of all others. They are shown now or never: digests are stored."""
    await tx.run(store.DROP_CODES, member=member_id)
    codes = [_make_code() for _ in range(CODES)]
    for code in codes:
        await tx.run(store.ADD_CODE, digest=_code_digest(member_id, code), member_id=member_id)
    return codes


async def replace_codes(tx: Tx, member_id: int) -> list[str]:
    """As `new_codes`, by the member's wish. Raises FactorRefused: there is no factor that they could stand for."""
    if not (await factors_of(tx, member_id)).any:
        raise FactorRefused(member_id, say="Set up a second factor first.")
    await note_member_act(tx, member_id, "factors", "", await held_factors(tx, member_id))
    await tx.record(SecondFactorsChanged(member_id=member_id, what="codes"))
    await note_access(tx, member_id, "codes")
    return await new_codes(tx, member_id)


async def codes_if_none(tx: Tx, member_id: int) -> list[str]:
    """New recovery codes, if none are left."""
    return [] if await tx.value(store.CODES_LEFT, member=member_id) else await new_codes(tx, member_id)


async def tidy(tx: Tx, member_id: int) -> None:
    """Without a factor there is nothing to recover."""
    if not (await factors_of(tx, member_id)).any:
        await tx.run(store.DROP_CODES, member=member_id)


async def reset_factors(tx: Tx, member_id: int) -> bool:
    """Take all second factors away (by staff): the password alone lets in again, from anywhere. False: there were none."""
    had = (await factors_of(tx, member_id)).any
    for sql in (store.DROP_TOTP, store.DROP_PASSKEYS, store.DROP_CODES):
        await tx.run(sql, member=member_id)
    await forget_networks(tx, member_id)
    if had:
        await tx.record(SecondFactorsChanged(member_id=member_id, what="reset"))
        await note_access(tx, member_id, "reset")
    return had


async def use_code(tx: Tx, member_id: int, code: str) -> bool:
    """Is it a code of the member's app, or one of their recovery codes? Each is right once (SC-132)."""
    given = re.sub(r"[\s-]", "", code)
    if _SIX.fullmatch(given):
        row = await tx.one(store.TOTP, member=member_id)
        step = None if row is None or row[1] is None else _step_of(row[0], given, tx.now)
        return step is not None and bool(await tx.run(store.USE_TOTP, member=member_id, step=step))
    if len(given) != _CODE_LENGTH or not given.isascii():
        return False
    return bool(await tx.run(store.USE_CODE, the=_code_digest(member_id, given), member=member_id, at=tx.now))


def _step_of(secret: str, code: str, now: int) -> int | None:
    """The step of which this is the code, about now; None: of none."""
    import pyotp  # noqa: PLC0415 (as above)

    given, made = re.sub(r"\s", "", code), pyotp.HOTP(secret)
    if not _SIX.fullmatch(given):
        return None
    present = now // SECOND // STEP_S
    steps = [
        step for step in range(present - _DRIFT, present + _DRIFT + 1) if hmac.compare_digest(made.at(step), given)
    ]
    return max(steps, default=None)


_CODE_LENGTH = 16  # 80 bits


def _make_code() -> str:
    text = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, _CODE_LENGTH, 4))


def _code_digest(member_id: int, code: str) -> str:
    return ids.digest(f"{member_id} {re.sub(r'[^a-z0-9]', '', code.lower())}")
