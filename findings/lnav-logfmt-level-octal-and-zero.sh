#!/usr/bin/env bash
# Tried:    logfmt lines in lnav's own logfmt format, the same record with the time in quotes and without, and numbers.
# Versions: lnav 0.11.1 (Debian).
# Guess:    quotes around a value that needs none change nothing; k=0042 shows 42 or 0042; a number that is too large
#           for 64 bits shows as a text, a float or its limit.
# Seen:     the quotes of the time decide whether the level is read at all:
#               time="2026-11-22T16:21:10.500Z" level=error   ->  error
#               time=2026-11-22T16:21:10.500Z level=error     ->  info     (`:set-min-log-level error` hides it)
#           Numbers in the column "fields", which is what its SQL reads:
#               code=0042                    ->  34          (octal)
#               id=9223372036854775808       ->  0           (one more than 2^63 - 1)
#               ms=1.50                      ->  "ms" twice in one object: 1.5 and "1.50"
# Concerns: logs in the form of go-logfmt, which writes times without quotes, so all their lines are "info" and the
#           jump to the next error finds none; ids with leading zeros; hashes and other unsigned 64-bit numbers.
# Do:       quote the time, or write JSON. A format file of your own helps only for lines whose keys the built-in format
#           does not know.
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

is() { # line, wanted level, wanted fields
    printf '%s\n%s\n' "$1" "$1" > app.log
    local got
    got=$(lnav -c ';select log_level, fields from logfmt_log limit 1' -c ':write-json-to -' app.log | tr -d '\n ')
    echo "$1"; echo "    $got"
    grep -qF "$2" <<< "$got" || changed "no $2"
    grep -qF "$3" <<< "$got" || changed "no $3"
}
is 'time="2026-11-22T16:21:10.500Z" level=error msg=x n=1'    '"log_level":"error"' '"n":1'
is 'time=2026-11-22T16:21:10.500Z level=error msg=x n=1'      '"log_level":"info"'  '"n":1'
is 'time=2026-11-22T16:21:10.500Z level=info code=0042'       '"log_level":"info"'  '"code":34'
is 'time=2026-11-22T16:21:10.500Z level=info id=9223372036854775807' '"log_level":"info"' '"id":9223372036854775807'
is 'time=2026-11-22T16:21:10.500Z level=info id=9223372036854775808' '"log_level":"info"' '"id":0'
is 'time=2026-11-22T16:21:10.500Z level=info ms=1.50'         '"log_level":"info"'  '"ms":1.5,"ms":"1.50"'

printf 'time=2026-11-22T16:21:1%s.500Z level=error msg=x\n' 0 1 > app.log
[ -z "$(lnav -c ':set-min-log-level error' app.log)" ] || changed "the error lines are not hidden"
echo "as described"
