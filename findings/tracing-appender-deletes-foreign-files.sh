#!/usr/bin/env bash
# Tried:    tracing-appender's retention, max_log_files(2) with filename_prefix("app"), in a folder that also holds
#           files of other programs.
# Versions: crate tracing-appender 0.2.5.
# Guess:    it deletes what it has written itself: app.YYYY-MM-DD-HH-MM. The names have a fixed form, and the date in
#           them can be checked.
# Seen:     every file whose name starts with the prefix counts as a log, and the oldest by creation time go, at start
#           already, before the first line is written:
#               before   app.key  app.toml  application.log  app.notes.txt   other.log
#               after    app.notes.txt  other.log  app.2026-11-30-22-29
#           A key, the configuration and the log of another program are gone. The date is looked at only if neither
#           prefix nor suffix is set.
# Concerns: services that log into their working or configuration folder, and two programs that share /var/log/NAME,
#           where one name is the beginning of the other.
# Do:       give the log a folder of its own, or a prefix and a suffix that nothing else has.
set -euo pipefail
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
changed() { echo "CHANGED: $*" >&2; exit 1; }
norun() { echo "NOT RUN: $*" >&2; exit 2; }

cd "$T"
mkdir -p src logs
cat > Cargo.toml <<'C'
[package]
name = "keep"
version = "0.0.0"
edition = "2021"
[dependencies]
tracing-appender = "=0.2.5"
[profile.dev]
debug = false
C
cat > src/main.rs <<'R'
use std::io::Write;
use tracing_appender::rolling::{RollingFileAppender, Rotation};

fn main() {
    let folder = std::env::args().nth(1).unwrap();
    let mut log = RollingFileAppender::builder()
        .rotation(Rotation::MINUTELY)
        .filename_prefix("app")
        .max_log_files(2)
        .build(&folder)
        .unwrap();
    let mut names: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    println!("{}", names.join(" "));
    writeln!(log, "hello").unwrap();
}
R
nice -n 10 cargo build -q 2> cargo.err || norun "cargo build: $(tail -n 3 cargo.err)"
for name in app.key app.toml application.log app.notes.txt other.log; do
    echo keep > "logs/$name"; sleep 0.05
done
echo "before  $(ls logs | paste -sd' ')"
got=$(target/debug/keep "$T/logs")
echo "after   $got"
echo "$got" | grep -qE '^app\.20[0-9-]+ app\.notes\.txt other\.log$' || changed "other files are left"
echo "as described"
