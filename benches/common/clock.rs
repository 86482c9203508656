//! Time in ticks of the processor if it has a counter of constant rate (x86-64), otherwise in nanoseconds.
//!
//! A read costs less than the calls that it measures, and waits until all instructions before it are done.
#![allow(unsafe_code)] // the one instruction

use std::time::Instant;

/// Now, in ticks of an unknown rate; see [`Rate`].
#[cfg(target_arch = "x86_64")]
#[inline]
pub fn ticks() -> u64 {
    let (low, high): (u32, u32);
    // SAFETY: reads a counter into two registers; the fences keep other instructions before and after it.
    unsafe {
        std::arch::asm!(
            "lfence", "rdtsc", "lfence",
            out("eax") low, out("edx") high,
            options(nomem, nostack)
        );
    }
    u64::from(high) << 32 | u64::from(low)
}

/// Now, in nanoseconds.
#[cfg(not(target_arch = "x86_64"))]
#[inline]
pub fn ticks() -> u64 {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

/// The number of ticks in a nanosecond, measured from the creation of this value to its use.
#[derive(Debug, Clone, Copy)]
pub struct Rate {
    ticks: u64,
    time: Instant,
}

impl Rate {
    /// Begins to measure.
    pub fn start() -> Rate {
        Rate {
            ticks: ticks(),
            time: Instant::now(),
        }
    }

    /// Begins to measure, and waits until the result is accurate to a tenth of a per cent.
    pub fn measured() -> Rate {
        let rate = Rate::start();
        while rate.time.elapsed().as_millis() < 20 {
            std::hint::spin_loop();
        }
        rate
    }

    /// Ticks in a nanosecond, accurate to a tenth of a per cent from 1 ms after the start on.
    pub fn ticks_per_ns(&self) -> f64 {
        (ticks() - self.ticks) as f64 / self.time.elapsed().as_nanos() as f64
    }
}

/// The ticks between two reads with nothing between them: the cost of the clock in each measured call.
pub fn cost_of_a_read() -> u64 {
    (0..1000)
        .map(|_| {
            let start = ticks();
            ticks() - start
        })
        .min()
        .unwrap_or(0)
}
