"""Co-shares equal a plain self-join in SQL."""

import duckdb
import pytest

from dunnock.cli import Refused, integrity
from dunnock.integrity.coshares import coshares
from dunnock.integrity.reading import BadTable

PLAIN = """SELECT x.account_id, y.account_id, count(*) FROM '{0}' x JOIN '{0}' y ON x.object_id = y.object_id
    AND x.account_id < y.account_id AND abs(x.{1} - y.{1}) <= {2} GROUP BY 1, 2 HAVING count(*) >= {3} ORDER BY 1, 2"""


@pytest.mark.parametrize(("window", "least"), [(0, 1), (10, 1), (60, 2), (3600, 3)])
def test_they_equal_a_self_join(tmp_path, window, least):
    path = tmp_path / "shares.parquet"
    duckdb.execute("SELECT setseed(0.3)")
    duckdb.execute(
        "COPY (SELECT 'u' || (random() * 40)::INT AS account_id, CASE WHEN random() < 0.95 THEN (random() * 60)::INT END AS"
        f" object_id, (random() * 20000)::BIGINT AS t FROM range(3000)) TO '{path}' (FORMAT parquet)"
    )
    wanted = duckdb.sql(PLAIN.format(path, "t", window, least)).fetchall()
    assert len(wanted) > 2
    assert coshares(path, window_s=window, least=least, at="t") == wanted


def test_dates_will_do_and_missing_columns_are_named(tmp_path):
    path = tmp_path / "shares.parquet"
    duckdb.execute(
        "COPY (SELECT 'u' || i AS account_id, 'x' AS object_id, TIMESTAMP '2026-01-01' + to_seconds(i * 30) AS created_at"
        f" FROM range(3) t(i)) TO '{path}' (FORMAT parquet)"
    )
    assert coshares(path, window_s=30, least=1) == [("u0", "u1", 1), ("u1", "u2", 1)]
    with pytest.raises(BadTable):
        coshares(path, window_s=30, least=1, thing="url")
    with pytest.raises(BadTable):
        coshares(tmp_path / "none.parquet", window_s=30, least=1)


@pytest.mark.parametrize("name", ["shares.parquet", "shares.csv", "shares.json"])
def test_the_command_takes_columns_of_any_name_and_of_each_kind(tmp_path, capsys, name):
    path, out = tmp_path / name, tmp_path / "pairs.csv"
    rows = "SELECT 'u' || i % 3 AS who, 'x' AS url, '2026-01-01T00:00:0' || i || 'Z' AS said FROM range(6) t(i)"
    duckdb.execute(f"COPY ({rows}) TO '{path}' (FORMAT {path.suffix[1:]})")
    given = {"account": "who", "thing": "url", "at": "said"}
    integrity.coshares(path, out=out, within=1, least=2, **given)
    assert out.read_text().splitlines() == ["account_id,other_account_id,times", "u0,u1,2", "u1,u2,2"]
    assert capsys.readouterr().out == f"2 pairs shared the same at most 1 s apart, 2 times or more: {out}\n"
    integrity.coshares(path, out=tmp_path / "pairs.parquet", within=1, least=1, **given)
    assert duckdb.sql(f"FROM '{tmp_path / 'pairs.parquet'}' ORDER BY ALL").fetchall() == [
        ("u0", "u1", 2), ("u0", "u2", 1), ("u1", "u2", 2),
    ]  # fmt: skip
    with pytest.raises(BadTable) as refused:
        integrity.coshares(path, out=out, account="nobody")
    assert "has no column nobody, object_id, created_at; it has who, url, said" in refused.value.text
    with pytest.raises(Refused):
        integrity.coshares(path, out=tmp_path / "none" / "pairs.csv", **given)
    with pytest.raises(Refused):
        integrity.coshares(path, out=out, within=-1, **given)
