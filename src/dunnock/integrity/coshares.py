"""Pairs of accounts that shared the same things within seconds of each other, counted plainly: no null model, nothing left out.

What researchers of coordinated link sharing compute (CooRTweet, CooRnet), for comparison with theirs.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dunnock.integrity.coaction import Ints
from dunnock.integrity.engines import BadTable
from dunnock.integrity.engines.kinds import Kind, kind_of

_SOURCES: dict[Kind, str] = {
    "parquet": "read_parquet(?)",
    "csv": "read_csv(?, all_varchar = true, header = true)",
    "lines": "read_json(?, sample_size = -1)",
    "array": "read_json(?, sample_size = -1)",
}


def coshares(
    table: Path,
    *,
    window_s: int,
    least: int,
    account: str = "account_id",
    thing: str = "object_id",
    at: str = "created_at",
) -> list[tuple[str, str, int]]:
    """(account, other account, how often), the first the smaller, in order.

    Counts pairs of rows of two accounts with the same `thing`, at most `window_s` seconds apart; pairs of accounts with fewer
    than `least` are left out, and rows without a thing. `table` is Parquet, CSV or JSON; `at` is a column of seconds or dates.

    Raises:
        BadTable: the file can't be read, or has no such columns.
    """
    import duckdb  # noqa: PLC0415 (only batch work pays for it)

    db = duckdb.connect(config={"threads": 2})
    try:
        source = _SOURCES[kind_of(table)]
        described = db.execute(f"DESCRIBE SELECT * FROM {source}", [str(table)]).fetchall()
        kinds = {row[0]: str(row[1]) for row in described}
        missing = [name for name in (account, thing, at) if name not in kinds]
        if missing:
            raise BadTable(say=f"{table} has no column {', '.join(missing)}; it has {', '.join(kinds)}.")
        if kinds[at].startswith("TIMESTAMP"):
            seconds = f'epoch("{at}")::BIGINT'
        elif kinds[at] == "VARCHAR":
            seconds = f'coalesce(try_cast("{at}" AS DOUBLE), epoch(try_cast("{at}" AS TIMESTAMPTZ)))::BIGINT'
        else:
            seconds = f'"{at}"::BIGINT'
        rows = f'"{account}" IS NOT NULL AND "{thing}" IS NOT NULL AND {seconds} IS NOT NULL'
        told = db.execute(
            f'SELECT dense_rank() OVER (ORDER BY "{account}"::VARCHAR) - 1 AS a, dense_rank() OVER (ORDER BY "{thing}") AS o,'
            f" {seconds} AS t FROM {source} WHERE {rows}",
            [str(table)],
        ).fetchnumpy()
        names = [
            row[0]
            for row in db.execute(
                f'SELECT DISTINCT "{account}"::VARCHAR AS a FROM {source} WHERE {rows} ORDER BY a', [str(table)]
            ).fetchall()
        ]
    except OSError as error:
        raise BadTable(say=f"{table} can't be read: {error.strerror}.") from None
    except duckdb.Error as error:
        raise BadTable(say=f"{table} can't be read: {str(error).splitlines()[0][:300]}") from None
    finally:
        db.close()
    one, other, count = count_pairs(
        told["a"].astype(np.int64), told["o"].astype(np.int64), told["t"].astype(np.int64), window_s
    )
    often = count >= least
    return [
        (names[a], names[b], c)
        for a, b, c in zip(one[often].tolist(), other[often].tolist(), count[often].tolist(), strict=True)
    ]


def count_pairs(actor: Ints, thing: Ints, at: Ints, window_s: int) -> tuple[Ints, Ints, Ints]:
    """Pairs of actors, the smaller first, and how many pairs of their rows have the same thing at most `window_s` apart."""
    order = np.lexsort((at, thing))
    actor, thing, at = actor[order], thing[order], at[order]
    n = int(actor.max()) + 1 if len(actor) else 1
    keys, live, step = [np.empty(0, np.int64)], np.arange(len(actor)), 0
    while len(live):
        step += 1
        live = live[live + step < len(actor)]
        live = live[(thing[live] == thing[live + step]) & (at[live + step] - at[live] <= window_s)]
        one, two = actor[live], actor[live + step]
        apart = one != two
        keys.append((np.minimum(one, two) * n + np.maximum(one, two))[apart])
    pair, count = np.unique(np.concatenate(keys), return_counts=True)
    return pair // n, pair % n, count.astype(np.int64)
