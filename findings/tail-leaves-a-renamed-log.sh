#!/usr/bin/env bash
# Tried:    four followers read a log that is rotated by rename. The writer still holds the old file open: it writes
#           one line after the rename and before the new file exists ("late"), and one after that ("later").
# Versions: GNU tail (coreutils) 9.1, BusyBox 1.35.0, rsyslog 8.2302.0 (imfile), syslog-ng 3.38.1 (file source).
# Guess:    all four print "late". The file was only renamed, each of them has it open, and `tail -F` is what the
#           manual of tail recommends for logs that are rotated. Nothing tells a follower that a writer is done.
# Seen:     GNU tail drops the open file at the moment of the rename, with inotify and without:
#               start / first in new        ("late" and "later" are missing)
#           BusyBox, rsyslog and syslog-ng keep the old file until a new one has its name: they print "late".
#           "later" is missing in all four.
# Concerns: whoever rotates by rename while another thread or process may still write (several processes on one
#           file, logrotate without copytruncate), and tests that use `tail -F` as the judge of what was written.
# Do:       create the new file in the same step as the rename, and let no writer use the old one afterwards. Count
#           lines in the files, not in the output of a follower.
set -euo pipefail
T=$(mktemp -d)
PIDS=()
trap 'for p in "${PIDS[@]}"; do kill "$p" 2>/dev/null || true; done; wait; rm -rf "$T"' EXIT
changed() { echo "CHANGED: $*" >&2; exit 1; }
norun() { echo "NOT RUN: $*" >&2; exit 2; }

tail --version | grep -q 'coreutils) 9\.1$' || norun "needs tail of coreutils 9.1"
cd "$T"
apt-get -qq download busybox rsyslog libestr0 libfastjson4 liblognorm5 syslog-ng-core libivykis0 libnet1 libpcre3 \
    >/dev/null 2>&1 || norun "apt-get download failed"
for f in *.deb; do dpkg -x "$f" deb; done
version() { dpkg-deb -f "$T/$1"_*.deb Version | grep -qF "$2" || norun "needs $1 $2"; }
version busybox 1.35.0; version rsyslog 8.2302.0; version syslog-ng-core 3.38.1
L=$T/deb/usr/lib/x86_64-linux-gnu
LIBS=$L:$T/deb/lib/x86_64-linux-gnu:$T/deb/usr/lib/syslog-ng:$T/deb/usr/lib/syslog-ng/3.38

for d in gnu poll busybox rsyslog syslog-ng; do mkdir "$d"; echo start > "$d/app.log"; : > "$d/out"; done
cat > rsyslog/conf <<C
global(workDirectory="$T/rsyslog")
module(load="imfile")
template(name="m" type="string" string="%msg%\n")
input(type="imfile" file="$T/rsyslog/app.log" tag="app" freshStartTail="off")
action(type="omfile" file="$T/rsyslog/out" template="m")
C
cat > syslog-ng/conf <<C
@version: 3.38
source s { file("$T/syslog-ng/app.log" follow-freq(0.3) flags(no-parse)); };
destination d { file("$T/syslog-ng/out" template("\$MSG\n")); };
log { source(s); destination(d); };
C
tail -n +1 -F gnu/app.log > gnu/out 2>/dev/null & PIDS+=($!)
tail -n +1 -F ---disable-inotify -s 0.2 poll/app.log > poll/out 2>/dev/null & PIDS+=($!)
"$T/deb/bin/busybox" tail -n +1 -F busybox/app.log > busybox/out 2>/dev/null & PIDS+=($!)
LD_LIBRARY_PATH=$LIBS "$T/deb/usr/sbin/rsyslogd" -n -f "$T/rsyslog/conf" -i "$T/rsyslog/pid" -M "$L/rsyslog" \
    2>/dev/null & PIDS+=($!)
LD_LIBRARY_PATH=$LIBS "$T/deb/usr/sbin/syslog-ng" -F --no-caps -f "$T/syslog-ng/conf" -R "$T/syslog-ng/state" \
    -p "$T/syslog-ng/pid" -c "$T/syslog-ng/ctl" --module-path="$T/deb/usr/lib/syslog-ng/3.38" \
    >/dev/null 2>&1 & PIDS+=($!)

reads() { # every follower has printed the line
    for _ in $(seq 60); do
        ok=1; for d in gnu poll busybox rsyslog syslog-ng; do grep -q "$1" "$d/out" || ok=0; done
        [ "$ok" = 1 ] && return; sleep 0.25
    done
    norun "not every follower printed '$1'"
}
reads start
for d in gnu poll busybox rsyslog syslog-ng; do
    exec {fd}>>"$d/app.log"; mv "$d/app.log" "$d/app.log.1"; eval "fd_${d//-/_}=$fd"
done
sleep 2.5
for d in gnu poll busybox rsyslog syslog-ng; do v=fd_${d//-/_}; echo late >&"${!v}"; done
sleep 2.5
for d in gnu poll busybox rsyslog syslog-ng; do echo "first in new" > "$d/app.log"; done
reads "first in new"
for d in gnu poll busybox rsyslog syslog-ng; do v=fd_${d//-/_}; echo later >&"${!v}"; done
sleep 2.5

for d in gnu poll busybox rsyslog syslog-ng; do
    got=$(paste -sd/ "$d/out"); echo "$d: $got"
    case $d in gnu|poll) want="start/first in new" ;; *) want="start/late/first in new" ;; esac
    [ "$got" = "$want" ] || changed "$d printed '$got', not '$want'"
done
echo "as described"
