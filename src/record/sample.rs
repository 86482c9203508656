//! Frames for tests of the modules that carry frames: `queue` and `worker`.

use super::{Draft, FrameWriter, Head};
use log::Level;
use std::fmt::Write;

/// A record whose message is `text`, without key-values.
pub(crate) fn frame(level: Level, text: &str) -> Vec<u8> {
    let mut out = Draft::new();
    let head = Head {
        level,
        target: "t",
        module: None,
        file: None,
        line: None,
        thread: "main",
        on_stderr: false,
    };
    let mut writer = FrameWriter::begin(&mut out, &head);
    writer.message(text.len(), |out| out.write_str(text));
    writer.finish();
    out.to_vec()
}
