//! slog-async over slog-term with a buffered file; `Block`, 8192 records.
use asynclogger_peers::{Item, Shape, drive, spec};
use slog::{Drain, o};
use std::fs::File;
use std::io::BufWriter;
use std::sync::Arc;

fn main() {
    let spec = spec();
    let file = File::create(spec.dir.join("app.log")).expect("a file");
    let decorator = slog_term::PlainDecorator::new(BufWriter::with_capacity(64 * 1024, file));
    let drain = slog_term::FullFormat::new(decorator).build().fuse();
    let (drain, guard) = slog_async::Async::new(drain)
        .chan_size(8192)
        .overflow_strategy(slog_async::OverflowStrategy::Block)
        .build_with_guard();
    let root = Arc::new(slog::Logger::root(drain.fuse(), o!()));
    let (logger, has_values) = (Arc::clone(&root), spec.shape == Shape::Kv);
    let log = move |i: Item| {
        if has_values {
            slog::info!(logger, "request served"; "thread" => i.thread, "seq" => i.seq, "path" => i.path,
                "status" => i.status, "micros" => i.micros, "score" => i.score);
        } else {
            slog::info!(
                logger,
                "request served thread={} seq={} path={} status={} micros={} score={:.3}",
                i.thread,
                i.seq,
                i.path,
                i.status,
                i.micros,
                i.score
            );
        }
    };
    drive("slog_async", &spec, log, move || {
        drop(root);
        drop(guard);
    });
}
