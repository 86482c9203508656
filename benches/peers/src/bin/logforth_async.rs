//! logforth with its async appender; 100,000 lines at most, which blocks.
use asynclogger_peers::{drive, spec, via_log};
use logforth::append::{asynchronous::AsyncBuilder, file::FileBuilder};
use logforth::layout::TextLayout;

fn main() {
    let spec = spec();
    let mut f = FileBuilder::new(&spec.dir, "app")
        .filename_suffix("log")
        .layout(TextLayout::default().no_color());
    if let Some(b) = spec.rotate {
        f = f.rollover_size(std::num::NonZeroUsize::new(b as usize).unwrap());
    }
    let a = AsyncBuilder::new("bench")
        .buffered_lines_limit(Some(100_000))
        .overflow_block()
        .append(f.build().unwrap())
        .build();
    logforth::starter_log::builder()
        .dispatch(|d| {
            d.filter(logforth::record::LevelFilter::MoreSevereEqual(
                logforth::record::Level::Info,
            ))
            .append(a)
        })
        .apply();
    drive("logforth_async", &spec, via_log(spec.shape), || {
        log::logger().flush();
    });
}
