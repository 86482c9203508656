//! The cost of the lock, of checking the file's identity, and of rotation: CPU per record with `Locking::Shared`,
//! compared with `Locking::Off`.
//!
//! `cargo bench --bench locks` prints the median of eleven pairs of runs, and the smallest and largest ratio. Both
//! sides of a pair write 400,000 records from four threads into files that rotate each 10 MiB.

mod common;

use asynclogger::{AsyncLogger, Config, Locking, Overflow};
use common::process::cpu_ns;

const THREADS: usize = 4;
const RECORDS: usize = 100_000;
const PAIRS: usize = 11;

fn main() {
    run(Locking::Off);
    let mut ratios = Vec::new();
    for pair in 0..PAIRS {
        // The order changes, so that neither side always has the warmer machine.
        let (shared, off) = if pair % 2 == 0 {
            let shared = run(Locking::Shared);
            (shared, run(Locking::Off))
        } else {
            let off = run(Locking::Off);
            (run(Locking::Shared), off)
        };
        println!(
            "shared {shared:6.1} ns, off {off:6.1} ns of CPU a record: {:.3}",
            shared / off
        );
        ratios.push(shared / off);
    }
    ratios.sort_by(f64::total_cmp);
    println!(
        "median {:.3}, from {:.3} to {:.3}",
        ratios[PAIRS / 2],
        ratios[0],
        ratios[PAIRS - 1]
    );
}

/// Nanoseconds of CPU, of all threads together, for one record.
fn run(locking: Locking) -> f64 {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let config = Config::new("bench")
        .console(None)
        .log_dir(dir.path())
        .overflow(Overflow::Block);
    let logger = AsyncLogger::start(config.locking(locking)).expect("a logger");
    let before = cpu_ns();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let logger = &logger;
            scope.spawn(move || {
                for n in 0..RECORDS {
                    log::info!(logger: logger, "request served thread={thread} seq={n} path=/api/v1/orders status=200");
                }
            });
        }
    });
    logger.shutdown().wait().expect("everything is written");
    cpu_ns().saturating_sub(before) as f64 / (THREADS * RECORDS) as f64
}
