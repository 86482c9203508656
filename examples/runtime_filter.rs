//! More detail for one part of a running program, and back again.
//!
//!     cargo run --example runtime_filter
//!
//!     2026-11-22T16:21:09.871291Z INFO  runtime_filter: serving [request=one]
//!     2026-11-22T16:21:09.871297Z WARN  runtime_filter: more detail of the database [before="info,runtime_filter::db=warn"]
//!     2026-11-22T16:21:09.871298Z TRACE runtime_filter::db: queried [request=two, rows=3]
//!     2026-11-22T16:21:09.871301Z INFO  runtime_filter: serving [request=three]
//!     2026-11-22T16:21:09.871313Z ERROR runtime_filter: the filter stays: set_filter: filter directive "runtime_filter::db=chatty": "chatty" is not a level (off, error, warn, info, debug, trace)

use asynclogger::Config;

fn main() -> Result<(), asynclogger::Error> {
    asynclogger::init(Config::default().filter("info,runtime_filter::db=warn"))?;
    serve("one");
    let before = asynclogger::set_filter("warn,runtime_filter::db=trace")?;
    log::warn!(before; "more detail of the database");
    serve("two");
    asynclogger::set_filter(&before)?;
    serve("three");
    if let Err(error) = asynclogger::set_filter("info,runtime_filter::db=chatty") {
        log::error!("the filter stays: {error}");
    }
    asynclogger::shutdown().wait()
}

fn serve(request: &str) {
    log::info!(request; "serving");
    db::query(request);
}

mod db {
    pub fn query(request: &str) {
        log::trace!(request, rows = 3; "queried");
    }
}
