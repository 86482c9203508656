//! The futures that `flush()` and `shutdown()` return, and their blocking waits.

use super::{Cell, Key, Request};
use crate::clock::Instant;
use crate::error::{Error, ErrorKind};
use crate::process;
use crate::sync::Arc;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// One request that was sent; its place in the cell is given back when this is dropped.
#[derive(Debug)]
enum Pending {
    Answered(Result<(), Error>),
    Waiting {
        cell: Arc<Cell>,
        key: Key,
        logger: u64,
        /// In which it was sent: in a child that was forked since, nobody answers, and the cell may be locked.
        generation: u64,
    },
}

impl Pending {
    fn send(cell: &Arc<Cell>, request: Request, logger: u64) -> Pending {
        match process::guarded(|| cell.request(request)) {
            Some(key) => Pending::Waiting {
                cell: Arc::clone(cell),
                key,
                logger,
                generation: process::generation(),
            },
            // Only a closed cell refuses, and it keeps its answer.
            None => Pending::Answered(process::guarded(|| cell.closed()).unwrap_or(Ok(()))),
        }
    }

    fn is_of_the_parent(&self) -> bool {
        matches!(self, Pending::Waiting { generation, .. } if *generation != process::generation())
    }

    fn poll(&mut self, what: &str, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if self.is_of_the_parent() {
            return Poll::Ready(Err(sent_by_the_parent(what)));
        }
        match self {
            Pending::Answered(result) => Poll::Ready(result.clone()),
            Pending::Waiting { cell, key, .. } => {
                let answer = cell.poll(*key, context);
                if let Poll::Ready(result) = &answer {
                    cell.forget(*key);
                    *self = Pending::Answered(result.clone());
                }
                answer
            }
        }
    }

    fn wait(self, what: &str, limit: Option<Duration>) -> Result<(), Error> {
        if self.is_of_the_parent() {
            return Err(sent_by_the_parent(what));
        }
        let (cell, key) = match &self {
            Pending::Answered(result) => return result.clone(),
            Pending::Waiting { logger, .. } if process::is_own_thread(*logger) => {
                return Err(Error::new(
                    ErrorKind::WouldDeadlock,
                    format!(
                        "{what} was waited for on the logger's own thread; wait for it on another thread"
                    ),
                ));
            }
            Pending::Waiting { cell, key, .. } => (cell, *key),
        };
        // A limit beyond what the clock can count is none.
        let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
        process::guarded(|| cell.wait(key, deadline)).unwrap_or_else(|| {
            Err(Error::new(
                ErrorKind::Timeout,
                format!(
                    "{what} was not answered within {:?}; health() reports which output is behind",
                    limit.unwrap_or_default()
                ),
            ))
        })
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        let is_of_the_parent = self.is_of_the_parent();
        if let Pending::Waiting { cell, key, .. } = self {
            if is_of_the_parent {
                // Left where it lies, its lock may never be opened here.
                std::mem::forget(Arc::clone(cell));
            } else {
                cell.forget(*key);
            }
        }
    }
}

fn sent_by_the_parent(what: &str) -> Error {
    let text =
        format!("{what}: it was asked for before this process was forked, and its parent gets the answer");
    Error::new(ErrorKind::NotRunning, text)
}

/// What `flush()`, `sync()` and `reopen()` return: a future, or a wait for a plain thread.
///
/// The request is sent when this value is made, polled or not. `Ok` means that every record accepted before has
/// been handed to the operating system by every output that wants it (with `sync()`: and is on the disk).
///
/// # Errors
///
/// * [`ErrorKind::Io`]: an output could not write; the text names it. What was not written is kept and retried.
/// * [`ErrorKind::Incomplete`]: records were dropped or failed since the last flush told of it;
///   [`Error::unwritten`] says how many.
/// * [`ErrorKind::Timeout`]: an output has moved nothing for a second, or the limit of the wait was over.
/// * [`ErrorKind::WorkerPanicked`]: a stage panicked during this flush; ask again.
/// * [`ErrorKind::WouldDeadlock`]: it was waited for on the logger's own thread.
/// * [`ErrorKind::NotRunning`]: no logger was started, or this process was forked since the request was sent.
///
/// # Cancellation
///
/// Dropping it takes the request back and leaves nothing behind.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), asynclogger::Error> {
/// let (capture, config) = (asynclogger::Capture::new(), asynclogger::Config::new("app").console(None));
/// let logger = asynclogger::AsyncLogger::start_with(config, capture.clone())?;
/// log::info!(logger: logger, "ready");
/// logger.flush().wait()?; // on a plain thread; `logger.flush().await?` in a task
/// assert_eq!(capture.lines().len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "the answer reports whether the records were written: await it, or call wait()"]
pub struct Flush(Pending);

/// What `shutdown()` returns: a future, or a wait for a plain thread.
///
/// The request is sent when this value is made; the logger closes also when it is dropped.
///
/// # Errors
///
/// [`ErrorKind::Incomplete`] when records were dropped or failed that no flush told of, and
/// [`ErrorKind::Timeout`] when the shutdown limit ended first; [`Error::unwritten`] says how many records.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), asynclogger::Error> {
/// let config = asynclogger::Config::new("app").console(None);
/// let logger = asynclogger::AsyncLogger::start_with(config, std::io::sink())?;
/// logger.shutdown().wait()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "the answer reports whether everything was written: await it, or call wait()"]
pub struct Shutdown(Pending);

macro_rules! waits {
    ($future:ident, $what:literal) => {
        impl $future {
            pub(crate) fn send(cell: &Arc<Cell>, request: Request, logger: u64) -> $future {
                $future(Pending::send(cell, request, logger))
            }

            pub(crate) fn answered(result: Result<(), Error>) -> $future {
                $future(Pending::Answered(result))
            }

            #[doc = concat!("Blocks the calling thread until the ", $what, " is answered; works inside a runtime too.")]
            ///
            /// # Errors
            ///
            #[doc = concat!("As listed at [`", stringify!($future), "`].")]
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("let error = asynclogger::", $what, "().wait().unwrap_err();")]
            /// assert_eq!(error.kind(), asynclogger::ErrorKind::NotRunning); // there was no `init`
            /// ```
            pub fn wait(self) -> Result<(), Error> {
                self.0.wait($what, None)
            }

            #[doc = concat!("As [`wait`](", stringify!($future), "::wait), but never longer than `limit`.")]
            ///
            /// # Errors
            ///
            /// [`ErrorKind::Timeout`] when the limit was over, and as listed at the type.
            ///
            /// # Examples
            ///
            /// ```
            /// # fn main() -> Result<(), asynclogger::Error> {
            /// use asynclogger::{AsyncLogger, Config};
            /// use std::time::Duration;
            ///
            /// let logger = AsyncLogger::start_with(Config::new("app").console(None), std::io::sink())?;
            #[doc = concat!("logger.", $what, "().wait_timeout(Duration::from_secs(2))")]
            /// # }
            /// ```
            pub fn wait_timeout(self, limit: Duration) -> Result<(), Error> {
                self.0.wait($what, Some(limit))
            }
        }

        impl Future for $future {
            type Output = Result<(), Error>;

            fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
                self.0.poll($what, context)
            }
        }
    };
}

waits!(Flush, "flush");
waits!(Shutdown, "shutdown");
