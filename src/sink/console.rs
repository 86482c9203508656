//! Standard output and standard error as sinks.
//!
//! `settings` asks whether a stream is a terminal; `logger` gives the stream to a threaded output.

use crate::config::Console;
#[cfg(unix)]
use crate::process::Stream;
use crate::process::WeakStream;
use std::io::{self, IsTerminal, Write};

/// Whether the stream is a terminal, and one that obeys escape sequences.
pub(crate) fn is_terminal(console: Console) -> bool {
    let is_terminal = match console {
        Console::Stdout => io::stdout().is_terminal(),
        Console::Stderr => io::stderr().is_terminal(),
    };
    is_terminal && obeys_escapes(console)
}

#[cfg(not(windows))]
fn obeys_escapes(_: Console) -> bool {
    true
}

/// A console in legacy mode would print them. What is a terminal and no console (mintty) obeys them.
#[cfg(windows)]
fn obeys_escapes(console: Console) -> bool {
    use winapi_util::console::Console as WindowsConsole;
    let opened = match console {
        Console::Stdout => WindowsConsole::stdout(),
        Console::Stderr => WindowsConsole::stderr(),
    };
    opened.map_or(true, |mut opened| {
        opened.set_virtual_terminal_processing(true).is_ok()
    })
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
