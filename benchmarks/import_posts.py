"""How many posts a CPU-second `dunnock import posts` brings in: `python benchmarks/import_posts.py [POSTS] [FILE...]`.

Without files it makes a table of made-up posts, the same each time. Prints posts per CPU-second of the whole command,
its largest resident memory, and the size of the database; then runs it again, which must add nothing.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random

import duckdb

SEED = 7
WORDS = [
    "wren", "robin", "curlew", "kettle", "train", "garden", "rain", "window", "bread", "signal", "letter", "harbour",
    "moss", "lantern", "ticket", "river", "gate", "pocket", "дождь", "поезд", "окно", "хлеб", "сад", "река", "письмо",
    "весна", "город", "утро",
]  # fmt: skip


def make(path: Path, count: int) -> None:
    """Write `count` made-up posts, twenty of each account, in the order of accounts as archives are."""
    chance = Random(SEED)
    rows = path.with_suffix(".csv")
    with rows.open("w", encoding="utf-8") as file:
        file.write("account_id,post_id,created_at,text,lang\n")
        for number in range(count):
            said = " ".join(chance.choices(WORDS, k=chance.randint(5, 22)))
            if chance.random() < 0.35:
                said += " #" + chance.choice(WORDS)
            if chance.random() < 0.45:
                said += f" https://link.example/{chance.randrange(10**8)}"
            if chance.random() < 0.25:
                said = f"@u_{chance.randrange(10**6):06x} {said}"
            at = 1_420_000_000 + 60 * chance.randrange(500_000)
            file.write(f"a_{number * 20 // count:02d}{number // 20 % 997:03d},p_{number},{at},{said},en\n")
    duckdb.connect(config={"threads": 1}).execute(
        f"COPY (SELECT * FROM read_csv('{rows}', header = true)) TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
    )


def main() -> None:
    """Measure and print."""
    numbers = [int(one) for one in sys.argv[1:] if one.isdigit()]
    files = [Path(one) for one in sys.argv[1:] if not one.isdigit()]
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        if not files:
            files = [Path(folder) / "posts.parquet"]
            make(files[0], numbers[0] if numbers else 50_000)
        count = sum(duckdb.sql(f"SELECT count(*) FROM read_parquet('{one}')").fetchall()[0][0] for one in files)
        for name in ("first run", "again"):
            command = [sys.executable, "-m", "dunnock", "import", "posts", *map(str, files), "--data", str(data)]
            process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                sys.exit("the import failed")
            cpu = used.ru_utime + used.ru_stime
            size = sum(one.stat().st_size for one in data.glob("dunnock.db*"))
            print(
                f"{name}: {count:,} rows, {cpu:.1f} CPU s, {count / cpu:,.0f} posts/CPU s, "
                f"{used.ru_maxrss / 1024:,.0f} MB at most, database {size / 1e6:,.0f} MB",
                flush=True,
            )


if __name__ == "__main__":
    main()
