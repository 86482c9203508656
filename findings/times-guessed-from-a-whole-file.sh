#!/usr/bin/env bash
# Tried:    RFC 3339 times in JSON lines, read without a schema by engines that guess the type of a column.
# Versions: DuckDB 2.0.1, pyarrow 26.0.1, chdb-core-lite 26.5.0.
# Guess:    a time is read as a time with its zone and digits, or stays a text; one line does not decide for all.
# Seen:     pyarrow   "...:10Z" and "...:10+01:00" become timestamp[s] without a zone (shifted to UTC); one line with a
#                     fraction ("...:10.5Z") makes the whole column text.
#           DuckDB    "...:10.123456789Z" becomes microseconds: 123456 stays, 789 is cut without a word, so that
#                     two records of the same microsecond are equal. One leap second (":60Z", allowed by RFC 3339 5.6)
#                     or one empty text makes the whole column VARCHAR.
#           chdb      the leap second 23:59:60Z becomes 00:00:00 of the next day.
#           DuckDB also turns a text that has the form of a UUID into lower case (type UUID), so the id in the result is
#           not the id in the log: a search with grep finds nothing.
# Concerns: loggers that leave a zero fraction out (the type of the column depends on luck), and whoever sorts by
#           nanoseconds or joins ids after reading logs without a schema.
# Do:       always write the same number of fraction digits; name the types: columns={...} in DuckDB, explicit_schema in
#           pyarrow, a structure in chdb.
set -euo pipefail
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
norun() { echo "NOT RUN: $*" >&2; exit 2; }

cd "$T"
python3 -m pip -q --disable-pip-version-check install --no-compile --target p \
    duckdb==2.0.1 pyarrow==26.0.1 chdb-core-lite==26.5.0 2> pip.err || norun "pip install: $(tail -n 1 pip.err)"
TZ=UTC PYTHONPATH=p python3 - <<'P'
import sys
import chdb, duckdb, pyarrow.json

def write(key, *values):
    with open("app.json", "w") as f:
        f.writelines('{"%s":"%s"}\n' % (key, v) for v in values)

def arrow(*values):
    write("ts", *values)
    column = pyarrow.json.read_json("app.json")["ts"]
    return f"{column.type} {column[0]}"

def duck(key, *values):
    write(key, *values)
    kind, = duckdb.sql(f"select typeof({key}) from read_json('app.json') limit 1").fetchall()[0]
    rows = duckdb.sql(f"select count(distinct {key}), min({key})::varchar from read_json('app.json')").fetchall()[0]
    return f"{kind}, {rows[0]} different, {rows[1]}"

def house(*values):
    write("ts", *values)
    query = "select formatDateTime(ts, '%F %T', 'UTC') from file('app.json', JSONEachRow)"
    return str(chdb.query(query, "TSV")).strip()

day = "2026-11-22T16:21:"
checks = [
    ("pyarrow, no fraction", arrow(day + "10Z", day + "11Z"), "timestamp[s] 2026-11-22 16:21:10"),
    ("pyarrow, offset", arrow(day + "10+01:00"), "timestamp[s] 2026-11-22 15:21:10"),
    ("pyarrow, one fraction", arrow(day + "10Z", day + "10.5Z"), "string 2026-11-22T16:21:10Z"),
    ("duckdb, nine digits", duck("ts", day + "10.123456789Z", day + "10.123456999Z"),
     "TIMESTAMP WITH TIME ZONE, 1 different, 2026-11-22 16:21:10.123456+00"),
    ("duckdb, one leap second", duck("ts", "2016-12-31T23:59:59Z", "2016-12-31T23:59:60Z"),
     "VARCHAR, 2 different, 2016-12-31T23:59:59Z"),
    ("duckdb, one empty", duck("ts", day + "10Z", ""), "VARCHAR, 2 different, "),
    ("duckdb, id", duck("id", "550E8400-E29B-41D4-A716-446655440000"),
     "UUID, 1 different, 550e8400-e29b-41d4-a716-446655440000"),
    ("chdb, leap second", house("2016-12-31T23:59:60Z"), "2017-01-01 00:00:00"),
]
bad = 0
for what, got, want in checks:
    print(f"{what:24} {got}")
    if got != want:
        print(f"CHANGED: {what} was {want}", file=sys.stderr)
        bad = 1
sys.exit(bad)
P
echo "as described"
