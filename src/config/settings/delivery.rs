//! The queue between the calls and the outputs, and when it is drained.

use crate::config::kinds::{by_type, overflow, size};
use crate::config::limit::{Limit, any, at_most, between, words};
use crate::config::table::{Setting, settings};
use crate::config::{Config, Overflow};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);
/// The longest time that a setting may wait.
pub(in crate::config) const DAY: Duration = Duration::from_secs(24 * 3_600);

settings! {
    /// # Queue, times, and the end of the program
    ///
    /// Backpressure, batches, and what is drained when.
    impl Config as delivery: DeliverySettings;

    /// Sets how many bytes of records may wait between the calls and the outputs.
    ///
    /// Default: 4 MiB. At least four times [`max_record_bytes`](Config::max_record_bytes). The last quarter is for
    /// `Warn` and `Error`. When the queue is full, [`overflow`](Config::overflow) decides. The setting is a bound, not
    /// an allocation: memory is taken as records come.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").queue_bytes(16 * 1024 * 1024);
    /// ```
    queue_bytes(bytes: usize) -> usize {
        default: 4 * 1024 * 1024,
        kind: size,
        limits: words("from four times `max_record_bytes`"),
        help: "bytes of records that may wait",
    }

    /// Sets what a call does when the queue is full.
    ///
    /// Default: [`Overflow::BlockFor`] 100 ms. A wait is at most 24 h. Every drop is counted by level and reported by a
    /// `WARN` line in the log.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{Config, Overflow};
    /// use std::time::Duration;
    ///
    /// let never_waits = Config::new("shop").overflow(Overflow::DropNewest);
    /// let loses_nothing = Config::new("shop").overflow(Overflow::Block);
    /// let patient = Config::new("shop").overflow(Overflow::BlockFor(Duration::from_secs(2)));
    /// ```
    #[doc(alias = "backpressure")]
    overflow(overflow: Overflow) -> Overflow {
        default: Overflow::default(),
        kind: overflow,
        limits: words("at most `24h`"),
        help: "what a call does when the queue is full: `block`, `drop_newest` or this",
    }

    /// Sets the most bytes that one write hands to the operating system.
    ///
    /// Default: 256 KiB. At least [`max_record_bytes`](Config::max_record_bytes), so that every line fits.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").batch_bytes(64 * 1024);
    /// ```
    batch_bytes(bytes: usize) -> usize {
        default: 256 * 1024,
        kind: size,
        limits: words("from `max_record_bytes`"),
        help: "the largest single write",
    }

    /// Sets the longest time from a call to the write of its record, while the outputs keep up.
    ///
    /// Default: 5 ms. More than 0 and at most 1 h. A longer interval makes larger batches. [`flush`](crate::flush) does not
    /// wait for it.
    ///
    /// It is no limit for what SIGKILL loses. That is everything that is not written: the queue, up to
    /// [`queue_bytes`](Config::queue_bytes) when records come faster than they can be written, and the lines that a console or
    /// writer has not taken yet, up to a quarter of `queue_bytes` for each. A power cut also loses what the operating system
    /// has not written; [`sync`](crate::sync) waits for that.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let saves_power = asynclogger::Config::new("shop").flush_interval(Duration::from_millis(250));
    /// ```
    flush_interval(interval: Duration) -> Duration {
        default: Duration::from_millis(5),
        kind: by_type,
        limits: between(Duration::from_nanos(1), HOUR).below("must be more than 0; the default is 5ms"),
        help: "the longest time from a call to the write of its record",
    }

    /// Sets how long `shutdown()`, the end of the process and the drop of a logger wait for the queue to drain.
    ///
    /// Default: 5 s. At most 24 h. Records that are unwritten then are counted, and `shutdown()` returns an error; 0
    /// does not wait at all.
    ///
    /// An output that takes nothing for 1 s of it, or for a fifth if that is longer, is given up earlier: a console that
    /// nobody reads, or a full disk behind it. A log file gets the whole limit.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let config = asynclogger::Config::new("shop").shutdown_timeout(Duration::from_secs(20));
    /// ```
    shutdown_timeout(limit: Duration) -> Duration {
        default: Duration::from_secs(5),
        kind: by_type,
        limits: at_most(DAY),
        help: "how long `shutdown()` waits for the queue to drain",
    }

    /// Sets whether the end of the process drains the logger, within [`shutdown_timeout`](Config::shutdown_timeout).
    ///
    /// Default: true. An `atexit` handler does it, so it covers a return from `main`, `std::process::exit` on any
    /// thread, and a panic that unwinds `main`. It does not cover `_exit`, `abort`, signals, and the exit of a process
    /// on Windows. With `false`, nothing waits at the exit, and what is not written then is lost: up to a full
    /// queue ([`queue_bytes`](Config::queue_bytes)) and what the outputs' buffers hold, unless [`shutdown`](crate::shutdown) or
    /// [`flush`](crate::flush) was called.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").flush_on_exit(false);
    /// ```
    flush_on_exit(on: bool) -> bool {
        default: true,
        kind: by_type,
        limits: any(),
        help: "the end of the process drains the queue",
    }

    /// Sets whether a panic leaves a record, at `Error` with the target `panic`: its thread, place and text, and the
    /// backtrace if `RUST_BACKTRACE` or `RUST_LIB_BACKTRACE` asks for it.
    ///
    /// Default: true, for the logger that [`init`](crate::init) installed. It puts a panic hook in front of the present
    /// one, which then runs as always and prints to standard error; a console on standard error does not get the record
    /// a second time. Caught panics leave a record too; panics on the logger's own threads do not, they are in health.
    ///
    /// The hook only hands the record over. It waits for a full queue at most 100 ms, or as
    /// [`overflow`](Config::overflow) says if that is less. In a program compiled with `panic = "abort"` it also
    /// flushes, for at most 500 ms, because nothing else runs afterwards. The filter applies to the target `panic`. A
    /// program that sets its own hook after `init` keeps this one by calling the hook that `std::panic::take_hook`
    /// returned.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").log_panics(false);
    /// ```
    log_panics(on: bool) -> bool {
        default: true,
        kind: by_type,
        limits: any(),
        help: "a panic leaves a record at error, target `panic` (`init` only)",
    }
}
