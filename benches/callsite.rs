//! What one call costs the caller: a call that logs, compared with formatting alone, and one that is off, compared with
//! a logger that does nothing.
//!
//! `cargo bench --bench callsite [-- --rounds 5]`. Calls that log come in bursts of 20 with 2 ms between, as in a
//! server under moderate load, and each is timed (each figure includes the cost of the clock, which is printed first).
//! Calls that are off are timed in blocks of 1000, since they cost less than reading the clock.

mod common;

use common::args::Args;
use common::clock::{Rate, cost_of_a_read, ticks};
use common::histogram::Histogram;
use common::item::item;
use common::load::{self, Call};
use common::loggers::{Empty, Null, defaults, finish, start};
use common::sheet::Sheet;
use log::Log;
use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;

const BURST: usize = 20;
const PAUSE: Duration = Duration::from_millis(2);
const BLOCK: usize = 1000;
const THREADS: [usize; 2] = [1, 2];

/// The name of a logger and a call, and the two themselves.
type Case<'a> = (&'static str, &'a dyn Log, Call);

fn main() {
    let args = Args::read();
    let dir = args.log_dir();
    // One target logs debug records, so a debug record of another target reaches the logger, and a trace record does
    // not.
    let ours = start(defaults(dir.path()).filter("info,noisy=debug"));
    let on: [Case<'_>; 6] = [
        ("null text", &Null, load::text),
        ("text", &ours, load::text),
        ("null short", &Null, load::short),
        ("short", &ours, load::short),
        ("null kv", &Null, load::kv),
        ("kv", &ours, load::kv),
    ];
    let off: [Case<'_>; 4] = [
        ("empty, off by level", &Empty, load::off_by_level),
        ("off by level", &ours, load::off_by_level),
        ("empty, off by target", &Empty, load::off_by_target),
        ("off by target", &ours, load::off_by_target),
    ];
    let (mut sheet, rate) = (Sheet::new("callsite"), Rate::measured());
    let (calls, blocks) = (args.scaled(8000) / BURST * BURST, args.scaled(400));
    for _ in 0..args.rounds {
        round(&mut sheet, &rate, (&on, calls), (&off, blocks));
    }
    finish(&ours, args.rounds * THREADS.iter().sum::<usize>() * 3 * calls);
    compare(&mut sheet);
    sheet.finish(args.out.as_deref());
}

/// One round of all cases: this many calls of those that log, and this many blocks of calls of those that are off.
fn round(sheet: &mut Sheet, rate: &Rate, on: (&[Case<'_>], usize), off: (&[Case<'_>], usize)) {
    for threads in THREADS {
        for (name, logger, call) in on.0 {
            let times = on_threads(threads, |thread| bursts(*logger, *call, thread, on.1));
            add(sheet, name, threads, &times, rate.ticks_per_ns());
        }
        for (name, logger, call) in off.0 {
            let times = on_threads(threads, |thread| in_blocks(*logger, *call, thread, off.1));
            add(sheet, name, threads, &times, rate.ticks_per_ns() * BLOCK as f64);
        }
    }
    sheet.add("the clock", "ns", cost_of_a_read() as f64 / rate.ticks_per_ns());
}

/// Runs `body` on threads that begin at the same time; returns the sum of their counts.
fn on_threads(threads: usize, body: impl Fn(usize) -> Histogram + Sync) -> Histogram {
    let (begin, body) = (Barrier::new(threads), &body);
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|thread| {
                let begin = &begin;
                scope.spawn(move || {
                    begin.wait();
                    body(thread)
                })
            })
            .collect();
        let mut all = Histogram::new();
        for thread in running {
            all.merge(&thread.join().expect("no panic in a thread"));
        }
        all
    })
}

fn bursts(logger: &dyn Log, call: Call, thread: usize, calls: usize) -> Histogram {
    let mut times = Histogram::new();
    for n in 0..calls {
        let item = black_box(item(thread, n));
        let start = ticks();
        call(logger, item);
        times.add(ticks() - start);
        if n % BURST == BURST - 1 {
            thread::sleep(PAUSE);
        }
    }
    times
}

fn in_blocks(logger: &dyn Log, call: Call, thread: usize, blocks: usize) -> Histogram {
    let mut times = Histogram::new();
    for _ in 0..blocks {
        let item = black_box(item(thread, 0));
        let start = ticks();
        for _ in 0..BLOCK {
            call(black_box(logger), item);
        }
        times.add(ticks() - start);
    }
    times
}

fn add(sheet: &mut Sheet, name: &str, threads: usize, times: &Histogram, ticks_per_ns: f64) {
    let case = case_of(name, threads);
    for (measure, quantile) in [("p50 ns", 0.5), ("p99 ns", 0.99), ("p99.9 ns", 0.999)] {
        sheet.add(&case, measure, times.quantile(quantile) as f64 / ticks_per_ns);
    }
}

fn case_of(name: &str, threads: usize) -> String {
    format!("{name}, {threads} thread{}", if threads == 1 { "" } else { "s" })
}

/// A goal: the names of the result, of our case and of the other one; the measure of the two and that of the result;
/// and the function that makes it.
type Goal = ([&'static str; 3], [&'static str; 2], fn(f64, f64) -> f64);

const GOALS: [Goal; 6] = [
    (
        ["text / null text", "text", "null text"],
        ["p50 ns", "p50 ratio"],
        RATIO,
    ),
    (
        ["text / null text", "text", "null text"],
        ["p99.9 ns", "p99.9 ratio"],
        RATIO,
    ),
    (
        ["short - null short", "short", "null short"],
        ["p50 ns", "p50 ns"],
        DIFFERENCE,
    ),
    (
        ["kv / null text", "kv", "null text"],
        ["p50 ns", "p50 ratio"],
        RATIO,
    ),
    (
        ["off by level - empty", "off by level", "empty, off by level"],
        ["p50 ns", "p50 ns"],
        DIFFERENCE,
    ),
    (
        ["off by target - empty", "off by target", "empty, off by target"],
        ["p50 ns", "p50 ns"],
        DIFFERENCE,
    ),
];
const RATIO: fn(f64, f64) -> f64 = |ours, other| ours / other;
const DIFFERENCE: fn(f64, f64) -> f64 = |ours, other| ours - other;

fn compare(sheet: &mut Sheet) {
    for threads in THREADS {
        for (names, [source, measure], of) in GOALS {
            let [name, ours, other] = names.map(|name| case_of(name, threads));
            sheet.compare(&name, measure, [(&ours, source), (&other, source)], of);
        }
    }
}
