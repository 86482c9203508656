//! tracing-subscriber over tracing-appender's `NonBlocking`, not lossy.
use asynclogger_peers::{Item, Shape, drive, short, spec, text};

fn main() {
    let spec = spec();
    let (writer, guard) = tracing_appender::non_blocking::NonBlockingBuilder::default()
        .lossy(false)
        .finish(tracing_appender::rolling::never(&spec.dir, "app.log"));
    tracing_subscriber::fmt()
        .with_writer(writer)
        .with_ansi(false)
        .with_max_level(tracing::Level::INFO)
        .init();
    let log: fn(Item) = match spec.shape {
        Shape::Short => |i| short!(tracing::info, i),
        Shape::Kv => |i| {
            tracing::info!(
                thread = i.thread,
                seq = i.seq,
                path = i.path,
                status = i.status,
                micros = i.micros,
                score = i.score,
                "request served"
            );
        },
        Shape::Text | Shape::Bytes(_) => |i| text!(tracing::info, i),
    };
    drive("tracing_nonblocking", &spec, log, move || drop(guard));
}
