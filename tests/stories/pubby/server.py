"""A small site made with Pubby and Flask, which we did not write: it runs in an environment of its own.

It does what it is told (a line of JSON each on its input), and says each thing that it took in after Pubby had checked the
signature (a line of JSON each on its output).
"""

from __future__ import annotations

import json
import os
import sys
import threading
from urllib.parse import urlsplit

import flask
import pubby
from pubby.crypto import generate_rsa_keypair
from pubby.server.adapters.flask import bind_activitypub
from pubby.storage.adapters.file import FileActivityPubStorage

BASE, PUBLIC = os.environ["BASE"], "https://www.w3.org/ns/activitystreams#Public"
app = flask.Flask("site")
notes: dict[str, dict] = {}


def tell(what: str, about: object) -> None:
    sys.stdout.write(f"{json.dumps([what, about])}\n")
    sys.stdout.flush()


def heard(activity: pubby.Activity, told: dict) -> None:
    tell(activity.type, told)


def met(one: pubby.Interaction) -> None:
    tell("kept", [one.interaction_type.value, one.source_actor_id, one.target_resource, one.content])


site = pubby.ActivityPubHandler(
    FileActivityPubStorage(os.environ["FOLDER"]),
    {"base_url": BASE, "username": "pat", "name": "Pat's site", "summary": "<p>About songs</p>"},
    private_key=generate_rsa_keypair()[0],
    webfinger_domain=urlsplit(BASE).netloc,
    on_activity=heard,
    on_interaction_received=met,
    on_follow_response=lambda *about: tell("answered", [str(one) for one in about]),
    allow_private_targets=True,
)
bind_activitypub(app, site)


@app.get("/notes/<name>")
def note(name: str) -> flask.Response | tuple[str, int]:
    """A site serves what it writes by itself."""
    found = notes.get(f"{BASE}/notes/{name}")
    if found is None:
        return "", 404
    gone = 410 if found["type"] == "Tombstone" else 200
    return flask.Response(json.dumps(found), gone, content_type="application/activity+json")


def write(asked: dict, kind: str) -> None:
    uri = f"{BASE}/notes/{asked['name']}"
    about = pubby.Object(
        id=uri, url=uri, content=asked.get("content", ""), attributed_to=site.actor_id, in_reply_to=asked.get("answers"),
        to=[PUBLIC], cc=[site.followers_url, *asked.get("cc", [])],
        tag=[{"type": "Mention", "href": one, "name": "@member"} for one in asked.get("cc", [])],
    )  # fmt: skip
    told = {"type": "Tombstone", "id": uri} if kind == "Delete" else about.to_dict()
    notes[uri] = {"@context": "https://www.w3.org/ns/activitystreams", **told}
    site.publish_object(about, kind)


def react(asked: dict) -> dict:
    """What it sends for one reaction, built by Pubby."""
    to = [asked["to"]]
    if asked["do"] == "Follow":
        return {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": f"{site.actor_id}#follow",
            "type": "Follow",
            "actor": site.actor_id,
            "object": asked["object"],
            "to": to,
        }
    if asked["do"] == "Like":
        return site.outbox.build_like_activity(asked["object"]) | {"to": to}
    return site.outbox.build_announce_activity(asked["object"]) | {"to": [PUBLIC], "cc": to}


def obey() -> None:
    done: dict[str, dict] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        match asked["do"]:
            case "Create" | "Update" | "Delete":
                write(asked, asked["do"])
            case "Undo":
                site.publish_activity(site.outbox.build_undo_activity(done[asked["of"]]) | {"to": [asked["to"]]})
            case kind:
                done[kind] = site.publish_activity(react(asked))
    os._exit(0)  # whoever gives the orders is gone


threading.Thread(target=obey, daemon=True).start()
app.run(urlsplit(BASE).hostname, urlsplit(BASE).port or 80, threaded=True)
