"""Deleting all that an account and its member are."""

from __future__ import annotations

from sqlalchemy import Text, and_, bindparam, cast, delete, or_, select, update

from dunnock.accounts.tables import (
    access_changes,
    accounts,
    ages,
    attestations,
    blocks,
    browsers,
    domain_blocks,
    domain_handles,
    door_acts,
    endorsements,
    follows,
    grants,
    independence,
    invitations,
    mail_links,
    members,
    mutes,
    passkeys,
    personas,
    private_notes,
    recalls,
    recovery_codes,
    sessions,
    severances,
    sign_in_steps,
    tokens,
    totps,
    verifiers,
)
from dunnock.foundation.db import BigId, Sql, among
from dunnock.foundation.erase import Step, of, rows, scanned, some_of

_the = bindparam("the", type_=BigId)
FOLLOWS = Sql(
    select(follows.c.follower_id, follows.c.followed_id)
    .where(or_(follows.c.follower_id == _the, follows.c.followed_id == _the))
    .limit(bindparam("most"))
)
_of_member = select(members.c.id).where(members.c.account_id == _the).scalar_subquery()
_invited = select(invitations.c.id).where(invitations.c.by_member_id == _of_member).scalar_subquery()
END_VERIFIER = Sql(delete(verifiers).where(verifiers.c.account_id == _the))
VOUCHED = Sql(
    select(attestations.c.account_id)
    .where(attestations.c.verifier_id == _the)
    .order_by(attestations.c.account_id)
    .limit(bindparam("most"))
)
DROP_VOUCHED = Sql(
    delete(attestations).where(attestations.c.verifier_id == _the, among(attestations.c.account_id, "ids"))
)
MEMBER_ROWS = (
    *(
        Sql(delete(one).where(one.c.member_id == _of_member))
        for one in (access_changes, browsers, totps, recovery_codes, passkeys, sign_in_steps)
    ),
    Sql(delete(mail_links).where(mail_links.c.member_id == _of_member)),
    Sql(delete(recalls).where(recalls.c.member_id == _of_member)),
    Sql(delete(grants).where(grants.c.member_id == _of_member)),
    Sql(delete(sessions).where(sessions.c.member_id == _of_member)),
    Sql(delete(tokens).where(or_(tokens.c.member_id == _of_member, tokens.c.account_id == _the))),
    Sql(update(members).where(members.c.invitation_id.in_(_invited)).values(invitation_id=None)),
    Sql(delete(invitations).where(invitations.c.by_member_id == _of_member)),
    Sql(
        delete(door_acts).where(  # also what others did to it; all of a week, so that it needs no index
            or_(
                door_acts.c.account_id == _the,
                and_(
                    door_acts.c.target == cast(_the, Text),
                    or_(*(door_acts.c.kind == kind for kind in ("follow", "block", "mute"))),
                ),
            )
        )
    ),
    Sql(delete(members).where(members.c.account_id == _the)),
)
"""In this order: each refers to those behind it. A member's sessions, tokens and invitations are few."""

RELATIONS: Step = rows(
    some_of(blocks, of(blocks.c.account_id), blocks.c.target_id),
    some_of(blocks, of(blocks.c.target_id), blocks.c.account_id),
    some_of(mutes, of(mutes.c.account_id), mutes.c.target_id),
    some_of(mutes, of(mutes.c.target_id), mutes.c.account_id),
    some_of(domain_blocks, of(domain_blocks.c.account_id), domain_blocks.c.domain),
    some_of(endorsements, of(endorsements.c.account_id), endorsements.c.target_id),
    some_of(endorsements, of(endorsements.c.target_id), endorsements.c.account_id),
    some_of(attestations, of(attestations.c.account_id), attestations.c.verifier_id),
    some_of(domain_handles, of(domain_handles.c.account_id), domain_handles.c.account_id),
    some_of(private_notes, of(private_notes.c.account_id), private_notes.c.target_id),
    some_of(severances, of(severances.c.account_id), severances.c.id),
    some_of(personas, of(personas.c.account_id), personas.c.id),
    some_of(independence, of(independence.c.account_id), independence.c.account_id),
    some_of(ages, of(ages.c.account_id), ages.c.account_id),
)
NOTES: Step = scanned(private_notes, of(private_notes.c.target_id), private_notes.c.account_id)
_blank = {
    "kind": "person", "display_name": "", "name_key": "", "bio": "", "bio_html": "", "fields": "[]", "avatar": None,
    "header": None, "avatar_description": "", "header_description": "", "attribution_domains": "[]",
    "attestations": "[]", "domain_handle": "", "domain_since": None,
}  # fmt: skip
BLANK = Sql(
    update(accounts)
    .where(
        accounts.c.id == _the,
        or_(
            accounts.c.discoverable,
            accounts.c.indexable,
            *(accounts.c[name].is_not(None) if value is None else accounts.c[name] != value
              for name, value in _blank.items()),
        ),
    )
    .values(discoverable=False, indexable=False, **_blank)
)  # fmt: skip
