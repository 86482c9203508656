#!/usr/bin/env bash
# Tried:    a log file of fixed size (posix_fallocate, 64 KiB) that the writer fills through a shared mapping, one line
#           every half second; six followers watch it. mmap appenders in several logging libraries write like this.
# Versions: GNU tail (coreutils) 9.1 with and without inotify, BusyBox 1.35.0, rsyslog 8.2302.0 (imfile, both
#           modes), syslog-ng 3.38.1. Linux 6.x.
# Guess:    followers that poll see the lines, since a plain `cat` shows each one at once; those with inotify may
#           miss events (inotify(7) says that stores through a mapping make none) but catch up when they look.
# Seen:     none of the six prints a single line while the file fills up. All of them ask "is the file longer than
#           what I have read?", and it is 65,536 bytes long from the start. They read the empty rest once, as NUL
#           bytes, and stand at its end; what is stored behind their back is never read:
#               tail, BusyBox: 65,536 NUL bytes and nothing more;  rsyslog, syslog-ng: nothing
#           Polling does not help: neither the size nor the position changes.
# Concerns: loggers and crash-safe queues on MAP_SHARED files that a shipper or a person is meant to follow live.
# Do:       map a buffer, but append finished lines to the log with write(2); or give such files a name that no
#           shipper collects, and convert them.
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

cat > writer.py <<'P'
import mmap, os, sys, time
f = open("app.log", "w+b")
os.posix_fallocate(f.fileno(), 0, 65536)
m = mmap.mmap(f.fileno(), 65536)
print("ready", flush=True)
sys.stdin.readline()
at = 0
for i in range(12):
    line = b'{"line":%d}\n' % i
    m[at:at + len(line)] = line
    at += len(line)
    time.sleep(0.5)
P
mkfifo go; python3 writer.py < go > ready & PIDS+=($!); WRITER=$!
exec 7> go
for _ in $(seq 40); do grep -q ready ready && break; sleep 0.1; done

printf 'control line\n' > control.log    # shows that each follower works here
rsyslog() { # name, mode
    mkdir "$1"
    cat > "$1/conf" <<C
global(workDirectory="$T/$1")
module(load="imfile" $2)
template(name="m" type="string" string="%msg%\n")
input(type="imfile" file="$T/app.log" tag="app" freshStartTail="off")
input(type="imfile" file="$T/control.log" tag="control" freshStartTail="off")
action(type="omfile" file="$T/$1.out" template="m")
C
    LD_LIBRARY_PATH=$LIBS "$T/deb/usr/sbin/rsyslogd" -n -f "$T/$1/conf" -i "$T/$1/pid" -M "$L/rsyslog" \
        2>/dev/null & PIDS+=($!)
}
mkdir syslog-ng
cat > syslog-ng/conf <<C
@version: 3.38
source s { file("$T/app.log" follow-freq(0.3) flags(no-parse)); file("$T/control.log" flags(no-parse)); };
destination d { file("$T/syslog-ng.out" template("\$MSG\n")); };
log { source(s); destination(d); };
C
tail -n +1 -f app.log > gnu.out 2>/dev/null & PIDS+=($!)
tail -n +1 -f ---disable-inotify -s 0.2 app.log > poll.out 2>/dev/null & PIDS+=($!)
deb/bin/busybox tail -n +1 -f app.log > busybox.out 2>/dev/null & PIDS+=($!)
rsyslog rsyslog-inotify 'mode="inotify"'
rsyslog rsyslog-polling 'mode="polling" pollingInterval="1"'
LD_LIBRARY_PATH=$LIBS deb/usr/sbin/syslog-ng -F --no-caps -f "$T/syslog-ng/conf" -R "$T/syslog-ng/state" \
    -p "$T/syslog-ng/pid" -c "$T/syslog-ng/ctl" --module-path="$T/deb/usr/lib/syslog-ng/3.38" \
    >/dev/null 2>&1 & PIDS+=($!)
for _ in $(seq 60); do
    ok=1
    for d in rsyslog-inotify rsyslog-polling syslog-ng; do grep -q control "$d.out" 2>/dev/null || ok=0; done
    for d in gnu poll busybox; do [ -s "$d.out" ] || ok=0; done
    [ $ok = 1 ] && break; sleep 0.25
done
[ $ok = 1 ] || norun "a follower did not start"

echo >&7; wait $WRITER; sleep 2
[ "$(tr -d '\0' < app.log | grep -c line)" = 12 ] || norun "the writer did not write"
for d in gnu poll busybox rsyslog-inotify rsyslog-polling syslog-ng; do
    n=$(tr -d '\0' < "$d.out" | grep -c '{"line"' || true)
    printf '%-16s %s of 12 lines, %s NUL bytes\n' "$d" "$n" "$(tr -dc '\0' < "$d.out" | wc -c)"
    [ "$n" = 0 ] || changed "$d printed $n lines"
done
echo "as described"
