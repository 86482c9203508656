//! fast_log; a bounded channel of 100,000 records, which blocks.
use asynclogger_peers::{drive, spec, via_log};
use fast_log::{
    Config,
    consts::LogSize,
    plugin::{
        file_split::{KeepType, Rolling, RollingType},
        packer::LogPacker,
    },
};

fn main() {
    let spec = spec();
    let f = spec.dir.join("app.log");
    let f = f.to_str().unwrap().to_string();
    let c = Config::new()
        .level(log::LevelFilter::Info)
        .chan_len(Some(100_000));
    let c = match spec.rotate {
        Some(b) => c.file_split(
            &f,
            Rolling::new(RollingType::BySize(LogSize::B(b as usize))),
            KeepType::All,
            LogPacker {},
        ),
        None => c.file(&f),
    };
    fast_log::init(c).unwrap();
    drive("fast_log_async", &spec, via_log(spec.shape), || {
        fast_log::flush().unwrap().wait();
    });
}
