//! Others who do not leave off: a lock file that is replaced at every look, a log that grows at every look.

use super::*;
use crate::sink::storage::{Handle, Identity, Stat};
use std::ffi::OsStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// The disk, on which somebody puts another lock file in place of the one that is there whenever a path is looked at.
struct Replacing {
    lock: PathBuf,
    looked_at: PathBuf,
    /// How often it still happens.
    times: Arc<AtomicUsize>,
}

impl Replacing {
    /// Replaces the lock of the rig's log before each look at `looked_at`.
    fn at(rig: &Rig, looked_at: &str) -> (Replacing, Arc<AtomicUsize>) {
        let times = Arc::new(AtomicUsize::new(0));
        let replacing = Replacing {
            lock: rig.path(".app.log.lock"),
            looked_at: rig.path(looked_at),
            times: Arc::clone(&times),
        };
        (replacing, times)
    }
}

impl Storage for Replacing {
    fn open_log(&mut self, path: &Path, mode: u32) -> io::Result<Box<dyn Handle>> {
        Disk.open_log(path, mode)
    }

    fn open_lock(&mut self, path: &Path, mode: u32) -> io::Result<Box<dyn Handle>> {
        Disk.open_lock(path, mode)
    }

    fn open_backup(&mut self, path: &Path) -> io::Result<Box<dyn Handle>> {
        Disk.open_backup(path)
    }

    fn stat(&mut self, path: &Path) -> io::Result<Stat> {
        let left = self.times.load(SeqCst);
        if path == self.looked_at && left > 0 {
            self.times.store(left - 1, SeqCst);
            // Both are there for a moment, so that the new one cannot have the old one's identity.
            let new = self.lock.with_extension("new");
            fs::write(&new, "").unwrap();
            fs::rename(&new, &self.lock).unwrap();
        }
        Disk.stat(path)
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        Disk.rename(from, to)
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        Disk.remove(path)
    }

    fn make_dirs(&mut self, path: &Path, mode: u32) -> io::Result<()> {
        Disk.make_dirs(path, mode)
    }

    /// Names a backup more, as if it were deleted before anybody looks at it.
    fn list(&mut self, dir: &Path, each: &mut dyn FnMut(&OsStr)) -> io::Result<()> {
        each(OsStr::new("app.log.2"));
        Disk.list(dir, each)
    }

    fn sync_dir(&mut self, dir: &Path) -> io::Result<()> {
        Disk.sync_dir(dir)
    }
}

#[test]
fn a_lock_file_that_is_replaced_in_every_pass_holds_a_batch_up_and_costs_no_line() {
    let mut rig = Rig::new();
    let (replacing, times) = Replacing::at(&rig, "app.log");
    let mut sink = FileSink::open(rig.settings.clone(), Box::new(replacing), rig.now).unwrap();
    // Whoever makes the log anew must have the lock that stands there.
    fs::remove_file(rig.path("app.log")).unwrap();
    times.store(usize::MAX, SeqCst);
    let outcome = sink.write(lines(0..1).as_bytes(), rig.now);
    assert_eq!(
        outcome,
        WriteOutcome {
            taken: 0,
            next: Next::RetryAt(rig.now.tick.after(Duration::from_millis(10))),
            error: None,
        },
        "nothing failed, and nothing is written beside somebody else"
    );
    assert!(!rig.path("app.log").exists() && sink.is_degraded());
    times.store(1, SeqCst);
    assert_eq!(rig.write(&mut sink, &lines(0..60)), []);
    assert!(!sink.is_degraded());
    assert_eq!(rig.names(), ["app.log", "app.log.1"], "locks work, so it rotates");
    assert_lines(&rig.all(), 0..60);
}

#[test]
fn a_lock_file_that_is_replaced_at_every_look_is_told_and_left_alone_for_a_second() {
    let mut rig = Rig::new();
    let (replacing, times) = Replacing::at(&rig, ".app.log.lock");
    let mut sink = FileSink::open(rig.settings.clone(), Box::new(replacing), rig.now).unwrap();
    times.store(usize::MAX, SeqCst);
    // The log, and with it the lock, is looked for anew.
    sink.reopen(rig.now).unwrap();
    let errors = rig.write(&mut sink, &lines(0..60));
    let [error] = &errors[..] else {
        panic!("{errors:?}")
    };
    assert!(
        error.text.contains("replaced again and again") && error.text.contains("not rotated"),
        "{error:?}"
    );
    let before = times.load(SeqCst);
    assert_eq!(rig.write(&mut sink, &lines(60..61)), [], "told once");
    assert_eq!(times.load(SeqCst), before, "and not tried at once again");
    assert_lines(&rig.read("app.log"), 0..61);
    times.store(0, SeqCst);
    rig.pass(Duration::from_secs(1));
    assert_eq!(rig.write(&mut sink, &lines(61..62)), []);
    assert!(!sink.is_degraded());
    assert_lines(&rig.read("app.log.1"), 0..61);
}

#[test]
fn a_reopen_under_a_lock_file_that_was_replaced_is_done_by_the_next_batch() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..1));
    fs::rename(rig.path("app.log"), rig.path("moved")).unwrap();
    fs::remove_file(rig.path(".app.log.lock")).unwrap();
    sink.reopen(rig.now).unwrap();
    assert!(!rig.path("app.log").exists(), "not without the lock");
    rig.write(&mut sink, &lines(1..2));
    assert_eq!(rig.read("moved"), lines(0..1));
    assert_eq!(rig.read("app.log"), lines(1..2));
    assert!(rig.path(".app.log.lock").exists());
}

#[test]
fn a_backup_that_is_gone_before_it_is_looked_at_is_no_error_of_a_cleaning() {
    let mut rig = Rig::new();
    fs::write(rig.path("app.log.1"), "newest").unwrap();
    fs::write(rig.path("app.log.3"), "surplus").unwrap();
    rig.settings.backup_count = 1;
    let (replacing, _) = Replacing::at(&rig, "app.log");
    let mut sink = FileSink::open(rig.settings.clone(), Box::new(replacing), rig.now).unwrap();
    sink.clean(rig.now).unwrap();
    assert_eq!(rig.names(), ["app.log", "app.log.1"]);
    assert_eq!(sink.figures().purged_files, 1);
}

/// A log to which somebody appends half a line whenever its size is asked for.
struct Endless {
    bytes: Vec<u8>,
    is_full: bool,
}

impl Handle for Endless {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_full {
            return Ok(0);
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn read_at(&mut self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let rest = self.bytes.get(offset as usize..).unwrap_or_default();
        let len = buffer.len().min(rest.len());
        buffer[..len].copy_from_slice(&rest[..len]);
        Ok(len)
    }

    fn stat(&mut self) -> io::Result<Stat> {
        if !self.is_full {
            self.bytes.extend_from_slice(b"half");
        }
        Ok(Stat {
            identity: Identity { device: 1, file: 1 },
            regular: true,
            size: self.bytes.len() as u64,
            links: 1,
            modified: 0,
        })
    }

    fn truncate(&mut self, _: u64) -> io::Result<()> {
        unreachable!("nothing is cut")
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn try_lock(&mut self) -> io::Result<bool> {
        Ok(true)
    }

    fn unlock(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn log_of(text: &str, is_full: bool) -> Log {
    let bytes = text.as_bytes().to_vec();
    Log::of(
        Box::new(Endless { bytes, is_full }),
        Identity { device: 1, file: 1 },
    )
}

#[test]
fn the_line_of_somebody_who_never_stops_writing_is_not_ended_for_him() {
    let mut log = log_of("half", false);
    let size = log.settle(4, LockOutcome::Exclusive).unwrap();
    assert_eq!(size, 4 + 4 * 4, "four looks, and none saw an end");
    assert_eq!(log.end, None, "the next batch looks again");
    let mut all = vec![0; 100];
    let len = log.handle.read_at(&mut all, 0).unwrap();
    assert!(!all[..len].contains(&b'\n'));
}

#[test]
fn a_line_end_of_which_a_full_disk_takes_nothing_is_an_error() {
    let mut log = log_of("whole\nhalf", true);
    let error = log.settle(10, LockOutcome::Exclusive).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::WriteZero);
    assert_eq!(log.end, None, "the end is looked at again");
}
