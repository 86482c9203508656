#!/usr/bin/env bash
# Tried:    the date detector of fail2ban with its default templates on JSON lines that differ only in the number of
#           fraction digits, on a machine whose zone is not UTC (TZ=America/New_York).
# Versions: fail2ban 1.0.2 (Debian).
# Guess:    RFC 3339 lets a fraction have any number of digits; a detector either reads the time, or finds none and
#           says so. That Z or +00:00 behind it counts does not depend on how many digits stand before it.
# Seen:     up to six digits are read with their zone. With seven or nine the match ends at the seconds, the rest of
#           the text is left in the line, and the zone with it: the time counts as *local*.
#               16:21:10.044Z, 16:21:10.044010Z           ->  16:21:10 UTC
#               16:21:10.0440101Z, 16:21:10.123456789Z    ->  21:21:10 UTC   (5 hours off)
#               16:21:10.123456789+00:00                  ->  21:21:10 UTC
#           No warning appears. West of Greenwich the lines lie in the future, east of it they are older than
#           findtime, so that nobody is ever banned.
# Concerns: logs with nanoseconds (Go, Rust, Java, the OpenTelemetry form) or with .NET's seven digits that fail2ban
#           reads on a machine with a local zone. Under TZ=UTC all looks well.
# Do:       write at most six digits, or set `datepattern = %%Y-%%m-%%dT%%H:%%M:%%S.%%f\d*%%z` in the jail's filter and
#           test with `TZ=America/New_York fail2ban-regex`.
set -euo pipefail
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
norun() { echo "NOT RUN: $*" >&2; exit 2; }

cd "$T"
apt-get -qq download fail2ban >/dev/null 2>&1 || norun "apt-get download failed"
dpkg-deb -f fail2ban_*.deb Version | grep -q '^1\.0\.2' || norun "needs fail2ban 1.0.2"
dpkg -x fail2ban_*.deb deb
TZ=America/New_York PYTHONPATH=deb/usr/lib/python3/dist-packages python3 - <<'P'
import sys, time
from fail2ban.server.datedetector import DateDetector

def utc(detector, stamp):
    found = detector.getTime('{"timestamp":"%s","message":"login failed from 192.0.2.7"}' % stamp)
    return time.strftime("%H:%M:%S", time.gmtime(found[0])) if found else "none"

default, ours = DateDetector(), DateDetector()
default.addDefaultTemplate()
ours.appendTemplate(r"%Y-%m-%dT%H:%M:%S.%f\d*%z")
bad = 0
for tail, want in [("10Z", "16:21:10"), ("10.044Z", "16:21:10"), ("10.044010Z", "16:21:10"),
                   ("10.044010+00:00", "16:21:10"), ("10.0440101Z", "21:21:10"), ("10.123456789Z", "21:21:10"),
                   ("10.123456789+00:00", "21:21:10")]:
    stamp = "2026-11-22T16:21:" + tail
    got = utc(default, stamp)
    print(f"{stamp:36} {got} UTC")
    if got != want:
        print(f"CHANGED: {stamp} was {want} UTC", file=sys.stderr)
        bad = 1
    if "." in tail and utc(ours, stamp) != "16:21:10":
        print(f"CHANGED: the pattern of the remedy gives {utc(ours, stamp)} for {stamp}", file=sys.stderr)
        bad = 1
sys.exit(bad)
P
echo "as described"
