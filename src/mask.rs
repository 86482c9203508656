//! Which keys and texts are secret, and the mask `***` shown in their place, whatever their length.
//!
//! The worker calls [`Masker::mask`] once per record, before anything is cut or escaped, and [`Masker::text`] for its
//! own notices. Pure: no I/O, no clock. The work grows in proportion to the text. Masking a masked text changes
//! nothing: a text with hits is scanned again until there are none.
//!
//! # How the masker works
//!
//! ```text
//! text -> prefilter -> walk -> reader -> key, policy -> value -> hide -> replace -> text with ***
//!            |                                                                |
//!            +-- clean: most texts end here               again, until clean -+
//! ```
//!
//! 1. **Prefilter** (`prefilter`): looks at each 64-byte block once, with vectors. A *trigger byte* is one at which
//!    something may begin: a separator such as `=` or `:`, a quotation mark, a dash, `@`, `<` or similar. Trigger
//!    bytes after harmless names are dropped by the last letters of the name. If nothing is left and there is no
//!    long run of token characters or digits, the text is *clean*. Otherwise it has a *candidate*: an offset from
//!    which it must be read. The prefilter decides nothing else.
//! 2. **Walk** (`walk`): reads the text from the candidate on and calls a *reader* at each trigger byte and long run.
//! 3. **Readers** (`readers`, `shapes`, `value`): each knows one kind of place, such as a header, a URL, a command
//!    line or a token with a known prefix. They share a `Scan`: the text, the rules, and the hits so far.
//! 4. **Key and policy** (`name`): the name before a separator is a *key*; it is read backwards. Tables give its
//!    *policy*: which of its values are secret. `token` and `tokens` have different ones, `duration` has `Never`.
//! 5. **Value** (`value`): `span` finds where the value begins and ends, `policy` decides whether it is secret.
//! 6. **Hide**: a reader reports a *hit*, a part of the text that must not be shown. Text before its end is decided.
//! 7. **Replace** (`replace`): copies the text with stars in place of the hits.
//!
//! Key-values take the same way from step 4 on (`extras`), with their whole key as the name. Names that repeat in
//! every record, such as targets and threads, are remembered once they were found clean (`clean_cache`).

mod bytes;
mod clean_cache;
mod extras;
#[cfg(any(test, fuzzing))]
pub(crate) mod invariants;
mod name;
mod prefilter;
mod quote;
mod readers;
mod regions;
mod replace;
mod scan;
mod secret;
mod shapes;
mod value;
mod walk;
mod work;

pub use secret::Secret;

use crate::config::Mask;
use crate::record::{self, Draft, Extra, FrameWriter, Head, Stored, Value, View, uncut_name};
use clean_cache::CleanCache;
use name::rules::Rules;
use prefilter::Prefilter;
use replace::replace;
use scan::Hit;
use secret::STARS;
use std::borrow::Cow;
use std::fmt::Write as _;
use walk::Walk;

/// How often a text is scanned again before all of it is hidden; mostly the second pass is clean.
const PASSES: usize = 6;

/// Finds and hides secrets; one per worker, since it keeps its buffers.
pub(crate) struct Masker {
    rules: Rules,
    hits: Vec<Hit>,
    clean_names: CleanCache,
    /// Call sites with their threads: target, module, file and thread in one entry.
    clean_heads: CleanCache,
    /// Keys that hold no secret and whose values are not secret by their key.
    clean_keys: CleanCache,
    /// The masked text, and the buffer for the next pass.
    text: String,
    spare: String,
}

/// A record without its secrets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Masked<'a> {
    pub(crate) view: View<'a>,
    /// The number of hidden places.
    pub(crate) places: u32,
}

impl Masker {
    pub(crate) fn new(mask: &Mask) -> Masker {
        Masker {
            rules: Rules::new(mask),
            hits: Vec::new(),
            clean_names: CleanCache::default(),
            clean_heads: CleanCache::default(),
            clean_keys: CleanCache::default(),
            text: String::new(),
            spare: String::new(),
        }
    }

    /// The record without its secrets: the same view if there are none, else a new frame in `scratch`.
    ///
    /// If this panics, the record must be withheld: the caller catches the panic and never shows `view` instead.
    pub(crate) fn mask<'a>(&mut self, mut view: View<'a>, scratch: &'a mut Draft) -> Masked<'a> {
        if self.rules.is_idle() {
            return Masked { view, places: 0 };
        }
        let plain = self.check(view.message_bytes(), view.message_cut());
        let clean = plain.is_some()
            && self.is_clean_head(&view)
            && (!view.has_extras() || view.stored_extras().all(|extra| self.is_clean_stored(&extra)));
        if clean {
            if plain == Some(true) {
                view.set_plain();
            }
            return Masked { view, places: 0 };
        }
        scratch.clear();
        let places = self.rewrite(&view, scratch);
        // `rewrite` has written a whole frame. If it has not, the panic withholds the record.
        let view = View::read(scratch).expect("a masked frame can be read back");
        Masked { view, places }
    }

    /// The text without its secrets; `cut` means that its end may be missing.
    pub(crate) fn text<'a>(&mut self, text: &'a str, cut: bool) -> Cow<'a, str> {
        match self.hide(text, cut) {
            0 => Cow::Borrowed(text),
            _ => Cow::Owned(self.text.clone()),
        }
    }

    /// A key and a value without their secrets, masked like a key-value of a record.
    pub(crate) fn field(&mut self, key: &str, value: &str) -> (String, String) {
        let extra = Extra {
            key: key.as_bytes(),
            value: Value::Str(value),
            cut: false,
        };
        let value = match extras::is_secret(&self.rules, &extra) {
            true => Cow::Borrowed(extras::stars(&extra.value)),
            false => self.text(value, false),
        };
        let value = value.into_owned();
        (self.text(key, false).into_owned(), value)
    }

    fn is_clean(&mut self, text: &[u8], cut: bool) -> bool {
        self.check(text, cut).is_some()
    }

    /// Fills `hits`. Returns `None` if there are any, else whether the text also needs no escaping.
    #[inline]
    fn check(&mut self, text: &[u8], cut: bool) -> Option<bool> {
        self.hits.clear();
        let from = match prefilter::prefilter(text, &self.rules) {
            Prefilter::Clean { plain } if !cut && self.rules.prefixes.is_empty() => return Some(plain),
            Prefilter::Clean { .. } => text.len(),
            Prefilter::Candidate(from) => from,
        };
        self.scan(text, cut, from);
        self.hits.is_empty().then_some(false)
    }

    #[inline(never)]
    fn scan(&mut self, text: &[u8], cut: bool, from: usize) {
        Walk::new(text, cut, &self.rules, &mut self.hits).read(from);
    }

    /// Target, module, file and thread repeat: a call site and thread that were clean once are found in the cache.
    fn is_clean_head(&mut self, view: &View<'_>) -> bool {
        if self.clean_heads.has(view.call_site()) {
            return true;
        }
        let clean = self.is_clean_name_of_each(view);
        if clean {
            self.clean_heads.keep(view.call_site());
        }
        clean
    }

    fn is_clean_name_of_each(&mut self, view: &View<'_>) -> bool {
        let head = view.head();
        let module = head.module.filter(|module| !std::ptr::eq(*module, head.target));
        self.is_clean_name(head.target)
            && self.is_clean_name(head.thread)
            && module.is_none_or(|module| self.is_clean_name(module))
            && head.file.is_none_or(|file| self.is_clean_name(file))
    }

    fn is_clean_name(&mut self, name: &str) -> bool {
        if self.clean_names.has(name.as_bytes()) {
            return true;
        }
        let (body, cut) = uncut_name(name);
        let clean = self.is_clean(body.as_bytes(), cut);
        if clean {
            self.clean_names.keep(name.as_bytes());
        }
        clean
    }

    #[inline]
    fn is_clean_stored(&mut self, stored: &Stored<'_>) -> bool {
        if !self.clean_keys.has(stored.key) && !self.is_clean_key(stored) {
            return false;
        }
        match stored.text() {
            Some(text) => self.is_clean(text, stored.is_cut()),
            None => stored.is_below(extras::CARD) || !self.is_card(stored),
        }
    }

    #[inline(never)]
    fn is_card(&self, stored: &Stored<'_>) -> bool {
        let extra = stored.extra();
        extra.is_some_and(|extra| extras::is_card(&self.rules, &extra.value))
    }

    /// Whether the key holds no secret, and the value is not secret by its key.
    fn is_clean_key(&mut self, stored: &Stored<'_>) -> bool {
        let is_secret = |extra| extras::is_secret(&self.rules, &extra);
        if stored.extra().is_some_and(is_secret) || !self.is_clean(stored.key, false) {
            return false;
        }
        if extras::is_ordinary(&self.rules, stored.key) {
            self.clean_keys.keep(stored.key);
        }
        true
    }

    /// Writes the record again, with stars in place of the secrets.
    fn rewrite(&mut self, view: &View<'_>, out: &mut Draft) -> u32 {
        let mut places = 0;
        let mut shown = |name| {
            let (body, cut) = uncut_name(name);
            let found = self.hide(body, cut);
            places += found;
            if found == 0 {
                Cow::Borrowed(name)
            } else {
                Cow::Owned(format!("{}{}", self.text, &name[body.len()..]))
            }
        };
        let head = view.head();
        let (target, thread) = (shown(head.target), shown(head.thread));
        let (module, file) = (head.module.map(&mut shown), head.file.map(&mut shown));
        let head = Head {
            target: &target,
            module: module.as_deref(),
            file: file.as_deref(),
            thread: &thread,
            ..head
        };
        let mut frame = FrameWriter::begin(out, &head);
        let found = self.hide(view.message(), view.message_cut());
        let message = if found == 0 { view.message() } else { &self.text };
        frame.message(usize::MAX, |out| out.write_str(message));
        if view.message_cut() {
            frame.mark_cut();
        }
        places += found;
        for extra in view.extras() {
            places += self.rewrite_extra(&extra, &mut frame);
        }
        frame.add_left_out(view.extras_left_out());
        frame.finish();
        record::stamp(out, view.time);
        places
    }

    fn rewrite_extra(&mut self, extra: &Extra<'_>, frame: &mut FrameWriter<'_>) -> u32 {
        let key = record::text(extra.key);
        let in_key = self.hide(key, false);
        let key = if in_key == 0 {
            Cow::Borrowed(key)
        } else {
            Cow::Owned(self.text.clone())
        };
        let shown = Extra {
            key: key.as_bytes(),
            ..*extra
        };
        if extras::is_secret(&self.rules, extra) {
            frame.copy_extra(&shown, Some(extras::stars(&extra.value)));
            return in_key + 1;
        }
        let text = extras::text_of(&extra.value).unwrap_or_default();
        let found = self.hide(text, extra.cut);
        frame.copy_extra(&shown, (found > 0).then_some(self.text.as_str()));
        in_key + found
    }

    /// Puts `text` without its secrets into `self.text`; returns the number of hidden places.
    ///
    /// The result is scanned again until nothing is found, so that masking it once more changes nothing: stars may
    /// have changed the meaning of the text next to them.
    fn hide(&mut self, text: &str, cut: bool) -> u32 {
        if self.is_clean(text.as_bytes(), cut) {
            return 0;
        }
        let mut places = self.hits.len() as u32;
        replace(text, &mut self.hits, &mut self.text);
        for _ in 0..PASSES {
            let last = std::mem::take(&mut self.text);
            let clean = self.is_clean(last.as_bytes(), cut);
            if clean {
                self.text = last;
                return places;
            }
            places += self.hits.len() as u32;
            let mut next = std::mem::take(&mut self.spare);
            replace(&last, &mut self.hits, &mut next);
            self.text = next;
            self.spare = last;
        }
        self.text.clear();
        self.text.push_str(STARS);
        places
    }
}

#[cfg(test)]
mod tests;
