//! The cost of each stage for a record: capture in the caller; mask, render and write on the worker.
//!
//! `cargo bench --bench stages [-- --rounds 5]`. Capture is CPU time of the calling thread. The worker's stages are
//! separated by its hook, which is called between them. Render includes taking the record out of the merge, and write
//! includes counting and releasing it. Escaping is not a separate stage, because it happens while the line is rendered:
//! its cost is the difference between a message with characters to escape and one without.

mod common;

use asynclogger::seams::{Seams, Stage};
use asynclogger::{AsyncLogger, Config, Format, Mask};
use common::args::Args;
use common::clock::{Rate, cost_of_a_read, ticks};
use common::item::{Item, item};
use common::load::{self, Call};
use common::loggers::{defaults, finish};
use common::process::thread_cpu_ns;
use common::sheet::Sheet;
use log::Log;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

const RECORDS: usize = 200_000;

struct Case {
    name: &'static str,
    call: Call,
    adapt: fn(Config) -> Config,
}

const AS_IT_IS: fn(Config) -> Config = |config| config;
const CASES: [Case; 8] = [
    Case {
        name: "text",
        call: load::text,
        adapt: AS_IT_IS,
    },
    Case {
        name: "text, mask off",
        call: load::text,
        adapt: |config| config.mask(Mask::none()),
    },
    Case {
        name: "text, to be escaped",
        call: to_be_escaped,
        adapt: AS_IT_IS,
    },
    Case {
        name: "text, to be masked",
        call: to_be_masked,
        adapt: AS_IT_IS,
    },
    Case {
        name: "short",
        call: load::short,
        adapt: AS_IT_IS,
    },
    Case {
        name: "kv in text",
        call: load::kv,
        adapt: AS_IT_IS,
    },
    Case {
        name: "kv in JSON",
        call: load::kv,
        adapt: |config| config.file_format(Format::Json),
    },
    Case {
        name: "1024 B",
        call: load::LONG_CALLS[2],
        adapt: AS_IT_IS,
    },
];

/// As `text`, with a tab instead of each blank.
fn to_be_escaped(logger: &dyn Log, i: Item) {
    log::info!(
        logger: logger,
        "request\tserved\tthread={}\tseq={}\tpath={}\tstatus={}\tmicros={}\tscore={:.3}",
        i.thread, i.seq, i.path, i.status, i.micros, i.score
    );
}

/// As `text`, with a secret instead of the path.
fn to_be_masked(logger: &dyn Log, i: Item) {
    log::info!(
        logger: logger,
        "request served thread={} seq={} token={} status={} micros={} score={:.3}",
        i.thread, i.seq, "Zm9vYmFyYmF6cXV4MTIzNDU2", i.status, i.micros, i.score
    );
}

/// Ticks by stage of the worker, added up by its hook.
#[derive(Default)]
struct Times {
    last: AtomicU64,
    doing: AtomicU64,
    mask: AtomicU64,
    render: AtomicU64,
    write: AtomicU64,
    batches: AtomicU64,
    read: u64,
}

impl Times {
    /// Only the worker calls this, so a load and a store suffice for an addition.
    fn at(&self, stage: Stage) {
        let spent = (ticks() - self.last.load(Relaxed)).saturating_sub(self.read);
        let more = |sum: &AtomicU64, by: u64| sum.store(sum.load(Relaxed) + by, Relaxed);
        match self.doing.load(Relaxed) {
            MASK => more(&self.mask, spent),
            RENDER => more(&self.render, spent),
            WRITE => more(&self.write, spent),
            _ => {}
        }
        let doing = match stage {
            Stage::Mask => MASK,
            Stage::Format => RENDER,
            Stage::Write => {
                more(&self.batches, 1);
                WRITE
            }
            _ => 0,
        };
        self.doing.store(doing, Relaxed);
        self.last.store(ticks(), Relaxed);
    }
}

const MASK: u64 = 1;
const RENDER: u64 = 2;
const WRITE: u64 = 3;

fn main() {
    let args = Args::read();
    let (mut sheet, rate) = (Sheet::new("stages"), Rate::measured());
    for _ in 0..args.rounds {
        for case in &CASES {
            run(case, &args, &mut sheet, &rate);
        }
    }
    let difference: fn(f64, f64) -> f64 = |left, right| left - right;
    let sides = [("text, to be escaped", "render ns"), ("text", "render ns")];
    sheet.compare("what escaping adds", "render ns", sides, difference);
    sheet.finish(args.out.as_deref());
}

fn run(case: &Case, args: &Args, sheet: &mut Sheet, rate: &Rate) {
    let (dir, records) = (args.log_dir(), args.scaled(RECORDS));
    let times = Arc::new(Times {
        read: cost_of_a_read(),
        ..Times::default()
    });
    let hooked = Arc::clone(&times);
    let seams = Seams::default().hook(move |stage| hooked.at(stage));
    let config = (case.adapt)(defaults(dir.path()));
    let logger = AsyncLogger::start_with_seams(config, seams).expect("a logger");
    let cpu = thread_cpu_ns();
    (0..records).for_each(|n| (case.call)(&logger, item(0, n)));
    let capture = (thread_cpu_ns() - cpu) as f64 / records as f64;
    finish(&logger, records);
    let ns = |sum: &AtomicU64| sum.load(Relaxed) as f64 / rate.ticks_per_ns() / records as f64;
    sheet.add(case.name, "capture ns", capture);
    sheet.add(case.name, "mask ns", ns(&times.mask));
    sheet.add(case.name, "render ns", ns(&times.render));
    sheet.add(case.name, "write ns", ns(&times.write));
    sheet.add(
        case.name,
        "records/batch",
        records as f64 / times.batches.load(Relaxed).max(1) as f64,
    );
}
