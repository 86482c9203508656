//! env_logger, synchronous, into a file without a buffer (it has no own one).
use asynclogger_peers::{drive, spec, via_log};

fn main() {
    let spec = spec();
    env_logger::Builder::new()
        .filter_level(log::LevelFilter::Info)
        .format_timestamp_micros()
        .write_style(env_logger::WriteStyle::Never)
        .target(env_logger::Target::Pipe(Box::new(
            std::fs::File::create(spec.dir.join("app.log")).unwrap(),
        )))
        .init();
    drive("env_logger_sync", &spec, via_log(spec.shape), || {
        log::logger().flush()
    });
}
