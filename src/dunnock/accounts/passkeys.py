"""Passkeys (WebAuthn): instead of a password, and as a second factor beside it. Only public keys are kept.

`challenge`s are made here, kept with the sign-in that is under way, and good once. Source: W3C, Web Authentication Level 3.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from dunnock.accounts.access_changes import note_access
from dunnock.accounts.door_acts import note_member_act
from dunnock.accounts.errors import FactorMissing, FactorRefused, SecondFactorWrong
from dunnock.accounts.events import SecondFactorsChanged
from dunnock.accounts.factors import codes_if_none, held_factors, tidy
from dunnock.accounts.member import Member
from dunnock.accounts.steps import begin_step, end_step, find_step
from dunnock.accounts.store import factors as store
from dunnock.foundation.db import Conflict, Db, Reader, Tx

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

MOST = 20
LONGEST_NAME = 60
LONGEST_CREDENTIAL = 20_000
_CHALLENGE_BYTES = 32


class Passkey(msgspec.Struct, frozen=True):
    """One of a member's passkeys. Times in Unix milliseconds."""

    id: int
    member_id: int
    credential_id: str
    public_key: str
    sign_count: int
    name: str
    created_at: int
    used_at: int | None


class Site(msgspec.Struct, frozen=True):
    """The place that passkeys are made for; they work nowhere else."""

    public_url: str
    title: str

    @property
    def rp_id(self) -> str:
        """Its host name."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def possible(self) -> bool:
        """Browsers know passkeys for names over https only, and for localhost."""
        host = self.rp_id
        if self.public_url.startswith("http://") and host != "localhost" and not host.endswith(".localhost"):
            return False
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return bool(host)
        return False


async def passkeys_of(reader: Reader, member_id: int) -> list[Passkey]:
    """All of them, oldest first."""
    return [Passkey(*row) for row in await reader.all(store.PASSKEYS_OF, member=member_id)]


async def ask_new(tx: Tx, site: Site, member: Member) -> tuple[str, str]:
    """(step, options as JSON) for a browser to make a passkey with.

    Raises:
        FactorRefused: not here, or not more.
    """
    if not site.possible:
        raise FactorRefused(say="Passkeys need an address that begins with https://.")
    held = await passkeys_of(tx, member.id)
    if len(held) >= MOST:
        raise FactorRefused(member.id, say=f"You have {MOST} passkeys, which is the most. Remove one first.")
    challenge = secrets.token_bytes(_CHALLENGE_BYTES)
    step = await begin_step(tx, "add", member_id=member.id, challenge=challenge)
    from webauthn import generate_registration_options, options_to_json  # noqa: PLC0415 (0.3 s, paid by who uses them)
    from webauthn.helpers.structs import (  # noqa: PLC0415
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=site.rp_id,
        rp_name=site.title,
        user_id=hashlib.blake2b(str(member.id).encode(), key=b"dunnock passkey", digest_size=32).digest(),
        user_name=member.username,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=_described(held),
    )
    return step, options_to_json(options)


async def add_passkey(
    db: Db, site: Site, step: str, *, member_id: int, credential: str, name: str
) -> tuple[Passkey, list[str]]:
    """Keep the passkey that a browser made, with new recovery codes if there were none left.

    Raises:
        StepOver: it took too long.
        FactorRefused: it is not what was asked for, or it is somebody's already.
    """
    under_way = await find_step(db, step, "add")
    if under_way.member_id != member_id:
        raise FactorRefused(member_id)
    from webauthn import verify_registration_response  # noqa: PLC0415 (as above)

    try:
        made = verify_registration_response(
            credential=_bounded(credential),
            expected_challenge=under_way.challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.public_url,
            require_user_verification=False,
        )
    except Exception as error:
        raise FactorRefused(member_id) from error
    called = " ".join(name.split())[:LONGEST_NAME] or "Passkey"
    async with db.begin() as tx:
        await end_step(tx, step)
        await note_member_act(tx, member_id, "factors", "", await held_factors(tx, member_id))
        if len(await passkeys_of(tx, member_id)) >= MOST:
            raise FactorRefused(member_id)
        one = Passkey(
            tx.new_id(), member_id, _text(made.credential_id), _text(made.credential_public_key), made.sign_count,
            called, tx.now, None,
        )  # fmt: skip
        try:
            async with tx.savepoint():
                await tx.run(
                    store.ADD_PASSKEY, id=one.id, member_id=member_id, credential_id=one.credential_id,
                    public_key=one.public_key, sign_count=one.sign_count, name=one.name, created_at=tx.now,
                )  # fmt: skip
        except Conflict as error:
            raise FactorRefused(member_id, say="This passkey is in use already.") from error
        await tx.record(SecondFactorsChanged(member_id=member_id, what="passkey_added"))
        await note_access(tx, member_id, "passkey_added")
        return one, await codes_if_none(tx, member_id)


async def rename_passkey(tx: Tx, passkey_id: int, *, member_id: int, name: str) -> None:
    """Call it something else. Raises FactorMissing."""
    called = " ".join(name.split())[:LONGEST_NAME] or "Passkey"
    if not await tx.run(store.RENAME_PASSKEY, the=passkey_id, member=member_id, called=called):
        raise FactorMissing(passkey_id)


async def remove_passkey(tx: Tx, passkey_id: int, *, member_id: int) -> None:
    """It opens nothing any more. Raises FactorMissing."""
    was = await held_factors(tx, member_id)
    if not await tx.run(store.DROP_PASSKEY, the=passkey_id, member=member_id):
        raise FactorMissing(passkey_id)
    await note_member_act(tx, member_id, "factors", "", was)
    await tidy(tx, member_id)
    await tx.record(SecondFactorsChanged(member_id=member_id, what="passkey_removed"))
    await note_access(tx, member_id, "passkey_removed")


def new_challenge() -> bytes:
    """What a passkey has to sign."""
    return secrets.token_bytes(_CHALLENGE_BYTES)


def options_for(site: Site, challenge: bytes, held: Sequence[Passkey], *, alone: bool) -> str:
    """As JSON, what a browser asks a passkey. `alone`: it stands for the password too, so its owner has to be verified."""
    from webauthn import generate_authentication_options, options_to_json  # noqa: PLC0415 (as above)
    from webauthn.helpers.structs import UserVerificationRequirement  # noqa: PLC0415

    return options_to_json(
        generate_authentication_options(
            rp_id=site.rp_id,
            challenge=challenge,
            allow_credentials=_described(held),
            user_verification=(
                UserVerificationRequirement.REQUIRED if alone else UserVerificationRequirement.PREFERRED
            ),
        )
    )


async def check_passkey(
    reader: Reader, site: Site, challenge: bytes, credential: str, *, alone: bool
) -> tuple[Passkey, int]:
    """Whose passkey signed, and its new count. Raises SecondFactorWrong."""
    from webauthn import verify_authentication_response  # noqa: PLC0415 (as above)
    from webauthn.helpers import parse_authentication_credential_json  # noqa: PLC0415

    try:
        parsed = parse_authentication_credential_json(_bounded(credential))
    except Exception as error:
        raise SecondFactorWrong from error
    row = await reader.one(store.PASSKEY_CALLED, credential=_text(parsed.raw_id))
    if row is None:
        raise SecondFactorWrong
    held = Passkey(*row)
    try:
        shown = verify_authentication_response(
            credential=parsed,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=site.public_url,
            credential_public_key=_bytes(held.public_key),
            credential_current_sign_count=held.sign_count,
            require_user_verification=alone,
        )
    except Exception as error:
        raise SecondFactorWrong(held.member_id) from error
    return held, shown.new_sign_count


async def used_passkey(tx: Tx, passkey: Passkey, count: int) -> None:
    """Note it. Raises SecondFactorWrong: its count did not grow, so there is a copy."""
    if not await tx.run(store.USED_PASSKEY, the=passkey.id, count=count, at=tx.now):
        raise SecondFactorWrong(passkey.member_id)


def _described(held: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor  # noqa: PLC0415

    return [PublicKeyCredentialDescriptor(id=_bytes(one.credential_id)) for one in held]


def _bounded(credential: str) -> str:
    if len(credential) > LONGEST_CREDENTIAL:
        raise ValueError("too long")
    return credential


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
