#!/usr/bin/env bash
# Tried:    the three JSON formatters of python-json-logger, which differ only in the encoder, with the same extras.
# Versions: PyPI python-json-logger 4.2.0, orjson 3.13.0, msgspec 0.23.0.
# Guess:    one package, one output: the encoders are a question of speed ("orjson" and "msgspec" are the fast ones).
# Seen:                    JsonFormatter    OrjsonFormatter    MsgspecFormatter
#           NaN            NaN (no JSON)    null               null
#           b"\xff"        "_w=="           "_w=="             "/w=="     (two alphabets of base64)
#           {1}            "{1}"            "{1}"              [1]
#           2**64          18446744073709551616  no line       18446744073709551616
#           {(1, 2): 3}    no line          no line            {"(1, 2)":3}
#           "No line" means that the record is lost; logging prints the error to standard error, if that is read.
# Concerns: who changes the formatter to make logging faster: fields change type, and records with an unsigned hash or a
#           128-bit id are lost.
# Do:       make texts of large integers, bytes and NaN before they are logged; run one record of each kind through the
#           new formatter in a test.
set -euo pipefail
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
norun() { echo "NOT RUN: $*" >&2; exit 2; }

cd "$T"
python3 -m pip -q --disable-pip-version-check install --no-compile --target p \
    python-json-logger==4.2.0 orjson==3.13.0 msgspec==0.23.0 2> pip.err || norun "pip install: $(tail -n 1 pip.err)"
PYTHONPATH=p python3 - <<'P'
import io, logging, sys
from pythonjsonlogger.json import JsonFormatter
from pythonjsonlogger.msgspec import MsgspecFormatter
from pythonjsonlogger.orjson import OrjsonFormatter
logging.raiseExceptions = False

def value(formatter, extra):
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter("%(message)s"))
    log = logging.Logger("shop")
    log.addHandler(handler)
    log.info("hello", extra={"v": extra})
    line = out.getvalue().strip().replace(": ", ":", 2)
    return line.split('"v":')[1][:-1].strip() if line else "no line"

cases = [
    ("NaN", float("nan"), ["NaN", "null", "null"]),
    ('b"\\xff"', b"\xff", ['"_w=="', '"_w=="', '"/w=="']),
    ("{1}", {1}, ['"{1}"', '"{1}"', "[1]"]),
    ("2**64", 2**64, [str(2**64), "no line", str(2**64)]),
    ("{(1, 2): 3}", {(1, 2): 3}, ["no line", "no line", '{"(1, 2)":3}']),
]
bad = 0
for name, extra, want in cases:
    got = [value(f, extra) for f in (JsonFormatter, OrjsonFormatter, MsgspecFormatter)]
    print(f"{name:12} " + "".join(f"{g:22}" for g in got))
    if got != want:
        print(f"CHANGED: {name} was {want}", file=sys.stderr)
        bad = 1
sys.exit(bad)
P
echo "as described"
