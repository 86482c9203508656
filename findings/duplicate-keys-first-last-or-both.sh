#!/usr/bin/env bash
# Tried:    one log line with a key twice, {"level":"a","x":1,"level":"b"}: what comes out when a key-value has the name
#           of a field and the logger writes both (pino and tracing-subscriber with flatten_event do).
# Versions: DuckDB 2.0.1, Polars 2.1.0, pandas 3.1.1, pyarrow 26.0.1, DataFusion 55.0.0, pysimdjson 7.0.2, pino 10.4.0.
# Guess:    the last one wins everywhere, as in JSON.parse, Python's json, jq and orjson. RFC 8259 section 4 calls
#           such an object interoperable only if names are unique, but says that many parsers report the last pair.
# Seen:     three answers, and one library that gives two of them:
#               pandas, DataFusion        b
#               Polars                    a   (the field of the logger, not the later key-value)
#               pysimdjson  doc["level"]  a,  doc.as_dict()["level"]  b
#               DuckDB      Object ... has duplicate key "level"            (the query fails)
#               pyarrow     Column(/level) was specified twice in row 0     (the file is refused)
# Concerns: alerts on level, host or user: with one reader the caller's value replaces the real one, with another the
#           real one stays, with a third one such line makes the whole file unreadable.
# Do:       write unique keys (rename the caller's); never lean on "the last one wins". In DuckDB ignore_errors=true
#           skips such lines, so count what is left out.
set -euo pipefail
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
norun() { echo "NOT RUN: $*" >&2; exit 2; }

cd "$T"
python3 -m pip -q --disable-pip-version-check install --no-compile --target p \
    duckdb==2.0.1 polars==2.1.0 pandas==3.1.1 pyarrow==26.0.1 datafusion==55.0.0 pysimdjson==7.0.2 \
    2> pip.err || norun "pip install: $(tail -n 1 pip.err)"
timeout 100 npm --silent --prefix "$T" install pino@10.4.0 >/dev/null 2>&1 || norun "npm install failed"
echo '{"level":"a","x":1,"level":"b"}' > app.json
node -e 'require("pino")({base: null, timestamp: false}).info({level: "mine"}, "hello")' > pino.json
PYTHONPATH=p python3 - <<'P'
import sys
import datafusion, duckdb, pandas, polars, pyarrow, pyarrow.json, simdjson

def seen(read):
    try:
        return read()
    except (duckdb.Error, pyarrow.ArrowInvalid) as e:
        return "refused: " + str(e)

line = open("app.json", "rb").read()
doc = simdjson.Parser().parse(line)
got = {
    "pandas": seen(lambda: pandas.read_json("app.json", lines=True)["level"][0]),
    "DataFusion": seen(lambda: datafusion.SessionContext().read_json("app.json").to_pylist()[0]["level"]),
    "Polars": seen(lambda: polars.read_ndjson("app.json")["level"][0]),
    "simdjson doc[]": doc["level"],
    "simdjson as_dict": doc.as_dict()["level"],
    "DuckDB": seen(lambda: duckdb.sql("select level from read_json('app.json')").fetchall()[0][0]),
    "pyarrow": seen(lambda: pyarrow.json.read_json("app.json").to_pylist()[0]["level"]),
    "pino writes": open("pino.json").read().strip(),
}
want = {
    "pandas": "b", "DataFusion": "b", "Polars": "a", "simdjson doc[]": "a", "simdjson as_dict": "b",
    "DuckDB": 'duplicate key "level"', "pyarrow": "specified twice in row 0",
    "pino writes": '{"level":30,"level":"mine","msg":"hello"}',
}
bad = 0
for who, value in got.items():
    print(f"{who:17} {value[:150]}")
    fits = want[who] in value if value.startswith("refused") else value == want[who]
    if not fits:
        print(f"CHANGED: {who} was {want[who]}", file=sys.stderr)
        bad = 1
sys.exit(bad)
P
echo "as described"
