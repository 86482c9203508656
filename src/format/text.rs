//! Text lines: a template, compiled for one output.
//!
//! What is the same for every record, or for every record of a level, is put together once; what is left for
//! a record is its time, its texts and its key-values.

mod place;
mod values;

use super::line::{CutText, Line};
use super::style::RESET;
use super::template::{Field, Padding, Part, Template};
use super::time::TimeFormatter;
use super::{CacheFigures, LineLimits, LineSettings};
use crate::clock::Wall;
use crate::config::Newlines;
use crate::escape::Form;
use crate::record::View;
use log::Level;
use place::{Place, gathered};
use values::Extras;

#[derive(Debug)]
pub(super) struct TextLayout {
    pieces: Vec<Piece>,
    /// Bytes to keep for all pieces.
    reserved: usize,
    extras: Extras,
    limits: LineLimits,
    message_form: Form,
}

#[derive(Debug)]
struct Piece {
    kind: Kind,
    padding: Option<Padding>,
    /// Bytes kept for it while those before it are written.
    reserved: usize,
}

#[derive(Debug)]
enum Kind {
    Fixed(Vec<u8>),
    /// `Error` first.
    ByLevel([Vec<u8>; 5]),
    Time(TimeFormatter),
    Target,
    Module,
    File,
    Line,
    Thread,
    Message,
    Extras,
    Key(String),
    /// Pieces that are the same for all records of a place, together.
    Place(Box<Place>),
}

/// What stands where a record has nothing to show.
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
            },
        };
        layout.keep_room();
        layout.pieces = gathered(layout.pieces);
        layout
    }

    /// Keeps room for the pieces, so that a long message does not push out what stands behind it.
    fn keep_room(&mut self) {
        let extras = self.extras.reserved_bytes();
        self.pieces
            .iter_mut()
            .for_each(|piece| piece.reserved = piece.reserved_bytes(extras));
        self.reserved = self.pieces.iter().map(|piece| piece.reserved).sum();
        if self.reserved > self.limits.record / 2 {
            // A template of many fields and small lines: first come, first served.
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
    }

    /// What most records are: a plain message from a known place, and room for more than all of it, so that none has to
    /// be kept for what comes later. Answers `false` for any other, of which it may have written a part.
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
            Kind::Place(place) => place.render_known(view, line),
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
                Kind::Place(place) => place.render(view, line),
                Kind::Time(formatter) => line.write_all_or_none(formatter.text(at)),
                Kind::Message => message(line, view, self.limits.message, self.message_form),
                Kind::Extras => self.extras.render(view, line),
                Kind::Key(name) => self.extras.render_one(name, view, line),
                _ => piece.render_name(view, line),
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
    /// What says where a record comes from, or is the same for all.
    fn render_name(&self, view: &View<'_>, line: &mut Line<'_>) {
        match &self.kind {
            Kind::Fixed(bytes) => line.write_all_or_none(bytes),
            Kind::ByLevel(bytes) => line.write_all_or_none(&bytes[view.level as usize - 1]),
            Kind::Target => text(line, view.target()),
            Kind::Module => text(line, view.module().unwrap_or(NOTHING)),
            Kind::File => text(line, view.file().unwrap_or(NOTHING)),
            Kind::Thread => text(line, view.thread()),
            Kind::Line => match view.line() {
                Some(number) => line.write_integer(number),
                None => line.write_all_or_none(NOTHING.as_bytes()),
            },
            Kind::Time(_) | Kind::Message | Kind::Extras | Kind::Key(_) | Kind::Place(_) => {}
        }
    }

    /// Whether it is the same for all records of a place.
    fn is_of_place(&self) -> bool {
        !matches!(
            self.kind,
            Kind::Time(_) | Kind::Message | Kind::Extras | Kind::Key(_) | Kind::Place(_)
        )
    }

    fn reserved_bytes(&self, extras: usize) -> usize {
        let own = match &self.kind {
            Kind::Fixed(bytes) => bytes.len(),
            Kind::ByLevel(bytes) => bytes.iter().map(Vec::len).max().unwrap_or(0),
            Kind::Time(_) => 40,
            Kind::Line => 10,
            Kind::Target | Kind::Module | Kind::File | Kind::Thread | Kind::Key(_) => 48,
            Kind::Message => 64,
            Kind::Extras => extras,
            Kind::Place(place) => place.reserved(),
        };
        own.max(self.padding.map_or(0, |padding| padding.width))
    }
}

/// Turns the parts of a template into pieces, joining those that need no record.
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
        // What comes after the line is none of its business.
        if styled {
            self.literal(RESET);
        }
    }

    fn field(&mut self, field: &Field, padding: Option<Padding>) {
        let kind = match field {
            Field::Level => return self.by_level(LEVELS.map(|level| padded(level.as_str(), padding))),
            Field::Pid => return self.literal(&padded(&std::process::id().to_string(), padding)),
            Field::Name => return self.literal(&padded(&self.settings.name, padding)),
            Field::Time(pattern) => Kind::Time(TimeFormatter::new(pattern.clone(), &self.settings.zone)),
            Field::Target => Kind::Target,
            Field::Module => Kind::Module,
            Field::File => Kind::File,
            Field::Line => Kind::Line,
            Field::Thread => Kind::Thread,
            Field::Message => Kind::Message,
            Field::Extras => Kind::Extras,
            Field::Key(name) => Kind::Key(name.clone()),
        };
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
        self.pieces.push(Piece {
            kind,
            padding: None,
            reserved: 0,
        });
    }
}

const LEVELS: [Level; 5] = [Level::Error, Level::Warn, Level::Info, Level::Debug, Level::Trace];

/// `text`, escaped and padded, once and for all.
fn padded(text: &str, padding: Option<Padding>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut line = Line::begin(&mut out, 4096);
    line.write_truncated(CutText::whole(text), Form::Text);
    if let Some(padding) = padding {
        line.pad(0, &padding);
    }
    out
}
