"""One statement for two engines: lists as one parameter, constants in the text, rows written once."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import Column, Integer, Text, bindparam, select

from dunnock.foundation.db import Conflict, Sql, among, insert_into, insert_once, upsert
from dunnock.foundation.db.tables import jobs, schedule

ADD = insert_into(schedule, "name", "next_at")
ADD_ONCE = insert_once(schedule, "name", "next_at", keys=["name"])
PUT = upsert(schedule, ["name"], "name", "next_at")
ALL = Sql(select(schedule.c.name, schedule.c.next_at).order_by(schedule.c.name))
AMONG_NAMES = Sql(select(schedule.c.next_at).where(among(schedule.c.name, "names")).order_by(schedule.c.name))
AMONG_TIMES = Sql(select(schedule.c.name).where(among(schedule.c.next_at, "times")).order_by(schedule.c.name))
NOT_AMONG = Sql(select(schedule.c.name).where(~among(schedule.c.next_at, "times")).order_by(schedule.c.name))
BETWEEN = Sql(
    select(schedule.c.name)
    .where(schedule.c.next_at >= bindparam("low"), schedule.c.next_at < bindparam("high"), schedule.c.name != "nobody")
    .order_by(schedule.c.name)
)


async def fill(db, **rows):
    async with db.begin() as tx:
        await tx.many(ADD, [{"name": name, "next_at": at} for name, at in rows.items()])


async def test_lists_are_one_parameter(db):
    await fill(db, a=1, b=2, c=2**53 + 1)
    assert [row[0] for row in await db.all(AMONG_NAMES, names=["a", "c", "a", "x"])] == [1, 2**53 + 1]
    assert [row[0] for row in await db.all(AMONG_TIMES, times=(2, 2**53 + 1))] == ["b", "c"]
    assert [row[0] for row in await db.all(NOT_AMONG, times={2, 3})] == ["a", "c"]
    assert await db.all(AMONG_TIMES, times=[]) == []
    assert len(await db.all(NOT_AMONG, times=[])) == 3
    many = await db.all(AMONG_TIMES, times=list(range(50_000)))
    assert [row[0] for row in many] == ["a", "b"]


@pytest.mark.parametrize("text", ["", "'", '"', "\\", "☃", "a,b", "{a}", "NULL", "null", "'; DROP TABLE jobs; --"])
async def test_texts_arrive_as_they_are(db, text):
    await fill(db, **{text: 1})
    assert [tuple(row) for row in await db.all(ALL)] == [(text, 1)]
    assert [row[0] for row in await db.all(AMONG_NAMES, names=[text])] == [1]


async def test_named_parameters_go_where_they_belong(db):
    await fill(db, a=1, b=5, c=9)
    assert [row[0] for row in await db.all(BETWEEN, high=9, low=2)] == ["b"]
    assert await db.one(BETWEEN, high=0, low=0) is None
    assert await db.value(BETWEEN, high=100, low=9) == "c"


async def test_one_row_once(db):
    async with db.begin() as tx:
        assert await tx.run(ADD_ONCE, name="a", next_at=1) == 1
        assert await tx.run(ADD_ONCE, name="a", next_at=2) == 0
        await tx.run(PUT, name="b", next_at=1)
        await tx.run(PUT, name="b", next_at=7)
    assert [tuple(row) for row in await db.all(ALL)] == [("a", 1), ("b", 7)]
    with pytest.raises(Conflict):
        async with db.begin() as tx:
            await tx.run(ADD, name="a", next_at=3)


def test_constants_are_written_into_the_text():
    """Only so does SQLite choose a partial index."""
    sql = Sql(select(jobs.c.id).where(jobs.c.kind == "it's", jobs.c.run_at < 5, jobs.c.lane == bindparam("lane")))
    assert "'it''s'" in sql.sqlite.text
    assert "'it''s'" in sql.postgres.text
    assert sql.sqlite.args({"lane": "x"}) == ["x"]
    assert sql.postgres.args({"lane": "x", "other": 1}) == ["x"]


def test_partial_indexes_serve_the_statements_that_they_are_for(sqlite_template):
    conn = sqlite3.connect(sqlite_template)
    sql = Sql(select(jobs.c.id).where(~jobs.c.dead, jobs.c.run_at <= bindparam("now")))
    plan = conn.execute(f"EXPLAIN QUERY PLAN {sql.sqlite.text}", [1]).fetchall()
    conn.close()
    assert "ix_jobs_run_at" in str(plan)


def test_lists_written_into_the_text_are_refused():
    with pytest.raises(TypeError, match="among"):
        _ = Sql(select(jobs.c.id).where(jobs.c.id.in_([1, 2]))).sqlite


def test_a_forgotten_parameter_is_an_error():
    with pytest.raises(KeyError):
        BETWEEN.sqlite.args({"low": 1})


def test_a_list_of_ids_is_typed_by_its_column():
    ids = Sql(select(jobs.c.id).where(among(jobs.c.id, "ids"))).postgres.text
    texts = Sql(select(jobs.c.id).where(among(Column("kind", Text), "kinds"))).postgres.text
    assert "BIGINT[]" in ids
    assert "BIGINT[]" not in texts
    assert "ANY" in Sql(select(jobs.c.id).where(among(Column("n", Integer), "ns"))).postgres.text
