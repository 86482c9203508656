//! The layout of lines; every setting of that group is used here.

use super::{Parsing, fields};
use crate::clock::Zone;
use crate::config::{
    Color, Config, ConfigError, Fields, Format, FormatSettings, LimitSettings, Mask, Newlines, Schema,
    TimeZone, quoted,
};
use crate::format::{Layout, LineLimits, LineSettings, Style};
use crate::process;
use log::Level;
use std::collections::BTreeMap;
#[cfg(feature = "local-time")]
use std::path::Path;

/// Docker and containerd split what a container writes after this many bytes.
const CONTAINER_LINE: usize = 16 * 1024;

/// The layout of the lines of all outputs.
pub(super) struct Lines {
    /// The lines of the file and of a writer, without colour.
    pub(super) plain: LineSettings,
    /// The lines of the console, without colour. `priority_prefix` is what the setting says: only the journal gets it.
    pub(super) console: LineSettings,
    /// The layouts of the file and of the console.
    pub(super) layouts: [Layout; 2],
    /// Of the console, and of a writer.
    pub(super) colors: (Color, bool),
    pub(super) mask: Mask,
}

impl Parsing {
    /// Parses the layout of lines; checks that a line of each format has room for all static fields.
    pub(super) fn lines(&mut self, config: &Config) -> Option<Lines> {
        let FormatSettings {
            console_format,
            file_format,
            color,
            writer_color,
            console_line_bytes,
            level_color,
            json_schema,
            big_integers,
            logfmt_schema,
            time_zone,
            newlines,
            source,
            journal_priority,
            field,
            mask,
        } = &config.format;
        let plain = LineSettings {
            newlines: without_indentation(*newlines),
            level_styles: self.level_styles(level_color),
            fields: fields::shown(field, mask),
            source: *source,
            schema: *json_schema,
            big_integers: *big_integers,
            logfmt_schema: *logfmt_schema,
            host: host(*json_schema, *logfmt_schema),
            zone: self.zone(*time_zone),
            ..LineSettings::new(config.records.name.clone(), line_limits(&config.limits))
        };
        let layouts = self.layouts(file_format, console_format)?;
        let mut console = console_lines(&plain, &layouts[1], *console_line_bytes);
        (console.newlines, console.priority_prefix) = (*newlines, *journal_priority);
        self.field_fault(field, [(&plain, &layouts[0]), (&console, &layouts[1])]);
        Some(Lines {
            plain,
            console,
            layouts,
            colors: (*color, *writer_color),
            mask: mask.clone(),
        })
    }

    /// Static fields for which a line of one of the outputs has no room.
    fn field_fault(&mut self, field: &Fields, lines: [(&LineSettings, &Layout); 2]) {
        let mut faults = lines
            .iter()
            .filter_map(|(line, layout)| fields::fault(field, line, layout, lines[0].0.limits.record));
        self.faults.extend(faults.next());
    }

    fn zone(&mut self, zone: TimeZone) -> Zone {
        match zone {
            // `faults` has reported values out of range.
            TimeZone::Fixed { minutes_east } => Zone::Fixed(i32::from(minutes_east) * 60),
            #[cfg(feature = "local-time")]
            TimeZone::Local => Zone::of_the_system().unwrap_or_else(|_| self.zone_without_data()),
            TimeZone::Utc => Zone::Utc,
        }
    }

    /// A program must not fail to start because the optional package with the zones is not installed.
    #[cfg(feature = "local-time")]
    fn zone_without_data(&mut self) -> Zone {
        let (zone, missing) = Zone::without_data(process::variable_os("TZ"), Path::new("/etc/localtime"));
        if let Some(missing) = missing {
            let remedy = match missing.has_others {
                true => "correct it in TZ or /etc/localtime",
                false => "install the package `tzdata`",
            };
            let name = quoted(&missing.name);
            self.warnings.push(format!(
                "time_zone: this machine does not have the zone {name}, times are in UTC; {remedy}"
            ));
        }
        zone
    }

    fn layouts(&mut self, file: &Format, console: &Format) -> Option<[Layout; 2]> {
        let file = self.layout("file_format", file);
        let console = self.layout("console_format", console);
        Some([file?, console?])
    }

    fn layout(&mut self, setting: &str, format: &Format) -> Option<Layout> {
        // `faults` has reported text without any field, with the nearest word.
        let is_reported = matches!(format, Format::Text(template) if !template.contains('{'));
        match Layout::parse(format) {
            Ok(layout) => Some(layout),
            Err(_) if is_reported => None,
            Err(faults) => {
                let found = faults
                    .iter()
                    .map(|fault| ConfigError::new(setting, "", fault.to_string()));
                self.faults.extend(found);
                None
            }
        }
    }

    fn level_styles(&mut self, level_color: &BTreeMap<Level, String>) -> [Style; 5] {
        let mut styles = Style::level_defaults();
        for (level, text) in level_color {
            match Style::parse(text) {
                Ok(style) => styles[*level as usize - 1] = style,
                Err(fault) => {
                    let setting = format!("level_color.{}", level.as_str().to_ascii_lowercase());
                    self.faults
                        .push(ConfigError::new(setting, quoted(text), fault.to_string()));
                }
            }
        }
        styles
    }
}

/// The name of this machine, if a schema shows it: it costs a system call.
fn host(json: Schema, logfmt: Schema) -> String {
    match [json, logfmt].contains(&Schema::Bunyan) {
        true => process::host_name(),
        false => String::new(),
    }
}

/// Line breaks in files and writers, where each record is one line.
fn without_indentation(newlines: Newlines) -> Newlines {
    match newlines {
        Newlines::Indent => Newlines::Escape,
        other => other,
    }
}

/// The lines of the console: those of machines are short enough for the readers of a container's output.
fn console_lines(plain: &LineSettings, layout: &Layout, bytes: Option<usize>) -> LineSettings {
    let within = |record: usize| LineSettings {
        limits: plain.limits.within(record),
        ..plain.clone()
    };
    if let Some(bytes) = bytes {
        return within(bytes);
    }
    let is_text = matches!(layout, Layout::Text(_));
    let short = within(plain.limits.record.min(CONTAINER_LINE));
    if is_text || fields::do_not_fit(&short, layout) {
        return plain.clone();
    }
    short
}

fn line_limits(limits: &LimitSettings) -> LineLimits {
    LineLimits {
        message: limits.max_message_bytes,
        key: limits.max_key_bytes,
        value: limits.max_value_bytes,
        record: limits.max_record_bytes,
    }
}
