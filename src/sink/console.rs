//! Standard output and standard error as sinks.
//!
//! `settings` asks whether a stream is a terminal; `logger` gives the stream to an outlet.

use crate::config::Console;
#[cfg(unix)]
use crate::process::Stream;
use crate::process::WeakStream;
use std::io::{self, IsTerminal, Write};

/// Whether the stream is a terminal.
pub(crate) fn is_terminal(console: Console) -> bool {
    match console {
        Console::Stdout => io::stdout().is_terminal(),
        Console::Stderr => io::stderr().is_terminal(),
    }
}

/// An opened stream.
pub(crate) struct Opened {
    pub(crate) writer: Box<dyn Write + Send>,
    /// The descriptor behind it, for a forked child.
    pub(crate) stream: WeakStream,
}

/// Opens the stream as a descriptor of its own.
#[cfg(unix)]
pub(crate) fn open(console: Console) -> io::Result<Opened> {
    let stream = match console {
        Console::Stdout => Stream::duplicate(io::stdout())?,
        Console::Stderr => Stream::duplicate(io::stderr())?,
    };
    Ok(Opened {
        stream: stream.downgrade(),
        writer: Box::new(stream),
    })
}

/// Opens the stream; a Windows console shows the colours through termcolor.
#[cfg(not(unix))]
pub(crate) fn open(console: Console) -> io::Result<Opened> {
    use termcolor::{ColorChoice, StandardStream};
    let stream = match console {
        Console::Stdout => StandardStream::stdout(ColorChoice::AlwaysAnsi),
        Console::Stderr => StandardStream::stderr(ColorChoice::AlwaysAnsi),
    };
    Ok(Opened {
        stream: WeakStream::default(),
        writer: Box::new(stream),
    })
}
