//! Warnings on standard error when a logger starts or its filter changes.
//!
//! They are printed by the calling thread and never block it. The worker prints its own notices.

use crate::escape::shown;
use crate::level;
use crate::process::Stream;
use crate::worker;
use log::LevelFilter;

/// Prints `text` as one line, unless standard error is closed or would block. Secrets and control characters must be
/// removed before.
pub(super) fn print_notice(name: &str, text: &str) {
    if let Ok(mut stream) = Stream::standard_error() {
        if stream.takes_a_notice() {
            worker::print_notice(&mut stream, &shown(name), text);
        }
    }
}

/// Warns, once in a process, that the macros of the level `wanted` were compiled out of this program.
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
