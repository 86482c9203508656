//! Invariants of everything that parses foreign text: functions over arbitrary bytes that panic if an invariant is
//! broken.
//!
//! The fuzz targets in `tests/fuzz` and the property tests in this module call the same functions. In the input, the
//! byte 255 ends a text; missing bytes are zero, missing texts empty.

mod input;
mod lines;
#[cfg(test)]
mod tests;

use crate::config::{Config, Format, Mask};
use crate::escape::{self, Form, clip, needs_escape, shown, unescape};
use crate::filter::Filter;
use crate::format::{Layout, Template};
use crate::mask::{self, Masker};
use crate::record::View;
use crate::settings::{Environment, Settings};
use crate::sink::writer::WriterOpener;
use input::Input;
use lines::{in_all_layouts, in_layout, is_inert, record};
use std::sync::Arc;

/// Escapes a text in every form: the result has nothing to interpret, can be reversed, and respects its limit.
pub fn escape(data: &[u8]) {
    let mut input = Input(data);
    let (room, text) = (usize::from(input.byte()), input.text());
    for form in [Form::Text, Form::Symbol, Form::Quoted, Form::Json] {
        let whole = escaped(&text, form, usize::MAX);
        let part = escaped(&text, form, room);
        assert!(
            part.len() <= room && whole.starts_with(&part),
            "{form:?} of {text:?}"
        );
        if form != Form::Symbol {
            let wanted = match form {
                Form::Json => text.replace('\0', escape::NUL_SIGN),
                _ => text.to_string(),
            };
            assert_eq!(back(&whole, form).as_ref(), Some(&wanted), "{form:?}");
            let part = back(&part, form).unwrap_or_else(|| panic!("{form:?} cut in {text:?}"));
            assert!(wanted.starts_with(&part), "{form:?} of {text:?}");
        }
    }
    let part =
        unescape(clip(&shown(&text), room)).unwrap_or_else(|| panic!("clipped in an escape: {text:?}"));
    assert!(text.starts_with(&part), "{text:?}");
    if let Ok(document) = serde_json::from_str::<serde_json::Value>(&text) {
        let embedded = escaped(&text, Form::Embedded, usize::MAX);
        assert_eq!(serde_json::from_str(&embedded).ok(), Some(document), "{text:?}");
    }
}

fn escaped(text: &str, form: Form, room: usize) -> String {
    let mut out = Vec::new();
    let outcome = escape::escape(text, form, room, &mut out);
    let line = String::from_utf8(out).unwrap_or_else(|_| panic!("no UTF-8: {form:?} of {text:?}"));
    assert!(!line.contains(needs_escape), "{form:?} of {text:?} is {line:?}");
    if outcome.whole {
        assert_eq!(
            outcome.escaped,
            text.contains(needs_escape),
            "{form:?} of {text:?}"
        );
    }
    line
}

fn back(line: &str, form: Form) -> Option<String> {
    match form {
        Form::Json => serde_json::from_str(&format!("\"{line}\"")).ok(),
        _ => unescape(line),
    }
}

/// Masks a text: masking twice changes nothing more, the work is bounded, and a password on a separate line is never
/// shown.
pub fn mask(data: &[u8]) {
    const SECRET: &str = "Zq9ExampleOfASecret7";
    let mut input = Input(data);
    let choice = input.byte();
    let mut mask = Mask::standard().emails(choice & 1 != 0);
    if choice & 2 != 0 {
        mask = mask.key("user").token_prefix("ab", 3);
    }
    let (before, after) = (input.text(), input.text());
    mask::invariants::hold(&before, choice & 4 != 0, &mask);
    if before.contains("Zq9") || after.contains("Zq9") {
        return;
    }
    let text = format!("{before}\npassword={SECRET}\n{after}");
    let masked = Masker::new(&mask).text(&text, false).into_owned();
    assert!(!masked.contains(SECRET), "{text:?} is shown as {masked:?}");
}

/// A template: it is refused with its faults, or printed and read back the same, and its lines are safe.
pub fn template(data: &[u8]) {
    let text = Input(data).text();
    match Template::parse(&text) {
        Ok(template) => {
            let printed = template.to_string();
            assert_eq!(Template::parse(&printed), Ok(template.clone()), "{text:?}");
            let layout = Layout::Text(template);
            record(&mut Input(b"\0m\n\xff"), |view| in_layout(&view, &layout));
        }
        Err(faults) => {
            assert!(!faults.is_empty(), "{text:?}");
            for fault in faults {
                let reported = fault.to_string();
                assert_eq!(reported.lines().count(), 3, "{text:?}: {reported:?}");
                assert!(
                    !reported.replace('\n', "").contains(needs_escape),
                    "{text:?}: {reported:?}"
                );
            }
        }
    }
}

/// Reads the bytes as a frame, unchanged or with a matching length: whatever can be read can be masked and rendered.
pub fn frame(data: &[u8]) {
    let mut input = Input(data);
    let fits = input.byte() % 2 == 1;
    let mut frame = input.0.to_vec();
    if let (true, Some(length)) = (fits, frame.first_chunk_mut::<4>()) {
        *length = (data.len() as u32 - 1).to_le_bytes();
    }
    if let Some(view) = View::read(&frame) {
        let mut scratch = crate::record::Draft::new();
        let masked = Masker::new(&Mask::standard()).mask(view, &mut scratch);
        in_all_layouts(&masked.view);
    }
}

/// Renders a record of arbitrary texts and values in every layout and schema: one safe line, which parsers of its
/// format can read.
pub fn json(data: &[u8]) {
    record(&mut Input(data), |view| {
        in_all_layouts(&view);
        lines::says_what_was_logged(&view);
    });
}

/// Parses a configuration from JSON. It is refused with a printable message, or it serialises to an equal one,
/// `validate` and the start of a logger agree about it, and the logger writes safe lines.
pub fn config(data: &[u8]) {
    let text = Input(data).text();
    let config: Config = match serde_json::from_str(&text) {
        Ok(config) => config,
        Err(error) => return is_printable(&error.to_string()),
    };
    let written = serde_json::to_string(&config).unwrap_or_else(|error| panic!("{error}: {text:?}"));
    assert_eq!(
        serde_json::from_str::<Config>(&written).ok().as_ref(),
        Some(&config),
        "{text:?}"
    );
    let judged = config.validate();
    let writer = WriterOpener::new(Box::new(std::io::sink()));
    let started = Settings::parse(&config, vec![Arc::new(writer)], Environment::Ignored);
    assert_eq!(judged.is_ok(), started.is_ok(), "{text:?}");
    match started {
        Ok(settings) => {
            if let Some(writer) = settings.outputs.last() {
                let sample = &mut Input(b"\0m\n\xff");
                record(sample, |view| drop(is_inert(&view, &writer.layout, &writer.line)));
            }
        }
        Err(error) => is_printable(&error.to_string()),
    }
}

fn is_printable(reported: &str) {
    let odd = |c| needs_escape(c) && c != '\n';
    assert!(!reported.is_empty() && !reported.contains(odd), "{reported:?}");
}

/// Names, lines, numbers and times of a rotation.
pub fn rotation(data: &[u8]) {
    let mut input = Input(data);
    let (max_bytes, secs) = (u64::from(input.byte()), input.number() as i64);
    let (log, name, slots, lines) = (input.text(), input.text(), input.text(), input.text());
    for name in [&*name, &format!("{log}.{name}")] {
        crate::sink::rotation_laws_hold(&log, name, lines.as_bytes(), slots.as_bytes(), max_bytes, secs);
    }
}

/// Parses directives of a filter. They are refused with a reason, or print and parse back to an equal filter.
pub fn filter(data: &[u8]) {
    let mut input = Input(data);
    let (directives, target) = (input.text(), input.text());
    let parse = |directives: &str| Filter::parse(directives, &[]).map(|parsed| parsed.filter);
    match parse(&directives) {
        Ok(filter) => {
            let printed = filter.to_string();
            assert_eq!(parse(&printed).as_ref(), Ok(&filter), "{directives:?}");
            let level = filter.level_of(&target);
            assert!(level <= filter.max_level(), "{directives:?} for {target:?}");
        }
        Err(fault) => is_printable(&crate::error::Error::from(fault).to_string()),
    }
}

/// The layout of any format that a user can set.
fn layout(format: &Format) -> Layout {
    Layout::parse(format).unwrap_or_else(|faults| panic!("{faults:?}"))
}
