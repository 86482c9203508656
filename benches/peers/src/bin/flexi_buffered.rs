//! flexi_logger, synchronous, with a buffer of 64 KiB that is flushed each second.
use asynclogger_peers::{drive, spec, via_log};
use flexi_logger::*;

fn main() {
    let spec = spec();
    let mut l = Logger::try_with_str("info")
        .unwrap()
        .log_to_file(FileSpec::default().directory(&spec.dir).basename("app"))
        .format(opt_format)
        .write_mode(WriteMode::BufferAndFlushWith(
            64 * 1024,
            std::time::Duration::from_secs(1),
        ));
    if let Some(b) = spec.rotate {
        l = l.rotate(Criterion::Size(b), Naming::Numbers, Cleanup::Never);
    }
    let h = l.start().unwrap();
    drive("flexi_buffered", &spec, via_log(spec.shape), move || h.shutdown());
}
