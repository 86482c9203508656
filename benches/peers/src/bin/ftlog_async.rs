//! ftlog; a bounded channel of 100,000 records, which blocks. It rotates by time only.
use asynclogger_peers::{drive, spec, via_log};
use ftlog::{LevelFilter, appender::FileAppender};

fn main() {
    let spec = spec();
    // ftlog rotates by time only
    let g = ftlog::builder()
        .max_log_level(LevelFilter::Info)
        .bounded(100_000, true)
        .utc()
        .root(FileAppender::builder().path(spec.dir.join("app.log")).build())
        .try_init()
        .unwrap();
    drive("ftlog_async", &spec, via_log(spec.shape), move || {
        log::logger().flush();
        drop(g);
    });
}
