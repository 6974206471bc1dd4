"""What a password may be, how it is kept, and how much of that may wait."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from dunnock.accounts import passwords

pytestmark = pytest.mark.usefixtures("real_passwords")


@pytest.mark.parametrize(
    ("password", "slug"),
    [
        ("", "ERR_BLANK"),
        ("short", "ERR_TOO_SHORT"),
        ("e\u0301" * 5, "ERR_TOO_SHORT"),  # five letters, however they are composed
        ("x" * 257, "ERR_TOO_LONG"),
        ("Password", "ERR_INVALID"),
        ("".join(chr(ord(one) + 0xFEE0) for one in "password"), "ERR_INVALID"),  # the same in full-width letters
        ("ababababab", "ERR_INVALID"),
        ("ada_lovelace", "ERR_INVALID"),
        ("Ada@Mail.example", "ERR_INVALID"),
        ("seven wrens in a hedge", None),
        ("пароль из слов", None),
        ("x1!" * 85, None),
    ],
)
def test_fault(password, slug):
    found = passwords.fault(password, username="Ada_Lovelace", email=" ada@mail.example ")
    assert (found and found[0]) == slug


async def test_however_it_is_composed():
    hashed = await passwords.make_hash("Åse og Bjørn ﬁnt")
    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await passwords.check(hashed, "A\u030ase og Bjørn fint") == (True, False)
    assert await passwords.check(hashed, "Ase og Bjorn fint") == (False, False)
    assert await passwords.make_hash("\udcff" + "not text") != hashed  # a command line may hand on such


async def test_old_parameters_are_noticed():
    from argon2 import PasswordHasher

    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("seven wrens")
    assert await passwords.check(old, "seven wrens") == (True, True)
    assert await passwords.check(old, "eight wrens") == (False, False)


async def test_nobody_takes_as_long_as_somebody():
    """SC-123. Generous, since the machine is shared: a short cut would be a thousand times faster."""
    hashed = await passwords.make_hash("seven wrens in a hedge")

    async def fastest(stored, password):
        took = []
        for _ in range(7):
            begun = time.process_time()
            assert await passwords.check(stored, password) == (False, False)
            took.append(time.process_time() - begun)
        return min(took)

    wrong = await fastest(hashed, "wrong")
    for other in (await fastest(None, "wrong"), await fastest(hashed, "x" * 257)):
        assert wrong / 2 < other < wrong * 2


async def test_a_megabyte_is_not_hashed():
    hashed = await passwords.make_hash("seven wrens in a hedge")
    begun = time.process_time()
    assert await passwords.check(hashed, "\ufdfa" * 1_000_000) == (False, False)  # 18 times as long in NFKC
    assert time.process_time() - begun < 1


async def test_the_queue_has_an_end():
    queue, go = passwords._Queue(1, 2), threading.Event()
    tasks = [asyncio.create_task(queue.run(go.wait)) for _ in range(3)]
    await asyncio.sleep(0.05)
    with pytest.raises(passwords.TooManySignIns):
        await queue.run(go.wait)
    for task in tasks:  # whoever goes away keeps the place while the work is under way
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    again = [asyncio.create_task(queue.run(go.wait)) for _ in range(2)]
    await asyncio.sleep(0.05)
    with pytest.raises(passwords.TooManySignIns):
        await queue.run(go.wait)
    go.set()
    assert await asyncio.gather(*again) == [True, True]
    assert await queue.run(go.wait)
