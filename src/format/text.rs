//! Text lines: a template compiled for one output.
//!
//! Everything that is the same for all records, or for all records of a level, is computed once. Only the time, the
//! texts and the key-values remain to be written for each record.

mod site;
mod values;

use super::line::{CutText, Line};
use super::style::RESET;
use super::template::{Field, Padding, Part, Source, Template};
use super::time::{Pattern, TimeFormatter};
use super::{CacheFigures, LineLimits, LineSettings};
use crate::clock::Wall;
use crate::config::Newlines;
use crate::escape::Form;
use crate::record::View;
use log::Level;
use site::{SitePieces, grouped};
use values::Extras;

#[derive(Debug)]
pub(super) struct TextLayout {
    pieces: Vec<Piece>,
    /// Bytes to reserve for all pieces.
    reserved: usize,
    extras: Extras,
    limits: LineLimits,
    message_form: Form,
    /// Whether line breaks are shown as further lines.
    indents: bool,
}

#[derive(Debug)]
struct Piece {
    kind: Kind,
    padding: Option<Padding>,
    /// Bytes reserved for this piece while earlier ones are written.
    reserved: usize,
}

#[derive(Debug)]
enum Kind {
    Fixed(Vec<u8>),
    /// `Error` first.
    ByLevel([Vec<u8>; 5]),
    Time(TimeFormatter),
    Message,
    Extras,
    Key(String),
    /// See [`Source::SiteText`].
    SiteText(for<'a> fn(&View<'a>) -> Option<&'a str>),
    /// See [`Source::SiteNumber`].
    SiteNumber(fn(&View<'_>) -> Option<u32>),
    /// A run of pieces that depend only on the call site.
    Site(Box<SitePieces>),
}

/// Written where a record has no value for a field.
const NOTHING: &str = "-";

impl TextLayout {
    pub(super) fn new(template: &Template, settings: &LineSettings) -> TextLayout {
        let mut compiler = Compiler {
            settings,
            pieces: Vec::new(),
        };
        compiler.run(template);
        let shown_separately = template.parts.iter().filter_map(|part| match part {
            Part::Field(Field::Key(name), _) => Some(name.clone()),
            _ => None,
        });
        let mut layout = TextLayout {
            pieces: compiler.pieces,
            reserved: 0,
            extras: Extras::new(settings, shown_separately.collect()),
            limits: settings.limits,
            message_form: match settings.newlines {
                Newlines::Escape => Form::Text,
                Newlines::Symbol => Form::Symbol,
                Newlines::Indent => Form::Indent,
            },
            indents: settings.newlines == Newlines::Indent,
        };
        layout.keep_room();
        layout.pieces = grouped(layout.pieces);
        layout
    }

    /// Reserves room for every piece, so that a long message does not displace the pieces after it.
    fn keep_room(&mut self) {
        let extras = self.extras.reserved_bytes();
        self.pieces
            .iter_mut()
            .for_each(|piece| piece.reserved = piece.reserved_bytes(extras));
        self.reserved = self.pieces.iter().map(|piece| piece.reserved).sum();
        if self.reserved > self.limits.record / 2 {
            // Many fields and short lines: reserve nothing, and let earlier pieces take the room.
            self.pieces.iter_mut().for_each(|piece| piece.reserved = 0);
            self.reserved = 0;
        }
    }

    #[inline]
    pub(super) fn render(&mut self, view: &View<'_>, at: Wall, line: &mut Line<'_>) {
        if !self.render_usual(view, at, line) {
            line.restart();
            self.render_any(view, at, line);
        }
        if self.indents {
            line.mark_start();
        }
    }

    /// Fast path for most records: a plain message from a cached call site, and enough room for everything, so that
    /// nothing has to be reserved. Returns `false` for other records; a part of the line may then be written.
    #[inline]
    fn render_usual(&mut self, view: &View<'_>, at: Wall, line: &mut Line<'_>) -> bool {
        let Some(message) = view
            .plain_message()
            .filter(|bytes| bytes.len() <= self.limits.message)
        else {
            return false;
        };
        let all_done = self.pieces.iter_mut().all(|piece| match &mut piece.kind {
            _ if piece.padding.is_some() => false,
            Kind::Time(formatter) => line.try_write(formatter.text(at)),
            Kind::Site(site) => site.render_cached(view, line),
            Kind::Message => line.try_write(message),
            Kind::Extras => {
                self.extras.render(view, line);
                true
            }
            _ => false,
        });
        all_done && line.room() >= self.reserved && !line.is_cut()
    }

    #[inline(never)]
    fn render_any(&mut self, view: &View<'_>, at: Wall, line: &mut Line<'_>) {
        line.reserve(self.reserved);
        for piece in &mut self.pieces {
            line.release(piece.reserved);
            let from = line.len();
            match &mut piece.kind {
                Kind::Site(site) => site.render(view, line),
                Kind::Time(formatter) => line.write_all_or_none(formatter.text(at)),
                Kind::Message => message(line, view, self.limits.message, self.message_form),
                Kind::Extras => self.extras.render(view, line),
                Kind::Key(name) => self.extras.render_one(name, view, line),
                _ => piece.render_site(view, line),
            }
            if let Some(padding) = &piece.padding {
                line.pad(from, padding);
            }
        }
    }

    pub(super) fn fields_left_out(&self) -> usize {
        self.extras.fields_left_out()
    }

    pub(super) fn figures(&self) -> CacheFigures {
        self.extras.figures()
    }
}

#[inline]
fn message(line: &mut Line<'_>, view: &View<'_>, limit: usize, form: Form) {
    let plain = view.plain_message().filter(|bytes| bytes.len() <= limit);
    if !plain.is_some_and(|bytes| line.try_write(bytes)) {
        let mut message = CutText::limited(view.message(), limit);
        message.cut |= view.message_cut();
        line.write_truncated(message, form);
    }
}

fn text(line: &mut Line<'_>, text: &str) {
    let text = if text.is_empty() { NOTHING } else { text };
    line.write_truncated(CutText::whole(text), Form::Text);
}

impl Piece {
    /// Renders a piece that [depends only on the call site](Piece::depends_on_site_only).
    fn render_site(&self, view: &View<'_>, line: &mut Line<'_>) {
        match &self.kind {
            Kind::Fixed(bytes) => line.write_all_or_none(bytes),
            Kind::ByLevel(bytes) => line.write_all_or_none(&bytes[view.level as usize - 1]),
            Kind::SiteText(get) => text(line, get(view).unwrap_or(NOTHING)),
            Kind::SiteNumber(get) => match get(view) {
                Some(number) => line.write_integer(number),
                None => line.write_all_or_none(NOTHING.as_bytes()),
            },
            Kind::Time(_) | Kind::Message | Kind::Extras | Kind::Key(_) | Kind::Site(_) => {}
        }
    }

    /// Whether the piece is the same for all records of one call site, level and thread.
    fn depends_on_site_only(&self) -> bool {
        match &self.kind {
            Kind::Fixed(_) | Kind::ByLevel(_) | Kind::SiteText(_) | Kind::SiteNumber(_) => true,
            Kind::Time(_) | Kind::Message | Kind::Extras | Kind::Key(_) | Kind::Site(_) => false,
        }
    }

    fn reserved_bytes(&self, extras: usize) -> usize {
        let own = match &self.kind {
            Kind::Fixed(bytes) => bytes.len(),
            Kind::ByLevel(bytes) => bytes.iter().map(Vec::len).max().unwrap_or(0),
            Kind::Time(_) => 40,
            Kind::SiteNumber(_) => 10,
            Kind::SiteText(_) | Kind::Key(_) => 48,
            Kind::Message => 64,
            Kind::Extras => extras,
            Kind::Site(site) => site.reserved(),
        };
        own.max(self.padding.map_or(0, |padding| padding.width))
    }
}

/// Compiles the parts of a template into pieces, and joins neighbouring pieces that do not depend on the record.
struct Compiler<'s> {
    settings: &'s LineSettings,
    pieces: Vec<Piece>,
}

impl Compiler<'_> {
    fn run(&mut self, template: &Template) {
        let mut styled = false;
        for part in &template.parts {
            match part {
                Part::Literal(text) => self.literal(text.as_bytes()),
                Part::Field(field, padding) => self.field(field, *padding),
                Part::Style(_) | Part::LevelStyle | Part::Reset if !self.settings.color => {}
                Part::Style(style) => self.literal(style.sgr()),
                Part::LevelStyle => {
                    let styles = &self.settings.level_styles;
                    self.by_level(styles.each_ref().map(|style| style.sgr().to_vec()));
                }
                Part::Reset => self.literal(RESET),
            }
            styled = match part {
                Part::Style(_) | Part::LevelStyle => self.settings.color,
                Part::Reset => false,
                _ => styled,
            };
        }
        // A style must not extend beyond the line.
        if styled {
            self.literal(RESET);
        }
    }

    fn field(&mut self, field: &Field, padding: Option<Padding>) {
        let source = match field {
            Field::Time(pattern) => return self.push_padded(Kind::Time(self.time(pattern)), padding),
            Field::Key(name) => return self.push_padded(Kind::Key(name.clone()), padding),
            Field::Simple(spec) => spec.source,
        };
        let kind = match source {
            Source::Time => Kind::Time(self.time(&Pattern::rfc3339())),
            Source::Level => return self.by_level(LEVELS.map(|level| padded(level.as_str(), padding))),
            Source::Message => Kind::Message,
            Source::Extras => Kind::Extras,
            Source::SiteText(get) => Kind::SiteText(get),
            Source::SiteNumber(get) => Kind::SiteNumber(get),
            Source::Text(get) => return self.literal(&padded(&get(self.settings), padding)),
            Source::Number(get) => {
                return self.literal(&padded(&get(self.settings).to_string(), padding));
            }
        };
        self.push_padded(kind, padding);
    }

    fn time(&self, pattern: &Pattern) -> TimeFormatter {
        TimeFormatter::new(pattern.clone(), &self.settings.zone)
    }

    fn push_padded(&mut self, kind: Kind, padding: Option<Padding>) {
        self.pieces.push(Piece {
            kind,
            padding,
            reserved: 0,
        });
    }

    fn literal(&mut self, bytes: &[u8]) {
        match self.pieces.last_mut().map(|piece| &mut piece.kind) {
            _ if bytes.is_empty() => {}
            Some(Kind::Fixed(before)) => before.extend_from_slice(bytes),
            Some(Kind::ByLevel(before)) => {
                before
                    .iter_mut()
                    .for_each(|before| before.extend_from_slice(bytes));
            }
            _ => self.push(Kind::Fixed(bytes.to_vec())),
        }
    }

    fn by_level(&mut self, bytes: [Vec<u8>; 5]) {
        let mut joined = match self.last_joinable() {
            Some(Kind::ByLevel(before)) => before,
            Some(Kind::Fixed(before)) => std::array::from_fn(|_| before.clone()),
            _ => Default::default(),
        };
        for (joined, bytes) in joined.iter_mut().zip(&bytes) {
            joined.extend_from_slice(bytes);
        }
        self.push(Kind::ByLevel(joined));
    }

    fn last_joinable(&mut self) -> Option<Kind> {
        match self.pieces.last()?.kind {
            Kind::Fixed(_) | Kind::ByLevel(_) => self.pieces.pop().map(|piece| piece.kind),
            _ => None,
        }
    }

    fn push(&mut self, kind: Kind) {
        self.push_padded(kind, None);
    }
}

const LEVELS: [Level; 5] = [Level::Error, Level::Warn, Level::Info, Level::Debug, Level::Trace];

/// Escapes and pads `text`.
fn padded(text: &str, padding: Option<Padding>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut line = Line::begin(&mut out, 4096);
    line.write_truncated(CutText::whole(text), Form::Text);
    if let Some(padding) = padding {
        line.pad(0, &padding);
    }
    out
}
