//! Prints the lines of `Console::Test` on the calling thread.
//!
//! A test harness captures what `eprint!` prints on the thread of a test, and on threads that the test starts. The
//! logger's own threads belong to no test. The console's thread still gets each line, drops it and counts it.

use crate::clock::{Anchor, Tick, WallClock};
use crate::format::Renderer;
use crate::mask::Masker;
use crate::process;
use crate::record::{Draft, View};
use crate::settings::Settings;
use crate::sync::{Mutex, enter};
use log::LevelFilter;

pub(super) struct Printer {
    level: LevelFilter,
    clock: WallClock,
    /// Each line is rendered under this lock, and printed without it.
    rendering: Mutex<Rendering>,
}

struct Rendering {
    masker: Masker,
    masked: Draft,
    renderer: Renderer,
}

impl Printer {
    /// The printer of the output whose lines the calling threads print, if there is one.
    pub(super) fn of(settings: &Settings, clock: &WallClock) -> Option<Box<Printer>> {
        let output = settings.outputs.iter().find(|output| output.prints_on_caller)?;
        Some(Box::new(Printer {
            level: output.level,
            clock: clock.clone(),
            rendering: Mutex::new(Rendering {
                masker: Masker::new(&settings.mask),
                masked: Draft::new(),
                renderer: Renderer::new(&output.layout, output.line.clone()),
            }),
        }))
    }

    /// Prints the line of a captured record. A panic in here (standard error is closed, a stage fails) ends with it.
    #[cold]
    pub(super) fn print(&self, frame: &[u8]) {
        let _: Option<()> = process::caught(|| {
            if let Some(line) = self.line(frame) {
                show(&String::from_utf8_lossy(&line));
            }
        });
    }

    fn line(&self, frame: &[u8]) -> Option<Vec<u8>> {
        let view = View::read(frame).filter(|view| view.level <= self.level)?;
        let mut rendering = enter(&self.rendering);
        let Rendering {
            masker,
            masked,
            renderer,
        } = &mut *rendering;
        // The queue stamps a record when it takes it, and that comes later.
        let wall = Anchor::read(&self.clock).wall(Tick::now());
        let masked = masker.mask(view, masked);
        let mut line = Vec::new();
        renderer.render(&masked.view, wall, &mut line);
        Some(line)
    }
}

/// A test harness captures this macro and nothing below it.
#[allow(clippy::print_stderr)]
fn show(line: &str) {
    eprint!("{line}");
}
