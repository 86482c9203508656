#!/usr/bin/env bash
# Tried:    pandas.read_json(lines=True) on JSON log lines: texts that look like numbers, and integers whose key ends in
#           _time, _at or starts with "timestamp".
# Versions: pandas 3.1.1 (Python 3.11).
# Guess:    JSON has types, so a quoted "1.10" stays a text and 42000000 stays a number; only CSV readers guess.
# Seen:     quoted texts become numbers if the whole column can be read as one, and integers become dates by the
#           *name* of their key, without a message:
#               "version":"1.10"          ->  1.1              "trace":"00123"  ->  123
#               "request":"12e5"          ->  1200000.0
#               "elapsed_time":42000000   ->  1971-05-02 02:40:00    (42 ms in nanoseconds)
#               "timestamp_seq":99999999  ->  1973-03-03 09:46:39
#           Values under 31,536,000 (a year in seconds) are left alone, so the same column is a number in the file
#           of a fast day and a date in that of a slow one. Other keys (elapsed_ns) stay numbers.
# Concerns: ids and versions in logs that are read with pandas: leading zeros, trailing zeros and hexadecimal ids of
#           the form digits-e-digits are lost, joins against other sources fail; durations named *_time.
# Do:       pandas.read_json(path, lines=True, dtype=False) turns both off; convert the time column yourself.
set -euo pipefail
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
norun() { echo "NOT RUN: $*" >&2; exit 2; }

cd "$T"
python3 -m pip -q --disable-pip-version-check install --no-compile --target p pandas==3.1.1 \
    2> pip.err || norun "pip install: $(tail -n 1 pip.err)"
PYTHONPATH=p python3 - <<'P'
import json, sys
import pandas

line = {"version": "1.10", "trace": "00123", "request": "12e5", "elapsed_time": 42000000, "elapsed_ns": 42000000,
        "timestamp_seq": 99999999, "wait_time": 31535999, "word": "x1"}
with open("app.json", "w") as f:
    f.write((json.dumps(line) + "\n") * 2)
first = pandas.read_json("app.json", lines=True).iloc[0]
plain = pandas.read_json("app.json", lines=True, dtype=False).iloc[0]
want = {"version": "1.1", "trace": "123", "request": "1200000.0", "elapsed_time": "1971-05-02 02:40:00",
        "elapsed_ns": "42000000", "timestamp_seq": "1973-03-03 09:46:39", "wait_time": "31535999", "word": "x1"}
bad = 0
for key, value in line.items():
    print(f"{key:14} {value!r:10} -> {first[key]}")
    if str(first[key]) != want[key]:
        print(f"CHANGED: {key} was {want[key]}", file=sys.stderr)
        bad = 1
    if plain[key] != value:
        print(f"CHANGED: dtype=False gives {plain[key]!r} for {key}", file=sys.stderr)
        bad = 1
sys.exit(bad)
P
echo "as described"
