"""Records days of emulators, and compares what SQL says of them with what the command line says."""

import csv
import io
import json
import random
import subprocess
import sys
import time
from pathlib import Path

COUNTS = ["licensesSold", "licensesDeployed", "licensesActive", "shelfware", "idle", "unused"]
PAIRS = [f"{count}{side}" for count in ["sold", "deployed", "active", "unused"] for side in ["From", "To"]]
SQL = Path(__file__).parents[3] / "docs" / "sql"
TENANT = "0112a436-b14e-4888-967b-ca4bb2cf1234"


class Emulator:
    """A partner's book, served until the end of the block."""

    def __init__(self, program, *arguments):
        self.command = [program, "--quiet", "emulator", *arguments]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        url = self.process.stdout.readline().strip()
        self.environment = {
            "PARTNER_CENTER_BASE_URL": url,
            "PARTNER_CENTER_ACCESS_TOKEN": "any",
            "PARTNER_CENTER_TENANT_ID": TENANT,
        }
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def record(program, dataset, emulator, *arguments, codes=(0,)):
    command = [program, "--quiet", "history", "record", "--dataset", dataset, *arguments]
    run = subprocess.run(command, env=emulator.environment, capture_output=True, text=True)
    assert run.returncode in codes, run
    return run


def read(program, dataset, *arguments):
    """The csv rows of a command, which has no credentials."""
    command = [program, "--quiet", "history", *arguments, "--dataset", dataset, "--format", "csv"]
    run = subprocess.run(command, env={}, capture_output=True, text=True)
    assert run.returncode == 0, run
    return list(csv.DictReader(io.StringIO(run.stdout)))


class DuckDb:
    def __init__(self, dataset):
        import duckdb

        self.connection = duckdb.connect()
        self.connection.execute(f"SET file_search_path = '{dataset}'")
        self.run("views-duckdb")

    def run(self, name):
        result = self.connection.execute((SQL / f"{name}.sql").read_text())
        names = [column[0] for column in result.description]
        return [dict(zip(names, row)) for row in result.fetchall()]


class Spark:
    def __init__(self, dataset):
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        builder = builder.config("spark.sql.shuffle.partitions", "2").config("spark.driver.host", "127.0.0.1")
        self.session = builder.getOrCreate()
        self.session.sparkContext.setLogLevel("ERROR")
        text = (SQL / "views-spark.sql").read_text().replace("${dataset}", dataset)
        for statement in text.split(";"):
            if statement.strip():
                self.session.sql(statement)

    def run(self, name):
        text = (SQL / f"{name}.sql").read_text().strip().rstrip(";")
        return [row.asDict() for row in self.session.sql(text).collect()]


def differences(own, theirs):
    """The first differences, each of one side only."""
    own, theirs = [str(row) for row in own], [str(row) for row in theirs]
    return [row for row in own if row not in theirs][:3], [row for row in theirs if row not in own][:3]


def text(value):
    return "" if value is None else str(value)


def product(row):
    return (row["productId"] or row["productName"]).lower()


def compare(program, dataset, engine):
    """Compares every figure of the queries with those of the command line."""
    own = [{name: row[name] for name in ["snapshotDate", *COUNTS]} for row in read(program, dataset, "trend")]
    theirs = engine.run("trend")
    assert own == [{name: text(row[name]) for name in own[0]} for row in theirs], (own, theirs)

    own = read(program, dataset, "trend", "--by", "product", "--last", "1")
    own = {row["key"].lower(): [row[name] for name in COUNTS] for row in own}
    theirs = engine.run("funnel")
    theirs = {product(row): [text(row[name]) for name in COUNTS] for row in theirs}
    assert own == theirs, differences(own.items(), theirs.items())

    def changes(rows, product):
        pairs = lambda row: (text(row[name]) for name in PAIRS)
        return sorted((row["change"], row["customerId"], product(row), *pairs(row)) for row in rows)

    own = changes(read(program, dataset, "diff"), product)
    theirs = changes(engine.run("change"), lambda row: row["product"])
    assert own == theirs, differences(own, theirs)
    kinds = sorted({row[0] for row in own})
    return len(own), kinds


def figures(program, dataset, day):
    """The trend of one day, by the command line and by DuckDB; None if it is no day."""
    own = {row["snapshotDate"]: [row[name] for name in COUNTS] for row in read(program, dataset, "trend")}
    theirs = {text(row["snapshotDate"]): [text(row[name]) for name in COUNTS] for row in DuckDb(dataset).run("trend")}
    assert own == theirs, (own, theirs)
    listed = {row["snapshotDate"]: row["complete"] for row in read(program, dataset, "list")}
    assert (listed.get(day) == "true") == (day in own), (listed, own)
    return tuple(own[day]) if day in own else None


def kill(program, dataset, kills):
    """Records a day again and again from two books in turn, and kills most of the recordings."""
    day = "2026-08-30"
    draw = random.Random(7)
    outcomes = {"old": 0, "new": 0, "none": 0}
    with Emulator(program, "--customers", "40") as one, Emulator(program, "--customers", "60", "--seed", "9") as other:
        record(program, dataset, one, "--date", "2026-08-02")
        known = {}
        for emulator in (one, other):
            began = time.monotonic()
            record(program, dataset, emulator, "--date", day)
            took = time.monotonic() - began
            known[emulator] = figures(program, dataset, day)
        assert known[one] != known[other]
        for number in range(kills):
            emulator, before = ((one, other), (other, one))[number % 2]
            if figures(program, dataset, day) != known[before]:
                record(program, dataset, before, "--date", day)
            command = [program, "--quiet", "history", "record", "--dataset", dataset, "--date", day]
            process = subprocess.Popen(command, env=emulator.environment, stderr=subprocess.DEVNULL)
            if number % 4:
                # While files are written and moved, which takes a few hundredths of a second.
                staging = Path(dataset, ".staging", f"snapshotDate={day}")
                while process.poll() is None and not staging.exists():
                    time.sleep(0.0005)
                time.sleep(draw.uniform(0, 0.04))
            else:
                time.sleep(took * draw.uniform(0, 1))
            process.kill()
            process.wait()
            found = figures(program, dataset, day)
            names = {known[before]: "old", known[emulator]: "new", None: "none"}
            assert found in names, (number, found, known)
            outcomes[names[found]] += 1
            # The next writer cleans up, and the day is as it should be.
            record(program, dataset, emulator, "--date", day)
            assert figures(program, dataset, day) == known[emulator]
            staged = list(Path(dataset, ".staging").rglob("*"))
            assert not [path for path in staged if path.is_file()], staged
    return outcomes


def main():
    program, folder, engine, kills = sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    dataset = str(folder / "dataset")
    with Emulator(program, "--customers", "120", "--seed", "5") as emulator:
        for day in ["2026-06-30", "2026-07-31"]:
            record(program, dataset, emulator, "--date", day)
    # A day from the classic operations, on which some customers failed.
    with Emulator(program, "--customers", "120", "--seed", "5", "--fault", "/*/licenses/usage 5% 400") as emulator:
        record(program, dataset, emulator, "--source", "classic", "--max-attempts", "1", codes=(0, 3))
    engines = {"duckdb": DuckDb, "spark": Spark}
    first = compare(program, dataset, engines[engine](dataset))
    with Emulator(program, "--customers", "120", "--seed", "5") as emulator:
        record(program, dataset, emulator, "--date", "2026-08-29")
    # An unfinished day has files and no manifest.
    manifest = Path(dataset, "runs", "snapshotDate=2026-06-30", "run.json")
    manifest.unlink()
    second = compare(program, dataset, engines[engine](dataset))
    assert "2026-06-30" not in {row["snapshotDate"] for row in read(program, dataset, "trend")}
    print(f"{engine}: {first[0]} changes ({', '.join(first[1])}), then {second[0]} ({', '.join(second[1])})")
    if kills:
        print(f"{kills} kills: {json.dumps(kill(program, str(folder / 'killed'), kills))}")


main()
