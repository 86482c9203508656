//! `log::max_level`, which is one level for the whole process: the most detailed level that any running logger needs.
//!
//! Each logger holds a [`Claim`] to the level that its filter needs. The level never falls below that of any claim,
//! or below what other code (another logger, the application) has set in `log`.

use log::LevelFilter;
use std::fmt;
// std's own, not `sync`'s: a static lives longer than any model of loom.
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A logger's claim to a level, in force until it is released or dropped.
pub(crate) struct Claim {
    table: &'static Table,
    /// The level as a number, or `RELEASED`.
    level: AtomicUsize,
}

impl Claim {
    /// Claims `level`, and raises the level of the process to it if that is lower.
    pub(crate) fn new(level: LevelFilter) -> Claim {
        Claim::on(&PROCESS, level)
    }

    /// Claims another level instead. Does nothing if the claim was released.
    pub(crate) fn set(&self, level: LevelFilter) {
        self.replace(level as usize);
    }

    /// Gives the claim up. A second call does nothing.
    ///
    /// The level of the process falls to what the other claims need. A logger keeps its claim after its shutdown,
    /// because it counts the records that come then.
    pub(crate) fn release(&self) {
        self.replace(RELEASED);
    }

    fn on(table: &'static Table, level: LevelFilter) -> Claim {
        let claim = Claim {
            table,
            level: AtomicUsize::new(level as usize),
        };
        table.change(|claims| {
            claims[level as usize].fetch_add(1, Ordering::Relaxed);
        });
        claim
    }

    fn replace(&self, new: usize) {
        self.table.change(|claims| {
            let old = self.level.load(Ordering::Relaxed);
            if old == RELEASED {
                return;
            }
            self.level.store(new, Ordering::Relaxed);
            if let Some(claims) = claims.get(new) {
                claims.fetch_add(1, Ordering::Relaxed);
            }
            claims[old].fetch_sub(1, Ordering::Relaxed);
        });
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.release();
    }
}

impl fmt::Debug for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = LevelFilter::iter().nth(self.level.load(Ordering::Relaxed));
        f.debug_tuple("Claim").field(&level).finish()
    }
}

/// The most detailed level that was compiled in, if `wanted` is more detailed and this was not reported yet.
///
/// The features `max_level_*` and `release_max_level_*` of `log` remove the macros of more detailed levels from the
/// program. No setting brings them back, so the logger warns about a filter that asks for them. Returns `Some` only
/// once in a process.
pub(crate) fn compiled_out_and_unreported(wanted: LevelFilter) -> Option<LevelFilter> {
    static REPORTED: AtomicBool = AtomicBool::new(false);
    beyond_and_unreported(wanted, log::STATIC_MAX_LEVEL, &REPORTED)
}

fn beyond_and_unreported(
    wanted: LevelFilter,
    limit: LevelFilter,
    reported: &AtomicBool,
) -> Option<LevelFilter> {
    (wanted > limit && !reported.swap(true, Ordering::Relaxed)).then_some(limit)
}

const RELEASED: usize = usize::MAX;
/// Changes under the gate take well under a microsecond. Only a thread that is not scheduled holds it longer.
const LONGEST_WAIT: Duration = Duration::from_millis(100);

static PROCESS: Table = Table::new(log::max_level, log::set_max_level);

/// All claims, counted by level.
///
/// The gate is a spin lock and not a mutex: a child process inherits it closed if another thread of the parent held
/// it at the fork, and no thread in the child opens it. So the wait has a limit. The gate guards only atomics, of
/// which every state is valid.
struct Table {
    gate: AtomicBool,
    claims: [AtomicUsize; 6],
    /// The level that other code has set in `log`.
    foreign: AtomicUsize,
    /// The level that was last set from here. Any other value in `log` is foreign.
    own: AtomicUsize,
    read: fn() -> LevelFilter,
    write: fn(LevelFilter),
}

impl Table {
    const fn new(read: fn() -> LevelFilter, write: fn(LevelFilter)) -> Table {
        Table {
            gate: AtomicBool::new(false),
            claims: [const { AtomicUsize::new(0) }; 6],
            foreign: AtomicUsize::new(LevelFilter::Off as usize),
            own: AtomicUsize::new(LevelFilter::Off as usize),
            read,
            write,
        }
    }

    fn change(&self, edit: impl FnOnce(&[AtomicUsize; 6])) {
        self.enter();
        let seen = (self.read)();
        if seen as usize != self.own.load(Ordering::Relaxed) {
            self.foreign.store(seen as usize, Ordering::Relaxed);
        }
        edit(&self.claims);
        let foreign = self.foreign.load(Ordering::Relaxed);
        let needed = |level: &LevelFilter| {
            *level as usize == foreign || self.claims[*level as usize].load(Ordering::Relaxed) > 0
        };
        let level = LevelFilter::iter()
            .filter(needed)
            .last()
            .unwrap_or(LevelFilter::Off);
        (self.write)(level);
        self.own.store(level as usize, Ordering::Relaxed);
        self.gate.store(false, Ordering::Release);
    }

    fn enter(&self) {
        let began = Instant::now();
        while self.gate.swap(true, Ordering::Acquire) && began.elapsed() < LONGEST_WAIT {
            std::thread::yield_now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::sync::atomic::AtomicU8;

    thread_local! {
        /// Takes the place of `log::max_level`, one for each test.
        static LEVEL: Cell<LevelFilter> = const { Cell::new(LevelFilter::Off) };
    }

    fn table() -> &'static Table {
        Box::leak(Box::new(Table::new(|| LEVEL.get(), |level| LEVEL.set(level))))
    }

    #[test]
    fn the_level_is_the_maximum_over_all_claims() {
        let table = table();
        let first = Claim::on(table, LevelFilter::Info);
        let second = Claim::on(table, LevelFilter::Trace);
        assert_eq!(LEVEL.get(), LevelFilter::Trace);
        second.set(LevelFilter::Debug);
        assert_eq!(LEVEL.get(), LevelFilter::Debug);
        second.set(LevelFilter::Error);
        assert_eq!(LEVEL.get(), LevelFilter::Info);
        drop(first);
        assert_eq!(LEVEL.get(), LevelFilter::Error);
        drop(second);
        assert_eq!(LEVEL.get(), LevelFilter::Off);
    }

    #[test]
    fn one_of_two_equal_claims_keeps_the_level() {
        let table = table();
        let first = Claim::on(table, LevelFilter::Debug);
        let _second = Claim::on(table, LevelFilter::Debug);
        first.release();
        first.release();
        assert_eq!(LEVEL.get(), LevelFilter::Debug);
    }

    #[test]
    fn a_released_claim_cannot_be_set() {
        let claim = Claim::on(table(), LevelFilter::Debug);
        claim.release();
        claim.set(LevelFilter::Trace);
        assert_eq!(LEVEL.get(), LevelFilter::Off);
    }

    #[test]
    fn a_level_set_by_other_code_is_never_lowered() {
        LEVEL.set(LevelFilter::Info);
        let claim = Claim::on(table(), LevelFilter::Error);
        assert_eq!(LEVEL.get(), LevelFilter::Info, "set before");
        claim.set(LevelFilter::Trace);
        LEVEL.set(LevelFilter::Debug);
        claim.set(LevelFilter::Warn);
        assert_eq!(LEVEL.get(), LevelFilter::Debug, "set meanwhile");
        claim.set(LevelFilter::Trace);
        drop(claim);
        assert_eq!(LEVEL.get(), LevelFilter::Debug, "left behind");
    }

    #[test]
    fn a_gate_that_stays_closed_is_passed_after_a_while() {
        let table = table();
        table.gate.store(true, Ordering::Relaxed);
        let _claim = Claim::on(table, LevelFilter::Warn);
        assert_eq!(LEVEL.get(), LevelFilter::Warn);
        assert!(!table.gate.load(Ordering::Relaxed));
    }

    #[test]
    fn claims_of_many_threads_balance() {
        static SHARED: AtomicU8 = AtomicU8::new(0);
        static TABLE: Table = Table::new(
            || {
                LevelFilter::iter()
                    .nth(SHARED.load(Ordering::SeqCst).into())
                    .unwrap()
            },
            |level| SHARED.store(level as u8, Ordering::SeqCst),
        );
        let kept = Claim::on(&TABLE, LevelFilter::Warn);
        std::thread::scope(|scope| {
            for thread in 0..4 {
                scope.spawn(move || {
                    for turn in 0..2_000 {
                        let level = LevelFilter::iter().nth((turn + thread) % 6).unwrap();
                        let claim = Claim::on(&TABLE, level);
                        claim.set(LevelFilter::Info);
                        assert!((TABLE.read)() >= LevelFilter::Info);
                    }
                });
            }
        });
        assert_eq!((TABLE.read)(), LevelFilter::Warn);
        drop(kept);
        assert_eq!((TABLE.read)(), LevelFilter::Off);
    }

    #[test]
    fn a_claim_raises_the_level_of_the_process() {
        let _claim = Claim::new(LevelFilter::Trace);
        assert_eq!(log::max_level(), LevelFilter::Trace);
    }

    #[test]
    fn a_level_that_was_compiled_out_is_reported_once() {
        let reported = AtomicBool::new(false);
        let wants = |level| beyond_and_unreported(level, LevelFilter::Info, &reported);
        assert_eq!(wants(LevelFilter::Info), None);
        assert_eq!(wants(LevelFilter::Debug), Some(LevelFilter::Info));
        assert_eq!(wants(LevelFilter::Trace), None, "a second time");
        assert_eq!(compiled_out_and_unreported(log::STATIC_MAX_LEVEL), None);
    }
}
