#!/usr/bin/env bash
# Tried:    the same RUST_LOG values in the two readers that Rust programs have: env_filter (env_logger and most
#           backends of `log`) and EnvFilter (tracing-subscriber).
# Versions: crates env_filter 2.1.0, tracing-subscriber 0.3.23, tracing 0.1.44.
# Guess:    both grew from one grammar and agree on all that has no span in it.
# Seen:     the most verbose level that each lets through (EnvFilter by try_from_default_env), and whether an error
#           of the program "app" appears:
#                                env_filter                       EnvFilter
#               ""               error, shown                     off, hidden
#               3                trace for target "3", hidden     info (as a level), shown
#               app=5            refused                          trace, shown
#               info/timeout     info and /timeout/, shown        trace for target "info/timeout", hidden
#               app = debug      debug for target "app ", hidden  refused
#               *=debug          debug for target "*", hidden     refused
#           from_default_env of the same crate reads the empty value as "error", not as "off".
#           Where it says "hidden", no message tells that the value matches nothing.
# Concerns: programs that move from env_logger to tracing (or have libraries on both sides) with the RUST_LOG of their
#           unit files and manifests unchanged.
# Do:       keep to level words and module=level, without spaces, numbers, regular expressions or an empty value.
set -euo pipefail
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
changed() { echo "CHANGED: $*" >&2; exit 1; }
norun() { echo "NOT RUN: $*" >&2; exit 2; }

cd "$T"
mkdir src
cat > Cargo.toml <<'C'
[package]
name = "filters"
version = "0.0.0"
edition = "2021"
[dependencies]
log = "0.4"
tracing = { version = "=0.1.44", default-features = false, features = ["std"] }
env_filter = "=2.1.0"
tracing-subscriber = { version = "=0.3.23", default-features = false, features = ["env-filter", "registry"] }
[profile.dev]
debug = false
C
cat > src/main.rs <<'R'
use log::{Level, Metadata};
use tracing_subscriber::layer::SubscriberExt;

fn main() {
    for text in ["", "3", "app=5", "info/timeout", "app = debug", "*=debug", "info,app=debug"] {
        let mut builder = env_filter::Builder::new();
        let (plain, shows) = match builder.try_parse(text) {
            Ok(b) => {
                let f = b.build();
                let m = Metadata::builder().level(Level::Error).target("app").build();
                (f.filter().to_string().to_lowercase(), f.enabled(&m))
            }
            Err(_) => ("-".into(), false),
        };
        std::env::set_var("RUST_LOG", text);
        if text.is_empty() {
            println!("from_default_env {}", tracing_subscriber::EnvFilter::from_default_env());
        }
        let (spans, sees) = match tracing_subscriber::EnvFilter::try_from_default_env() {
            Ok(f) => {
                let level = f.max_level_hint().map_or("none".into(), |l| l.to_string().to_lowercase());
                let sink = tracing_subscriber::registry().with(f);
                let on = || tracing::enabled!(target: "app", tracing::Level::ERROR);
                (level, tracing::subscriber::with_default(sink, on))
            }
            Err(_) => ("-".to_string(), false),
        };
        let word = |on| if on { "shown" } else { "hidden" };
        println!("{text:?} | {plain} {} | {spans} {}", word(shows), word(sees));
    }
}
R
nice -n 10 cargo build -q 2> cargo.err || norun "cargo build: $(tail -n 3 cargo.err)"
target/debug/filters > got 2> notes
cat > want <<'W'
from_default_env error
"" | error shown | off hidden
"3" | trace hidden | info shown
"app=5" | - hidden | trace shown
"info/timeout" | info shown | trace hidden
"app = debug" | debug hidden | - hidden
"*=debug" | debug hidden | - hidden
"info,app=debug" | debug shown | debug shown
W
echo "value | env_filter: level, error of app | EnvFilter: the same"; cat got
diff want got >&2 || changed "see the difference above"
echo "as described"
