"""Runs a query in Trino's dialect on DuckDB: sqlglot translates it. Reads one JSON object from stdin, writes one to stdout.

{"sql": ..., "columns": {name: DuckDB type}, "records": path of newline-delimited JSON} -> {"columns": [...], "rows": [[...]]}
"""

import json
import sys

import duckdb
import sqlglot

asked = json.load(sys.stdin)
database = duckdb.connect(":memory:")
database.execute("CREATE SCHEMA audit")
types = ", ".join(f"'{name}': '{kind}'" for name, kind in asked["columns"].items())
database.execute(
    f"CREATE TABLE audit.cloudtrail AS SELECT * FROM read_json('{asked['records']}', "
    f"format='newline_delimited', columns={{{types}}})"
)
# Athena's own parser first: what it does not know, nobody can run there.
sqlglot.parse_one(asked["sql"], read="athena")
[translated] = sqlglot.transpile(asked["sql"], read="trino", write="duckdb")
answer = database.execute(translated)
columns = [column[0] for column in answer.description]
rows = [[None if cell is None else str(cell) for cell in row] for row in answer.fetchall()]
json.dump({"columns": columns, "rows": rows}, sys.stdout)
