//! Fails the 1st operation, the 2nd, ... until a run meets no fault, once and for ever, with every error.
//!
//! The oracle: at the end each line that was handed over is in the files exactly once, whole and in order.

use super::*;
use crate::sink::backups;

#[cfg(unix)]
mod errors {
    pub(super) const COMMON: &[i32] = &[
        libc::ENOSPC,
        libc::EIO,
        libc::EACCES,
        libc::EROFS,
        libc::EINTR,
        libc::EMFILE,
        libc::ENOLCK,
    ];
    /// Errors of certain file systems, tried where they would be met first.
    pub(super) const RARE: &[i32] = &[libc::EDQUOT, libc::ESTALE, libc::ENXIO, libc::ENODEV, libc::EFBIG];
    pub(super) const FULL: i32 = libc::ENOSPC;
    pub(super) const INTERRUPTED: Option<i32> = Some(libc::EINTR);
}

/// ERROR_DISK_FULL, ERROR_ACCESS_DENIED and ERROR_SHARING_VIOLATION; ERROR_WRITE_PROTECT and ERROR_IO_DEVICE.
#[cfg(windows)]
mod errors {
    pub(super) const COMMON: &[i32] = &[112, 5, 32];
    pub(super) const RARE: &[i32] = &[19, 1117];
    pub(super) const FULL: i32 = 112;
    pub(super) const INTERRUPTED: Option<i32> = None;
}

const OPS: [Op; 14] = [
    Op::Open,
    Op::OpenLock,
    Op::Write,
    Op::Read,
    Op::StatPath,
    Op::StatHandle,
    Op::Truncate,
    Op::Rename,
    Op::Remove,
    Op::MakeDirs,
    Op::List,
    Op::Sync,
    Op::Lock,
    Op::Unlock,
];

const TORN: &str = "half a li";

/// What a run left to look at.
struct Run {
    rig: Rig,
    sink: Option<FileSink>,
    sent: u32,
    /// The first line that must be in the files.
    first: u32,
    errno: i32,
}

impl Run {
    /// Writes ten batches with rotations, syncs, a reopen, a cleaning and a directory that is removed.
    fn start(fault: &Fault) -> Run {
        let rig = Rig::new().with(|settings| {
            settings.path = settings.path.with_file_name("sub").join("app.log");
            settings.max_bytes = 100;
            settings.backup_count = 3;
        });
        // A process that was killed has left half a line.
        fs::create_dir(rig.path("sub")).unwrap();
        fs::write(rig.path("sub").join("app.log"), TORN).unwrap();
        rig.faults.plan(*fault);
        let mut run = Run {
            rig,
            sink: None,
            sent: 0,
            first: 0,
            errno: fault.errno,
        };
        run.open(fault);
        for round in 0..10 {
            run.send(3);
            match round {
                2 => run.sync(),
                4 => run.reopen(),
                6 => run.remove_directory(),
                8 => run.clean(),
                _ => {}
            }
        }
        run.sync();
        run
    }

    fn open(&mut self, fault: &Fault) {
        match self.rig.try_open() {
            Ok(sink) => self.sink = Some(sink),
            Err(error) => {
                assert!(self.rig.faults.failed() > 0, "{error}");
                assert!(error.to_string().contains("app.log"), "{error}");
                assert_ne!(
                    fault.op,
                    Op::Lock,
                    "a lock that does not work is no reason to refuse: {error}"
                );
                self.rig.faults.clear();
                self.sink = Some(self.rig.open());
            }
        }
    }

    /// Sends lines; while the fault lasts, the caller keeps them, and after 60 s it goes away.
    fn send(&mut self, count: u32) {
        let text = lines(self.sent..self.sent + count);
        self.sent += count;
        let mut rest = text.as_bytes();
        let sink = self.sink.as_mut().unwrap();
        let mut gone_at = None;
        for _ in 0..1_000 {
            let outcome = sink.write(rest, self.rig.now);
            rest = &rest[outcome.taken..];
            let deadline = match outcome.next {
                Next::Done => break,
                Next::LockRetryAt(at) => at,
                Next::RetryAt(at) => {
                    assert!(self.rig.faults.failed() > 0, "{outcome:?}");
                    at
                }
            };
            assert!(outcome.error.is_none() || sink.is_degraded());
            let wait = deadline.since(self.rig.now.tick);
            assert!(wait > Duration::ZERO && wait <= Duration::from_secs(1));
            self.rig.pass(wait);
            let lasted = self.rig.now.tick.since(Tick(1_000_000_000));
            if gone_at.is_none() && lasted > Duration::from_secs(60) {
                self.rig.faults.clear();
                gone_at = Some(self.rig.now.tick);
            }
        }
        assert!(rest.is_empty(), "never done");
        if let Some(gone) = gone_at {
            assert!(self.rig.now.tick.since(gone) <= Duration::from_secs(2));
        }
    }

    fn sync(&mut self) {
        let failed = self.rig.faults.failed();
        let synced = self.sink.as_mut().unwrap().sync();
        assert!(synced.is_ok() || self.rig.faults.failed() > 0, "{synced:?}");
        if synced.is_ok() && Some(self.errno) != errors::INTERRUPTED {
            assert_eq!(
                self.rig.faults.failed(),
                failed,
                "a false Ok: {:?}",
                self.rig.faults.take_log()
            );
        }
    }

    fn reopen(&mut self) {
        let reopened = self.sink.as_mut().unwrap().reopen(self.rig.now);
        assert!(reopened.is_ok() || self.rig.faults.failed() > 0, "{reopened:?}");
    }

    fn clean(&mut self) {
        let sink = self.sink.as_mut().unwrap();
        let cleaned = sink.clean(self.rig.now);
        assert!(cleaned.is_ok() || self.rig.faults.failed() > 0, "{cleaned:?}");
    }

    fn remove_directory(&mut self) {
        self.check_files();
        if cfg!(windows) {
            // Not while files in it are open.
            return;
        }
        fs::remove_dir_all(self.rig.path("sub")).unwrap();
        self.first = self.sent;
    }

    /// Every line that must be there is there, once and in order; then the sink works as if nothing had been.
    fn check(mut self) {
        self.rig.faults.clear();
        self.rig.pass(Duration::from_secs(1));
        self.send(1);
        self.check_files();
        let sink = self.sink.as_mut().unwrap();
        assert_eq!(sink.is_degraded(), sink.durability_unknown());
        self.rig.pass(Duration::from_secs(1));
        self.send(20);
        let sink = self.sink.as_mut().unwrap();
        assert!(!sink.is_degraded() && sink.sync().is_ok());
    }

    /// The files hold lines without a gap up to the last one, as many as four files can.
    fn check_files(&self) {
        let all = self.all();
        let all = all.strip_prefix(&format!("{TORN}\n")).unwrap_or(&all);
        let first = all
            .lines()
            .next()
            .map_or(self.sent, |line| line[5..].parse().unwrap());
        assert_lines(all, first..self.sent);
        assert!(
            first <= self.first || first + 15 <= self.sent,
            "{first} of {}",
            self.sent
        );
    }

    fn all(&self) -> String {
        let sub = self.rig.path("sub");
        let mut numbers = backups::numbers(&mut Disk, &sub.join("app.log")).unwrap();
        numbers.reverse();
        let backups = numbers.iter().map(|number| sub.join(format!("app.log.{number}")));
        backups
            .chain([sub.join("app.log")])
            .map(|path| fs::read_to_string(path).unwrap())
            .collect()
    }
}

/// Sweeps one kind of fault over all places where it can strike, and returns how many there are.
fn sweep(fault: Fault) -> usize {
    for nth in 1..1_000 {
        let run = Run::start(&Fault { nth, ..fault });
        let struck = run.rig.faults.failed() > 0 || run.rig.faults.was_cleared();
        run.check();
        if !struck {
            return nth - 1;
        }
    }
    panic!("the sweep does not end: {fault:?}");
}

/// Every operation with every error, `times` times in a row.
fn sweep_all(times: usize) {
    for op in OPS {
        let rare = if matches!(op, Op::Open | Op::Write) {
            errors::RARE
        } else {
            &[]
        };
        for errno in errors::COMMON.iter().chain(rare) {
            let places = sweep(Fault {
                op,
                errno: *errno,
                nth: 1,
                times,
                short: None,
            });
            // Cutting back happens only after a short write, which has a sweep of its own; directories are made
            // where one is removed.
            let never = op == Op::Truncate || op == Op::MakeDirs && cfg!(windows);
            assert_eq!(places == 0, never, "{op:?}");
        }
    }
}

#[test]
fn no_line_is_lost_doubled_or_torn_whatever_operation_fails_once() {
    sweep_all(1);
}

#[test]
fn no_line_is_lost_doubled_or_torn_whatever_operation_fails_from_some_moment_on() {
    sweep_all(usize::MAX);
}

#[test]
fn a_short_write_before_the_disk_is_full_tears_no_line() {
    for short in [1, 19, 20, 21, 39, 59] {
        for times in [1, 3, usize::MAX] {
            sweep(Fault {
                op: Op::Write,
                errno: errors::FULL,
                nth: 2,
                times,
                short: Some(short),
            });
        }
    }
}
