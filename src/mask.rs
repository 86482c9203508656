//! Which keys and which text are secret, and what is shown instead: `***`, whatever the length.
//!
//! The worker calls [`Masker::mask`] once per record, before anything is cut or escaped, and [`Masker::text`]
//! for what it says on its own account. Pure: no I/O, no time. The work grows with the text and no faster, and
//! masking what is masked changes nothing: the scan is repeated until it finds nothing more.

mod bytes;
mod card;
mod command;
mod extent;
mod header;
mod judge;
mod key;
mod lanes;
mod layout;
mod markup;
mod names;
mod pem;
mod prefixes;
mod provider;
mod quote;
mod rules;
mod scan;
mod secret;
mod shelf;
mod sql;
mod steps;
mod token;
mod tools;
mod url;
mod value;

pub use secret::Secret;

use crate::config::Mask;
use crate::record::{Extra, FrameWriter, Head, Value, View};
use rules::{Rules, Test};
use scan::{Hit, Scan, Show};
use secret::STARS;
use std::borrow::Cow;

/// How often a text is scanned again before all of it is hidden; two passes are the rule.
const PASSES: usize = 6;

/// The shortest text with a secret in it: `pw=x`.
const SHORTEST: usize = 4;
/// How many names without a secret are remembered.
const NAMES: usize = 64;

/// Finds and hides what is secret; one per worker, since it keeps its buffers.
pub(crate) struct Masker {
    rules: Rules,
    hits: Vec<Hit>,
    clean_names: Names,
    /// A masked text, and the one that is made of it by the next pass.
    text: String,
    spare: String,
}

/// A record without its secrets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Masked<'a> {
    pub(crate) view: View<'a>,
    /// How many places were hidden.
    pub(crate) places: u32,
}

impl Masker {
    pub(crate) fn new(mask: &Mask) -> Masker {
        Masker {
            rules: Rules::new(mask),
            hits: Vec::new(),
            clean_names: Names::default(),
            text: String::new(),
            spare: String::new(),
        }
    }

    /// The record without its secrets: the same view if there are none, else a new frame in `scratch`.
    pub(crate) fn mask<'a>(&mut self, view: View<'a>, scratch: &'a mut Vec<u8>) -> Masked<'a> {
        if !self.rules.standard && self.rules.is_idle() {
            return Masked { view, places: 0 };
        }
        let clean = self.is_clean(view.message(), view.message_cut())
            && self.is_clean_head(&view)
            && (!view.has_extras() || view.extras().all(|extra| self.is_clean_extra(&extra)));
        if clean {
            return Masked { view, places: 0 };
        }
        scratch.clear();
        let places = self.rewrite(&view, scratch);
        let view = View::read(scratch).unwrap_or(view);
        Masked { view, places }
    }

    /// A text without its secrets; `cut` tells that its end may be missing.
    pub(crate) fn text<'a>(&mut self, text: &'a str, cut: bool) -> Cow<'a, str> {
        if self.hide(text, cut) == 0 {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(self.text.clone())
        }
    }

    fn is_clean(&mut self, text: &str, cut: bool) -> bool {
        self.hits.clear();
        if text.len() < SHORTEST {
            return true;
        }
        Scan::new(text, cut, &self.rules, &mut self.hits).walk();
        self.hits.is_empty()
    }

    /// Target, module, file and thread hold the same few names again and again: those of a place and thread
    /// are known by one look.
    fn is_clean_head(&mut self, view: &View<'_>) -> bool {
        if self.clean_names.has(view.names()) {
            return true;
        }
        let clean = self.is_clean_name_of_each(view);
        if clean {
            self.clean_names.keep(view.names());
        }
        clean
    }

    fn is_clean_name_of_each(&mut self, view: &View<'_>) -> bool {
        let Head {
            target,
            module,
            file,
            thread,
            ..
        } = view.head();
        let module = module.filter(|module| !std::ptr::eq(*module, target));
        self.is_clean_name(target)
            && self.is_clean_name(thread)
            && module.is_none_or(|module| self.is_clean_name(module))
            && file.is_none_or(|file| self.is_clean_name(file))
    }

    fn is_clean_name(&mut self, name: &str) -> bool {
        if self.clean_names.has(name) {
            return true;
        }
        let clean = self.is_clean(name, false);
        if clean {
            self.clean_names.keep(name);
        }
        clean
    }

    fn is_clean_extra(&mut self, extra: &Extra<'_>) -> bool {
        let key_clean = self.is_clean(extra.key, false);
        key_clean
            && !self.is_secret_value(extra)
            && match extra.value {
                Value::Str(text) | Value::Text(text) | Value::Error(text) | Value::Json(text) => {
                    self.is_clean(text, extra.cut)
                }
                _ => true,
            }
    }

    /// Whether the value is secret because of its key, or because it is the number of a card.
    fn is_secret_value(&self, extra: &Extra<'_>) -> bool {
        let name = extra.key.as_bytes();
        let test = if self.rules.may_end(name, name.len()) {
            self.rules.test(&key::Key::before(name, name.len(), 0))
        } else {
            Test::Never
        };
        let number = |number: u128, digits: Option<u8>| {
            let counted = matches!(
                test,
                Test::Never | Test::Count | Test::Long | Test::Query | Test::NameOf | Test::Slash
            );
            let small = number < 1000 && !matches!(test, Test::Always | Test::Directory);
            (!counted && !small)
                || (number > 999_999_999_999 && self.rules.standard && card::is_card_number(number))
                || digits.is_some()
        };
        match extra.value {
            Value::Str(text) | Value::Text(text) | Value::Error(text) | Value::Json(text) => {
                let unquoted = text.trim_matches(|c| c == '"' || c == '\'');
                let strict = match test {
                    Test::Token | Test::Directory | Test::Cookies => Test::Always,
                    test => test,
                };
                (extra.cut && test != Test::Never && test != Test::NameOf && test != Test::Query)
                    || (test != Test::NameOf && judge::is_secret(strict, unquoted.as_bytes(), false))
            }
            Value::U64(v) => number(v.into(), None),
            Value::I64(v) => number(v.unsigned_abs().into(), None),
            Value::U128(v) => number(v, None),
            Value::I128(v) => number(v.unsigned_abs(), None),
            Value::F64(v) => v.abs() >= 1000.0 && number(v.abs() as u128, None),
            Value::Bool(_) | Value::Char(_) | Value::Null => false,
        }
    }

    /// Writes the record once more, with stars in the place of what is secret.
    fn rewrite(&mut self, view: &View<'_>, out: &mut Vec<u8>) -> u32 {
        let mut places = 0;
        let mut clean = |text: &str| {
            let found = self.hide(text, false);
            places += found;
            if found == 0 { None } else { Some(self.text.clone()) }
        };
        let head = view.head();
        let target = clean(head.target);
        let module = head.module.and_then(&mut clean);
        let file = head.file.and_then(&mut clean);
        let thread = clean(head.thread);
        let head = Head {
            target: target.as_deref().unwrap_or(head.target),
            module: module.as_deref().or(head.module),
            file: file.as_deref().or(head.file),
            thread: thread.as_deref().unwrap_or(head.thread),
            ..head
        };
        let mut frame = FrameWriter::begin(out, &head);
        let found = self.hide(view.message(), view.message_cut());
        places += found;
        let message = if found == 0 { view.message() } else { &self.text };
        frame.message(usize::MAX, |out| std::fmt::Write::write_str(out, message));
        if view.message_cut() {
            frame.mark_cut();
        }
        for extra in view.extras() {
            places += self.rewrite_extra(&extra, &mut frame);
        }
        frame.add_left_out(view.extras_left_out());
        frame.finish();
        crate::record::stamp(out, view.time);
        places
    }

    fn rewrite_extra(&mut self, extra: &Extra<'_>, frame: &mut FrameWriter<'_>) -> u32 {
        let mut places = self.hide(extra.key, false);
        let key = if places == 0 {
            None
        } else {
            Some(self.text.clone())
        };
        let mut shown = *extra;
        shown.key = key.as_deref().unwrap_or(extra.key);
        if self.is_secret_value(extra) {
            let stars = if matches!(extra.value, Value::Json(_)) {
                "\"***\""
            } else {
                STARS
            };
            frame.copy_extra(&shown, Some(stars));
            return places + 1;
        }
        let found = match extra.value {
            Value::Str(text) | Value::Text(text) | Value::Error(text) | Value::Json(text) => {
                self.hide(text, extra.cut)
            }
            _ => 0,
        };
        places += found;
        frame.copy_extra(&shown, (found > 0).then_some(self.text.as_str()));
        places
    }

    /// Puts `text` without its secrets into `self.text`; returns how many places were hidden, 0 if none.
    fn hide(&mut self, text: &str, cut: bool) -> u32 {
        if self.is_clean(text, cut) {
            return 0;
        }
        let mut places = self.hits.len() as u32;
        replace(text, &mut self.hits, &mut self.text);
        for _ in 0..PASSES {
            std::mem::swap(&mut self.text, &mut self.spare);
            let before = std::mem::take(&mut self.spare);
            let clean = self.is_clean(&before, cut);
            self.spare = before;
            if clean {
                std::mem::swap(&mut self.text, &mut self.spare);
                return places;
            }
            places += self.hits.len() as u32;
            replace(&self.spare, &mut self.hits, &mut self.text);
        }
        self.text.clear();
        self.text.push_str(STARS);
        places
    }
}

/// Names that were looked at and hold no secret; the newest of those that fall into one place is kept.
struct Names([String; NAMES]);

impl Default for Names {
    fn default() -> Names {
        Names([const { String::new() }; NAMES])
    }
}

impl Names {
    #[inline]
    fn place(name: &str) -> usize {
        let bytes = name.as_bytes();
        let at = |n: usize| usize::from(bytes.get(n).copied().unwrap_or(0));
        (bytes.len() * 7 + at(bytes.len() / 2) * 3 + at(bytes.len().wrapping_sub(1))) % NAMES
    }

    #[inline]
    fn has(&self, name: &str) -> bool {
        self.0[Names::place(name)] == name
    }

    fn keep(&mut self, name: &str) {
        let kept = &mut self.0[Names::place(name)];
        kept.clear();
        kept.push_str(name);
    }
}

/// Copies `text` with stars in the place of each hit.
fn replace(text: &str, hits: &mut [Hit], out: &mut String) {
    hits.sort_by_key(|hit| hit.start);
    out.clear();
    let mut from = 0;
    for hit in hits.iter() {
        let start = floor_char(text, hit.start.max(from));
        let end = ceil_char(text, hit.end);
        if end <= from {
            continue;
        }
        out.push_str(&text[from..start.max(from)]);
        show(hit.show, out);
        from = end;
    }
    out.push_str(&text[from..]);
}

fn show(show: Show, out: &mut String) {
    match show {
        Show::Stars => out.push_str(STARS),
        Show::Quoted(slashes) => {
            let slashes = slashes.min(16);
            out.extend(std::iter::repeat_n('\\', slashes));
            out.push_str("\"***");
            out.extend(std::iter::repeat_n('\\', slashes));
            out.push('"');
        }
    }
}

fn floor_char(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn ceil_char(text: &str, mut at: usize) -> usize {
    while at < text.len() && !text.is_char_boundary(at) {
        at += 1;
    }
    at.min(text.len())
}

#[cfg(test)]
#[path = "mask/tests.rs"]
mod tests;
