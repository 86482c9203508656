//! spdlog-rs with its asynchronous sink; 8192 records, which blocks.
use asynclogger_peers::{drive, spec, via_log};
use spdlog::{sink::*, *};
use std::sync::Arc;

fn main() {
    let spec = spec();
    let p = spec.dir.join("app.log");
    let inner: Arc<dyn Sink> = match spec.rotate {
        Some(b) => RotatingFileSink::builder()
            .base_path(&p)
            .rotation_policy(RotationPolicy::FileSize(b))
            .build_arc()
            .unwrap(),
        None => FileSink::builder().path(&p).build_arc().unwrap(),
    };
    let pool = ThreadPool::builder()
        .capacity(std::num::NonZeroUsize::new(8192).unwrap())
        .build_arc()
        .unwrap();
    let a = AsyncPoolSink::builder()
        .sink(inner)
        .thread_pool(pool)
        .overflow_policy(OverflowPolicy::Block)
        .build_arc()
        .unwrap();
    let l: Arc<Logger> = Arc::new(
        Logger::builder()
            .sink(a)
            .level_filter(LevelFilter::All)
            .build()
            .unwrap(),
    );
    spdlog::init_log_crate_proxy().unwrap();
    log::set_max_level(log::LevelFilter::Info);
    spdlog::log_crate_proxy().swap_logger(Some(l.clone()));
    drive("spdlog_async", &spec, via_log(spec.shape), move || {
        l.flush();
        spdlog::log_crate_proxy().swap_logger(None);
        drop(l);
    });
}
