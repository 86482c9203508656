//! Standard output and standard error as outputs.
//!
//! `settings` asks whether a stream is a terminal, and lists the opener.

use super::batch::{BatchWriter, RenderedBatch};
use super::opener::{Opened, Opener, Opening, Rank};
use super::outlook::{self, Outlook};
use crate::config::Console;
use crate::error::Error;
use crate::process::{Stream, StreamKind as Kind, WeakStream};
use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, OnceLock};

/// The largest write to a pipe or a terminal. A write returns when all of it is taken, so smaller writes show whether a
/// slow reader makes progress; and each ends at a line end, so that lines of other writers come between ours.
const PART: usize = 16 * 1024;

/// Whether the stream is a terminal that interprets escape sequences.
pub(crate) fn is_terminal(console: Console) -> bool {
    let is_terminal = match console {
        Console::Stdout => io::stdout().is_terminal(),
        Console::Stderr => io::stderr().is_terminal(),
        Console::Test => false,
    };
    is_terminal && interprets_escapes(console)
}

#[cfg(not(windows))]
fn interprets_escapes(_: Console) -> bool {
    true
}

/// A console in legacy mode prints them. A terminal that is not a console (mintty) interprets them.
#[cfg(windows)]
fn interprets_escapes(console: Console) -> bool {
    use winapi_util::console::Console as WindowsConsole;
    let opened = match console {
        Console::Stdout => WindowsConsole::stdout(),
        Console::Stderr => WindowsConsole::stderr(),
        Console::Test => return false,
    };
    opened.map_or(true, |mut opened| {
        opened.set_virtual_terminal_processing(true).is_ok()
    })
}

/// Device and inode of the stream, if it is open.
#[cfg(unix)]
pub(crate) fn identity(console: Console) -> Option<(u64, u64)> {
    match console {
        Console::Stdout => crate::process::stream_identity(io::stdout()),
        Console::Stderr => crate::process::stream_identity(io::stderr()),
        Console::Test => None,
    }
}

/// Not known on Windows.
#[cfg(not(unix))]
pub(crate) fn identity(_: Console) -> Option<(u64, u64)> {
    None
}

/// Opens standard output or standard error.
pub(crate) struct ConsoleOpener {
    console: Console,
    /// In a forked child: the descriptor that the parent opened.
    inherited: Option<WeakStream>,
    /// The descriptor that was opened here, for forked children.
    stream: OnceLock<WeakStream>,
}

impl ConsoleOpener {
    pub(crate) fn new(console: Console) -> ConsoleOpener {
        ConsoleOpener {
            console,
            inherited: None,
            stream: OnceLock::new(),
        }
    }

    fn open_stream(&self) -> io::Result<ConsoleWriter> {
        match &self.inherited {
            Some(inherited) => match inherited.upgrade() {
                Some(stream) => Ok(self.keep(stream)),
                None => Err(io::ErrorKind::BrokenPipe.into()),
            },
            None => self.open_standard(),
        }
    }

    /// Opens the stream under a descriptor number that only the logger uses.
    #[cfg(unix)]
    fn open_standard(&self) -> io::Result<ConsoleWriter> {
        let stream = match self.console {
            Console::Stdout => Stream::duplicate(io::stdout())?,
            Console::Stderr => Stream::duplicate(io::stderr())?,
            Console::Test => return Ok(printed_by_caller()),
        };
        Ok(self.keep(stream))
    }

    /// Opens the stream; a Windows console shows the colours through termcolor.
    #[cfg(not(unix))]
    fn open_standard(&self) -> io::Result<ConsoleWriter> {
        use termcolor::{ColorChoice, StandardStream};
        let stream = match self.console {
            Console::Stdout => StandardStream::stdout(ColorChoice::AlwaysAnsi),
            Console::Stderr => StandardStream::stderr(ColorChoice::AlwaysAnsi),
            Console::Test => return Ok(printed_by_caller()),
        };
        Ok(ConsoleWriter::new(Box::new(stream), Kind::Device))
    }

    fn keep(&self, stream: Stream) -> ConsoleWriter {
        self.stream.get_or_init(|| stream.downgrade());
        let kind = stream.kind();
        ConsoleWriter::new(Box::new(stream), kind)
    }
}

impl Opener for ConsoleOpener {
    fn name(&self) -> &'static str {
        "console"
    }

    fn rank(&self) -> Rank {
        Rank::Console
    }

    /// A stream that is closed already is an output that ends with its first line, not an error.
    fn open(&self, opening: &mut Opening) -> Result<Opened, Error> {
        let writer = match opening.console.take() {
            Some(replaced) => ConsoleWriter::new(replaced, Kind::Other),
            None => self
                .open_stream()
                .unwrap_or_else(|_| ConsoleWriter::new(Box::new(Closed), Kind::Other)),
        };
        Ok(Opened::Threaded(Box::new(writer)))
    }

    /// A child writes to the descriptor that the parent opened, unless the parent's logger has closed it.
    fn in_child(&self) -> Option<Arc<dyn Opener>> {
        if self.console == Console::Test {
            return Some(Arc::new(ConsoleOpener::new(Console::Test)));
        }
        let inherited = self.stream.get()?.clone();
        inherited.upgrade()?;
        Some(Arc::new(ConsoleOpener {
            console: self.console,
            inherited: Some(inherited),
            stream: OnceLock::new(),
        }))
    }
}

/// Writes to an open stream.
struct ConsoleWriter {
    stream: Box<dyn Write + Send>,
    kind: Kind,
}

impl ConsoleWriter {
    fn new(stream: Box<dyn Write + Send>, kind: Kind) -> ConsoleWriter {
        ConsoleWriter { stream, kind }
    }
}

impl BatchWriter for ConsoleWriter {
    fn write_some(&mut self, batch: &RenderedBatch, from: usize) -> io::Result<usize> {
        let rest = &batch.bytes[from..];
        self.stream.write(match self.kind {
            Kind::RegularFile => rest,
            Kind::Device | Kind::Other => first_lines(rest, PART),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(&mut self.stream)
    }

    fn outlook(&self, error: &io::Error) -> Outlook {
        outlook::of_stream(error, self.kind == Kind::Device)
    }

    fn writes_small_parts(&self) -> bool {
        self.kind != Kind::RegularFile
    }
}

/// Takes the lines that the calling threads have printed already, so that they are counted like all others.
fn printed_by_caller() -> ConsoleWriter {
    ConsoleWriter::new(Box::new(io::sink()), Kind::Other)
}

/// As many whole lines as fit into `limit` bytes, at least one.
fn first_lines(lines: &[u8], limit: usize) -> &[u8] {
    if lines.len() <= limit {
        return lines;
    }
    let end = memchr::memrchr(b'\n', &lines[..limit]).or_else(|| memchr::memchr(b'\n', lines));
    end.map_or(lines, |end| &lines[..=end])
}

/// Stands for a standard stream that is closed.
struct Closed;

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::from(io::ErrorKind::BrokenPipe))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
