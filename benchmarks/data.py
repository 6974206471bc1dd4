"""A server full of made-up people and posts, written straight into a SQLite file: quick, and the same for every seed."""

from __future__ import annotations

import importlib
import pkgutil
import random
from pathlib import Path

import sqlalchemy

import dunnock
from dunnock.foundation.db import metadata
from dunnock.foundation.ids import id_at

WORDS = [
    "the",
    "garden",
    "train",
    "river",
    "bird",
    "bread",
    "morning",
    "window",
    "letter",
    "cloud",
    "bicycle",
    "music",
    "harbour",
    "story",
    "winter",
    "tea",
]
START = 1_700_000_000_000


def build(path: Path, *, people: int = 100, posts: int = 5_000, seed: int = 1, follow: int = 12) -> None:
    """`people` accounts (ids from 1); number 1 follows everybody, the others `follow` each."""
    for package in pkgutil.iter_modules(dunnock.__path__):
        if package.ispkg and package.name != "app":
            for module in ("tables", "db.tables"):
                try:
                    importlib.import_module(f"dunnock.{package.name}.{module}")
                except ModuleNotFoundError:
                    continue
    table = metadata.tables
    pick = random.Random(seed)
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    names = [f"person{number:05d}" for number in range(1, people + 1)]
    with engine.begin() as conn:
        conn.execute(
            table["accounts"].insert(),
            [
                {
                    "id": number,
                    "username": name,
                    "username_key": name,
                    "display_name": name.title(),
                    "name_key": name,
                    "domain": "",
                    "created_at": START,
                    "indexable": number % 2 == 0,
                }
                for number, name in enumerate(names, 1)
            ],
        )
        conn.execute(table["account_counts"].insert(), [{"account_id": n} for n in range(1, people + 1)])
        rows = []
        for number in range(posts):
            at = START + number * 1000
            said = " ".join(pick.choices(WORDS, k=pick.randint(8, 30)))
            rows.append(
                {
                    "id": id_at(at, number),
                    "author_id": pick.randint(1, people),
                    "text": said,
                    "html": f"<p>{said}</p>",
                    "visibility": "public",
                    "thread_id": id_at(at, number),
                    "created_at": at,
                }
            )
        conn.execute(table["posts"].insert(), rows)
        conn.execute(table["post_counts"].insert(), [{"post_id": row["id"]} for row in rows])
        follows = [(1, other) for other in range(2, people + 1)]
        for one in range(2, people + 1):
            follows += [
                (one, other) for other in pick.sample(range(1, people + 1), min(follow, people)) if other != one
            ]
        conn.execute(
            table["follows"].insert(),
            [{"follower_id": one, "followed_id": other, "id": n} for n, (one, other) in enumerate(follows, 1)],
        )
    engine.dispose()


def some_posts(path: Path, most: int) -> list[int]:
    """Ids of posts, in an order that jumps about."""
    engine = sqlalchemy.create_engine(f"sqlite:///{path}")
    with engine.connect() as conn:
        ids = [
            row[0]
            for row in conn.execute(sqlalchemy.text("SELECT id FROM posts ORDER BY id % 997 LIMIT :n"), {"n": most})
        ]
    engine.dispose()
    return ids
