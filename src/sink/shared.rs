//! Finds out whether a standard stream and a log are the same file, as after `program 2>> app.log`.

use super::console;
use super::file::FileSink;
use crate::config::Console;

/// The stream's name in messages.
fn name_of(stream: Console) -> &'static str {
    match stream {
        Console::Stdout => "standard output",
        Console::Stderr | Console::Test => "standard error",
    }
}

/// Whether the file of `sink` is the one that `stream` leads to now. Always false on Windows.
pub(crate) fn is_stream(sink: &FileSink, stream: Console) -> bool {
    let file = sink.identity();
    console::identity(stream) == Some((file.device, file.file))
}

/// The notice about a stream that is the file of `sink`; `left_out` if the console of that stream is left out.
pub(crate) fn notice(sink: &FileSink, stream: Console, left_out: bool) -> String {
    let (name, path) = (name_of(stream), sink.shown_path());
    if left_out {
        format!(
            "{name} is the log file {path}: the console is left out, because each line would be there twice; redirect \
             {name} to another file, or switch the console off"
        )
    } else {
        format!(
            "{name} is the log file {path}: what goes to {name} is not rotated with it; redirect {name} to another file"
        )
    }
}
