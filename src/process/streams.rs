//! Standard output and standard error as separate file descriptors.
//!
//! A program may close descriptor 1 or 2 and open another file under that number; with a duplicate, our lines do not
//! end up in that file. A write to a duplicate also takes no lock that `println!` holds, in this process or, at the
//! time of a fork, in the parent.

#[cfg(unix)]
pub(crate) use unix::{Stream, WeakStream};
#[cfg(not(unix))]
pub(crate) use windows::{Stream, WeakStream};

/// What a stream leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StreamKind {
    RegularFile,
    /// A terminal or another character device.
    Device,
    /// A pipe or a socket.
    Other,
}

#[cfg(unix)]
mod unix {
    use super::super::own_file::{FileId, is_foreign};
    use super::StreamKind;
    use std::fs::{File, Metadata};
    use std::io::{self, Write};
    use std::mem::ManuallyDrop;
    use std::os::fd::{AsFd, AsRawFd, FromRawFd, IntoRawFd};
    use std::sync::atomic::{AtomicI32, Ordering};
    use std::sync::{Arc, Weak};

    /// A stream shared by all clones, and closed with the last of them.
    #[derive(Debug, Clone)]
    pub(crate) struct Stream(Arc<Duplicate>);

    /// A reference to a stream that does not keep it open.
    #[derive(Debug, Clone, Default)]
    pub(crate) struct WeakStream(Weak<Duplicate>);

    /// The duplicate of a standard stream. All of it is atomic, because a forked child uses its parent's.
    #[derive(Debug)]
    struct Duplicate {
        descriptor: AtomicI32,
        /// The number of the stream itself.
        original: i32,
        id: FileId,
    }

    impl Duplicate {
        /// The descriptor. If the program has closed it, or has another file under its number, the stream is duplicated
        /// again, unless it too is another file by now.
        fn descriptor(&self) -> io::Result<i32> {
            let descriptor = self.descriptor.load(Ordering::Acquire);
            if !is_foreign(descriptor, self.id) {
                return Ok(descriptor);
            }
            let gone = || io::Error::from_raw_os_error(libc::EBADF);
            if FileId::of(self.original) != Some(self.id) {
                return Err(gone());
            }
            // SAFETY: duplicates a number of this process; touches no memory.
            #[allow(unsafe_code)]
            let again = unsafe { libc::fcntl(self.original, libc::F_DUPFD_CLOEXEC, 3) };
            if again < 0 {
                return Err(io::Error::last_os_error());
            }
            if FileId::of(again) != Some(self.id) {
                // SAFETY: the number was made here, and nothing else owns it.
                #[allow(unsafe_code)]
                drop(unsafe { File::from_raw_fd(again) });
                return Err(gone());
            }
            self.descriptor.store(again, Ordering::Release);
            Ok(again)
        }
    }

    impl Drop for Duplicate {
        fn drop(&mut self) {
            let descriptor = *self.descriptor.get_mut();
            if FileId::of(descriptor) == Some(self.id) {
                // SAFETY: the number stands for the file that was opened here, and nothing else here owns it.
                #[allow(unsafe_code)]
                drop(unsafe { File::from_raw_fd(descriptor) });
            }
        }
    }

    impl Stream {
        pub(crate) fn duplicate(of: impl AsFd) -> io::Result<Stream> {
            let (of, original) = (of.as_fd(), of.as_fd().as_raw_fd());
            let descriptor = of.try_clone_to_owned()?;
            let id = FileId::of(descriptor.as_raw_fd()).ok_or_else(io::Error::last_os_error)?;
            Ok(Stream(Arc::new(Duplicate {
                descriptor: AtomicI32::new(descriptor.into_raw_fd()),
                original,
                id,
            })))
        }

        pub(crate) fn downgrade(&self) -> WeakStream {
            WeakStream(Arc::downgrade(&self.0))
        }

        pub(crate) fn standard_error() -> io::Result<Stream> {
            Stream::duplicate(io::stderr())
        }

        fn metadata(&self) -> io::Result<Metadata> {
            // SAFETY: the number stands for the stream; the file that is made of it here is not dropped.
            #[allow(unsafe_code)]
            let file = ManuallyDrop::new(unsafe { File::from_raw_fd(self.0.descriptor()?) });
            file.metadata()
        }

        /// What it leads to. A stream whose kind is unknown counts as a pipe.
        pub(crate) fn kind(&self) -> StreamKind {
            use std::os::unix::fs::FileTypeExt;
            match self.metadata().map(|found| found.file_type()) {
                Ok(found) if found.is_file() => StreamKind::RegularFile,
                Ok(found) if found.is_char_device() => StreamKind::Device,
                Ok(_) | Err(_) => StreamKind::Other,
            }
        }

        /// Whether a write of at most 512 bytes would return at once. A notice must not block the worker because of a
        /// pipe that nobody reads or a stopped terminal.
        pub(crate) fn takes_a_notice(&self) -> bool {
            let Ok(descriptor) = self.0.descriptor() else {
                return false;
            };
            let mut poll = libc::pollfd {
                fd: descriptor,
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
        /// Returns the stream if it is still open.
        pub(crate) fn upgrade(&self) -> Option<Stream> {
            self.0.upgrade().map(Stream)
        }
    }

    impl Write for Stream {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // SAFETY: the number stands for the stream; the file that is made of it here is not dropped.
            #[allow(unsafe_code)]
            let file = ManuallyDrop::new(unsafe { File::from_raw_fd(self.0.descriptor()?) });
            (&*file).write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
}

#[cfg(not(unix))]
mod windows {
    use super::StreamKind;
    use std::io::{self, Write};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc;
    use std::time::Duration;

    /// How long to wait for a notice to be written. While one takes longer, no other notice is written.
    const PATIENCE: Duration = Duration::from_millis(100);

    /// Standard error itself: Windows has no fork, and a handle is not reused for another file.
    ///
    /// Windows cannot report whether a pipe or console would accept a line at once, and another thread may hold std's
    /// lock, so each notice is written on a new thread.
    #[derive(Debug, Clone)]
    pub(crate) struct Stream {
        busy: Arc<AtomicBool>,
    }

    /// Always upgrades, as there are no child processes to protect the stream from.
    #[derive(Debug, Clone, Default)]
    pub(crate) struct WeakStream(());

    impl Stream {
        pub(crate) fn standard_error() -> io::Result<Stream> {
            Ok(Stream { busy: Arc::default() })
        }

        pub(crate) fn kind(&self) -> StreamKind {
            StreamKind::Device
        }

        pub(crate) fn downgrade(&self) -> WeakStream {
            WeakStream(())
        }

        pub(crate) fn takes_a_notice(&self) -> bool {
            !self.busy.load(Ordering::Acquire)
        }
    }

    impl WeakStream {
        pub(crate) fn upgrade(&self) -> Option<Stream> {
            Stream::standard_error().ok()
        }
    }

    impl Write for Stream {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let (line, busy) = (bytes.to_vec(), Arc::clone(&self.busy));
            let (told, outcome) = mpsc::sync_channel(1);
            busy.store(true, Ordering::Release);
            let started = std::thread::Builder::new().spawn(move || {
                let written = io::stderr().write_all(&line);
                busy.store(false, Ordering::Release);
                // An error means that the caller has stopped waiting.
                drop(told.send(written));
            });
            if let Err(error) = started {
                self.busy.store(false, Ordering::Release);
                return Err(error);
            }
            match outcome.recv_timeout(PATIENCE) {
                Ok(written) => written.map(|()| bytes.len()),
                Err(_) => Ok(bytes.len()),
            }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
}
