"""The demo server as the screens need it: everything that a page can show is there once."""

from __future__ import annotations

import io
import re
from typing import Any

import requests
from PIL import Image
from playwright.sync_api import BrowserContext

from stories.running import Server, until

OWNER, ARAB = "owner", "laila"
SCOPES = "read write follow push admin:read admin:write"


class Town:
    """Who is there, and the addresses of what they made."""

    def __init__(self, server: Server, password: str) -> None:
        """`password` is the owner's."""
        self.server, self.url = server, server.url
        self._passwords = {OWNER: password, ARAB: "nine larks over a field"}
        self.paths: dict[str, str] = {}
        self._tokens: dict[str, str] = {}

    def furnish(self) -> None:
        """Make what the demo does not, and learn the addresses."""
        self.server.dunnock(
            "members", "create", ARAB, "--email", f"{ARAB}@demo.example", "--password", self._passwords[ARAB]
        )
        tokens = {
            name: self.server.dunnock("members", "token", name, "--scopes", SCOPES).split()[-1]
            for name in (OWNER, ARAB)
        }
        self._make_owner(ARAB, consent=tokens[OWNER])
        self._tokens = tokens
        audit = self._audit()
        me = {name: self._ask(token, "GET", "accounts/verify_credentials") for name, token in tokens.items()}
        home = until(lambda: self._ask(tokens[OWNER], "GET", "timelines/home?limit=40"))
        author = next(one["account"] for one in home if one["account"]["acct"] not in tokens)
        talked = max((one for one in home if not one["reblog"]), key=lambda one: one["replies_count"])
        known = {
            "author": f"@{author['acct']}",
            "author_id": author["id"],
            "post": f"@{talked['account']['acct']}/{talked['id']}",
            "tag": next((one["tags"][0]["name"] for one in home if one["tags"]), "birds"),
        }
        taken_down = self._take_down(tokens)
        self._ask(tokens[OWNER], "POST", f"accounts/{me[ARAB]['id']}/follow")
        for name, token in tokens.items():
            self._ask(token, "POST", f"accounts/{author['id']}/follow")
            shown = {author["id"], talked["account"]["id"], me[name]["id"]}
            found = self._ask(token, "GET", "accounts/search?q=an&limit=10")
            muted, blocked = [one["id"] for one in found if one["id"] not in shown][:2]
            self._ask(token, "POST", f"accounts/{muted}/mute", json={"duration": 86_400})
            self._ask(token, "POST", f"accounts/{blocked}/block")
            self._ask(token, "POST", "domain_blocks", json={"domain": "noise.example"})
            said = "A post of mine #birds with a poll" if name == OWNER else "صباح الخير يا جيران"
            mine = self._ask(
                token,
                "POST",
                "statuses",
                json={"status": said, "poll": {"options": ["Wren", "Robin"], "expires_in": 86_400}},
            )
            picture = self._picture(token)
            self._ask(
                token, "POST", "statuses", json={"status": "Seen today", "media_ids": [picture], "spoiler_text": "Bird"}
            )
            thread = self._thread(token, quoted=mine["id"])
            self._ask(token, "POST", "statuses", json={"status": "later", "scheduled_at": "2031-01-01T10:00:00Z"})
            made = self._ask(token, "POST", "lists", json={"title": "Birders"})
            self._ask(token, "POST", f"lists/{made['id']}/accounts", json={"account_ids": [author["id"]]})
            feed = self._ask(
                token,
                "POST",
                "dunnock/feeds",
                json={"text": 'version = 1\ntitle = "Here"\n[sources]\nlocal = true\n', "listed": True},
            )
            search = self._ask(token, "POST", "dunnock/searches", json={"q": "birds", "title": "Birds"})
            sieve = {"title": "Spoilers", "context": ["home"], "keywords_attributes": [{"keyword": "spoiler"}]}
            self._ask(token, "POST", f"statuses/{talked['id']}/bookmark")
            self._ask(token, "POST", f"statuses/{talked['id']}/favourite")
            other = OWNER if name == ARAB else ARAB
            self._ask(token, "POST", "statuses", json={"status": f"@{other} hello there", "visibility": "direct"})
            shelf = {"name": "Loud birds", "description": "Who sings", "account_ids": []}
            told = {"account_id": author["id"], "comment": "Too loud", "status_ids": []}
            self.paths |= {
                f"{name}.audit": audit,
                f"{name}.own_report": self._ask(token, "POST", "reports", json=told)["id"],
                f"{name}.handle": f"@{me[name]['acct']}",
                f"{name}.id": me[name]["id"],
                f"{name}.list": made["id"],
                f"{name}.search": search["id"],
                f"{name}.feed": feed["id"],
                f"{name}.mine": mine["id"],
                f"{name}.thread": f"@{me[name]['acct']}/{thread}",
                f"{name}.filter": self._ask(token, "POST", "filters", version=2, json=sieve)["id"],
                f"{name}.collection": self._ask(token, "POST", "collections", json=shelf)["collection"]["id"],
                **self._staff_pages(name, token, author["id"], talked["id"]),
                f"{name}.report": self._ask(token, "GET", "admin/reports")[0]["id"],
                **{f"{name}.{key}": value for key, value in (known | taken_down).items()},
            }
            self._ask(token, "PATCH", "accounts/update_credentials", json={"discoverable": True})
        self._complain()

    def _audit(self) -> str:
        """Two small audits are published, so that one is shown beside the other; the address of the second."""
        plan = self.server.data / "small.toml"
        for days in (2, 3):
            plan.write_text(
                f"days = {days}\nrefreshes = 2\npage = 5\npeople = 40\nposts_a_day = 60\nharmful = 0\nfringe = 0\ncrowds = [10]\n"
                '[[persona]]\nname = "A child"\nbehaviour = "curious"\nminor = true\n'
            )
            said = self.server.dunnock("audit", "run", str(plan), "--publish", "--processes", "1")
        return said.split("/transparency/audits/")[1].split(",")[0]

    def _complain(self) -> None:
        """Each about the other's feed."""
        for name, other in ((OWNER, ARAB), (ARAB, OWNER)):
            theirs = self.paths[f"{other}.feed"]
            self.paths[f"{name}.other_feed"] = theirs
            told = {"comment": "It shows nothing but hunters."}
            self._ask(self._tokens[name], "POST", f"dunnock/feeds/{theirs}/report", json=told)

    def _make_owner(self, name: str, *, consent: str) -> None:
        """A second owner needs the first one's consent, whose token this is."""
        try:
            self.server.dunnock("members", "role", name, "owner")
        except AssertionError as refused:
            assert "second person" in str(refused)  # noqa: PT017 (the command must not go on alone)
        (request,) = self._ask(consent, "GET", "dunnock/admin/requests")
        proof = {"digest": request["digest"], "password": self._passwords[OWNER]}
        self._ask(consent, "POST", f"dunnock/admin/requests/{request['id']}/approve", json=proof)
        self.server.dunnock("members", "role", name, "owner")

    def _take_down(self, tokens: dict[str, str]) -> dict[str, str]:
        """Suspend a member who posted: a release that tells of it, published by two, and the link to object in their mail."""
        self.server.dunnock(
            "members", "create", "heron", "--email", "heron@demo.example", "--password", "ten reeds by a lake"
        )
        theirs = self.server.dunnock("members", "token", "heron", "--scopes", SCOPES).split()[-1]
        self._ask(theirs, "POST", "statuses", json={"status": "One lie, many birds #birds"})
        who = self._ask(theirs, "GET", "accounts/verify_credentials")["id"]
        judged = {
            "action": "suspend",
            "account_ids": [who],
            "text": "It is a lie",
            "facts": "The same words as many others",
        }
        decided = self._ask(tokens[OWNER], "POST", "dunnock/admin/decisions", json=judged)["id"]
        folder = self.server.data / "releases" / "birds"
        words = ("--title", "Birds of one feather", "--method", "They sang at the same minute.")
        said = self.server.dunnock("archive", "export", decided, "--to", str(folder), *words)
        (release,) = re.findall(r"Release (\d+) is in", said)
        self._ask(tokens[OWNER], "POST", f"dunnock/admin/releases/{release}/publish")
        (request,) = self._ask(tokens[ARAB], "GET", "dunnock/admin/requests")
        proof = {"digest": request["digest"], "password": self._passwords[ARAB]}
        self._ask(tokens[ARAB], "POST", f"dunnock/admin/requests/{request['id']}/approve", json=proof)
        mailbox = f"{self.url}/dev/mailbox"
        link = until(lambda: re.search(r"/objection\?token=([\w.-]+)", requests.get(mailbox, timeout=20).text))
        return {"release": release, "objection": link[1]}

    def _staff_pages(self, name: str, token: str, author_id: str, post_id: str) -> dict[str, str]:
        """A case with what belongs to one, a decision about the member and a request that waits."""
        case = self._ask(token, "POST", "dunnock/admin/cases", json={"title": "One song, many birds", "severity": 2})
        here = f"dunnock/admin/cases/{case['id']}"
        subjects = [
            {"kind": "account", "id": author_id, "part": "core", "why": "The same words at the same minute"},
            {"kind": "hashtag", "name": "birds"},
            {"kind": "post", "id": post_id},
        ]
        self._ask(token, "POST", f"{here}/subjects", json={"subjects": subjects})
        self._ask(token, "PATCH", here, json={"techniques": ["T0049.005"]})
        self._ask(token, "POST", "dunnock/admin/media_stops", json={"why": "A known hoax", "hashes": ["f8" * 32]})
        self._ask(token, "POST", f"{here}/notes", json={"text": "Look at the times first."})
        return {f"{name}.case": case["id"]}

    def address(self, path: str, who: str | None) -> str:
        """`path` with what is in braces put in, for this person."""
        for key, value in self.paths.items():
            owner, _, name = key.partition(".")
            if owner == (who or OWNER):
                path = path.replace("{" + name + "}", str(value))
        assert "{" not in path, path
        return self.url + path

    def password_of(self, who: str) -> str:
        """What somebody signs in with."""
        return self._passwords[who]

    def enter(self, context: BrowserContext, who: str, *, language: str = "") -> None:
        """Sign in, and with a `language` choose that: past the browser, which would draw three pages for it each time."""
        with self.session_of(who) as session:
            if language:
                self._fill_in(session, "/language", language=language)
            held = [{"name": one.name, "value": one.value or "", "url": self.url} for one in session.cookies]
        context.add_cookies(held)

    def session_of(self, who: str) -> requests.Session:
        """A new session of somebody, signed in by the form."""
        session = requests.Session()
        self._fill_in(session, "/auth/sign_in", login=f"{who}@demo.example", password=self._passwords[who])
        return session

    def _fill_in(self, session: requests.Session, path: str, **fields: str) -> None:
        """Send the form of a page that leads on once it is taken."""
        page = session.get(self.url + path, timeout=20).text
        token = re.search(r'name="token" value="(\w+)"', page)
        assert token is not None, page
        answer = session.post(self.url + path, data=fields | {"token": token[1]}, allow_redirects=False, timeout=20)
        assert answer.status_code == 303, answer.text

    def _thread(self, token: str, *, quoted: str) -> str:
        """A post with three pictures, answered by one that quotes, which has a long branch."""
        pictures = [self._picture(token) for _ in range(3)]
        first = self._ask(token, "POST", "statuses", json={"status": "Three of them", "media_ids": pictures})
        second = {"status": "Look", "quoted_status_id": quoted, "in_reply_to_id": first["id"], "language": "de"}
        at = self._ask(token, "POST", "statuses", json=second)["id"]
        for number in range(4):
            for words in ("Yes", "No"):
                answer = {"status": f"{words} to {number}", "in_reply_to_id": at}
                made = self._ask(token, "POST", "statuses", json=answer)
            at = made["id"]
        return str(first["id"])

    def say(self, who: str, words: str) -> str:
        """Somebody posts this now; the id."""
        return str(self._ask(self._tokens[who], "POST", "statuses", json={"status": words})["id"])

    def _picture(self, token: str) -> str:
        file = io.BytesIO()
        Image.new("RGB", (640, 360), "teal").save(file, "PNG")
        sent = {"files": {"file": ("x.png", file.getvalue(), "image/png")}, "data": {"description": "A teal field"}}
        return str(self._ask(token, "POST", "media", version=2, **sent)["id"])

    def _ask(self, token: str, method: str, path: str, *, version: int = 1, **given: Any) -> Any:
        answer = requests.request(
            method,
            f"{self.url}/api/v{version}/{path}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=20,
            **given,
        )
        assert answer.ok, (path, answer.status_code, answer.text)
        return answer.json()
