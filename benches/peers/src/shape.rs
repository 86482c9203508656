//! The calls of each shape, the same for every logger.

use crate::item::{Item, long_text};
use crate::spec::Shape;
use std::sync::OnceLock;

/// A record of [`Shape::Text`] through any macro with the grammar of `log::info!`.
#[macro_export]
macro_rules! text {
    ($log:path, $item:expr) => {{
        let i = $item;
        $log!(
            "request served thread={} seq={} path={} status={} micros={} score={:.3}",
            i.thread,
            i.seq,
            i.path,
            i.status,
            i.micros,
            i.score
        )
    }};
}

/// A record of [`Shape::Short`].
#[macro_export]
macro_rules! short {
    ($log:path, $item:expr) => {{
        let i = $item;
        $log!("tick {} {}", i.thread, i.seq)
    }};
}

/// The `log` facade's call for a shape, for every logger behind it.
pub fn via_log(shape: Shape) -> fn(Item) {
    match shape {
        Shape::Text => |i| text!(log::info, i),
        Shape::Short => |i| short!(log::info, i),
        Shape::Kv => |i| {
            log::info!(
                thread = i.thread, seq = i.seq, path = i.path, status = i.status, micros = i.micros, score = i.score;
                "request served"
            );
        },
        Shape::Bytes(bytes) => {
            LONG.get_or_init(|| long_text(bytes));
            |_| log::info!("{}", LONG.get().map_or("", String::as_str))
        }
    }
}

static LONG: OnceLock<String> = OnceLock::new();
