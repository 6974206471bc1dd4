"""Deletion that deletes: every table of the schema is looked through for whoever is gone."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from sqlalchemy import BigInteger, Integer, Text, column, func, or_, select, table, text

from api import consistency
from api.owning import Owning
from api.staffed import URL, staffed
from dunnock import accounts, filters, letters, moderation, portability, posts
from dunnock.accounts import tables as a
from dunnock.app.erasing import STEPS
from dunnock.app.tables import metadata
from dunnock.discovery import tables as d
from dunnock.federation import tables as fe
from dunnock.feeds import lists
from dunnock.feeds import tables as f
from dunnock.foundation.db import Conflict, Sql
from dunnock.integrity import tables as i
from dunnock.integrity.identity import tables as idt
from dunnock.integrity.meetings import tables as me
from dunnock.integrity.money import tables as mot
from dunnock.integrity.raids import tables as ra
from dunnock.integrity.rules import tables as wr
from dunnock.media import tables as m
from dunnock.moderation import tables as mo
from dunnock.notifications import tables as n
from dunnock.posts import tables as p
from dunnock.push import tables as pu
from dunnock.server import tables as s
from dunnock.transparency import tables as tr

PASSWORD = "seven wrens in a hedge"
PICTURE = '{"original":{"path":"%s.png","width":1,"height":1,"bytes":1,"mime":"image/png"}}' % ("0" * 64)

MAY_STAY = {
    ("accounts", "id"): "the tombstone: nobody else is to have the name",
    ("accounts", "username"): "as above",
    ("accounts", "username_key"): "as above",
    ("account_counts", "account_id"): "zeros; every account has counters",
    ("posts", "author_id"): "emptied rows that hold threads together: ids and times",
    ("posts", "reply_to_author_id"): "posts of others who answered",
    ("posts", "quoted_author_id"): "posts of others who quoted",
    ("posts", "mentions"): "posts of others who named it: ids, as their text has the name",
    ("posts", "text"): "posts of others who named it",
    ("posts", "html"): "posts of others who named it",
    ("search_docs", "words"): "posts of others who named it",
    ("conversations", "people"): "conversations of others, for what they wrote to it",
    ("reports", "target_id"): "complaints about it: the safety of others",
    ("block_lists", "by_account_id"): "whose rules they are, as staff",
    ("indicator_feeds", "by_account_id"): "what it read for others, as staff",
    ("foreign_indicators", "decided_by"): "what it decided as staff",
    ("report_messages", "by_account_id"): "what it wrote as staff",
    ("server_notes", "by_account_id"): "as above",
    ("indicators", "key"): "what staff decided about it: an id, for this server alone",
    ("decisions", "by_account_id"): "what it decided as staff",
    ("decision_subjects", "subject_id"): "what staff decided about it",
    ("appeals", "account_id"): "what it objected to a decision, which stays",
    ("case_subjects", "subject_id"): "what staff looked into",
    ("signals", "judged_by"): "what it judged as staff",
    ("cluster_edits", "by_account_id"): "what it did as staff",
    ("watch_rules", "made_by"): "what it wrote as staff",
    ("watch_rules", "live_by"): "as above",
    ("watch_hits", "judged_by"): "what it judged as staff",
    ("media_stops", "by_account_id"): "what it stopped as staff",
    ("media_stop_hits", "judged_by"): "what it judged as staff",
    ("clusters", "judged_by"): "as above",
    ("origin_holds", "ended_by"): "what it did as staff",
    ("raids", "ended_by"): "as above",
    ("raid_accounts", "last_target_id"): "what others did to it: ids, for thirty days",
    ("protected_names", "by_account_id"): "what it protected as staff",
    ("assets", "by_account_id"): "what it stopped as staff",
    ("lookalikes", "decided_by"): "what it decided as staff",
    ("turns", "decided_by"): "as above",
    ("staff_log", "by_account_id"): "what it did as staff",
    ("staff_log", "subject_id"): "what staff did about it",
    ("staff_log", "subject"): "what it was called then",
    ("mail_blocks", "account_id"): "made by its suspension, a hash: or it would come again",
    ("observations", "target_id"): "what others did to it: ids, for thirty days",
    ("event_log", "body"): "ids only; see docs/portability.md",
    ("jobs", "body"): "an id: its profile was to be told to other servers in a moment, which then finds it gone",
    ("dev_mails", "recipient"): "the last fifty mails of a server in development",
    ("dev_mails", "subject"): "as above",
    ("dev_mails", "body"): "as above",
    ("deletions", "account_id"): "that it was deleted, and when",
}
NOT_OF_PEOPLE = {"jobs", "failures", "reactions", "schedule", "refreshes", "event_log", "alembic_version"}


async def traces(db, account_id: int, member_id: int, words: tuple[str, ...]) -> dict[tuple[str, str], int]:
    """(table, column) -> how many rows name the account, its member, or say one of the words."""
    found = {}
    for one in metadata.sorted_tables:
        for col in one.columns:
            if col.name == "words" and one.name == "search_docs" and db.engine == "postgresql":
                continue
            there = table(one.name, column(col.name))
            name = there.c[col.name]
            if isinstance(col.type, Text):
                like = [f"%{account_id}%", f"%{member_id}%", *(f"%{word}%" for word in words)]
                where = or_(*(text(f"\"{col.name}\" LIKE '{one_}'") for one_ in like))
            elif isinstance(col.type, (BigInteger, Integer)) or "BigInt" in repr(col.type):
                where = text(f'"{col.name}" IN ({account_id}, {member_id})')
            else:
                continue
            number = await db.value(Sql(select(func.count(name)).where(where)))
            if number:
                found[one.name, col.name] = number
    return found


@pytest.fixture
async def home(database_url, tmp_path, make):
    made = await staffed(database_url, tmp_path, make)
    made.__class__ = Owning
    await made.house.reactions.prepare()
    yield made
    await made.house.close()


class Life:
    """A member with something in every table, and those whom it dealt with."""

    def __init__(self, home, make):
        self.home, self.make, self.db = home, make, home.house.db

    async def publish(self, who, words="hello", **draft):
        async with self.db.begin() as tx:
            return await posts.publish(
                tx, posts.Draft(text=words, **draft), author_id=who.id, app_id=None, settings=self.home.house.settings
            )

    async def live(self):  # noqa: PLR0915 (a whole life)
        home, make, db = self.home, self.make, self.db
        self.boss = await make.member("boss", role="owner")
        made = await accounts.create_member(db, username="annabel", email="anna@lee.example", password=PASSWORD)
        self.anna = anna = SimpleNamespace(id=made.account_id, member_id=made.id, username="annabel")
        self.bob, self.cleo = bob, cleo = await make.member("bob"), await make.member("cleo", locked=True)
        self.kept = kept = await self.publish(bob, "a post of @annabel's friend", visibility="public")
        poll = posts.PollDraft(options=("yes", "no"), expires_in=3600, multiple=True)
        self.asked = asked = await self.publish(bob, "well?", poll=poll)
        pictures = [await make.media(anna, files=PICTURE) for _ in range(3)]
        mine = await self.publish(anna, "quoth the #Raven to @bob", visibility="public", media_ids=(pictures[0].id,))
        answer = await self.publish(anna, "annabel answers", reply_to_id=kept.id)
        await self.publish(anna, "for you @bob", visibility="direct")
        await self.publish(bob, "and for you @annabel", visibility="direct")
        await self.publish(bob, "an answer to a post", reply_to_id=mine.id)
        await self.publish(anna, "my own?", poll=poll)
        quoting = await self.publish(anna, "look", quoted_id=kept.id)
        async with db.begin() as tx:
            await accounts.change_profile(
                tx,
                anna.id,
                public_url=URL,
                by_member_id=made.id,
                display_name="Annabel Lee",
                bio="by the sea",
                fields=[("kingdom", "by the sea")],
            )
            await posts.edit(tx, answer.id, posts.Changes(text="annabel answers again"), by=anna.id,
                             settings=home.house.settings)  # fmt: skip
            for one in (kept, asked):
                await posts.favourite(tx, one.id, by=anna.id)
                await posts.bookmark(tx, one.id, by=anna.id)
                await posts.boost(tx, one.id, by=anna.id)
            await posts.pin(tx, mine.id, by=anna.id)
            for who in (bob, cleo):
                await posts.favourite(tx, mine.id, by=who.id)
                await posts.boost(tx, mine.id, by=who.id)
            await posts.vote(tx, asked.poll_id, [0, 1], by=anna.id)
            await posts.vote(tx, asked.poll_id, [1], by=cleo.id)
            await accounts.follow(tx, follower=anna.id, followed=bob.id)
            await accounts.follow(tx, follower=anna.id, followed=cleo.id)
            await accounts.follow(tx, follower=bob.id, followed=anna.id)
            for one, other in ((anna, bob), (bob, anna)):
                await accounts.endorse(tx, one.id, target=other.id)
                held = await lists.make_list(tx, one.id, title="A list")
                await lists.add_to_list(tx, one.id, held.id, [other.id])
                await accounts.write_note(tx, one.id, target=other.id, note="a note")
                await accounts.mute(tx, one.id, target=other.id)
        other = await make.account("enemy")
        async with db.begin() as tx:
            await accounts.block(tx, anna.id, target=other.id)
            await accounts.block(tx, other.id, target=anna.id)
            await accounts.block_domain(tx, anna.id, domain="bad.example")
            words = [filters.KeywordChange(keyword="wren", whole_word=True)]
            held = await filters.make_filter(tx, anna.id, title="Birds", contexts=["home"], keywords=words)
            await filters.add_post(tx, anna.id, held.id, post_id=kept.id)
            await moderation.file_report(tx, moderation.Complaint(target_id=other.id, comment="rude"), by=anna.id)
            await moderation.file_report(tx, moderation.Complaint(target_id=anna.id, comment="rude"), by=other.id)
            await accounts.sever(tx, anna.id, "own_block", target="bad.example", followers=1, following=1)
        del quoting
        row, new = make.row, db.new_id
        await row(p.scheduled, id=new(), account_id=anna.id, at=2**50, draft='{"text":"later"}')
        await row(p.drafts, id=(draft := new()), account_id=anna.id, version=1, parts="[]", updated_at=1)
        await row(m.media_holds, holder_id=draft, media_id=pictures[1].id)
        await row(p.auto_delete, account_id=anna.id, min_age=1, enabled=True)
        await row(p.thread_mutes, account_id=anna.id, thread_id=kept.thread_id)
        await row(p.idempotency, account_id=anna.id, key="k", post_id=mine.id, at=1)
        tag = await db.value(Sql(select(p.hashtags.c.id).where(p.hashtags.c.key == "raven")))
        await row(p.featured_tags, account_id=anna.id, hashtag_id=tag, id=new(), name="Raven", posts=1)
        await row(f.followed_tags, account_id=anna.id, hashtag_id=tag, id=new())
        for one, reader in ((anna, other), (other, anna)):
            await row(a.verifiers, account_id=one.id, what="x", called="x", since=1)
            await row(a.attestations, verifier_id=one.id, account_id=reader.id, called="x", state="given", at=1)
            proof = {"domain": f"{one.username}.example", "way": "file", "proved_at": 1, "checked_at": 1}
            await row(a.domain_handles, account_id=one.id, **proof)
            await row(f.custom_feeds, id=(feed := new()), account_id=one.id, title="x", text="x", shared=True)
            await row(f.custom_feed_readers, feed_id=feed, account_id=reader.id, id=new())
            await row(f.custom_feed_reports, feed_id=feed, account_id=reader.id, id=new(), comment="x")
        await row(f.custom_feed_orders, account_id=anna.id, file="x", at=1, held="x")
        await row(f.for_you_choices, account_id=anna.id)
        await row(f.for_you_served, account_id=anna.id, post_id=new(), at=1, receipt="{}")
        await row(f.for_you_less, account_id=anna.id, kind="tag", subject_id=tag, times=1)
        await row(f.for_you_less, account_id=other.id, kind="author", subject_id=anna.id, times=1)
        for one, other in ((anna, bob), (bob, anna)):
            await row(d.dismissals, account_id=one.id, target_id=other.id)
            await row(d.trend_gatherings, id=(it := new()), subject_id=tag, accounts=5)
            await row(d.trend_gathered, account_id=one.id, gathering_id=it)
            await row(d.trend_held_accounts, account_id=one.id, kind="tag", subject_id=tag, at=1)
            await row(d.vouched, account_id=one.id)
            await row(d.brought_by, account_id=one.id, collection_id=1)
            await row(d.saved_searches, id=new(), account_id=one.id, title="x", query="x", secret="x")
            await row(d.collections, id=(it := new()), account_id=one.id, name="Birds", created_at=1, updated_at=1)
            await row(d.collection_items, id=new(), collection_id=it, account_id=other.id, state="accepted")
            await row(
                d.collection_follows,
                account_id=other.id,
                collection_id=it,
                waiting="[]",
                followed=1,
                asked=0,
                left_out=0,
            )
            await row(
                n.notification_requests, id=new(), account_id=one.id, from_id=other.id, created_at=1, updated_at=1
            )
            await row(p.held_posts, post_id=kept.id, account_id=one.id, author_id=other.id)
            about = {"domain": "x.example", "since_id": 1, "until": 1, "signal_id": 1}
            await row(p.origin_holds, id=new(), account_id=one.id, ended_by=other.id, **about)
            await row(n.notification_permissions, account_id=one.id, from_id=other.id)
            await row(
                n.notifications, id=new(), account_id=one.id, kind="follow_request", from_id=other.id, created_at=1
            )
        policy = dict.fromkeys(
            ("not_following", "not_followers", "new_accounts", "private_mentions", "limited_accounts", "bots"), "accept"
        )
        await row(n.notification_policies, account_id=anna.id, **policy)
        await row(n.quiet_times, account_id=anna.id, until=1)
        await row(n.notification_settings, account_id=anna.id, kind="follow", from_whom="nobody")
        await row(n.markers, account_id=anna.id, feed="home", last_read_id=1, version=0, updated_at=1)
        await row(s.announcements, id=7, text="x", published_at=1, updated_at=1)
        await row(s.announcement_reads, account_id=anna.id, announcement_id=7)
        await row(s.announcement_reactions, account_id=anna.id, announcement_id=7, name="x", id=new())
        async with db.begin() as tx:
            await letters.change_wishes(tx, made.id, wanted=["mention"], always=False)
            await accounts.set_group(tx, 7, {anna.id: 0.5, bob.id: 1.0})
            for one in (anna, bob):
                await accounts.declare_minor(tx, one.id)
        await row(wr.watch_rules, id=(rule := new()), name="x", condition="kind = post", effect="review", version=1,
                  made_by=anna.id, expires_at=1)  # fmt: skip
        await row(m.media_stops, id=(stop := new()), effect="limit", why="x", by_account_id=anna.id)
        await row(i.clusters, id=(cluster := new()), score=20.0, size=2, summary="{}", first_at=1, last_at=1)
        await row(i.cluster_edits, id=(edit := new()), act="split", cluster_id=cluster, other_id=cluster, was="open",
                  reason="x", by_account_id=anna.id)  # fmt: skip
        for one, other in ((anna, bob), (bob, anna)):
            await row(i.cluster_edit_members, edit_id=edit, account_id=one.id, role="core", score=1.0, evidence="{}",
                      joined_at=1, seen_at=1)  # fmt: skip
            await row(i.cluster_apart, cluster_id=cluster, account_id=one.id, edit_id=edit)
            await row(ra.raids, id=(raid := new()), first_at=1, last_at=1, ended_at=1, ended_by=other.id)
            about = {"domain": "", "waves": 1, "last_target_id": other.id, "last_at": 1}
            await row(ra.raid_accounts, raid_id=raid, account_id=one.id, **about)
            await row(ra.raid_hits, raid_id=raid, account_id=one.id, first_at=1, last_at=1, people=1, posts=1, again=0,
                      signal_id=1)  # fmt: skip
            await row(i.observations, id=new(), account_id=one.id, act=1, marks=b"")
            await row(i.doubts, origin="ab12", account_id=one.id, at=1)
            await row(i.rhythms, account_id=one.id, hours=b"", hours_since=b"", last_at=1, woke_at=0, slept_ms=0,
                      moved_at=0, moved_from="[]", moved_to="[]")  # fmt: skip
            await row(i.cluster_members, cluster_id=cluster, account_id=one.id, score=20.0, evidence="{}",
                      joined_at=1, seen_at=1)  # fmt: skip
            await row(i.cluster_ties, cluster_id=cluster, a_id=one.id, b_id=other.id, trace=1, occasions=3,
                      weight=20.0)  # fmt: skip
            await row(me.watch_hits, id=new(), rule_id=rule, version=1, kind="post", subject_id=one.id,
                      account_id=one.id, told="{}", state="noted")  # fmt: skip
            await row(me.media_stop_hits, id=new(), stop_id=stop, post_id=one.id, media_id=1, account_id=one.id, apart=0,
                      state="waiting")  # fmt: skip
            await row(i.signals, id=new(), detector="a.b", kind="account", subject_id=one.id, score=1.0, evidence="{}",
                      times=1, first_at=1, last_at=1)  # fmt: skip
        self.token = await home.token(anna)
        token_id = await db.value(Sql(select(a.tokens.c.id).where(a.tokens.c.account_id == anna.id)))
        await row(pu.push_subscriptions, id=new(), token_id=token_id, account_id=anna.id, endpoint="x", p256dh="x",
                  auth="x", sealed_token="x", created_at=1)  # fmt: skip
        await row(a.sessions, id=new(), token_digest="x", member_id=made.id, created_at=1, seen_at=1)
        app = await make.app()
        await row(
            a.grants, code_digest="x", app_id=app.id, member_id=made.id, scopes="read", redirect_uri="x", expires_at=1
        )
        await row(
            a.mail_links, digest="x", member_id=made.id, purpose="confirm", email="anna@lee.example", expires_at=1
        )
        await row(a.recalls, digest="x", member_id=made.id, email="anna@lee.example", since=1, expires_at=1)
        name, asset = new(), new()
        await row(idt.protected_names, id=name, name="x", source="staff", created_at=1)
        await row(idt.lookalikes, account_id=anna.id, name_id=name, state="marked", evidence="{}", at=1)
        await row(
            idt.turns, id=new(), account_id=anna.id, former="Anna Lee", evidence="{}", held="[]", state="over", until=1
        )
        await row(mot.assets, id=asset, key="x", kind="shop", site="x", first_at=1)
        await row(mot.asset_uses, asset_id=asset, account_id=anna.id, post_id=0, at=1)
        await row(a.browsers, digest="x", member_id=made.id, seen_at=1)
        await row(a.access_changes, id=new(), member_id=made.id, what="password")
        await row(a.door_acts, id=new(), account_id=anna.id, door=1, kind="mute", target="1", was="")
        await row(a.totps, member_id=made.id, secret="x")
        await row(a.recovery_codes, digest="x", member_id=made.id)
        await row(a.passkeys, id=new(), member_id=made.id, credential_id="x", public_key="x", sign_count=0, name="x",
                  created_at=1)  # fmt: skip
        await row(a.sign_in_steps, digest="x", purpose="add", member_id=made.id, expires_at=1)
        await row(a.invitations, id=(invitation := new()), code="code", by_member_id=made.id)
        await row(mo.block_lists, id=new(), title="A list", url="https://lists.example/", severity="limit", next_at=1,
                  by_account_id=anna.id)  # fmt: skip
        feed = new()
        await row(tr.indicator_feeds, id=feed, title="A feed", url="https://feed.example/", next_at=1,
                  by_account_id=anna.id)  # fmt: skip
        await row(tr.foreign_indicators, feed_id=feed, number=1, uid="x", kind="server", value="a.example", stated_at=1,
                  expires_at=1, decided_by=anna.id)  # fmt: skip
        await row(mo.server_notes, id=new(), domain="a.example", by_account_id=anna.id)
        complaint = await db.value(Sql(select(mo.reports.c.id).limit(1)))
        await row(mo.report_messages, id=new(), report_id=complaint, text="hello", by_account_id=anna.id)
        async with db.begin() as tx:
            await tx.run(
                Sql(a.members.update().where(a.members.c.id == bob.member_id).values(invitation_id=invitation))
            )
        for one, other in ((anna, bob), (bob, anna)):
            uri = f"https://a.example/{one.id}"
            await make.row(fe.remote_follows, follower_id=one.id, followed_id=other.id, uri=uri)
        await make.row(fe.remote_likes, account_id=anna.id, post_id=kept.id, uri="https://a.example/like")
        await home.send(anna, "bob\n", type="following")
        await home.post("/api/v1/dunnock/archives", anna)
        await home.settle()
        return self


# Where nothing can be before, for nothing is there only because of the deletion, or of staff.
NEVER_BEFORE = {
    "decisions", "decision_subjects", "staff_log", "mail_blocks", "deletions",
    "cases", "clusters", "case_subjects", "case_notes", "staff_requests", "appeals", "posting_stops", "text_stops",
    "actors",  # of accounts elsewhere
    "actor_keys",
}  # fmt: skip


def naming() -> set[str]:
    """Tables with a column that refers to an account or a member."""
    return {
        one.name
        for one in metadata.sorted_tables
        if any(key.target_fullname in {"accounts.id", "members.id"} for key in one.foreign_keys)
    }


WORDS = ("annabel", "anna@lee", "by the sea", "kingdom")  # long enough that no secret has one by chance


async def test_nothing_is_left_but_what_is_listed(home, make):
    life = await Life(home, make).live()
    db, anna = home.house.db, life.anna
    before = await traces(db, anna.id, anna.member_id, WORDS)
    missing = naming() - {name for name, _ in before} - NEVER_BEFORE
    assert not missing, f"the test puts nothing into these, so it would not notice: {sorted(missing)}"
    assert await consistency.faults(db) == []
    votes = (await posts.find_poll(db, life.asked.poll_id, life.bob.id))[0]
    assert (votes.tallies, votes.voters) == ((1, 2), 2)

    answer = await home.ask("DELETE", "/api/v1/dunnock/account", anna, form={"password": "wrong wrong"})
    assert (answer.status, answer.json["error"]) == (422, "Validation failed: The password is not right")
    answer = await home.ask("DELETE", "/api/v1/dunnock/account", anna, form={"password": PASSWORD})
    assert (answer.status, answer.json) == (200, {})
    # at once
    assert (await home.ask("GET", "/api/v1/accounts/verify_credentials", anna)).status == 401
    assert (await home.ask("GET", f"/api/v1/accounts/{anna.id}", life.bob)).status == 404
    assert (await home.ask("GET", "/api/v1/accounts/lookup?acct=annabel")).status == 404
    home_page = await home.get("/api/v1/timelines/home", life.bob)
    assert not [one for one in home_page if one["account"]["id"] == str(anna.id)]

    await home.settle()
    found = await portability.find_deletion(db, anna.id)
    assert found.finished_at is not None
    assert (found.step, found.by_whom) == ("", "member")
    assert found.things > 30
    left = await traces(db, anna.id, anna.member_id, WORDS)
    assert set(left) <= set(MAY_STAY), {name: left[name] for name in set(left) - set(MAY_STAY)}
    assert await consistency.faults(db) == []
    assert list((home.house.settings.data / "archives").iterdir()) == []
    votes = (await posts.find_poll(db, life.asked.poll_id, life.bob.id))[0]
    assert (votes.tallies, votes.voters) == ((0, 1), 1)
    assert await db.value(Sql(select(func.count()).select_from(m.media).where(m.media.c.account_id == anna.id))) == 0
    alive = (
        select(func.count()).select_from(p.posts).where(p.posts.c.author_id == anna.id, p.posts.c.deleted_at.is_(None))
    )
    assert await db.value(Sql(alive)) == 0
    shells = select(p.posts.c.text, p.posts.c.html, p.posts.c.mentions).where(p.posts.c.author_id == anna.id)
    assert {tuple(row) for row in await db.all(Sql(shells))} == {("", "", "[]")}
    reports = await db.all(
        Sql(select(mo.reports.c.account_id, mo.reports.c.comment).where(mo.reports.c.target_id != anna.id))
    )
    assert [tuple(row) for row in reports] == [(None, "rude")]
    shown = await home.get("/api/v1/admin/reports", life.boss)
    assert None in [one["account"] for one in shown]
    counts = (await accounts.counts_of(db, [anna.id]))[anna.id]
    assert (counts.posts, counts.followers, counts.following) == (0, 0, 0)
    # the name is taken, the address is free
    with pytest.raises(accounts.SignUpRefused):
        await accounts.create_member(db, username="Annabel", email="other@lee.example", password=PASSWORD)
    await accounts.create_member(db, username="lenore", email="anna@lee.example", password=PASSWORD)
    # once more does no harm
    assert await portability.delete_account(db, portability.DeleteAccount(anna.id), steps=STEPS)


async def test_it_goes_on_where_it_was(home, make):
    """Stopped after every part, as kill -9 would."""
    life = await Life(home, make).live()
    db, anna = home.house.db, life.anna
    async with db.begin() as tx:
        await portability.begin_deletion(tx, anna.id, by="command")
    job, rounds = portability.DeleteAccount(anna.id), 0
    for name, step in STEPS:
        seen = set()

        async def once(db, account_id, step=step, name=name, seen=seen):
            if name in seen:
                raise KeyboardInterrupt
            seen.add(name)
            return await step(db, account_id)

        while True:
            rounds += 1
            try:
                await portability.delete_account(db, job, steps=[(name, once)])
                break
            except KeyboardInterrupt:
                seen.clear()
    assert rounds > len(STEPS)
    await home.settle()
    left = await traces(db, anna.id, anna.member_id, WORDS)
    assert set(left) <= set(MAY_STAY), left
    assert await consistency.faults(db) == []


async def test_time_is_shared(home, make):
    life = await Life(home, make).live()
    db, anna = home.house.db, life.anna
    async with db.begin() as tx:
        await portability.begin_deletion(tx, anna.id, by="command")
    assert not await portability.delete_account(db, portability.DeleteAccount(anna.id), steps=STEPS, work_ms=0)
    assert (await portability.find_deletion(db, anna.id)).finished_at is None
    await home.settle()
    assert (await portability.find_deletion(db, anna.id)).finished_at is not None


async def test_what_was_on_its_way_is_deleted_too(home, make):
    """A letter's row is written between the step that deletes such rows and the one that deletes the member."""
    life = await Life(home, make).live()
    db, anna = home.house.db, life.anna
    written = []

    async def write(db, account_id):
        if not written:
            written.append(account_id)
            async with db.begin() as tx:
                await letters.change_wishes(tx, anna.member_id, wanted=(), always=False)
        return 0

    async with db.begin() as tx:
        await portability.begin_deletion(tx, anna.id, by="command")
    steps = list(STEPS)
    steps.insert([name for name, _ in steps].index("letters") + 1, ("a letter", write))
    assert await portability.delete_account(db, portability.DeleteAccount(anna.id), steps=steps)
    assert written == [anna.id]
    assert await accounts.member_of(db, anna.id) is None


async def test_a_conflict_that_stays_is_told(home, make):
    async def never(db, account_id):
        raise Conflict("it stays")

    life = await Life(home, make).live()
    async with home.house.db.begin() as tx:
        await portability.begin_deletion(tx, life.anna.id, by="command")
    with pytest.raises(Conflict):
        await portability.delete_account(
            home.house.db, portability.DeleteAccount(life.anna.id), steps=[("never", never)]
        )


async def test_staff_order_it_for_the_suspended(home, make):
    boss, ada = await make.member("boss", role="owner"), await make.member("ada")
    await home.post(f"/api/v1/admin/accounts/{ada.id}/action", boss, type="suspend")
    assert (await home.ask("DELETE", f"/api/v1/admin/accounts/{ada.id}", boss)).status == 200
    await home.settle()
    found = await portability.find_deletion(home.house.db, ada.id)
    assert (found.by_whom, found.finished_at is not None) == ("staff", True)
    assert await accounts.member_of(home.house.db, ada.id) is None
    left = await traces(home.house.db, ada.id, ada.member_id, ("ada@mail",))
    assert set(left) <= set(MAY_STAY), left


async def test_the_only_owner_stays(home, make, db):
    await accounts.create_member(db, username="boss", email="boss@mail.example", password=PASSWORD, role="owner")
    boss = await accounts.member_named(db, "boss")
    with pytest.raises(portability.DeletionRefused):
        await portability.delete_own(db, boss.id, password=PASSWORD)
    await make.member("second", role="owner")
    await portability.delete_own(db, boss.id, password=PASSWORD, name="@Boss")
    with pytest.raises(portability.DeletionRefused):
        await portability.delete_own(db, (await accounts.member_named(db, "second")).id, password="x", name="other")
