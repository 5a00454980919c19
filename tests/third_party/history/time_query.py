"""Prints how many seconds DuckDB takes for a query over a dataset: the median of three."""

import sys
import time
from pathlib import Path

import duckdb

dataset, query = sys.argv[1:]
sql = Path(__file__).parents[3] / "docs" / "sql"
connection = duckdb.connect()
connection.execute(f"SET file_search_path = '{dataset}'")
connection.execute((sql / "views-duckdb.sql").read_text())
text = (sql / f"{query}.sql").read_text()
times = []
for _ in range(3):
    began = time.perf_counter()
    connection.execute(text).fetchall()
    times.append(time.perf_counter() - began)
print(sorted(times)[1])
