//! Standard output and standard error as sinks.
//!
//! `settings` asks whether a stream is a terminal; `logger` gives the stream to an outlet.

use crate::config::Console;
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

/// Opens the stream as a descriptor of its own.
///
/// The duplicate keeps a program that closes descriptor 1 or 2, and opens another file under that number, from
/// getting log lines into it; and writing to it takes no lock that a `println!` holds.
#[cfg(unix)]
pub(crate) fn open(console: Console) -> io::Result<Box<dyn Write + Send>> {
    use std::os::fd::AsFd;
    let descriptor = match console {
        Console::Stdout => io::stdout().as_fd().try_clone_to_owned()?,
        Console::Stderr => io::stderr().as_fd().try_clone_to_owned()?,
    };
    Ok(Box::new(std::fs::File::from(descriptor)))
}

/// Opens the stream; a Windows console shows the colours through termcolor.
#[cfg(not(unix))]
pub(crate) fn open(console: Console) -> io::Result<Box<dyn Write + Send>> {
    use termcolor::{ColorChoice, StandardStream};
    Ok(match console {
        Console::Stdout => Box::new(StandardStream::stdout(ColorChoice::AlwaysAnsi)),
        Console::Stderr => Box::new(StandardStream::stderr(ColorChoice::AlwaysAnsi)),
    })
}
