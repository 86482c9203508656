//! What is told on standard error where a logger starts or its filter changes: strange, and no error.
//!
//! It comes from a calling thread, so it never blocks; the notices of the worker are its own.

use crate::escape::shown;
use crate::level;
use crate::process;
use crate::record::clip;
use log::LevelFilter;
use std::io::{self, Write};

/// A pipe takes so many bytes whole or blocks; POSIX promises at least 512.
const LONGEST: usize = 512;

/// Writes one line of `text`, which is safe to print, unless the stream would block.
pub(super) fn tell(name: &str, text: &str) {
    if !process::stderr_takes_a_notice() {
        return;
    }
    let line = format!("asynclogger ({}): {text}", shown(name));
    let mut line = clip(&line, LONGEST - 1).to_owned();
    line.push('\n');
    // Nobody can be told that standard error is closed.
    drop(io::stderr().write_all(line.as_bytes()));
}

/// Tells, once in a process, that `wanted` is a level whose macros are not in this program.
pub(super) fn tell_compiled_out(name: &str, wanted: LevelFilter) {
    if let Some(compiled) = level::compiled_out_and_untold(wanted) {
        tell(
            name,
            &format!(
                "the filter asks for {wanted}, and this program was compiled without what is beyond {compiled}: \
                 look for a feature `max_level_*` or `release_max_level_*` of `log`"
            ),
        );
    }
}
