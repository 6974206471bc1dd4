"""Sends what waits to be sent: fair to all servers, patient with those that are away, and nothing is forgotten.

A delivery is leased while it waits for its turn here and is tried, so that a process that dies loses none; what fails is
tried again over days. A server that took nothing for `PARK_MS` is left alone until it is heard of.
Source: federation.md, section 10.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Final

import structlog

from dunnock.federation.house import Federation
from dunnock.federation.keys import Pair
from dunnock.federation.lanes import LOW, PER_HOST, Lanes, Ready
from dunnock.federation.prove import proven
from dunnock.federation.signatures import Scheme, sign
from dunnock.federation.store import actors as hosts
from dunnock.federation.store import deliveries as store
from dunnock.federation.store import relays
from dunnock.federation.store.deliveries import Body, Due
from dunnock.federation.synchronize import HEADER, MOST_FOLLOWERS, digest_of, header_of
from dunnock.federation.vocab.context import ACTIVITY_TYPE
from dunnock.foundation import ids
from dunnock.foundation.cache import Cache
from dunnock.foundation.clock import DAY, SECOND, now_ms
from dunnock.foundation.db import Busy, Db, Tx, insist
from dunnock.foundation.events import Logged
from dunnock.foundation.http import Answer, OutsideFailed, OutsideForbidden, Wanted

MOST_ATTEMPTS: Final = 16
KEPT_BODIES: Final = 256
PARK_MS: Final = 7 * DAY
PARKED_MS: Final = DAY
"""What waits for a server that is left alone is looked at again after so long."""
LEASE_MS: Final = 180 * SECOND
_TRY_MS = 40 * SECOND  # so much of the lease must be left when a try begins
_MOST = 64  # that are taken from the database at once
_SETTLED_AT_ONCE = 32
_SETTLE_S = 0.05  # what arrived is written down after so long, together
_CROWDED_S = 0.5
_FIRST: Final = Wanted(types=frozenset(), most=64 * 1024, cut=True, hops=0, within_s=10)
_LATER: Final = Wanted(types=frozenset(), most=64 * 1024, cut=True, hops=0, within_s=30)
_NOT_FOR_EVER = frozenset({401, 408, 425, 429})
_SAFETY_NET_S: Final = 1.0
_log = structlog.get_logger()


def pause_ms(attempts: int, chance: float) -> int:
    """How long after so many tries the next one is: seconds at first, in the end days. `chance` from 0 to 1 spreads them.

    Source: Mastodon, ActivityPub::DeliveryWorker (count ** 4 + 15 s, with chance on top); the first ones are sooner, for
    servers that merely restart.
    """
    if attempts <= 2:
        return int((attempts * 3 + chance) * SECOND)
    return int(((attempts - 1) ** 4 + 15) * SECOND * (1 + chance / 4))


class Deliveries:
    """The sender of one process."""

    def __init__(self, house: Federation) -> None:
        """Nothing is sent before `start`."""
        self._house = house
        self._wake = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None
        self._lanes = Lanes()
        self._under_way: dict[asyncio.Task[None], Ready] = {}
        self._arrived: list[Due] = []
        self._settling: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()
        self._schemes: dict[str, Scheme] = {}
        self._bodies: Cache[int, tuple[Pair, bytes]] = Cache(KEPT_BODIES)
        self._slot: str | None = None
        self._next_crowded, self._crowded_after = 0.0, ""

    async def start(self, *, slot: str | None = None) -> None:
        """Begin to send. What was under way in the same `slot` when a process ended there is sent again at once."""
        if slot is not None:
            self._slot = slot
            async with self._house.db.begin() as tx:
                await store.left_behind(tx, now=now_ms(), slot=slot)
        self._house.db.listen(self._heard)
        self._task = asyncio.create_task(self._work(), name="deliveries")

    async def stop(self, *, within_s: float = 5.0) -> None:
        """Give what is under way some seconds; the rest is sent after the next start."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        back = [one.due.id for one in self._lanes.clear()]
        if self._under_way:
            _, late = await asyncio.wait(list(self._under_way), timeout=within_s)
            back += [self._under_way[task].due.id for task in late if task in self._under_way]
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        with contextlib.suppress(Busy):  # then its lease ends it
            await self._settle_arrived()
            if back:
                async with self._house.db.begin() as tx:
                    await store.give_back(tx, back)

    def _heard(self, _: Sequence[Logged]) -> None:
        self._wake.set()

    async def _work(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                while await self._fill():
                    self._begin()
                self._begin()  # what was found by its server's name
            except Busy as error:
                _log.warning("deliveries wait", why=str(error))
            except Exception:  # noqa: BLE001 (deliveries go on when the database does)
                _log.exception("deliveries can't go on")
                await asyncio.sleep(1)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _SAFETY_NET_S)

    async def _fill(self) -> bool:
        """Take what is due and has room; whether there may be more."""
        db, now = self._house.db, now_ms()
        if self._stopping or self._lanes.waiting >= LOW:
            return False
        full = self._lanes.full()
        if await store.any_due(db, now, full):
            async with db.begin(durable=False) as tx:
                found = await store.find_due(tx, now, full=full, most=_MOST)
                taken = await self._take(tx, found, now)
            self._put(taken)
            return bool(taken) or any(one.parked for one in found)
        return await self._fill_by_host(full, now)

    async def _fill_by_host(self, full: list[str], now: int) -> bool:
        """The same where the oldest are all for servers that have enough to do: the others are found by their names."""
        db, at = self._house.db, asyncio.get_running_loop().time()
        if not full or at < self._next_crowded or not await store.is_crowded(db, now):
            return False
        self._next_crowded = at + _CROWDED_S
        names = await store.hosts_due(db, now, full, after=self._crowded_after, most=_MOST)
        self._crowded_after = names[-1] if len(names) == _MOST else ""  # the next ones have their turn next time
        if not names:
            return False
        async with db.begin(durable=False) as tx:
            each = max(PER_HOST, _MOST // len(names))
            found = [one for name in names for one in await store.find_due_of(tx, now, name, most=each)]
            taken = await self._take(tx, found, now)
        self._put(taken)
        return False

    async def _take(self, tx: Tx, found: Sequence[Due], now: int) -> list[Ready]:
        """Of those that are due, lease the ones that have room; those of servers that are left alone go out of the way."""
        if parked := {one.host for one in found if one.parked}:
            await store.park(tx, parked, until=now + PARKED_MS)
        taken = self._lanes.choose([one for one in found if not one.parked])
        until = now + LEASE_MS
        await store.lease(tx, taken, until=until, slot=self._slot)
        bodies = await store.bodies_of(tx, {one.body_id for one in taken})
        return [Ready(one, bodies.get(one.body_id), until) for one in taken]

    def _put(self, taken: Sequence[Ready]) -> None:
        for one in taken:
            self._lanes.put(one)

    def _begin(self) -> None:
        """Try those whose turn it is."""
        if self._stopping:
            return
        waited = self._lanes.waiting
        for one in self._lanes.turns():
            task = asyncio.create_task(self._do(one), name=f"delivery to {one.host}")
            self._under_way[task] = one
            task.add_done_callback(self._over)
        if waited >= LOW > self._lanes.waiting:
            self._wake.set()

    def _over(self, task: asyncio.Task[None]) -> None:
        one = self._under_way.pop(task)
        if self._lanes.over(one.host):
            self._wake.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("what became of a delivery could not be written down", why=str(error))  # its lease ends it
        self._begin()

    async def _do(self, one: Ready) -> None:
        due = one.due
        if one.until - now_ms() < _TRY_MS:  # it waited for its turn for too long: whoever comes first may have it
            async with self._house.db.begin(durable=False) as tx:
                await store.give_back(tx, [due.id])
            return
        if one.body is None or await self._house.policy.refuses(due.host):
            await self._settle(due, None, final=True)
            return
        why, final, retry_at = await self._try(due, one.body)
        if why is None:
            self._lanes.mark(due.host, slow=False)
            self._note_arrived(due)
        else:
            if not final:
                self._lanes.mark(due.host, slow=True)
            await self._settle(due, why, final=final, retry_at=retry_at)

    def _note_arrived(self, one: Due) -> None:
        """To be written down together with others: one that is lost by a crash is sent again, which is as good."""
        self._arrived.append(one)
        if self._settling is None:
            self._settling = asyncio.create_task(self._settle_soon(), name="deliveries that arrived")

    async def _settle_soon(self) -> None:
        while self._arrived:
            if len(self._arrived) < _SETTLED_AT_ONCE:
                await asyncio.sleep(_SETTLE_S)
            try:
                await self._settle_arrived()
            except Exception as error:  # noqa: BLE001 (their leases end it: they are sent again)
                _log.error("what became of deliveries could not be written down", why=str(error))
        self._settling = None

    async def _settle_arrived(self) -> None:
        async with self._writing:
            arrived, self._arrived = self._arrived, []
            if arrived:
                await insist(lambda: self._write_arrived(arrived))

    async def _write_arrived(self, arrived: Sequence[Due]) -> None:
        async with self._house.db.begin(durable=False) as tx:
            await store.done(tx, arrived)
            for one in arrived:
                if one.to_relay:
                    await relays.note_delivery(tx, one.inbox, None)
            known = await hosts.hosts_of(tx, sorted({one.host for one in arrived}))
            for host, (_, failing_since, _) in known.items():
                if failing_since is not None:
                    await self._house.wake.heard(tx, host)

    async def _try(self, one: Due, held: Body) -> tuple[str | None, bool, int]:
        """(why it failed or None, whether trying again is of no use, when to at the earliest)."""
        pair = await self._house.keys.of(held.account_id or None, held.name if held.account_id else None)
        body, signer = self._proven(one.body_id, held, pair), pair.signer
        more = {"content-type": ACTIVITY_TYPE} | await self._synchronization(one, held)
        scheme = await self._scheme(one.host)
        answer: Answer | None = None
        try:
            for attempt in (scheme, "rfc9421" if scheme == "draft" else "draft"):
                tried: Scheme = attempt
                headers = sign(signer, "POST", one.inbox, body=body, now_ms=now_ms(), scheme=tried)
                wanted = _LATER if one.attempts else _FIRST
                answer = await self._house.door.post(one.inbox, body, wanted, headers=headers | more)
                if answer.fine and tried != scheme:
                    self._schemes[one.host] = tried
                    async with self._house.db.begin() as tx:
                        await hosts.note_scheme(tx, one.host, tried)
                if answer.status not in {400, 401} or tried != scheme:
                    break
        except OutsideForbidden as error:
            return f"not to be reached: {error}", True, 0
        except OutsideFailed as error:
            return f"no answer: {error}", False, 0
        assert answer is not None
        if answer.fine or answer.status == 409:
            return None, True, 0
        final = 300 <= answer.status < 500 and answer.status not in _NOT_FOR_EVER
        return f"answered {answer.status}", final, _retry_at(answer)

    def _proven(self, body_id: int, held: Body, pair: Pair) -> bytes:
        """The body, with a proof that its author said so where others may hand it on: made once for all its inboxes."""
        kept = self._bodies.get(body_id)
        if kept is None or kept[0] is not pair:  # with other keys it is another proof
            kept = (pair, proven(held.body, pair, created_ms=ids.ms_of(body_id)))
            self._bodies.put(body_id, kept)
        return kept[1]

    async def _synchronization(self, one: Due, held: Body) -> dict[str, str]:
        """The digest of the followers on the server that this goes to, where they alone may read it."""
        if not held.to_followers or held.name is None:
            return {}
        there = await self._house.followers_at(held.account_id, one.host)
        if len(there) > MOST_FOLLOWERS:
            return {}
        return {HEADER: header_of(self._house.places, held.name, digest_of(there))}

    async def _scheme(self, host: str) -> Scheme:
        held = self._schemes.get(host)
        if held is None:
            known = (await hosts.hosts_of(self._house.db, [host])).get(host)
            held = self._schemes[host] = "rfc9421" if known is not None and known[0] == "rfc9421" else "draft"
            if len(self._schemes) > 20_000:
                self._schemes.clear()
        return held

    async def _settle(self, one: Due, why: str | None, *, final: bool, retry_at: int = 0) -> None:
        """Write down that it did not arrive, or has no need to (None)."""

        async def write() -> None:
            async with self._house.db.begin() as tx:
                if one.to_relay:
                    await relays.note_delivery(tx, one.inbox, why)
                if why is None or final or one.attempts + 1 >= MOST_ATTEMPTS:
                    await store.done(tx, [one])
                    return
                chance = (one.id % 101) / 100
                at = max(now_ms() + pause_ms(one.attempts + 1, chance), retry_at)
                await store.again(tx, one, at=at, why=why[:500])
                self._house.wake.failed(one.host)
                known = (await hosts.hosts_of(tx, [one.host])).get(one.host)
                since = known[1] if known is not None and known[1] is not None else tx.now
                await hosts.note_failure(tx, one.host, since=since, parked=tx.now if tx.now - since > PARK_MS else None)

        await insist(write)

    async def settle(self, *, within_s: float = 30.0) -> None:
        """Send everything that is due, here and now (for tests and commands)."""
        end = now_ms() + int(within_s * 1000)
        while now_ms() < end:
            while await self._fill():
                self._begin()
            if self._under_way:
                await asyncio.wait(list(self._under_way), timeout=1)
                continue
            await self._settle_arrived()
            if not self._lanes.waiting and not self._under_way:
                return


async def count_due(db: Db, *, now: int) -> int:
    """How many messages are to be sent by now; not those for servers that are left alone."""
    return await store.count_due(db, now)


def _retry_at(answer: Answer) -> int:
    """What `Retry-After` asks for, at most a day ahead; 0: nothing."""
    said = answer.headers.get("retry-after", "")
    return now_ms() + min(int(said) * SECOND, DAY) if said.isdigit() and len(said) < 8 else 0
