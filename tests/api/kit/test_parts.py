"""Pure parts of the kit, as tables of cases."""

from __future__ import annotations

import pytest
from litestar import get
from litestar.exceptions import ImproperlyConfiguredException
from litestar.params import FromPath

from api.kit.demo import authenticate, demo
from api.kit.driver import call
from dunnock.api.kit import (
    BadRequest,
    Caller,
    EdgeSettings,
    Lane,
    build_edge,
    covers,
    link_header,
    page_limit,
    public,
)
from dunnock.api.kit.address import address_reader, bucket_key
from dunnock.api.kit.nested import nest, pairs_of
from dunnock.api.kit.ratelimit import Limiter
from dunnock.foundation.errors import DomainError


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        (b"a=1&a=2", {"a": "2"}),
        (b"a[]=1&a[]=2", {"a": ["1", "2"]}),
        (b"a=1&a[]=2", {"a": ["1", "2"]}),
        (b"a[b][]=1&a[c]=2", {"a": {"b": ["1"], "c": "2"}}),
        (b"f[][n]=a&f[][v]=1&f[][n]=b&f[][v]=2", {"f": [{"n": "a", "v": "1"}, {"n": "b", "v": "2"}]}),
        (b"f[][x][]=1&f[][x][]=2", {"f": [{"x": ["1", "2"]}]}),
        (b"f[0][n]=a&f[1][n]=b", {"f": {"0": {"n": "a"}, "1": {"n": "b"}}}),
        (b"s[keys][p256dh]=k", {"s": {"keys": {"p256dh": "k"}}}),
        (b"a&=b&&c=", {"a": "", "c": ""}),
        (b"a]=1&[b]=2&a[b=3&a[b]c=4", {"a]": "1", "[b]": "2", "a[b": "3", "a[b]c": "4"}),
    ],
)
def test_names_nest_as_rails_nests_them(text, tree):
    assert nest(pairs_of(text)) == tree


@pytest.mark.parametrize(
    "text", [b"a=1&a[b]=1", b"a[b]=1&a[]=2", b"a[]=1&a[b]=2", b"a" + b"[b]" * 20 + b"=1", b"%ff=1"]
)
def test_names_that_make_no_sense(text):
    with pytest.raises(BadRequest):
        nest(pairs_of(text))


@pytest.mark.parametrize(
    ("granted", "wanted", "answer"),
    [
        ("read", "read:statuses", True),
        ("read:statuses", "read", False),
        ("write", "read:statuses", False),
        ("write", "write:media", True),
        ("follow", "read:blocks", True),
        ("follow", "write:mutes", True),
        ("follow", "read:statuses", False),
        ("follow", "read", False),
        ("profile", "read:accounts", False),
        ("profile", "profile", True),
        ("admin:read", "admin:read:accounts", True),
        ("admin:read", "admin:write:accounts", False),
        ("read", "admin:read:accounts", False),
        ("admin", "admin:read", False),
        ("push", "push", True),
        ("", "read", False),
        ("read", "readable", False),
    ],
)
def test_scopes_cover(granted, wanted, answer):
    assert covers(granted.split(), wanted) is answer


@pytest.mark.parametrize(
    ("value", "limit"), [(None, 20), ("", 20), ("x", 20), ("5", 5), (-5, 5), (41, 40), ("0", 0), ("9" * 5000, 20)]
)
def test_page_limit(value, limit):
    assert page_limit(value) == limit


def test_links_keep_the_query_and_replace_the_cursor():
    kept = [("limit", "2"), ("max_id", "9"), ("types[]", "a b")]
    made = link_header("https://x.test", "/p", kept, next={"max_id": 5}, prev={"min_id": 8})
    assert made == (
        b'<https://x.test/p?limit=2&types%5B%5D=a+b&max_id=5>; rel="next", '
        b'<https://x.test/p?limit=2&types%5B%5D=a+b&min_id=8>; rel="prev"'
    )
    assert link_header("https://x.test", "/p", kept, next=None, prev=None) == b""


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", ["1.1.1.1"], "203.0.113.9"),  # no proxy of ours: the header is a stranger's word (SC-122)
        ("10.0.0.1", ["1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", ["6.6.6.6, 1.1.1.1, 10.0.0.2"], "1.1.1.1"),  # rightmost stranger, not the leftmost claim (SC-121)
        ("10.0.0.1", ["6.6.6.6", "1.1.1.1", "10.0.0.2"], "1.1.1.1"),
        ("10.0.0.1", ["6.6.6.6, garbage, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("::ffff:10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
    ],
)
def test_client_address(peer, forwarded, client):
    read = address_reader(("10.0.0.0/8",))
    assert read(peer, [(b"x-forwarded-for", line.encode()) for line in forwarded]) == client


def test_an_ipv6_subscriber_is_one_bucket():
    assert bucket_key("2001:db8::1") == bucket_key("2001:db8::ffff:1") != bucket_key("2001:db8:0:1::1")
    assert bucket_key("::ffff:1.2.3.4") == bucket_key("1.2.3.4")


class Clock:
    now = 1_000_000_000_000

    def __call__(self) -> int:
        return self.now


def refused(limiter: Limiter, *request, times: int = 1) -> bool:
    try:
        for _ in range(times):
            limiter.check(*request)
    except DomainError as error:
        return error.retry_at is not None
    return False


def test_buckets():
    clock = Clock()
    limiter = Limiter(now=clock)
    limiter.learn(b"Bearer t", Caller(1, 1, 5, 5, frozenset()))
    mine = ("GET", "/api/x", b"Bearer t", "1.1.1.1")
    headers = dict(limiter.check(*mine))
    assert headers == {
        b"x-ratelimit-limit": b"300",
        b"x-ratelimit-remaining": b"299",
        b"x-ratelimit-reset": b"2001-09-09T01:50:00.000Z",
    }
    assert not refused(limiter, *mine, times=299)
    assert refused(limiter, *mine)
    assert not refused(limiter, "GET", "/api/x", None, "1.1.1.1", times=100)
    for made_up in range(200):  # invented tokens use up the address's allowance
        assert not refused(limiter, "GET", "/api/x", b"Bearer %d" % made_up, "1.1.1.1")
    assert refused(limiter, "GET", "/api/x", b"Bearer new", "1.1.1.1")
    clock.now += 300_000
    assert not refused(limiter, *mine)


def test_one_member_with_many_tokens():
    limiter = Limiter(now=Clock())
    for token in range(6):
        limiter.learn(b"%d" % token, Caller(token, 1, 5, 5, frozenset()))
        assert refused(limiter, "GET", "/api/x", b"%d" % token, "1.1.1.1", times=300) == (token == 5)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/api/v2/media", 30),
        ("DELETE", "/api/v1/statuses/5", 30),
        ("DELETE", "/api/v1/statuses/+5", 30),
        ("POST", "/api//v1/apps/", 5),
        ("POST", "/api/v1/apps", 5),
        ("POST", "/api/v1/accounts", 5),
    ],
)
def test_dear_requests(method, path, allowed):
    limiter = Limiter(now=Clock())
    assert not refused(limiter, method, path, None, "1.1.1.1", times=allowed)
    assert refused(limiter, method, path, None, "1.1.1.1")
    assert not refused(limiter, "GET", path, None, "1.1.1.1")


async def test_limits_on_the_wire():
    app = demo()
    for _ in range(300):
        answer = await call(app, "GET", "/api/v1/timelines/public")
    assert answer.headers["x-ratelimit-remaining"] == "0"
    for path in ("/api/v1/timelines/public", "/api/v1/apps/verify_credentials"):
        answer = await call(app, "GET", path)
        assert (answer.status, answer.json) == (429, {"error": "Too many requests"})
        assert int(answer.headers["retry-after"]) > 0
        assert (answer.headers["x-ratelimit-limit"], answer.headers["x-ratelimit-remaining"]) == ("300", "0")
        assert answer.headers["x-ratelimit-reset"].endswith(".000Z")
        assert answer.headers["access-control-allow-origin"] == "*"
    assert (await call(app, "GET", "/api/v1/timelines/public", client="203.0.113.10")).status == 200
    assert (await call(app, "OPTIONS", "/api/v1/timelines/public")).status == 200
    off = demo(EdgeSettings(dev=True))
    assert "x-ratelimit-limit" not in (await call(off, "GET", "/api/v1/timelines/public")).headers


def test_a_lane_path_has_one_name():
    with pytest.raises(ValueError, match="b_id"):
        Lane().add("GET", "/a/{a_id}/{b_id}", demo)


def test_a_path_has_one_handler_of_a_method():
    @get("/twice", guards=[public()])
    async def one() -> None: ...

    @get("/twice", guards=[public()])
    async def other() -> None: ...

    with pytest.raises(ImproperlyConfiguredException, match="GET /twice"):
        build_edge([one, other], authenticate=authenticate)


async def test_what_a_handler_asks_for_is_read_at_its_first_call():
    @get("/read/{number:int}", guards=[public()])
    async def read(number: FromPath[int]) -> dict[str, int]:
        return {"number": number}

    edge = build_edge([read], authenticate=authenticate)
    route = next(route for route in edge.app.routes if route.path == "/read/{number:int}")
    assert route._unread == {"GET", "OPTIONS"}
    for number in (1, 2):
        assert (await call(edge, "GET", f"/read/{number}")).json == {"number": number}
        assert route._unread == {"OPTIONS"}
