#!/usr/bin/env bash
# Tried:    a log in which one line is 400 ms older than the line above it, as threads that share a log write now and
#           then; read with the SQL of lnav.
# Versions: lnav 0.11.1 (Debian).
# Guess:    log_time is the time that stands in the line. lnav may sort lines, but it reads the stamp.
# Seen:     within a file times never go back: the late line gets the time of the line above, in log_time, in every
#           query by time and in the merge with other files.
#               stamp 16:21:10.100, second line  ->  log_time 16:21:10.500, log_actual_time 16:21:10.100
#           One line with a clock that ran ahead moves all that follow, until real time has caught up:
#               12:00:00 (line 1), 16:00:00 (line 2, wrong clock), 12:00:01, 12:00:02  ->  both 16:00:00
#           The stamp itself is only in log_actual_time. The text on the screen shows it unchanged.
# Concerns: latencies and gaps computed from log_time; merging the logs of two machines; a step of the clock.
# Do:       compute with log_actual_time; let the logger write in the order of the times.
set -euo pipefail
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
changed() { echo "CHANGED: $*" >&2; exit 1; }
norun() { echo "NOT RUN: $*" >&2; exit 2; }

cd "$T"
apt-get -qq download lnav libarchive13 >/dev/null 2>&1 || norun "apt-get download failed"
dpkg-deb -f lnav_*.deb Version | grep -q '^0\.11\.1' || norun "needs lnav 0.11.1"
for f in *.deb; do dpkg -x "$f" deb; done
export HOME=$T LD_LIBRARY_PATH=$T/deb/usr/lib/x86_64-linux-gnu
lnav() { "$T/deb/usr/bin/lnav" -n "$@" 2>&1; }
lnav -V | grep -q 'lnav 0\.11\.1' || norun "lnav does not start: $(lnav -V)"

times() { # file: log_time and log_actual_time of each line, without the date
    lnav -c ';select substr(log_time, 12), substr(log_actual_time, 12) from all_logs' -c ':write-csv-to -' "$1" |
        tail -n +2 | tr ',' ' '
}
cat > late.log <<'L'
2026-11-22T16:21:10.500000Z INFO  shop: first
2026-11-22T16:21:10.100000Z WARN  shop: late by 400 ms
2026-11-22T16:21:11.000000Z ERROR shop: third
L
cat > ahead.log <<'L'
2026-11-22T12:00:00.000000Z INFO  shop: first
2026-11-22T16:00:00.000000Z INFO  shop: the clock is wrong here
2026-11-22T12:00:01.000000Z INFO  shop: third
2026-11-22T12:00:02.000000Z INFO  shop: fourth
L
got=$(times late.log; times ahead.log)
want='16:21:10.500 16:21:10.500
16:21:10.500 16:21:10.100
16:21:11.000 16:21:11.000
12:00:00.000 12:00:00.000
16:00:00.000 16:00:00.000
16:00:00.000 12:00:01.000
16:00:00.000 12:00:02.000'
echo "log_time     log_actual_time"; echo "$got"
[ "$got" = "$want" ] || changed "expected
$want"
echo "as described"
