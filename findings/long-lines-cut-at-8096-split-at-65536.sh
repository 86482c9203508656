#!/usr/bin/env bash
# Tried:    JSON lines of 8,096, 8,097, 65,536, 65,537 and 150,001 bytes, and a short one behind each, through file
#           readers with their default settings.
# Versions: rsyslog 8.2302.0 (imfile), syslog-ng 3.38.1 (file source), lnav 0.11.1, runit 2.1.2 (svlogd), daemontools
#           0.76 (multilog).
# Guess:    a reader with a limit cuts at a power of two, or drops the line, and says so.
# Seen:     rsyslog    8,096 bytes stay ("8k" is 8,096 here, not 8,192); of a longer line the rest is dropped, silently.
#           syslog-ng  65,536 bytes; a longer line becomes several messages. The piece behind 65,537 bytes is a
#                      message of one byte, "}".
#           lnav, svlogd and multilog  pass all of them whole.
#           In each case the short line behind is intact, so counting lines does not find it: rsyslog delivers as many
#           messages as there are lines, each long one without its end, which is no JSON any more.
# Concerns: JSON logs with stack traces or dumps. A parser behind it sees broken JSON and often keeps it as plain text,
#           without level or time.
# Do:       set global(maxMessageSize="64k") in rsyslog before imfile, log-msg-size() in syslog-ng, and keep lines below
#           8,096 bytes where the receiver is not known.
set -euo pipefail
T=$(mktemp -d)
PIDS=()
trap 'for p in "${PIDS[@]}"; do kill "$p" 2>/dev/null || true; done; wait; rm -rf "$T"' EXIT
changed() { echo "CHANGED: $*" >&2; exit 1; }
norun() { echo "NOT RUN: $*" >&2; exit 2; }

cd "$T"
apt-get -qq download rsyslog libestr0 libfastjson4 liblognorm5 syslog-ng-core libivykis0 libnet1 libpcre3 lnav \
    libarchive13 runit daemontools >/dev/null 2>&1 || norun "apt-get download failed"
for f in *.deb; do dpkg -x "$f" deb; done
version() { dpkg-deb -f "$T/$1"_*.deb Version | grep -qF "$2" || norun "needs $1 $2"; }
version rsyslog 8.2302.0; version syslog-ng-core 3.38.1; version lnav 0.11.1; version runit 2.1.2
version daemontools 0.76
L=$T/deb/usr/lib/x86_64-linux-gnu
LIBS=$L:$T/deb/lib/x86_64-linux-gnu:$T/deb/usr/lib/syslog-ng:$T/deb/usr/lib/syslog-ng/3.38

python3 - <<'P'
with open("in.log", "w") as f:
    for n in (8096, 8097, 65536, 65537, 150001):
        f.write('{"text":"%s"}\n{"after":%d}\n' % ("x" * (n - 11), n))
P
cat > r.conf <<C
global(workDirectory="$T")
module(load="imfile" mode="polling" pollingInterval="1")
template(name="m" type="string" string="%msg%\n")
input(type="imfile" file="$T/in.log" tag="app" freshStartTail="off")
action(type="omfile" file="$T/rsyslog" template="m")
C
cat > s.conf <<C
@version: 3.38
source s { file("$T/in.log" flags(no-parse)); };
destination d { file("$T/syslog-ng" template("\$MSG\n")); };
log { source(s); destination(d); };
C
LD_LIBRARY_PATH=$LIBS deb/usr/sbin/rsyslogd -n -f "$T/r.conf" -i "$T/r.pid" -M "$L/rsyslog" 2>rsyslog.err & PIDS+=($!)
LD_LIBRARY_PATH=$LIBS deb/usr/sbin/syslog-ng -F --no-caps -f "$T/s.conf" -R "$T/s.state" -p "$T/s.pid" \
    -c "$T/s.ctl" --module-path="$T/deb/usr/lib/syslog-ng/3.38" >/dev/null 2>&1 & PIDS+=($!)
HOME=$T LD_LIBRARY_PATH=$L deb/usr/bin/lnav -n in.log > lnav || norun "lnav failed"
mkdir sv ml
deb/usr/bin/svlogd sv < in.log; cp sv/current svlogd
deb/usr/bin/multilog s9999999 "$T/ml" < in.log; cp ml/current multilog
for _ in $(seq 60); do grep -qs 'after":150001' rsyslog && grep -qs 'after":150001' syslog-ng && break; sleep 0.25; done

lengths() { awk '{printf "%s%d", sep, length($0); sep=" "}' "$1"; }
whole="8096 14 8097 14 65536 15 65537 15 150001 16"
is() { printf '%-10s %s\n' "$1" "$(lengths "$1")"; [ "$(lengths "$1")" = "$2" ] || changed "$1 was $2"; }
is in.log "$whole"
is lnav "$whole"; is svlogd "$whole"; is multilog "$whole"
is rsyslog "8096 14 8096 14 8096 15 8096 15 8096 16"
is syslog-ng "8096 14 8097 14 65536 15 65536 1 15 65536 65536 18929 16"
echo "as described"
