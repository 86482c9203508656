//! The futures that `flush()` and `shutdown()` return, with a blocking wait for threads.

use super::{Cell, Key, Request};
use crate::clock::Instant;
use crate::error::{Error, ErrorKind};
use crate::process;
use crate::sync::Arc;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// A request that was sent. Its slot in the cell is freed when this is dropped.
#[derive(Debug)]
enum Pending {
    Answered(Result<(), Error>),
    Waiting {
        cell: Arc<Cell>,
        key: Key,
        request: Request,
        logger: u64,
        /// The fork generation in which it was sent. In a child forked later it is never answered, and the cell may be
        /// locked.
        generation: u64,
    },
}

impl Pending {
    fn send(cell: &Arc<Cell>, request: Request, logger: u64) -> Pending {
        match process::guarded(|| cell.request(request)) {
            Some(key) => Pending::Waiting {
                cell: Arc::clone(cell),
                key,
                request,
                logger,
                generation: process::generation(),
            },
            // Only a closed cell refuses a request, and it keeps its answer.
            None => Pending::Answered(process::guarded(|| cell.closed()).unwrap_or(Ok(()))),
        }
    }

    /// The error in a child process that was forked after the request was sent.
    fn lost_by_fork(&self) -> Option<Error> {
        match self {
            Pending::Waiting {
                request, generation, ..
            } if *generation != process::generation() => {
                let text = format!(
                    "{}: it was asked for before this process was forked, and its parent gets the answer",
                    request.name()
                );
                Some(Error::new(ErrorKind::NotRunning, text))
            }
            Pending::Waiting { .. } | Pending::Answered(_) => None,
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        if let Some(error) = self.lost_by_fork() {
            return Poll::Ready(Err(error));
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

    fn wait(self, limit: Option<Duration>) -> Result<(), Error> {
        if let Some(error) = self.lost_by_fork() {
            return Err(error);
        }
        let (cell, key, call) = match &self {
            Pending::Answered(result) => return result.clone(),
            Pending::Waiting { logger, request, .. } if process::is_own_thread(*logger) => {
                let call = request.name();
                return Err(Error::new(
                    ErrorKind::WouldDeadlock,
                    format!(
                        "{call} was waited for on the logger's own thread; wait for it on another thread"
                    ),
                ));
            }
            Pending::Waiting {
                cell, key, request, ..
            } => (cell, *key, request.name()),
        };
        // A limit that is too large for the clock is no limit.
        let deadline = limit.and_then(|limit| Instant::now().checked_add(limit));
        process::guarded(|| cell.wait(key, deadline)).unwrap_or_else(|| {
            Err(Error::new(
                ErrorKind::Timeout,
                format!(
                    "{call} was not answered within {:?}; health() reports which output is behind",
                    limit.unwrap_or_default()
                ),
            ))
        })
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        let lost_by_fork = self.lost_by_fork().is_some();
        if let Pending::Waiting { cell, key, .. } = self {
            if lost_by_fork {
                // The cell is the parent's: it is not freed here, and its lock may be held for ever.
                std::mem::forget(Arc::clone(cell));
            } else {
                cell.forget(*key);
            }
        }
    }
}

/// A request that was sent by `flush()`, `sync()` or `reopen()`. Await it in a task, or call [`wait`](Flush::wait) on
/// a thread.
///
/// All three are a flush; `sync()` and `reopen()` do something in addition, so they return the same type. The request
/// was sent when this value was made, whether or not it is polled. `Ok` means that every record accepted before the
/// call was handed to the operating system by every output that wants it. After `sync()` it also means that the log
/// file is on the disk, and after `reopen()` that the file was opened again.
///
/// # Errors
///
/// * [`ErrorKind::Io`]: an output could not write, or the file could not be synced or opened; the text names the
///   output. Records that were not written are kept, and the logger retries.
/// * [`ErrorKind::Incomplete`]: records were dropped or failed since the last answer that reported it;
///   [`Error::unwritten`] returns how many.
/// * [`ErrorKind::Timeout`]: an output has written nothing for a second, or the limit of `wait_timeout` passed.
/// * [`ErrorKind::WorkerPanicked`]: a stage of the worker panicked before the answer. The worker runs on: send the
///   request again.
/// * [`ErrorKind::WouldDeadlock`]: `wait` was called on the logger's own thread.
/// * [`ErrorKind::NotRunning`]: no logger was started, or this process was forked after the request was sent.
///
/// # Cancellation
///
/// Dropping it withdraws the request and leaves nothing behind. Losses that its answer would have reported are
/// reported by the next one.
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
#[doc(alias("Sync", "Reopen", "Pending"))]
pub struct Flush(Pending);

/// A request that was sent by `shutdown()`. Await it in a task, or call [`wait`](Shutdown::wait) on a thread.
///
/// The request was sent when this value was made, and dropping it does not withdraw it: the logger ends either way.
///
/// # Errors
///
/// * [`ErrorKind::Incomplete`]: records were dropped or failed, and no flush has reported it.
/// * [`ErrorKind::Timeout`]: the shutdown limit passed before everything was written.
/// * [`ErrorKind::WorkerPanicked`]: a stage of the worker panicked before the answer. The worker runs on: call
///   `shutdown()` again.
/// * [`ErrorKind::WouldDeadlock`]: `wait` was called on the logger's own thread.
/// * [`ErrorKind::NotRunning`]: no logger was started, or this process was forked after the request was sent.
///
/// [`Error::unwritten`] returns how many records are missing.
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

            #[doc = concat!("Blocks the calling thread until the ", $what, " is answered. It works inside an async runtime too.")]
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
                self.0.wait(None)
            }

            #[doc = concat!("As [`wait`](", stringify!($future), "::wait), but for at most `limit`.")]
            ///
            /// # Errors
            ///
            /// [`ErrorKind::Timeout`] if the limit passed, and as listed at the type.
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
                self.0.wait(Some(limit))
            }
        }

        impl Future for $future {
            type Output = Result<(), Error>;

            fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
                self.0.poll(context)
            }
        }
    };
}

waits!(Flush, "flush");
waits!(Shutdown, "shutdown");
