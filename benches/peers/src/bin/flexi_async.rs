//! flexi_logger with `WriteMode::Async` (unbounded).
use asynclogger_peers::{drive, spec, via_log};
use flexi_logger::*;

fn main() {
    let spec = spec();
    let mut l = Logger::try_with_str("info")
        .unwrap()
        .log_to_file(FileSpec::default().directory(&spec.dir).basename("app"))
        .format(opt_format)
        .write_mode(WriteMode::Async);
    if let Some(b) = spec.rotate {
        l = l.rotate(Criterion::Size(b), Naming::Numbers, Cleanup::Never);
    }
    let h = l.start().unwrap();
    drive("flexi_async", &spec, via_log(spec.shape), move || h.shutdown());
}
