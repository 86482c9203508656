//! Settings from a TOML file, overridden by environment variables.
//!
//!     cargo run --example config_file
//!
//!     2026-11-22T16:21:09.756689Z DEBUG config_file: debug is on
//!     2026-11-22T16:21:09.756692Z WARN  config_file: the port is in use [attempts=3]
//!
//!     ASYNCLOGGER_CONSOLE_FORMAT=json cargo run --example config_file
//!
//!     {"timestamp":"2026-11-22T16:21:10.044007Z","level":"DEBUG","target":"config_file","message":"debug is on"}
//!     {"timestamp":"2026-11-22T16:21:10.044010Z","level":"WARN","target":"config_file","message":"the port is in use","attempts":3}
//!
//!     ASYNCLOGGER_LEVEL=loud cargo run --example config_file
//!
//!     Error: invalid setting ASYNCLOGGER_LEVEL = "loud": not a level (off, error, warn, info, debug, trace)

use asynclogger::Config;
use std::error::Error;
use std::fs;

/// Used if there is no argument. The argument is the path of another file.
const SAMPLE: &str = include_str!("asynclogger.toml");

fn main() -> Result<(), Box<dyn Error>> {
    let text = match std::env::args().nth(1) {
        Some(path) => fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?,
        None => SAMPLE.to_owned(),
    };
    let config: Config = toml::from_str(&text)?;
    // A wrong setting prevents the start; the error names all wrong settings at once.
    asynclogger::init(config.with_env())?;
    log::debug!("debug is on");
    log::warn!(attempts = 3; "the port is in use");
    Ok(asynclogger::shutdown().wait()?)
}
