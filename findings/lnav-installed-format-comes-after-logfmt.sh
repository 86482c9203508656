#!/usr/bin/env bash
# Tried:    a format file for lnav whose regular expression matches each line of a logfmt file, with times under `time=`
#           and under `timestamp=`.
# Versions: lnav 0.11.1 (Debian).
# Guess:    an installed format that matches every line, and whose samples pass, is preferred to a built-in one.
# Seen:     lines with a key that the built-in `logfmt_log` knows stay there: the installed format gets none of them. The
#           same lines with another key for the time are all taken by it:
#               time="2026-11-22T16:21:10.500Z" ...       ->  logfmt_log, 2 lines
#               timestamp="2026-11-22T16:21:10.500Z" ...  ->  the installed format, 2 lines
# Concerns: own formats for logs in the form of go-logfmt.
# Do:       write the time under a key that logfmt_log does not know if an own format is to read the lines, or leave them
#           to logfmt_log.
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

cat >own.json <<'JSON'
{
  "$schema": "https://lnav.org/schemas/format-v1.schema.json",
  "own_pairs": {
    "title": "own pairs", "description": "two pairs and a message", "level-field": "level", "timestamp-field": "stamp",
    "regex": { "all": { "pattern": "^(?:time|timestamp)=\"(?<stamp>[^\"]+)\" level=(?<level>\\w+) msg=(?<body>.*)$" } },
    "sample": [ { "line": "time=\"2026-11-22T16:21:10.500Z\" level=error msg=x" },
                { "line": "timestamp=\"2026-11-22T16:21:10.500Z\" level=error msg=x" } ]
  }
}
JSON
"$T/deb/usr/bin/lnav" -i own.json 2>&1 | grep -q installed || changed "the format is not installed"

lines() { # table, wanted number of lines in it
    local got
    got=$(lnav -c ";select count(*) as n from $1" -c ':write-csv-to -' app.log | tail -1)
    echo "$1: $got of $(wc -l <app.log) lines"
    [ "$got" = "$2" ] || changed "$1 has $got lines, not $2"
}
printf 'time="2026-11-22T16:21:1%s.500Z" level=error msg=x\n' 0 1 >app.log
lines own_pairs 0
lines logfmt_log 2
printf 'timestamp="2026-11-22T16:21:1%s.500Z" level=error msg=x\n' 0 1 >app.log
lines own_pairs 2
echo "as described"
