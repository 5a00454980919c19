"""Adds up the licenses and costs of one book in each of its files, and compares the sums."""

import csv
import json
import sys
import warnings
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import openpyxl

COUNTS = ["licensesSold", "licensesDeployed", "licensesActive", "shelfware", "idle", "unused"]
# The ids of totals on a page, without `total-`.
ON_PAGE = {
    "sold": "licensesSold",
    "deployed": "licensesDeployed",
    "active": "licensesActive",
    "cost-EUR": "unusedCost_EUR",
    "cost-JPY": "unusedCost_JPY",
}
COSTS = ["shelfwareCost", "idleCost", "unusedCost"]


def add(sums, name, value):
    if value not in (None, ""):
        sums[name] = sums.get(name, 0) + Decimal(str(value))


def of_rows(rows):
    """The sums over rows, which have one currency each."""
    sums = {"rows": 0}
    for row in rows:
        sums["rows"] += 1
        for name in COUNTS:
            add(sums, name, row[name])
        for name in COSTS:
            add(sums, f"{name}_{row['currency']}", row[name])
        add(sums, "rowsUnpriced", 0 if row["currency"] else 1)
    return sums


def of_groups(rows):
    """The sums over groups, which have columns for each currency."""
    sums = {"rows": 0}
    for row in rows:
        sums["rows"] += int(row["rows"])
        for name, value in row.items():
            if name in COUNTS or name.split("_")[0] in COSTS or name == "rowsUnpriced":
                add(sums, name, value)
    return sums


def of_lists(groups):
    """The sums over groups whose costs are a list."""
    def flat(group):
        costs = {f"{name}_{cost['currency']}": cost[name] for cost in group["costs"] for name in COSTS}
        return {**group, **costs, "rowsUnpriced": group["costs"][0]["rowsUnpriced"]}

    return of_groups(map(flat, groups))


def read_csv(path):
    with open(path, encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, strict=True)


def read_parquet(path):
    names = [column[0] for column in duckdb.sql(f"DESCRIBE SELECT * FROM '{path}'").fetchall()]
    wanted = [name for name in names if name in {*COUNTS, *COSTS, "currency", "rows", "costs"}]
    columns = ", ".join(f'"{name}"' for name in wanted)
    for row in duckdb.sql(f"SELECT {columns} FROM '{path}'").fetchall():
        yield dict(zip(wanted, row))


def read_xlsx(path, sheets):
    workbook = openpyxl.load_workbook(path, read_only=True)
    for name in sheets(workbook.sheetnames):
        rows = workbook[name].iter_rows(values_only=True)
        header = next(rows)
        for row in rows:
            if any(cell is not None for cell in row):
                yield dict(zip(header, row))
    workbook.close()


def of_summary(path):
    """The totals on the first sheet of a workbook: a line of counts, then a line of costs per currency."""
    workbook = openpyxl.load_workbook(path, read_only=True)
    lines = list(workbook["Summary"].iter_rows(values_only=True))
    workbook.close()
    by_name = {line[0]: line for line in lines}
    sums, costs = {}, by_name["Cost per month"]
    counts = next(place for place, line in enumerate(lines) if line[0] == "Total of")
    for name, value in zip(lines[counts], lines[counts + 1]):
        if name in COUNTS:
            add(sums, name, value)
    for currency in ("EUR", "JPY"):
        for name, value in zip(costs, by_name[currency]):
            if name in COSTS:
                add(sums, f"{name}_{currency}", value)
    add(sums, "rowsUnpriced", by_name["without a price"][4])
    sums["rows"] = int(lines[counts + 1][0].split()[0].replace(",", ""))
    return sums


def rows_sheets(names):
    return [name for name in names if name.startswith("Rows")]


class Page(HTMLParser):
    """The totals of a page: the value of the first `data` in each element whose id begins with `total-`."""

    def __init__(self):
        super().__init__()
        self.sums, self.scripts, self.name = {}, 0, None

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.scripts += tag == "script"
        kind, _, name = attributes.get("id", "").partition("-")
        if kind == "total":
            self.name = ON_PAGE.get(name, name)
        elif tag == "data" and self.name:
            self.sums[self.name], self.name = Decimal(attributes["value"]), None


def main(book):
    # It does not know the extension with data bars.
    warnings.filterwarnings("ignore", module="openpyxl")
    expected = of_rows(read_csv(book / "rows.csv"))
    for name in COUNTS + ["unusedCost_EUR", "unusedCost_JPY", "rowsUnpriced"]:
        if not expected.get(name):
            sys.exit(f"totals: {book.name} has too little data: {expected}")
    found = {
        "rows.parquet": of_rows(read_parquet(book / "rows.parquet")),
        "rows.xlsx": of_rows(read_xlsx(book / "rows.xlsx", rows_sheets)),
        "rows.xlsx, Summary": of_summary(book / "rows.xlsx"),
        "rows.xlsx, Customers": of_groups(read_xlsx(book / "rows.xlsx", lambda _: ["Customers"])),
        "rows.xlsx, Products": of_groups(read_xlsx(book / "rows.xlsx", lambda _: ["Products"])),
        "customer.json": of_lists(json.loads((book / "customer.json").read_text(), parse_float=Decimal)["rows"]),
        "product.csv": of_groups(read_csv(book / "product.csv")),
        "product.parquet": of_lists(read_parquet(book / "product.parquet")),
        "customer.xlsx": of_groups(read_xlsx(book / "customer.xlsx", rows_sheets)),
    }
    for name, sums in found.items():
        if sums != expected:
            differing = {key: (sums.get(key), value) for key, value in expected.items() if sums.get(key) != value}
            sys.exit(f"totals: {book.name}: {name} and rows.csv differ: {differing} {sums.keys() - expected.keys()}")
    page = Page()
    page.feed((book / "report.html").read_text(encoding="utf-8"))
    if page.scripts or not page.sums.keys() >= {*COUNTS, "unusedCost_EUR", "unusedCost_JPY"}:
        sys.exit(f"totals: {book.name}: the page has {page.scripts} scripts and the totals {page.sums}")
    for name, value in page.sums.items():
        if value != expected.get(name):
            sys.exit(f"totals: {book.name}: the page has {name} {value}, rows.csv {expected.get(name)}")
    print(f"totals: {book.name}: {len(found)} files and {len(page.sums)} totals of the page agree over {expected['rows']} rows")


main(Path(sys.argv[1]))
