//! What is told on standard error where a logger starts or its filter changes: strange, and no error.
//!
//! It comes from a calling thread, so it never blocks; the notices of the worker are its own.

use crate::escape::shown;
use crate::level;
use crate::process::Stream;
use crate::worker;
use log::LevelFilter;

/// Writes one line of `text`, which is safe to print, unless the stream is closed or would block.
pub(super) fn print_notice(name: &str, text: &str) {
    if let Ok(mut stream) = Stream::standard_error() {
        if stream.takes_a_notice() {
            worker::print_notice(&mut stream, &shown(name), text);
        }
    }
}

/// Tells, once in a process, that `wanted` is a level whose macros are not in this program.
pub(super) fn report_compiled_out(name: &str, wanted: LevelFilter) {
    if let Some(compiled) = level::compiled_out_and_unreported(wanted) {
        print_notice(
            name,
            &format!(
                "the filter asks for {wanted}, and this program was compiled without what is beyond {compiled}: \
                 look for a feature `max_level_*` or `release_max_level_*` of `log`"
            ),
        );
    }
}
