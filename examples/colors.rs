//! Every style that a template may name, and how the five levels look by default.
//!
//!     cargo run --example colors
//!
//!     basic    black red green yellow blue magenta cyan white gray
//!     bright_  bright_red bright_green bright_yellow bright_blue bright_magenta bright_cyan bright_white
//!     dark_    dark_red dark_green dark_yellow dark_blue dark_magenta dark_cyan dark_gray
//!     muted_   muted_red muted_green muted_yellow muted_blue muted_magenta muted_cyan
//!     style    bold dim italic underline blink reverse hidden strike
//!     joined   red+bold bright_cyan+underline muted_green+italic
//!
//!     2026-11-22T16:21:09.266769Z ERROR colors: upload failed [attempts=3]
//!     2026-11-22T16:21:09.266770Z WARN  colors: the disk is nearly full [used=0.91]
//!     2026-11-22T16:21:09.266771Z INFO  colors: signed in [user=7]
//!     2026-11-22T16:21:09.266772Z DEBUG colors: cache opened [entries=512]
//!     2026-11-22T16:21:09.266773Z TRACE colors: row read [id=1]
//!
//! On a terminal, each name is shown in its own style. `FORCE_COLOR=1` colours a pipe too, `NO_COLOR=1` switches colour off.

use asynclogger::{AsyncLogger, Config, Console, Error};
use log::LevelFilter;

const GROUPS: [(&str, &str); 6] = [
    ("basic", "black red green yellow blue magenta cyan white gray"),
    (
        "bright_",
        "bright_red bright_green bright_yellow bright_blue bright_magenta bright_cyan bright_white",
    ),
    (
        "dark_",
        "dark_red dark_green dark_yellow dark_blue dark_magenta dark_cyan dark_gray",
    ),
    (
        "muted_",
        "muted_red muted_green muted_yellow muted_blue muted_magenta muted_cyan",
    ),
    ("style", "bold dim italic underline blink reverse hidden strike"),
    ("joined", "red+bold bright_cyan+underline muted_green+italic"),
];

fn main() -> Result<(), Error> {
    let console = Config::default().console(Console::Stdout);
    for (group, names) in GROUPS {
        // The names are in the template, since tags in a message have no effect.
        let styled: String = names
            .split(' ')
            .map(|name| format!(" <{name}>{name}<reset>"))
            .collect();
        let table = AsyncLogger::start(console.clone().console_format(format!("{{message:<8}}{styled}")))?;
        log::info!(logger: table, "{group}");
        table.shutdown().wait()?;
    }
    println!();
    asynclogger::init(console.level(LevelFilter::Trace).rust_log(false))?;
    log::error!(attempts = 3; "upload failed");
    log::warn!(used = 0.91; "the disk is nearly full");
    log::info!(user = 7; "signed in");
    log::debug!(entries = 512; "cache opened");
    log::trace!(id = 1; "row read");
    asynclogger::shutdown().wait()
}
