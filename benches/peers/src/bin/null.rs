//! The lower bound: a `log::Log` that formats into a thread-local buffer and discards the text.
use asynclogger_peers::{drive, spec, via_log};
use std::cell::RefCell;
use std::fmt::Write;

struct Null;

thread_local!(static BUFFER: RefCell<String> = RefCell::new(String::with_capacity(32 * 1024)));

impl log::Log for Null {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        BUFFER.with(|buffer| {
            let mut buffer = buffer.borrow_mut();
            buffer.clear();
            buffer
                .write_fmt(*record.args())
                .expect("a String takes everything");
            std::hint::black_box(&*buffer);
        });
    }

    fn flush(&self) {}
}

fn main() {
    let spec = spec();
    log::set_logger(&Null).expect("the first logger");
    log::set_max_level(log::LevelFilter::Info);
    drive("null", &spec, via_log(spec.shape), || {});
}
