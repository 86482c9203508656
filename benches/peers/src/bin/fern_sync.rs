//! fern, synchronous, with its buffered file and a timestamp as its examples have it.
use asynclogger_peers::{drive, spec, via_log};

fn main() {
    let spec = spec();
    fern::Dispatch::new()
        .level(log::LevelFilter::Info)
        .format(|out, m, r| {
            out.finish(format_args!(
                "{} {} {} {}",
                jiff::Timestamp::now(),
                r.level(),
                r.target(),
                m
            ))
        })
        .chain(fern::log_file(spec.dir.join("app.log")).unwrap())
        .apply()
        .unwrap();
    drive("fern_sync", &spec, via_log(spec.shape), || log::logger().flush());
}
