//! asynclogger with its defaults for masking, escaping and locks; `Block`, so that nothing is lost.
use asynclogger::{Config, Format, Overflow};
use asynclogger_peers::{drive, spec, via_log};
use log::LevelFilter;

fn main() {
    let spec = spec();
    let mut config = Config::new("app")
        .console(None)
        .log_dir(&spec.dir)
        .level(LevelFilter::Info)
        .overflow(Overflow::Block);
    config = match spec.rotate {
        // All files are kept, so that every record can be counted.
        Some(bytes) => config.max_bytes(bytes).backup_count(100_000),
        None => config.max_bytes(1 << 40),
    };
    if spec.json {
        config = config.file_format(Format::Json);
    }
    asynclogger::init(config).expect("a logger");
    drive("asynclogger", &spec, via_log(spec.shape), || {
        asynclogger::shutdown().wait().expect("everything is written");
    });
}
