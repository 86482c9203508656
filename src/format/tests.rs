mod call_sites;
mod indented;
mod laws;
mod machine_lines;
mod round_trip;
mod schema_keys;
mod schema_room;
mod schemas;
mod text_lines;

use super::*;
use crate::record::{CaptureLimits, capture};
use log::Level;
use log::kv::Value as KvValue;

/// 2025-01-02 03:04:05.123456789 UTC.
const MOMENT: Wall = Wall {
    secs: 1_735_787_045,
    nanos: 123_456_789,
};

const LIMITS: LineLimits = LineLimits {
    message: 16 * 1024,
    key: 256,
    value: 1024,
    record: 32 * 1024,
};

fn settings() -> LineSettings {
    LineSettings {
        host: "host-1".to_owned(),
        ..LineSettings::new("app".to_owned(), LIMITS)
    }
}

/// A record to be rendered.
struct Sample<'a> {
    level: Level,
    target: &'a str,
    module: Option<&'a str>,
    file: Option<&'a str>,
    line: Option<u32>,
    thread: &'a str,
    message: &'a str,
    extras: Vec<(&'a str, KvValue<'a>)>,
}

fn sample<'a>(message: &'a str) -> Sample<'a> {
    Sample {
        level: Level::Info,
        target: "app::db",
        module: Some("app::db"),
        file: Some("src/db.rs"),
        line: Some(42),
        thread: "main",
        message,
        extras: Vec::new(),
    }
}

impl Sample<'_> {
    fn frame(&self, limits: LineLimits) -> Vec<u8> {
        let extras = self.extras.as_slice();
        let limits = CaptureLimits::new(limits.message, limits.key, limits.value, limits.record);
        let mut frame = crate::record::Draft::new();
        let mut builder = log::Record::builder();
        builder
            .level(self.level)
            .target(self.target)
            .module_path(self.module)
            .file(self.file)
            .line(self.line)
            .key_values(&extras);
        capture(
            &builder.args(format_args!("{}", self.message)).build(),
            &limits,
            self.thread,
            &mut frame,
        );
        frame.to_vec()
    }

    /// The line without its line feed, and the flags.
    #[track_caller]
    fn render(&self, layout: &Layout, settings: &LineSettings) -> (String, LineFlags) {
        let frame = self.frame(settings.limits);
        let mut out = b"the line before\n".to_vec();
        let before = out.len();
        let mut renderer = Renderer::new(layout, settings.clone());
        let flags = renderer.render(&View::read(&frame).unwrap(), MOMENT, &mut out);
        assert!(
            out.len() - before <= settings.limits.record.max(SMALLEST_RECORD),
            "{} bytes",
            out.len()
        );
        let line = String::from_utf8(out[before..].to_vec()).expect("P2: a line is UTF-8");
        let content = line.strip_suffix('\n').expect("P1: a line ends in a line feed");
        assert!(!content.is_empty(), "P1: a line is not empty");
        (content.to_owned(), flags)
    }

    #[track_caller]
    fn text(&self, template: &str) -> String {
        self.render(&text(template), &settings()).0
    }
}

fn text(template: &str) -> Layout {
    match Layout::parse(&Format::Text(template.to_owned())) {
        Ok(layout) => layout,
        Err(faults) => panic!("{faults:?}"),
    }
}

fn default_layout() -> Layout {
    Layout::parse(&Format::default()).unwrap()
}
