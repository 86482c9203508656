#!/usr/bin/env bash
# Tried:    one RFC 5424 message with the three escapes of structured data (\" \\ \]) and a second element:
#               [ex@32473 q="a \"b\"" s="c:\\d" r="x\] y" user="bob"][Other@1 Key="V"] the message
# Versions: rsyslog 8.2302.0 (mmpstrucdata), syslog-ng 3.38.1, npm glossy 0.1.7, npm nsyslog-parser 0.10.1,
#           PyPI syslog-rfc5424-parser 0.3.2, PyPI pygrok 1.0.0 (SYSLOG5424LINE).
# Guess:    all six unescape: section 6.3.3 has just these three, with an example, since 2009.
# Seen:     only syslog-ng and glossy return what was meant.
#               rsyslog                values right, but names in lower case: other@1, key
#               syslog-rfc5424-parser  keeps the backslashes:  q is  a \"b\"
#               nsyslog-parser         drops the whole element ex@32473, user="bob" with it; no error
#               pygrok                 ends the structured data at the first "] "; the rest becomes the message:
#                                      y" user="bob"][Other@1 Key="V"] the message
# Concerns: who puts free text, paths or JSON into structured data, or searches by parameter names with capitals.
# Do:       keep ] " \ out of parameter values (put such text into the message), write names in lower case, and read
#           one escaped value back with the real receiver before relying on it.
set -euo pipefail
T=$(mktemp -d)
PIDS=()
trap 'for p in "${PIDS[@]}"; do kill "$p" 2>/dev/null || true; done; wait; rm -rf "$T"' EXIT
changed() { echo "CHANGED: $*" >&2; exit 1; }
norun() { echo "NOT RUN: $*" >&2; exit 2; }

cd "$T"
apt-get -qq download rsyslog libestr0 libfastjson4 liblognorm5 syslog-ng-core libivykis0 libnet1 libpcre3 libwrap0 \
    >/dev/null 2>&1 || norun "apt-get download failed"
for f in *.deb; do dpkg -x "$f" deb; done
version() { dpkg-deb -f "$T/$1"_*.deb Version | grep -qF "$2" || norun "needs $1 $2"; }
version rsyslog 8.2302.0; version syslog-ng-core 3.38.1
python3 -m pip -q --disable-pip-version-check install --no-compile --target p \
    syslog-rfc5424-parser==0.3.2 pygrok==1.0.0 2> pip.err || norun "pip install: $(tail -n 1 pip.err)"
timeout 100 npm --silent --prefix "$T" install glossy@0.1.7 nsyslog-parser@0.10.1 >/dev/null 2>&1 || norun "npm install failed"
L=$T/deb/usr/lib/x86_64-linux-gnu
LIBS=$L:$T/deb/lib/x86_64-linux-gnu:$T/deb/usr/lib/syslog-ng:$T/deb/usr/lib/syslog-ng/3.38

cat > line <<'M'
<165>1 2026-11-22T16:21:10.044010Z host app 123 ID47 [ex@32473 q="a \"b\"" s="c:\\d" r="x\] y" user="bob"][Other@1 Key="V"] the message
M
mkdir r s
cat > r/conf <<C
module(load="imuxsock" SysSock.Use="off")
module(load="mmpstrucdata")
input(type="imuxsock" Socket="$T/r/socket" CreatePath="on" UseSpecialParser="off")
action(type="mmpstrucdata")
template(name="m" type="string" string="%\$!rfc5424-sd%|%msg%\n")
action(type="omfile" file="$T/r/out" template="m")
C
cat > s/conf <<C
@version: 3.38
source s { unix-dgram("$T/s/socket" flags(syslog-protocol)); };
destination d { file("$T/s/out" template("\$(format-json .SDATA.*)|\$MSG\n")); };
log { source(s); destination(d); };
C
LD_LIBRARY_PATH=$LIBS deb/usr/sbin/rsyslogd -n -f "$T/r/conf" -i "$T/r/pid" -M "$L/rsyslog" 2>/dev/null & PIDS+=($!)
LD_LIBRARY_PATH=$LIBS deb/usr/sbin/syslog-ng -F --no-caps -f "$T/s/conf" -R "$T/s/state" -p "$T/s/pid" \
    -c "$T/s/ctl" --module-path="$T/deb/usr/lib/syslog-ng/3.38" >/dev/null 2>&1 & PIDS+=($!)
for _ in $(seq 60); do [ -S r/socket ] && [ -S s/socket ] && break; sleep 0.25; done
python3 - <<'P'
import socket
data = open("line", "rb").read().rstrip(b"\n")
for path in ("r/socket", "s/socket"):
    socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(data, path)
P
for _ in $(seq 60); do [ -s r/out ] && [ -s s/out ] && break; sleep 0.25; done
[ -s r/out ] && [ -s s/out ] || norun "rsyslog or syslog-ng did not write"

cat > read.js <<'J'
const line = require("fs").readFileSync("line", "utf8").trimEnd();
require("glossy").Parse.parse(line, m => console.log("glossy " + JSON.stringify([m.structuredData, m.message])));
const n = require("nsyslog-parser")(line);
console.log("nsyslog-parser " + JSON.stringify([n.structuredData, n.message]));
J
cat > read.py <<'P'
import json
from pygrok import Grok
from syslog_rfc5424_parser import SyslogMessage
line = open("line").read().rstrip("\n")
m = SyslogMessage.parse(line)
print("syslog-rfc5424-parser " + json.dumps([m.sd, m.msg], separators=(",", ":")))
g = Grok("%{SYSLOG5424LINE}").match(line)
print("pygrok " + json.dumps([g["syslog5424_sd"], g["syslog5424_msg"]], separators=(",", ":")))
def daemon(name):
    sd, msg = open(name + "/out").read().rstrip("\n").rsplit("|", 1)
    sd = json.loads(sd)
    sd = sd.get("_SDATA", sd)
    name = {"r": "rsyslog ", "s": "syslog-ng "}[name]
    print(name + json.dumps([sd, msg.strip()], separators=(",", ":"), sort_keys=True))
daemon("r"); daemon("s")
P
{ node read.js; PYTHONPATH=p python3 -W ignore read.py; } > got
cat > want <<'W'
glossy [{"ex@32473":{"q":"a \"b\"","s":"c:\\d","r":"x] y","user":"bob"},"Other@1":{"Key":"V"}},"the message"]
nsyslog-parser [[{"$id":"Other@1","Key":"V"}],"the message"]
syslog-rfc5424-parser [{"ex@32473":{"q":"a \\\"b\\\"","s":"c:\\\\d","r":"x\\] y","user":"bob"},"Other@1":{"Key":"V"}},"the message"]
pygrok ["[ex@32473 q=\"a \\\"b\\\"\" s=\"c:\\\\d\" r=\"x\\]","y\" user=\"bob\"][Other@1 Key=\"V\"] the message"]
rsyslog [{"ex@32473":{"q":"a \"b\"","r":"x] y","s":"c:\\d","user":"bob"},"other@1":{"key":"V"}},"the message"]
syslog-ng [{"Other@1":{"Key":"V"},"ex@32473":{"q":"a \"b\"","r":"x] y","s":"c:\\d","user":"bob"}},"the message"]
W
cat got
diff want got >&2 || changed "see the difference above"
echo "as described"
