#!/usr/bin/env bash
# Tried:    `journalctl -o json` and `-o short` over a journal with the messages that loggers send: long, coloured,
#           with a control character, with the field twice; and fields with names of several kinds.
#           The journal is made from an export file by systemd-journal-remote, no daemon runs.
# Versions: systemd 252 (journalctl, systemd-journal-remote).
# Guess:    MESSAGE is a JSON string. Bytes that are no UTF-8 need another form; colour codes and length do not.
# Seen:     MESSAGE has four types, and the limit counts the name of the field too:
#               4,087 bytes        "xxx..."               4,088 bytes   null   (8 bytes of MESSAGE= + 4,088 = 4,096)
#               ESC [31m red       [27,91,51,49,109,...]  U+0085 inside [...]  (valid UTF-8, not printable)
#               tab, line break    a string               sent twice    ["one","two"]
#           For the twice sent one `-o short` shows "two" and `-o cat` "one". Fields with a lower-case name or a
#           name of 65 characters are dropped on import, without a message; the entry stays.
#           The manual page names null and arrays, yet a query such as select(.MESSAGE|test("...")) in jq ends with
#           an error at the first coloured line.
# Concerns: programs that read the journal as JSON (shippers, scripts with jq), and loggers that write colours to
#           standard error under systemd, or send records over 4 KiB.
# Do:       read with `journalctl --all -o json` (no null, the rest stays), join arrays of numbers to bytes; as a logger
#           write no colour when JOURNAL_STREAM is set, names as [A-Z][A-Z0-9_]{0,63}, each once.
set -euo pipefail
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
norun() { echo "NOT RUN: $*" >&2; exit 2; }

cd "$T"
journalctl --version 2>/dev/null | grep -q '^systemd 252 ' || norun "needs journalctl of systemd 252"
apt-get -qq download systemd-journal-remote libmicrohttpd12 >/dev/null 2>&1 || norun "apt-get download failed"
dpkg-deb -f systemd-journal-remote_*.deb Version | grep -q '^252\.' || norun "needs systemd-journal-remote 252"
for f in *.deb; do dpkg -x "$f" deb; done
cat > make.py <<'P'
import struct
entries = [
    [("MESSAGE", "x" * 4087)],
    [("MESSAGE", "x" * 4088)],
    [("MESSAGE", "\x1b[31mred\x1b[0m")],
    [("MESSAGE", "next\u0085line")],
    [("MESSAGE", "tab\tand\nline break")],
    [("MESSAGE", "one"), ("MESSAGE", "two")],
    [("MESSAGE", "names"), ("user", "lost"), ("A" * 65, "lost"), ("A" * 64, "kept"), ("USER", "kept")],
]
with open("in.export", "wb") as f:
    for i, fields in enumerate(entries):
        f.write(b"__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n" % (1700000000000000 + i, 1000 + i))
        f.write(b"_BOOT_ID=0123456789abcdef0123456789abcdef\n")
        for name, text in fields:
            data = text.encode()
            f.write(name.encode() + b"\n" + struct.pack("<Q", len(data)) + data + b"\n")
        f.write(b"\n")
P
python3 make.py
LD_LIBRARY_PATH=deb/usr/lib/x86_64-linux-gnu deb/lib/systemd/systemd-journal-remote -o "$T/a.journal" in.export \
    2>/dev/null || norun "systemd-journal-remote failed"
journalctl --file a.journal -o json > plain.json
journalctl --file a.journal -o json --all > all.json
journalctl --file a.journal -o short --no-pager > short
journalctl --file a.journal -o cat > cat
python3 - <<'P'
import json, sys
plain = [json.loads(line) for line in open("plain.json")]
whole = [json.loads(line) for line in open("all.json")]

def kind(v):
    if isinstance(v, list):
        return "array of " + ("numbers" if isinstance(v[0], int) else "strings")
    return "null" if v is None else "string"

names = sorted(k for k in plain[6] if not k.startswith("_") and k != "MESSAGE")
got = {
    "4,087 bytes": kind(plain[0]["MESSAGE"]), "4,088 bytes": kind(plain[1]["MESSAGE"]),
    "colour": kind(plain[2]["MESSAGE"]), "U+0085": kind(plain[3]["MESSAGE"]),
    "tab, line break": kind(plain[4]["MESSAGE"]), "sent twice": kind(plain[5]["MESSAGE"]),
    "4,088 bytes, --all": kind(whole[1]["MESSAGE"]), "colour, --all": kind(whole[2]["MESSAGE"]),
    "twice, -o short": "two" if open("short").read().rstrip().split("\n")[-2].endswith(": two") else "other",
    "twice, -o cat": "one" if "one" in open("cat").read().split("\n") else "other",
    "names kept": " ".join("A*64" if n == "A" * 64 else n for n in names),
}
want = ["string", "null", "array of numbers", "array of numbers", "string", "array of strings", "string",
        "array of numbers", "two", "one", "A*64 USER"]
bad = 0
for (what, value), expected in zip(got.items(), want):
    print(f"{what:20} {value}")
    if value != expected:
        print(f"CHANGED: {what} was {expected}", file=sys.stderr)
        bad = 1
sys.exit(bad)
P
echo "as described"
