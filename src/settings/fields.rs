//! The static fields: masked, and checked to fit into every line.
//!
//! `settings` does this once, before a logger starts. Static fields do not pass the worker, so they are masked here.

use crate::config::{ConfigError, Fields, Mask, size_text};
use crate::format::{Layout, LineSettings, Renderer};
use crate::mask::Masker;

/// The fields with their secrets masked: they may come from files and variables, which may contain one by mistake.
pub(super) fn shown(fields: &Fields, mask: &Mask) -> Vec<(String, String)> {
    let mut masker = Masker::new(mask);
    let fields = fields.0.iter();
    fields.map(|(key, value)| masker.field(key, value)).collect()
}

/// Whether the static fields together are too long for a line of `layout`, escaped and quoted.
pub(super) fn do_not_fit(line: &LineSettings, layout: &Layout) -> bool {
    !line.fields.is_empty() && Renderer::new(layout, line.clone()).fields_left_out() > 0
}

/// The fault of fields that do not fit into a line of `layout`.
pub(super) fn fault(
    fields: &Fields,
    line: &LineSettings,
    layout: &Layout,
    max_record_bytes: usize,
) -> Option<ConfigError> {
    if !do_not_fit(line, layout) {
        return None;
    }
    let bytes: usize = fields.0.iter().map(|(key, value)| key.len() + value.len()).sum();
    let room = size_text(line.limits.record as u64 / 4);
    let limit = match line.limits.record < max_record_bytes {
        true => "console_line_bytes",
        false => "max_record_bytes",
    };
    let message = format!("longer in a line than a quarter of `{limit}`, {room}; remove some, or raise that");
    Some(ConfigError::new(
        "field",
        format!("{bytes} bytes in all"),
        message,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn reported(config: Config) -> String {
        config
            .validate()
            .map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn fields_are_shown_without_their_secrets() {
        let config = Config::new("app")
            .field("zone", "eu-1")
            .field("db", "postgres://app:hunter2-pw@db.example.com/app")
            .field("api_key", "hunter2");
        let shown = |config: &Config| -> Vec<String> {
            let fields = shown(&config.format.field, &config.format.mask).into_iter();
            fields.map(|(key, value)| format!("{key}={value}")).collect()
        };
        assert_eq!(
            shown(&config),
            [
                "zone=eu-1",
                "db=postgres://app:***@db.example.com/app",
                "api_key=***"
            ]
        );
        assert_eq!(shown(&config.mask(Mask::none()))[2], "api_key=hunter2");
    }

    #[test]
    fn fields_that_no_line_has_room_for_are_a_fault_by_what_a_line_would_show() {
        let app = || {
            Config::new("app")
                .max_message_bytes(512)
                .max_value_bytes(512)
                .max_record_bytes(1024)
        };
        let fits = app().field("a", "x".repeat(250));
        assert_eq!(reported(fits.clone()), "");
        assert_eq!(
            reported(fits.field("b", "y".repeat(9))),
            "invalid setting field = 261 bytes in all: longer in a line than a quarter of `max_record_bytes`, 256; \
             remove some, or raise that"
        );
        // Each of these is written with eight bytes.
        let escaped = app().field("a", "\u{202e}".repeat(40));
        assert!(reported(escaped.clone()).contains("field = 121 bytes in all"));
        assert_eq!(reported(escaped.max_record_bytes(2048)), "");
        // `,"a":""` and six bytes for each.
        let in_json = |chars| app().console_format("json").field("a", "\u{1}".repeat(chars));
        assert_eq!(reported(in_json(36)), "");
        assert_ne!(reported(in_json(42)), "");
    }
}
