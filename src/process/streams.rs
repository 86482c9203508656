//! Standard output and standard error as descriptors of their own.
//!
//! A duplicate keeps a program that closes descriptor 1 or 2, and opens another file under that number, from
//! getting lines of ours into it; and a write to it takes no lock that a `println!` holds, here or, at a fork,
//! in the parent.

#[cfg(unix)]
pub(crate) use unix::{Stream, WeakStream};
#[cfg(not(unix))]
pub(crate) use windows::{Stream, WeakStream};

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io::{self, Write};
    use std::os::fd::{AsFd, AsRawFd};
    use std::sync::{Arc, Weak};

    /// A stream that all clones share; closed with the last of them.
    #[derive(Debug, Clone)]
    pub(crate) struct Stream(Arc<File>);

    /// Knows a stream without keeping it open.
    #[derive(Debug, Clone, Default)]
    pub(crate) struct WeakStream(Weak<File>);

    impl Stream {
        pub(crate) fn duplicate(of: impl AsFd) -> io::Result<Stream> {
            let descriptor = of.as_fd().try_clone_to_owned()?;
            Ok(Stream(Arc::new(File::from(descriptor))))
        }

        pub(crate) fn downgrade(&self) -> WeakStream {
            WeakStream(Arc::downgrade(&self.0))
        }

        pub(crate) fn standard_error() -> io::Result<Stream> {
            Stream::duplicate(io::stderr())
        }

        /// Whether a write of at most 512 bytes would return at once: a notice must not block the
        /// worker behind a pipe that nobody reads or a stopped terminal.
        pub(crate) fn takes_a_notice(&self) -> bool {
            let mut poll = libc::pollfd {
                fd: self.0.as_raw_fd(),
                events: libc::POLLOUT,
                revents: 0,
            };
            // SAFETY: one valid pollfd, and a count of one.
            #[allow(unsafe_code)]
            let ready = unsafe { libc::poll(&raw mut poll, 1, 0) };
            ready == 1 && poll.revents & libc::POLLOUT != 0
        }
    }

    impl WeakStream {
        /// The stream, if somebody keeps it open.
        pub(crate) fn upgrade(&self) -> Option<Stream> {
            self.0.upgrade().map(Stream)
        }
    }

    impl Write for Stream {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            (&*self.0).write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
}

#[cfg(not(unix))]
mod windows {
    use std::io::{self, Write};

    /// Standard error itself: there is no fork here, and a handle is not used again for something else.
    #[derive(Debug, Clone)]
    pub(crate) struct Stream;

    /// A stream that nobody inherits.
    #[derive(Debug, Clone, Default)]
    pub(crate) struct WeakStream(());

    impl Stream {
        pub(crate) fn standard_error() -> io::Result<Stream> {
            Ok(Stream)
        }

        pub(crate) fn downgrade(&self) -> WeakStream {
            WeakStream(())
        }

        pub(crate) fn takes_a_notice(&self) -> bool {
            true
        }
    }

    impl WeakStream {
        pub(crate) fn upgrade(&self) -> Option<Stream> {
            Some(Stream)
        }
    }

    impl Write for Stream {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            io::stderr().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
}
