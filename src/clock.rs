//! Clocks: monotonic time orders records, wall time is shown in lines.
//!
//! Other modules get the current time as a parameter.

mod zone;

pub(crate) use zone::{Zone, offset_text};

use std::sync::Arc;
#[cfg(any(not(any(target_os = "linux", target_os = "android")), loom))]
use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(crate) use crate::sync::Instant;

/// Nanoseconds on the monotonic clock, since a fixed moment that is the same for the whole process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Tick(pub(crate) u64);

impl Tick {
    /// Reads the monotonic clock.
    #[cfg(all(any(target_os = "linux", target_os = "android"), not(loom)))]
    #[inline]
    pub(crate) fn now() -> Tick {
        Tick(crate::process::monotonic_nanos())
    }

    /// Reads the monotonic clock, or that of a loom model.
    #[cfg(any(not(any(target_os = "linux", target_os = "android")), loom))]
    #[inline]
    pub(crate) fn now() -> Tick {
        static START: OnceLock<Instant> = OnceLock::new();
        Tick(START.get_or_init(Instant::now).elapsed().as_nanos() as u64)
    }

    /// The time since `earlier`; zero if `earlier` is later.
    pub(crate) fn since(self, earlier: Tick) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// The moment `wait` after this one.
    pub(crate) fn after(self, wait: Duration) -> Tick {
        Tick(
            self.0
                .saturating_add(u64::try_from(wait.as_nanos()).unwrap_or(u64::MAX)),
        )
    }
}

/// A moment of wall time: seconds since 1970-01-01 00:00 UTC (negative before it) and nanoseconds in `0..1e9`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Wall {
    pub(crate) secs: i64,
    pub(crate) nanos: u32,
}

impl From<SystemTime> for Wall {
    fn from(time: SystemTime) -> Wall {
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Wall {
                secs: after.as_secs() as i64,
                nanos: after.subsec_nanos(),
            },
            Err(before) => {
                let before = before.duration();
                let (secs, nanos) = (before.as_secs() as i64, before.subsec_nanos());
                if nanos == 0 {
                    Wall {
                        secs: -secs,
                        nanos: 0,
                    }
                } else {
                    Wall {
                        secs: -secs - 1,
                        nanos: 1_000_000_000 - nanos,
                    }
                }
            }
        }
    }
}

impl From<Wall> for SystemTime {
    /// 1970 for a time that the system's clock cannot represent.
    fn from(wall: Wall) -> SystemTime {
        let secs = Duration::from_secs(wall.secs.unsigned_abs());
        let whole = if wall.secs < 0 {
            UNIX_EPOCH.checked_sub(secs)
        } else {
            UNIX_EPOCH.checked_add(secs)
        };
        whole
            .and_then(|whole| whole.checked_add(Duration::from_nanos(wall.nanos.into())))
            .unwrap_or(UNIX_EPOCH)
    }
}

/// The wall clock; tests can replace it.
#[derive(Clone)]
pub(crate) struct WallClock(Arc<dyn Fn() -> SystemTime + Send + Sync>);

impl WallClock {
    pub(crate) fn new(read: impl Fn() -> SystemTime + Send + Sync + 'static) -> WallClock {
        WallClock(Arc::new(read))
    }

    pub(crate) fn now(&self) -> SystemTime {
        (self.0)()
    }
}

impl Default for WallClock {
    fn default() -> WallClock {
        WallClock::new(SystemTime::now)
    }
}

/// Converts monotonic time to wall time, using one pair of readings.
///
/// Lines are ordered by the monotonic clock, so a jump of the wall clock changes the times shown but not the order.
/// The pair is replaced only if it is off by more than a millisecond, so that slewing by NTP does not make times step
/// back and forth.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Anchor {
    tick: Tick,
    wall_nanos: i128,
}

impl Anchor {
    const TOLERANCE_NANOS: i128 = 1_000_000;

    /// Takes three pairs of readings and uses the best: the one with the shortest time between its two monotonic
    /// readings.
    pub(crate) fn read(clock: &WallClock) -> Anchor {
        let pair = || {
            let before = Tick::now();
            let wall = Wall::from(clock.now());
            let after = Tick::now();
            let middle = Tick(before.0 + (after.0 - before.0) / 2);
            (
                after.0 - before.0,
                Anchor {
                    tick: middle,
                    wall_nanos: wall.as_nanos(),
                },
            )
        };
        let (first, second, third) = (pair(), pair(), pair());
        let best = if second.0 < first.0 { second } else { first };
        if third.0 < best.0 { third.1 } else { best.1 }
    }

    /// Reads the clocks again, and replaces the anchor if it is off by more than a millisecond.
    pub(crate) fn refresh(&mut self, clock: &WallClock) {
        let fresh = Anchor::read(clock);
        if (fresh.wall_nanos - self.nanos_at(fresh.tick)).abs() > Self::TOLERANCE_NANOS {
            *self = fresh;
        }
    }

    /// The wall time of `tick`.
    #[inline]
    pub(crate) fn wall(&self, tick: Tick) -> Wall {
        Wall::from_nanos(self.nanos_at(tick))
    }

    /// The last tick before the wall time `secs`, in seconds since 1970.
    pub(crate) fn tick_before(&self, secs: i64) -> Tick {
        let nanos = i128::from(secs) * 1_000_000_000 - self.wall_nanos + i128::from(self.tick.0) - 1;
        Tick(u64::try_from(nanos.max(0)).unwrap_or(u64::MAX))
    }

    fn nanos_at(&self, tick: Tick) -> i128 {
        self.wall_nanos + i128::from(tick.0) - i128::from(self.tick.0)
    }
}

impl Wall {
    /// Seconds since 1970, with a fraction, as a float.
    pub(crate) fn as_secs_f64(self) -> f64 {
        self.secs as f64 + f64::from(self.nanos) / 1e9
    }

    fn as_nanos(self) -> i128 {
        i128::from(self.secs) * 1_000_000_000 + i128::from(self.nanos)
    }

    fn from_nanos(nanos: i128) -> Wall {
        // Times between the years 1677 and 2262 avoid a 128-bit division.
        if let Ok(short) = i64::try_from(nanos) {
            return Wall {
                secs: short.div_euclid(1_000_000_000),
                nanos: short.rem_euclid(1_000_000_000) as u32,
            };
        }
        Wall {
            secs: nanos.div_euclid(1_000_000_000) as i64,
            nanos: nanos.rem_euclid(1_000_000_000) as u32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_before_1970_count_backwards() {
        let time = UNIX_EPOCH - Duration::from_millis(1_500);
        assert_eq!(
            Wall::from(time),
            Wall {
                secs: -2,
                nanos: 500_000_000
            }
        );
    }

    #[test]
    fn a_wall_time_becomes_the_system_time_it_came_from() {
        for time in [
            UNIX_EPOCH - Duration::from_millis(1_500),
            UNIX_EPOCH,
            UNIX_EPOCH + Duration::new(1_735_787_045, 123_456_700),
        ] {
            assert_eq!(SystemTime::from(Wall::from(time)), time);
        }
    }

    #[test]
    fn an_anchor_gives_the_wall_time_of_a_tick() {
        let anchor = Anchor {
            tick: Tick(5),
            wall_nanos: 1_000_000_000,
        };
        assert_eq!(anchor.wall(Tick(7)), Wall { secs: 1, nanos: 2 });
        assert_eq!(
            anchor.wall(Tick(4)),
            Wall {
                secs: 0,
                nanos: 999_999_999
            }
        );
    }

    #[test]
    fn the_last_tick_before_a_second_is_the_one_whose_wall_time_is_before_it() {
        let anchor = Anchor {
            tick: Tick(5_000_000_000),
            wall_nanos: 1_700_000_000_500_000_000,
        };
        let last = anchor.tick_before(1_700_000_010);
        assert_eq!(
            anchor.wall(last),
            Wall {
                secs: 1_700_000_009,
                nanos: 999_999_999
            }
        );
        assert_eq!(
            anchor.wall(Tick(last.0 + 1)),
            Wall {
                secs: 1_700_000_010,
                nanos: 0
            }
        );
        assert_eq!(anchor.tick_before(0), Tick(0));
        assert_eq!(anchor.tick_before(i64::MAX), Tick(u64::MAX));
    }

    #[test]
    fn an_anchor_follows_a_clock_that_jumps_but_not_one_that_drifts() {
        let fixed = WallClock::new(|| UNIX_EPOCH + Duration::from_secs(1_000));
        let mut anchor = Anchor::read(&fixed);
        anchor.wall_nanos += 500_000;
        let drifted = anchor.wall_nanos;
        let quick = anchor;
        anchor.refresh(&WallClock::new(move || {
            UNIX_EPOCH + Duration::from_nanos((quick.nanos_at(Tick::now()) - 400_000) as u64)
        }));
        assert_eq!(anchor.wall_nanos, drifted);
        anchor.refresh(&WallClock::new(|| UNIX_EPOCH + Duration::from_secs(9_000)));
        assert_eq!(anchor.wall_nanos, 9_000_000_000_000);
    }

    #[test]
    fn whole_seconds_before_1970_are_not_rounded() {
        let wall = Wall::from(UNIX_EPOCH - Duration::from_secs(2));
        assert_eq!(wall, Wall { secs: -2, nanos: 0 });
    }

    #[test]
    fn an_anchor_counts_on_beyond_the_nanoseconds_that_fit_64_bits() {
        for secs in [i64::MAX / 4, i64::MIN / 4] {
            let anchor = Anchor {
                tick: Tick(5),
                wall_nanos: i128::from(secs) * 1_000_000_000,
            };
            assert_eq!(anchor.wall(Tick(7)), Wall { secs, nanos: 2 });
            let before = Wall {
                secs: secs - 1,
                nanos: 999_999_999,
            };
            assert_eq!(anchor.wall(Tick(4)), before);
        }
    }
}
