//! Outputs as a list: kinds that exist only here, each an opener, and lists that no configuration names yet.

use super::*;
use crate::clock::Zone;
use crate::config::{Locking, Retention};
use crate::sink::batch::{BatchWriter, RenderedBatch};
use crate::sink::file::FileSettings;
use crate::sink::file_opener::FileOpener;
use crate::sync::plain;
use crate::worker::Stage;
use crate::{AsyncLogger, Capture};
use log::{Level, LevelFilter};
use std::path::Path;

/// An output that sends one record at a time and needs its level, as a datagram of syslog does.
#[derive(Clone, Default)]
struct Datagrams {
    sent: Arc<plain::Mutex<Vec<(Level, String)>>>,
    tries: usize,
}

impl Opener for Datagrams {
    fn name(&self) -> &'static str {
        "datagrams"
    }

    fn open(&self, _: &mut Opening) -> Result<Opened, Error> {
        Ok(Opened::Threaded(Box::new(self.clone())))
    }

    fn in_child(&self) -> Option<Arc<dyn Opener>> {
        Some(Arc::new(Datagrams::default()))
    }
}

impl BatchWriter for Datagrams {
    fn wants_lines(&self) -> bool {
        true
    }

    /// Every third try is interrupted, and one call sends one record.
    fn write_some(&mut self, batch: &RenderedBatch, from: usize) -> io::Result<usize> {
        self.tries += 1;
        if self.tries % 3 == 0 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let (line, level) = batch.lines_from(from).next().expect("a line");
        plain::enter(&self.sent).push((level, String::from_utf8_lossy(line).into_owned()));
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn logger(config: &Config, openers: Vec<Arc<dyn Opener>>, seams: Seams) -> AsyncLogger {
    let core = start_with(config, openers, seams, Environment::Ignored);
    AsyncLogger::from_core(core.expect("the logger starts"))
}

fn file_opener(path: &Path) -> Arc<dyn Opener> {
    Arc::new(FileOpener::new(FileSettings {
        path: path.to_owned(),
        max_bytes: 10_000,
        backup_count: 3,
        rotate_every: None,
        zone: Zone::Utc,
        locking: Locking::Shared,
        mode: 0o640,
        retention: Retention::default(),
        root: crate::sink::rooted::Root::default(),
    }))
}

#[test]
fn an_output_that_asks_gets_the_end_and_the_level_of_every_line() {
    const LEVELS: [Level; 5] = [Level::Error, Level::Warn, Level::Info, Level::Debug, Level::Trace];
    let (datagrams, capture) = (Datagrams::default(), Capture::new());
    let config = Config::new("app")
        .console(None)
        .level(LevelFilter::Trace)
        .file_format("{level} {message}")
        .batch_bytes(1 << 17);
    let openers: Vec<Arc<dyn Opener>> = vec![
        Arc::new(datagrams.clone()),
        Arc::new(WriterOpener::new(Box::new(capture.clone()))),
    ];
    // What a panic leaves half-rendered must be taken back with its end: every 50th record fails in between.
    let formatted = std::sync::atomic::AtomicUsize::new(0);
    let seams = Seams::default().hook(move |stage| {
        let nth = formatted.fetch_add(
            usize::from(stage == Stage::Format),
            std::sync::atomic::Ordering::Relaxed,
        );
        assert!(stage != Stage::Format || nth % 50 != 49, "planted");
    });
    let logger = logger(&config, openers, seams);
    for n in 0..500 {
        log::log!(logger: logger, LEVELS[n % 5], "record {n}\nwith a second line {}", "x".repeat(n));
    }
    // A request that waits while a stage panics is answered with an error that asks to try again.
    while let Err(error) = logger.shutdown().wait() {
        if error.kind() != ErrorKind::WorkerPanicked {
            break;
        }
    }
    let sent = plain::enter(&datagrams.sent).clone();
    let lines: Vec<String> = sent
        .iter()
        .map(|(_, line)| line.trim_end_matches('\n').to_owned())
        .collect();
    assert_eq!(lines, capture.lines());
    assert_eq!(lines.len(), 490);
    for (level, line) in &sent {
        assert!(
            line.starts_with(level.as_str()) && line.ends_with('\n'),
            "{level} {line}"
        );
        assert_eq!(line.matches('\n').count(), 1, "{line}");
    }
    let health = logger.health();
    let outputs: Vec<_> = (health.outputs.iter())
        .map(|output| (output.name.to_string(), output.written))
        .collect();
    assert_eq!(
        outputs,
        [("datagrams".to_owned(), 490), ("writer".to_owned(), 490)]
    );
    assert_eq!((health.written, health.failed, health.pending), (490, 10, 0));
}

#[test]
fn several_files_are_written_synced_and_reopened_and_count_each_record_once() {
    let dir = tempfile::tempdir().unwrap();
    let (first, second) = (
        dir.path().join("app.log"),
        dir.path().join("more").join("audit.log"),
    );
    let config = Config::new("app").log_dir(dir.path()).file_format("{message}");
    let openers: Vec<Arc<dyn Opener>> = vec![Arc::new(Datagrams::default()), file_opener(&second)];
    let logger = logger(&config, openers, Seams::default().console(io::sink()));
    let names: Vec<_> = (logger.health().outputs.iter())
        .map(|output| output.name.to_string())
        .collect();
    assert_eq!(names, ["file", "file", "console", "datagrams"]);
    for n in 0..1000 {
        log::info!(logger: logger, "before {n}");
    }
    logger.sync().wait().unwrap();
    for path in [&first, &second] {
        std::fs::rename(path, path.with_extension("moved")).unwrap();
    }
    logger.reopen().wait().unwrap();
    log::info!(logger: logger, "after");
    logger.shutdown().wait().unwrap();
    for path in [&first, &second] {
        assert_eq!(std::fs::read_to_string(path).unwrap(), "after\n", "{path:?}");
    }
    let lines = |path: &Path| std::fs::read_to_string(path).unwrap();
    assert_eq!(lines(&first.with_extension("moved")).lines().count(), 1000);
    // The second file has rotated by its own limit: its newest lines stand in the file that was moved.
    assert!(lines(&second.with_extension("moved")).ends_with("before 999\n"));
    let health = logger.health();
    assert_eq!((health.written, health.pending), (1001, 0), "{health}");
    assert!(health.rotations > 0 && health.reopened_files == 2, "{health}");
    assert!(
        health.outputs.iter().all(|output| output.written == 1001),
        "{health}"
    );
}

/// A threaded output that reports on which thread it was dropped, and one that cannot be opened.
enum Planted {
    Dropped(Arc<plain::Mutex<Vec<std::thread::ThreadId>>>),
    Refused,
}

struct ReportsDrop(Arc<plain::Mutex<Vec<std::thread::ThreadId>>>);

impl Drop for ReportsDrop {
    fn drop(&mut self) {
        plain::enter(&self.0).push(std::thread::current().id());
    }
}

impl Write for ReportsDrop {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Opener for Planted {
    fn name(&self) -> &'static str {
        "planted"
    }

    fn rank(&self) -> Rank {
        Rank::Other
    }

    fn open(&self, _: &mut Opening) -> Result<Opened, Error> {
        match self {
            Planted::Dropped(threads) => Ok(Opened::Threaded(Box::new(ReportsDrop(Arc::clone(threads))))),
            Planted::Refused => Err(Error::new(
                ErrorKind::Io,
                "cannot reach postgres://app:hunter2-pw@db.example.com",
            )),
        }
    }

    fn in_child(&self) -> Option<Arc<dyn Opener>> {
        None
    }
}

#[test]
fn an_output_that_cannot_be_opened_closes_the_others_before_a_thread_runs() {
    let threads = Arc::default();
    let openers: Vec<Arc<dyn Opener>> = vec![
        Arc::new(Planted::Dropped(Arc::clone(&threads))),
        Arc::new(Planted::Refused),
    ];
    let config = Config::new("app").console(None);
    let started = start_with(&config, openers, Seams::default(), Environment::Ignored);
    let error = started.err().expect("the second output refuses");
    assert_eq!(
        error.to_string(),
        "cannot reach postgres://app:***@db.example.com"
    );
    assert_eq!(*plain::enter(&threads), [std::thread::current().id()]);
}

#[test]
fn a_forked_child_gets_the_openers_that_can_be_opened_there() {
    let dir = tempfile::tempdir().unwrap();
    let config = Config::new("app").log_dir(dir.path());
    let openers: Vec<Arc<dyn Opener>> = vec![
        Arc::new(WriterOpener::new(Box::new(io::sink()))),
        Arc::new(Datagrams::default()),
    ];
    let settings = Settings::parse(&config, openers, Environment::Ignored).unwrap();
    let mut opening = Opening::default();
    for output in &settings.outputs {
        drop(output.opener.open(&mut opening).unwrap());
    }
    let names: Vec<_> = settings
        .in_child()
        .outputs
        .iter()
        .map(|output| output.name)
        .collect();
    // The console was closed above, and the writer is the parent's.
    assert_eq!(names, ["file", "datagrams"]);
}
