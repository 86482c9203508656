//! How many records a second reach the file, and the CPU time of each on both sides together: by threads, by format, by
//! length, and with a file that rotates each MiB.
//!
//! `cargo bench --bench throughput [-- --rounds 5]`. The clock stops when `shutdown` has returned, so that all records
//! are with the operating system; a run that loses a record fails.

mod common;

use asynclogger::{Config, Format};
use common::args::Args;
use common::load::{self, Call, LONG_BYTES, LONG_CALLS};
use common::loggers::{defaults, finish, start};
use common::process::{cpu_ns, peak_kib};
use common::sheet::Sheet;
use std::time::Instant;

const RECORDS: usize = 800_000;
/// The bytes of all messages of a run, for runs that vary the length.
const LONG_TOTAL: usize = 64 << 20;

struct Case {
    name: String,
    threads: usize,
    /// Of all threads together.
    records: usize,
    call: Call,
    adapt: fn(Config) -> Config,
}

fn main() {
    let args = Args::read();
    let mut sheet = Sheet::new("throughput");
    let cases = cases();
    for _ in 0..args.rounds {
        for case in &cases {
            run(case, &args, &mut sheet);
        }
    }
    compare(&mut sheet);
    sheet.add("whole process", "peak KiB", peak_kib() as f64);
    sheet.finish(args.out.as_deref());
}

fn cases() -> Vec<Case> {
    let case = |name: &str, threads, call, adapt| Case {
        name: name.to_owned(),
        threads,
        records: RECORDS,
        call,
        adapt,
    };
    let as_it_is: fn(Config) -> Config = |config| config;
    let mut cases = vec![
        case("text, 1 thread", 1, load::text, as_it_is),
        case("text, 4 threads", 4, load::text, as_it_is),
        case("text, 64 threads", 64, load::text, as_it_is),
        case("text, 4 threads, rotated each MiB", 4, load::text, |config| {
            config.max_bytes(1 << 20)
        }),
        case("kv in text, 4 threads", 4, load::kv, as_it_is),
        case("kv in JSON, 4 threads", 4, load::kv, |config| {
            config.file_format(Format::Json)
        }),
    ];
    for (bytes, call) in LONG_BYTES.into_iter().zip(LONG_CALLS) {
        let records = LONG_TOTAL / bytes;
        cases.push(Case {
            records,
            ..case(&long(bytes), 4, call, as_it_is)
        });
    }
    cases
}

fn long(bytes: usize) -> String {
    format!("{bytes} B, 4 threads")
}

fn run(case: &Case, args: &Args, sheet: &mut Sheet) {
    let dir = args.log_dir();
    let each = args.scaled(case.records / case.threads);
    let logger = start((case.adapt)(defaults(dir.path())));
    let (cpu, time) = (cpu_ns(), Instant::now());
    load::back_to_back(&logger, case.call, case.threads, each);
    let records = each * case.threads;
    finish(&logger, records);
    let (time, cpu) = (time.elapsed().as_secs_f64(), (cpu_ns() - cpu) as f64);
    let bytes = logger.health().bytes_written as f64;
    sheet.add(&case.name, "records/s", records as f64 / time);
    sheet.add(&case.name, "CPU ns/record", cpu / records as f64);
    sheet.add(&case.name, "CPU ns/byte", cpu / bytes);
}

fn compare(sheet: &mut Sheet) {
    let ratio: fn(f64, f64) -> f64 = |left, right| left / right;
    for measure in ["records/s", "CPU ns/record"] {
        for other in ["text, 64 threads", "text, 4 threads, rotated each MiB"] {
            let name = format!("{other} / text, 4 threads");
            let unit = if measure == "records/s" {
                "records/s ratio"
            } else {
                "CPU ratio"
            };
            sheet.compare(
                &name,
                unit,
                [(other, measure), ("text, 4 threads", measure)],
                ratio,
            );
        }
    }
    let longest = LONG_BYTES[LONG_BYTES.len() - 1];
    for bytes in LONG_BYTES.into_iter().filter(|bytes| *bytes < longest) {
        let sides = [long(longest), long(bytes)];
        let sides = [&sides[0], &sides[1]].map(|case| (case.as_str(), "CPU ns/byte"));
        sheet.compare(
            &format!("{longest} B / {bytes} B"),
            "CPU/byte ratio",
            sides,
            ratio,
        );
    }
}
