"""Reads each report in three formats with three programs, and compares the totals."""

import csv
import json
import sys
from datetime import datetime, timezone
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


def check_columns(name, columns, header):
    """The columns are those of csv, with the text of a time after it, and have the types of the facts."""
    expected = [found for column in header for found in ((column, f"{column}Text") if column.endswith("DateTime") else (column,))]
    check([column[0] for column in columns] == expected, f"{name}: the columns of parquet and csv differ")
    for column, kind, null, *_ in columns:
        if column.endswith("DateTime"):
            right = kind == "TIMESTAMP WITH TIME ZONE"
        elif column == "workloads":
            right = kind.startswith("STRUCT(") and kind.endswith("[]")
        elif column == "flags":
            right = kind == "VARCHAR[]"
        else:
            right = kind in ("VARCHAR", "BIGINT", "DOUBLE")
        check(right, f"{name}: {column} has the type {kind}")


def check_lists_and_times(name, table, path):
    """DuckDB finds as many flags and workloads as csv has, and the instants that the texts of csv say."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, strict=True))
    flags = sum(len(row["flags"].split()) for row in rows)
    workloads = sum(len(row["workloads"].split("; ")) for row in rows if row["workloads"])
    found = duckdb.sql(f"SELECT sum(len(flags)), sum(len(workloads)) FROM {table}").fetchall()[0]
    check(tuple(map(int, found)) == (flags, workloads) and flags and workloads, f"{name}: {found} flags and workloads")
    active = f"SELECT sum(w.licensesActive) FROM (SELECT unnest(workloads) AS w FROM {table})"
    in_text = sum(int(part.rsplit(" ", 1)[1].split("/")[0]) for row in rows for part in row["workloads"].split("; ") if "/" in part and "?" not in part)
    check(int(duckdb.sql(active).fetchall()[0][0]) == in_text, f"{name}: the active licenses of workloads differ")
    for column in ("deploymentProcessedDateTime", "usageProcessedDateTime"):
        instants = sorted(micros(row[column]) for row in rows if row[column])
        sql = f"SELECT epoch_us({column}) FROM {table} WHERE {column} IS NOT NULL ORDER BY 1"
        check([row[0] for row in duckdb.sql(sql).fetchall()] == instants, f"{name}: {column} differs")


def micros(text):
    time = datetime.fromisoformat(text)
    return int((time if time.tzinfo else time.replace(tzinfo=timezone.utc)).timestamp() * 1_000_000 + 0.5)


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
            check_columns(book.name, columns, header)
            if kind == "funnel":
                check_lists_and_times(book.name, table, f"{book}.csv")
            metadata = dict(duckdb.sql(f"SELECT key, value FROM parquet_kv_metadata({table})").fetchall())
            check(metadata[b"schemaVersion"] == b"3", f"{book.name}: unexpected parquet metadata {metadata}")
            rows += first["rows"]
    print(f"interop: csv by Python, ndjson by jq and parquet by DuckDB have the same totals over {rows} rows")


main(Path(sys.argv[1]))
