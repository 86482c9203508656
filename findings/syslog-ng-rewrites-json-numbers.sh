#!/usr/bin/env bash
# Tried:    JSON log lines through syslog-ng's json-parser() and out again with $(format-json), the usual relay.
# Versions: syslog-ng 3.38.1 (Debian).
# Guess:    the types may be lost (all values are texts inside), but their digits stay: the parser has the text in hand.
# Seen:     floats are printed anew with six places, integers are held in 64 bits, empty things vanish:
#               0.00000025               ->  "0.000000"             1.50                  ->  "1.500000"
#               1700000000.123456789     ->  "1700000000.123457"    18446744073709551615  ->  "9223372036854775807"
#               {}                       ->  (key gone)             []                    ->  ""
#           Keys with dots come out nested, and if a shorter key is there too, the value moves below a second key of the
#           same name:
#               "log.level":"WARN"              ->  "log":{"level":"WARN"}
#               "error":"disk","error.code":5   ->  "error":{"code":"5","error":"disk"}
# Concerns: durations in seconds (0.25 µs is nothing), epoch times with nanoseconds, hashes; ECS logs, whose "error" is
#           a text here and an object there, which an index with fixed types refuses.
# Do:       forward the line as it is ($MSG or $RAWMSG) and parse it behind the relay; or write durations as integers of
#           nanoseconds, and large numbers as texts.
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
cat > lines <<'M'
{"s":0.00000025}
{"f":1.50}
{"t":1700000000.123456789}
{"n":18446744073709551615}
{"a":1,"o":{}}
{"l":[]}
{"log.level":"WARN"}
{"error":"disk","error.code":5}
M
cat > conf <<C
@version: 3.38
source s { file("$T/lines" flags(no-parse)); };
parser p { json-parser(prefix("j.")); };
destination d { file("$T/got" template("\$(format-json --key j.* --rekey j.* --shift 2)\n")); };
log { source(s); parser(p); destination(d); };
C
LD_LIBRARY_PATH=deb/usr/lib/x86_64-linux-gnu:deb/lib/x86_64-linux-gnu:deb/usr/lib/syslog-ng deb/usr/sbin/syslog-ng \
    -F --no-caps -f "$T/conf" -R "$T/state" -p "$T/pid" -c "$T/ctl" --module-path="$T/deb/usr/lib/syslog-ng/3.38" \
    >/dev/null 2>&1 & PIDS+=($!)
for _ in $(seq 60); do [ "$(cat got 2>/dev/null | wc -l)" = 8 ] && break; sleep 0.25; done
[ -s got ] || norun "syslog-ng wrote nothing"
cat > want <<'W'
{"s":"0.000000"}
{"f":"1.500000"}
{"t":"1700000000.123457"}
{"n":"9223372036854775807"}
{"a":"1"}
{"l":""}
{"log":{"level":"WARN"}}
{"error":{"code":"5","error":"disk"}}
W
paste -d' ' lines got
diff want got >&2 || changed "see the difference above"
echo "as described"
