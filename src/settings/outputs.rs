//! The list of outputs of a configuration: one row for each kind.

use super::lines::Lines;
use super::records::Records;
use super::{OutputSpec, color, file, journal};
use crate::config::{Console, RotationSettings};
use crate::format::Layout;
use crate::sink::console::ConsoleOpener;
use crate::sink::file_opener::FileOpener;
use crate::sink::opener::Opener;
use log::LevelFilter;
use std::sync::Arc;

/// The outputs, files first; `openers` are those that the program passes in addition to its configuration.
pub(super) fn outputs(
    records: &Records,
    lines: &Lines,
    rotation: &RotationSettings,
    openers: Vec<Arc<dyn Opener>>,
) -> Vec<OutputSpec> {
    let [file_layout, console_layout] = &lines.layouts;
    let row = |opener: Arc<dyn Opener>, layout: &Layout, level| OutputSpec {
        name: opener.name(),
        level,
        layout: layout.clone(),
        line: lines.plain.clone(),
        is_stderr: false,
        prints_on_caller: false,
        opener,
    };
    let mut outputs = Vec::new();
    if let Some(path) = &records.path {
        let file = file::file_settings(path.clone(), rotation, lines.plain.zone.clone());
        let opener = Arc::new(FileOpener::new(file));
        outputs.push(row(opener, file_layout, records.file_level));
    }
    if let Some(console) = records.console {
        let opener = Arc::new(ConsoleOpener::new(console));
        let mut output = row(opener, console_layout, records.console_level);
        output.line = lines.console.clone();
        output.line.color = color::is_on_console(lines.colors.0, console);
        if journal::is_on_console(console) {
            // On the journal each line of a record would be an entry.
            output.line.newlines = lines.plain.newlines;
            output.line.limits = output.line.limits.within(journal::LINE);
        } else {
            output.line.priority_prefix = false;
        }
        output.is_stderr = matches!(console, Console::Stderr | Console::Test);
        output.prints_on_caller = console == Console::Test;
        outputs.push(output);
    }
    for opener in openers {
        let mut output = row(opener, file_layout, LevelFilter::Trace);
        output.line.color = lines.colors.1;
        outputs.push(output);
    }
    // Stable: outputs of the same rank keep their order.
    outputs.sort_by_key(|output| output.opener.rank());
    outputs
}
