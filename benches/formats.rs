//! The cost of lines for machines: CPU per record as JSON, in each schema, and as logfmt, compared with the text line.
//!
//! `cargo bench --bench formats` prints for each the median of eleven pairs of runs, and the smallest and largest
//! ratio. A run logs 200,000 records with four key-values from one thread into a writer that discards all lines, so
//! that a record costs its capture, its masking and its rendering, and no I/O.

mod common;

use asynclogger::{AsyncLogger, Config, Overflow, Schema};
use common::process::cpu_ns;

const RECORDS: usize = 200_000;
/// Without `cargo bench` it only shows that it works.
const RECORDS_TINY: usize = 1_000;
const PAIRS: usize = 11;

const MACHINE: [(&str, &str, Schema); 6] = [
    ("json", "json", Schema::Native),
    ("logfmt", "logfmt", Schema::Native),
    ("json, ecs", "json", Schema::Ecs),
    ("json, otel", "json", Schema::Otel),
    ("json, gcp", "json", Schema::Gcp),
    ("json, bunyan", "json", Schema::Bunyan),
];

fn main() {
    run("text", Schema::Native);
    for (name, format, schema) in MACHINE {
        let mut ratios = Vec::new();
        let (mut texts, mut machines) = (0.0, 0.0);
        for pair in 0..PAIRS {
            // The order changes, so that neither side always has the warmer machine.
            let (text, machine) = if pair % 2 == 0 {
                let text = run("text", Schema::Native);
                (text, run(format, schema))
            } else {
                let machine = run(format, schema);
                (run("text", Schema::Native), machine)
            };
            ratios.push(machine / text);
            texts += text / PAIRS as f64;
            machines += machine / PAIRS as f64;
        }
        ratios.sort_by(f64::total_cmp);
        println!(
            "{name:<12} {machines:6.1} ns, text {texts:6.1} ns of CPU a record: median {:.3}, from {:.3} to {:.3}",
            ratios[PAIRS / 2],
            ratios[0],
            ratios[PAIRS - 1]
        );
    }
}

/// Nanoseconds of CPU, of all threads together, for one record.
fn run(format: &str, schema: Schema) -> f64 {
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let records = if is_bench { RECORDS } else { RECORDS_TINY };
    let config = Config::new("bench")
        .console(None)
        .file_format(format)
        .json_schema(schema)
        .overflow(Overflow::Block);
    let logger = AsyncLogger::start_with(config, std::io::sink()).expect("a logger");
    let before = cpu_ns();
    for n in 0..records {
        log::info!(logger: logger, user = n, ms = 1.5, path = "/api/v1/orders", ok = true; "request served");
    }
    logger.shutdown().wait().expect("everything is written");
    cpu_ns().saturating_sub(before) as f64 / records as f64
}
