//! Response times at 10, 50 and 90 % of the measured maximum, from the time when each record was due.
//!
//! `cargo bench --bench openloop [-- --rounds 5]`. One thread logs at a fixed rate. A call that blocks it makes the
//! next ones late, and their delay counts: a time that starts with the call itself would exclude exactly those calls
//! (coordinated omission, G. Tene, <https://github.com/giltene/wrk2>). `null` at the same rates shows the delays of the
//! machine alone.

mod common;

use common::args::Args;
use common::clock::{Rate, ticks};
use common::histogram::Histogram;
use common::item::item;
use common::load;
use common::loggers::{Null, defaults, finish, start};
use common::sheet::Sheet;
use log::Log;
use std::time::Instant;

const RECORDS: usize = 600_000;
const SHARES: [u32; 3] = [10, 50, 90];

fn main() {
    let args = Args::read();
    let (mut sheet, rate) = (Sheet::new("openloop"), Rate::measured());
    // At a tenth of the rate, this many records would take ten times as long.
    let records = |share: u32| args.scaled(RECORDS) * share as usize / 100 + 1;
    for _ in 0..args.rounds {
        let most = maximum(&args);
        sheet.add("maximum, 1 thread", "records/s", most);
        for share in SHARES {
            let gap = 1e9 * rate.ticks_per_ns() / (most * f64::from(share) / 100.0);
            let dir = args.log_dir();
            let ours = start(defaults(dir.path()));
            let times = paced(&ours, records(share), gap);
            finish(&ours, records(share));
            add(
                &mut sheet,
                &format!("asynclogger at {share} %"),
                &times,
                rate.ticks_per_ns(),
            );
            let times = paced(&Null, records(share), gap);
            add(
                &mut sheet,
                &format!("null at {share} %"),
                &times,
                rate.ticks_per_ns(),
            );
        }
    }
    sheet.finish(args.out.as_deref());
}

/// Records a second of one thread that logs without pauses, until all lines are written.
fn maximum(args: &Args) -> f64 {
    let (dir, records) = (args.log_dir(), args.scaled(RECORDS));
    let ours = start(defaults(dir.path()));
    let time = Instant::now();
    load::back_to_back(&ours, load::text, 1, records);
    finish(&ours, records);
    records as f64 / time.elapsed().as_secs_f64()
}

/// One record each `gap` ticks; times from when each was due to when its call returned.
fn paced(logger: &dyn Log, records: usize, gap: f64) -> Histogram {
    let mut times = Histogram::new();
    let first = ticks() as f64 + gap;
    for n in 0..records {
        let due = (first + gap * n as f64) as u64;
        while ticks() < due {
            std::hint::spin_loop();
        }
        load::text(logger, item(0, n));
        times.add(ticks() - due);
    }
    times
}

fn add(sheet: &mut Sheet, case: &str, times: &Histogram, ticks_per_ns: f64) {
    for (measure, quantile) in [("p50 ns", 0.5), ("p99 ns", 0.99), ("p99.9 ns", 0.999)] {
        sheet.add(case, measure, times.quantile(quantile) as f64 / ticks_per_ns);
    }
    sheet.add(case, "max ns", times.max() as f64 / ticks_per_ns);
}
