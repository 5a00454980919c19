"""Reads each report in three formats with three programs, and compares the totals."""

import csv
import json
import sys
from pathlib import Path

import duckdb
import jq

COUNTS = {
    "deployment": ["licensesSold", "licensesDeployed"],
    "usage": ["licensesActive", "licensesQualified"],
    "funnel": ["licensesSold", "licensesDeployed", "licensesActive", "shelfware", "idle"],
}
TEXTS = ["customerId", "customerName", "productName", "channel", "source"]


def of_csv(path, counts):
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    # A leading apostrophe keeps a spreadsheet from running a text; it is not part of the name.
    texts = {name: {row[name].removeprefix("'") for row in rows} - {""} for name in TEXTS}
    return {
        "rows": len(rows),
        "sums": {name: sum(int(row[name] or 0) for row in rows) for name in counts},
        "missing": {name: sum(row[name] == "" for row in rows) for name in counts},
        "texts": {name: len(values) for name, values in texts.items()},
    }


def of_ndjson(path, counts):
    def fields(names, what):
        return "{" + ", ".join(f'"{name}": (map(.{name}) | {what})' for name in names) + "}"

    program = f"""{{
        rows: length,
        sums: {fields(counts, "add // 0")},
        missing: {fields(counts, "map(select(. == null)) | length")},
        texts: {fields(TEXTS, "map(values) | unique | length")}
    }}"""
    return jq.compile(program).input_text(Path(path).read_text(encoding="utf-8"), slurp=True).first()


def of_parquet(path, counts):
    table = f"read_parquet('{path}')"

    def one(what):
        return int(duckdb.sql(f"SELECT {what} FROM {table}").fetchall()[0][0] or 0)

    def by(names, what):
        return {name: one(what.format(name=f'"{name}"')) for name in names}

    return {
        "rows": one("count(*)"),
        "sums": by(counts, "sum({name})"),
        "missing": by(counts, "count(*) - count({name})"),
        "texts": by(TEXTS, "count(DISTINCT {name})"),
    }


def check(condition, words):
    if not condition:
        sys.exit(f"interop: {words}")


def main(work):
    rows = 0
    for kind, counts in COUNTS.items():
        for source in ("classic", "commercial"):
            book = work / f"{kind}-{source}"
            found = {
                "csv by Python": of_csv(f"{book}.csv", counts),
                "ndjson by jq": of_ndjson(f"{book}.ndjson", counts),
                "parquet by DuckDB": of_parquet(f"{book}.parquet", counts),
            }
            first = found["csv by Python"]
            for reader, totals in found.items():
                check(totals == first, f"{book.name}: {reader} has {totals}, csv by Python {first}")
            check(first["rows"] > 500 and first["texts"]["customerName"] > 300, f"{book.name}: too little data: {first}")

            document = json.load(open(f"{book}.json", encoding="utf-8"))
            check(document["schemaVersion"] == 3 and document["type"] == kind, f"{book.name}: unexpected schemaVersion or type")
            for name in counts:
                own = sum(total.get(name, 0) for total in document["summary"]["totals"])
                check(own == first["sums"][name], f"{book.name}: the JSON document has {name} {own}, csv has {first}")

            header = open(f"{book}.csv", encoding="utf-8").readline().rstrip("\r\n").split(",")
            table = f"'{book}.parquet'"
            columns = duckdb.sql(f"DESCRIBE SELECT * FROM {table}").fetchall()
            check([column[0] for column in columns] == header, f"{book.name}: the columns of parquet and csv differ")
            types = {column[1] for column in columns}
            check(types == {"VARCHAR", "BIGINT", "DOUBLE"}, f"{book.name}: unexpected parquet types {types}")
            metadata = dict(duckdb.sql(f"SELECT key, value FROM parquet_kv_metadata({table})").fetchall())
            check(metadata[b"schemaVersion"] == b"3", f"{book.name}: unexpected parquet metadata {metadata}")
            rows += first["rows"]
    print(f"interop: csv by Python, ndjson by jq and parquet by DuckDB have the same totals over {rows} rows")


main(Path(sys.argv[1]))
