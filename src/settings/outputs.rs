//! The list of outputs that a configuration names: for each kind one row.

use super::{OutputSpec, color};
use crate::config::Config;
use crate::config::Console;
use crate::format::{Layout, LineSettings};
use crate::sink::console::ConsoleOpener;
use crate::sink::file::FileSettings;
use crate::sink::file_opener::FileOpener;
use crate::sink::opener::Opener;
use log::LevelFilter;
use std::sync::Arc;

/// The outputs, files first; `openers` are those that the program hands over in addition to `config`.
pub(super) fn outputs(
    config: &Config,
    [file_layout, console_layout]: &[Layout; 2],
    line: &LineSettings,
    openers: Vec<Arc<dyn Opener>>,
) -> Vec<OutputSpec> {
    let row = |opener: Arc<dyn Opener>, layout: &Layout, level| OutputSpec {
        name: opener.name(),
        level,
        layout: layout.clone(),
        line: line.clone(),
        is_stderr: false,
        opener,
    };
    let mut outputs = Vec::new();
    if let Some(file) = file_settings(config, line) {
        outputs.push(row(
            Arc::new(FileOpener::new(file)),
            file_layout,
            config.file_level,
        ));
    }
    if let Some(console) = config.console {
        let mut output = row(
            Arc::new(ConsoleOpener::new(console)),
            console_layout,
            config.console_level,
        );
        output.line.color = color::is_on_console(config, console);
        output.is_stderr = console == Console::Stderr;
        outputs.push(output);
    }
    for opener in openers {
        outputs.push(row(opener, file_layout, LevelFilter::Trace));
    }
    // Stable: outputs of the same rank keep their order.
    outputs.sort_by_key(|output| output.opener.rank());
    outputs
}

/// Where the file is, and how it is rotated; `None` if the configuration has no file.
fn file_settings(config: &Config, line: &LineSettings) -> Option<FileSettings> {
    config.log_path().map(|path| FileSettings {
        path,
        max_bytes: config.max_bytes,
        backup_count: config.backup_count,
        rotate_every: config.rotate_every,
        zone: line.zone.clone(),
        locking: config.locking,
        mode: config.file_mode,
        retention: config.retention.clone(),
    })
}
