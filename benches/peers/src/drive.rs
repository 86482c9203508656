//! Runs the threads of one run, and prints its results.

use crate::clock::{Rate, ticks};
use crate::histogram::Histogram;
use crate::item::{Item, item};
use crate::process::{cpu_ns, peak_kib, sleeps_of_other_threads};
use crate::spec::{Mode, Spec};
use crate::tally::{Tally, tally};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

/// Records of each thread before the clock starts, to warm up thread-locals, pools and files.
const WARM_UP: usize = 64;
const BURST: usize = 20;
const PAUSE: Duration = Duration::from_millis(2);

/// The measurements before the files are read back.
struct Measured {
    wall: Duration,
    cpu_ns: u64,
    peak_kib: u64,
    times: Histogram,
    ticks_per_ns: f64,
    wakeups_per_s: f64,
}

/// Logs according to `spec`. `log` makes one record; `finish` returns when every record is with the operating system.
pub fn drive(name: &str, spec: &Spec, log: impl Fn(Item) + Send + Sync + 'static, finish: impl FnOnce()) {
    let measured = measure(spec, Arc::new(log), finish);
    let wanted = (spec.threads * (spec.messages + WARM_UP)) as u64;
    let found = if spec.tallies {
        tally(&spec.dir)
    } else {
        Ok(Tally::default())
    };
    let found = found.unwrap_or_else(|error| panic!("{}: {error}", spec.dir.display()));
    let records = (spec.threads * spec.messages) as f64;
    let ns = |quantile| (measured.times.quantile(quantile) as f64 / measured.ticks_per_ns).round();
    let line = serde_json::json!({
        "logger": name,
        "records": records,
        "lost": spec.tallies.then_some(wanted as i64 - found.records as i64),
        "has_values": found.has_values,
        "bytes": found.bytes,
        "wall_s": measured.wall.as_secs_f64(),
        "records_per_s": (records / measured.wall.as_secs_f64()).round(),
        "cpu_ns_per_record": (measured.cpu_ns as f64 / records).round(),
        "peak_kib": measured.peak_kib,
        "p50_ns": ns(0.5),
        "p99_ns": ns(0.99),
        "p999_ns": ns(0.999),
        "max_ns": (measured.times.max() as f64 / measured.ticks_per_ns).round(),
        "wakeups_per_s": measured.wakeups_per_s,
    });
    println!("{line}");
}

fn measure(spec: &Spec, log: Arc<impl Fn(Item) + Send + Sync + 'static>, finish: impl FnOnce()) -> Measured {
    // If calls are not timed, no thread spins, because instructions may be counted.
    let rate = match spec.mode {
        Mode::Throughput | Mode::Idle => Rate::start(),
        Mode::Latency | Mode::Open => Rate::measured(),
    };
    let [ready, start] = [(); 2].map(|()| Arc::new(Barrier::new(spec.threads + 1)));
    let body = |thread| {
        let (spec, log) = (spec.clone(), Arc::clone(&log));
        let (ready, start) = (Arc::clone(&ready), Arc::clone(&start));
        move || {
            (0..WARM_UP).for_each(|n| log(item(thread, usize::MAX / 2 + n)));
            ready.wait();
            start.wait();
            produce(&spec, thread, rate.ticks_per_ns(), &*log)
        }
    };
    let threads: Vec<_> = (0..spec.threads)
        .map(|thread| {
            let named = thread::Builder::new().name(format!("producer-{thread}"));
            named.spawn(body(thread)).expect("a thread")
        })
        .collect();
    ready.wait();
    // Read before the threads may begin: after the barrier this thread could be late.
    let (cpu_before, started) = (cpu_ns(), Instant::now());
    start.wait();
    let mut times = Histogram::new();
    for thread in threads {
        if let Some(of_thread) = thread.join().expect("no panic in a thread") {
            times.merge(&of_thread);
        }
    }
    let wakeups_per_s = if spec.mode == Mode::Idle {
        idle_wakeups(spec)
    } else {
        0.0
    };
    finish();
    Measured {
        wall: started.elapsed(),
        cpu_ns: cpu_ns() - cpu_before,
        peak_kib: peak_kib(),
        times,
        ticks_per_ns: rate.ticks_per_ns(),
        wakeups_per_s,
    }
}

/// Logs one thread's records; returns the times of its calls in ticks, if they are measured.
fn produce(spec: &Spec, thread: usize, ticks_per_ns: f64, log: &impl Fn(Item)) -> Option<Histogram> {
    if matches!(spec.mode, Mode::Throughput | Mode::Idle) {
        (0..spec.messages).for_each(|n| log(item(thread, n)));
        return None;
    }
    let mut times = Histogram::new();
    match spec.mode {
        Mode::Open => paced(spec, thread, ticks_per_ns, log, &mut times),
        _ => bursts(spec, thread, log, &mut times),
    }
    Some(times)
}

fn bursts(spec: &Spec, thread: usize, log: &impl Fn(Item), times: &mut Histogram) {
    for n in 0..spec.messages {
        let item = item(thread, n);
        let start = ticks();
        log(item);
        times.add(ticks() - start);
        if n % BURST == BURST - 1 {
            thread::sleep(PAUSE);
        }
    }
}

/// A late call counts in full: its time runs from when it was due, whatever the cause of the delay.
fn paced(spec: &Spec, thread: usize, ticks_per_ns: f64, log: &impl Fn(Item), times: &mut Histogram) {
    let gap = ticks_per_ns * 1e9 * spec.threads as f64 / spec.rate;
    let first = ticks() as f64 + gap * thread as f64 / spec.threads as f64;
    for n in 0..spec.messages {
        let due = (first + gap * n as f64) as u64;
        while ticks() < due {
            std::hint::spin_loop();
        }
        log(item(thread, n));
        times.add(ticks() - due);
    }
}

/// Sleeps of the logger's threads in a second, after the first second without records.
fn idle_wakeups(spec: &Spec) -> f64 {
    thread::sleep(Duration::from_secs(1));
    let before = sleeps_of_other_threads();
    thread::sleep(Duration::from_secs(spec.seconds));
    sleeps_of_other_threads().saturating_sub(before) as f64 / spec.seconds as f64
}
