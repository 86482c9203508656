#!/usr/bin/env bash
# Tried:    `tail -F current.log`, where current.log is a symbolic link to the newest file, as many loggers keep one.
#           The link is replaced in one step (a new link, then rename over the old one). A second process still
#           writes a line every second to the file that the link named before.
# Versions: GNU tail (coreutils) 9.1, BusyBox 1.35.0.
# Guess:    tail notices the new target at its next check: -F follows the name, and it looks once a second.
# Seen:     GNU tail stays with the old file for as long as somebody writes to it. It compares the name with the open
#           file only after five checks in a row without news, and a link makes it check by time, not by inotify:
#               link switched, old file silent:  "new" is printed after about 5 seconds
#               link switched, old file written: "new" is not printed at all (10 seconds watched)
#           BusyBox tail prints "new" within three seconds in both cases.
# Concerns: loggers that keep a link to the current file (daily files, one file a run) and whoever follows the link
#           while an older process, or another thread, still has the old file.
# Do:       let the followed name be a real file and rename that, or take a follower that compares at every check.
set -euo pipefail
T=$(mktemp -d)
PIDS=()
trap 'for p in "${PIDS[@]}"; do kill "$p" 2>/dev/null || true; done; wait; rm -rf "$T"' EXIT
changed() { echo "CHANGED: $*" >&2; exit 1; }
norun() { echo "NOT RUN: $*" >&2; exit 2; }

tail --version | grep -q 'coreutils) 9\.1$' || norun "needs tail of coreutils 9.1"
cd "$T"
apt-get -qq download busybox >/dev/null 2>&1 || norun "apt-get download failed"
dpkg-deb -f busybox_*.deb Version | grep -qF 1.35.0 || norun "needs busybox 1.35.0"
dpkg -x busybox_*.deb deb

for d in silent written; do
    mkdir $d; echo old > $d/1.log; ln -s 1.log $d/current.log
    tail -n +1 -F $d/current.log > $d/gnu 2>/dev/null & PIDS+=($!)
    deb/bin/busybox tail -n +1 -F $d/current.log > $d/busybox 2>/dev/null & PIDS+=($!)
done
sleep 1.5
for d in silent written; do
    grep -q old $d/gnu && grep -q old $d/busybox || norun "a follower did not start"
    echo new > $d/2.log; ln -s 2.log $d/next; mv -T $d/next $d/current.log
done
for second in $(seq 10); do
    echo "old $second" >> written/1.log; sleep 1
    [ "$second" = 3 ] && for d in silent written; do cp $d/busybox $d/busybox3; done
done
for d in silent written; do
    for who in gnu busybox3; do
        printf '%-8s %-9s %s\n' $d $who "$(grep -q new $d/$who && echo 'prints "new"' || echo 'no "new"')"
    done
    grep -q new $d/busybox3 || changed "BusyBox tail did not print the new file within 3 seconds ($d)"
done
grep -q new silent/gnu || changed "GNU tail did not switch even with the old file silent"
grep -q new written/gnu && changed "GNU tail switched although the old file was written"
grep -q 'old 9' written/gnu || changed "GNU tail did not go on with the old file"
echo "as described"
