#!/usr/bin/env bash
# Tried:    logfmt pairs as go-logfmt and logfmter write them, in four readers: a quoted value with a line break as \n,
#           a Windows path without quotes, an empty value, a bare key, an equals sign in a value.
# Versions: npm logfmt 1.4.0, npm @jclem/logfmt2 2.4.3, PyPI logfmt 0.4, syslog-ng 3.38.1 (kv-parser);
#           the writer of the path is PyPI logfmter 0.0.12.
# Guess:    \n in quotes is a line break, as in Go and JSON; a backslash outside of quotes is itself; the rest alike.
# Seen:                  m="a\nb"      p=c:\new    e=       k        x=a=b
#           logfmt       "anb"         "c:new"     null     true     "ab"
#           logfmt2      "anb"         "c:new"     no key   no key   "a"
#           PyPI logfmt  true          "c:\\new"   true     true     "a" and b=true
#           syslog-ng    line break    "c:\\new"   ""       no key   "a=b"
#           Both npm readers treat \ as "take the next character", in quotes and outside; PyPI logfmt makes a flag of
#           each quoted value with a line break or tab in it, so the text is gone. None reports an error.
# Concerns: stack traces, SQL and paths in logfmt: what arrives differs by reader, and "anb" cannot be mended.
# Do:       write every value with a backslash, a quote, = or a space in quotes with \\ for a backslash; keep texts with
#           line breaks out of logfmt (JSON for those), and test with the reader that is really used.
set -euo pipefail
T=$(mktemp -d)
PIDS=()
trap 'for p in "${PIDS[@]}"; do kill "$p" 2>/dev/null || true; done; wait; rm -rf "$T"' EXIT
changed() { echo "CHANGED: $*" >&2; exit 1; }
norun() { echo "NOT RUN: $*" >&2; exit 2; }

cd "$T"
apt-get -qq download syslog-ng-core libivykis0 libnet1 libpcre3 >/dev/null 2>&1 || norun "apt-get download failed"
dpkg-deb -f syslog-ng-core_*.deb Version | grep -qF 3.38.1 || norun "needs syslog-ng 3.38.1"
for f in *.deb; do dpkg -x "$f" deb; done
python3 -m pip -q --disable-pip-version-check install --no-compile --target p logfmt==0.4 logfmter==0.0.12 \
    2> pip.err || norun "pip install: $(tail -n 1 pip.err)"
timeout 100 npm --silent --prefix "$T" install logfmt@1.4.0 @jclem/logfmt2@2.4.3 >/dev/null 2>&1 || norun "npm install failed"
LIBS=$T/deb/usr/lib/x86_64-linux-gnu:$T/deb/lib/x86_64-linux-gnu:$T/deb/usr/lib/syslog-ng

cat > lines <<'M'
m="a\nb"
p=c:\new
e=
k
x=a=b
M
cat > conf <<C
@version: 3.38
source s { file("$T/lines" flags(no-parse)); };
parser p { kv-parser(prefix("kv.")); };
destination d { file("$T/syslog-ng" template("\$(format-json --key kv.* --rekey kv.* --shift 3)\n")); };
log { source(s); parser(p); destination(d); };
C
LD_LIBRARY_PATH=$LIBS deb/usr/sbin/syslog-ng -F --no-caps -f "$T/conf" -R "$T/state" \
    -p "$T/pid" -c "$T/ctl" --module-path="$T/deb/usr/lib/syslog-ng/3.38" >/dev/null 2>&1 & PIDS+=($!)
cat > read.mjs <<'J'
import { createRequire } from "module";
import { readFileSync } from "fs";
const require = createRequire(process.cwd() + "/");
const logfmt = require("logfmt"), logfmt2 = require("@jclem/logfmt2");
const lines = readFileSync("lines", "utf8").trimEnd().split("\n");
console.log("logfmt " + lines.map(l => JSON.stringify(logfmt.parse(l))).join(" "));
console.log("logfmt2 " + lines.map(l => JSON.stringify(logfmt2.decode(l))).join(" "));
J
cat > read.py <<'P'
import io, json, logging, logfmt
from logfmter import Logfmter
out = []
for line in open("lines"):
    pairs = list(logfmt.parse(io.StringIO(line)))
    out.append(json.dumps(pairs[0] if pairs else None, separators=(",", ":")))
print("PyPI " + " ".join(out))
record = logging.makeLogRecord({"msg": "hi", "p": "c:\\new"})
print("logfmter writes " + Logfmter(keys=["msg"]).format(record))
P
for _ in $(seq 60); do [ "$(cat syslog-ng 2>/dev/null | wc -l)" = 5 ] && break; sleep 0.25; done
{ node read.mjs; PYTHONPATH=p python3 read.py; echo "syslog-ng $(paste -sd' ' syslog-ng)"; } > got
cat > want <<'W'
logfmt {"m":"anb"} {"p":"c:new"} {"e":null} {"k":true} {"x":"ab"}
logfmt2 {"m":"anb"} {"p":"c:new"} {} {} {"x":"a"}
PyPI {"m":true} {"p":"c:\\new"} {"e":true} {"k":true} {"x":"a","b":true}
logfmter writes msg=hi p=c:\new
syslog-ng {"m":"a\nb"} {"p":"c:\\new"} {"e":""} {} {"x":"a=b"}
W
cat got
diff want got >&2 || changed "see the difference above"
echo "as described"
