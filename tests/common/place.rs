//! A directory with a log, the files next to it, and faults that only a real file system has.

use super::{check, to_file};
use asynclogger::Config;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A fresh directory for a log.
pub struct Place(tempfile::TempDir);

impl Place {
    pub fn new() -> Place {
        Place(tempfile::tempdir().expect("a temporary directory can be made"))
    }

    pub fn dir(&self) -> &Path {
        self.0.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn log(&self) -> PathBuf {
        self.path("app.log")
    }

    /// Writes the log as bare messages, with room for any number of backups.
    pub fn config(&self) -> Config {
        to_file(self.dir())
            .file_format("{message}")
            .backup_count(100_000)
            .overflow(asynclogger::Overflow::Block)
    }

    /// All lines from the oldest backup to the current log.
    pub fn lines(&self) -> Vec<u8> {
        let backups = self.backups().into_iter().rev().map(|number| self.backup(number));
        let files = backups.chain([self.log()]);
        files
            .flat_map(|path| fs::read(path).expect("it can be read"))
            .collect()
    }

    /// The numbers of the regular files that are named like backups, in rising order.
    pub fn backups(&self) -> Vec<u32> {
        let entries = fs::read_dir(self.dir())
            .expect("it can be read")
            .map_while(Result::ok);
        let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
        let mut numbers: Vec<u32> = files
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                let digits = name.strip_prefix("app.log.")?;
                let number: u32 = digits.parse().ok()?;
                (number > 0 && number.to_string() == digits).then_some(number)
            })
            .collect();
        numbers.sort_unstable();
        numbers
    }

    pub fn backup(&self, number: u32) -> PathBuf {
        self.path(&format!("app.log.{number}"))
    }

    /// The sizes of the backups, the newest first. Checks that each holds whole lines in order.
    #[track_caller]
    pub fn sizes_of_whole_backups(&self) -> Vec<u64> {
        let content = |number: u32| fs::read(self.backup(number)).expect("it can be read");
        let each = self.backups().into_iter().map(content);
        each.map(|content| {
            check::in_order(&content).expect("whole lines");
            content.len() as u64
        })
        .collect()
    }
}

/// Files that no logger may touch: their content and their identity.
pub struct Sentinels(BTreeMap<PathBuf, (Vec<u8>, u64)>);

impl Sentinels {
    /// Creates `files` files next to the log, with names similar to those of its backups, or unrelated ones.
    pub fn next_to(place: &Place, files: usize) -> Sentinels {
        let alike = [
            "app.log.0",
            "app.log.01",
            "app.log.+1",
            "app.log.-1",
            "app.log.1.gz",
            "app.log.1.orig",
            "app.log.1~",
            "app.log.bak",
            "app.log.",
            "app.log.1a",
            "app.log.a1",
            "app.log 1",
            "app.logs.1",
            "app.log.4294967296",
            "app.log.1 ",
            "app.log..1",
            "xapp.log.1",
            ".app.log",
            ".app.log.1",
            ".app.log.lock.1",
            "app-audit.log",
            "app-audit.log.1",
            "app.1",
            "App.log.1",
            "app.log.\u{661}",
        ];
        // Windows treats these as other names: it ignores their ends, or the case.
        let same_there = ["app.log.", "app.log.1 ", "App.log.1"];
        let more = (0..).map(|number| format!("app.log.{number}.old"));
        let names = alike
            .iter()
            .filter(|name| cfg!(unix) || !same_there.contains(name))
            .map(|name| (*name).to_owned())
            .chain(more)
            .take(files);
        let mut sentinels = Sentinels(BTreeMap::new());
        for (number, name) in names.enumerate() {
            let path = place.path(&name);
            fs::write(&path, format!("sentinel {number}\n")).expect("it can be written");
            sentinels.watch(&path);
        }
        sentinels
    }

    /// Adds a file that must not change from now on.
    pub fn watch(&mut self, path: &Path) {
        self.0.insert(path.to_owned(), fingerprint(path));
    }

    #[track_caller]
    pub fn assert_untouched(&self) {
        for (path, before) in &self.0 {
            assert_eq!(&fingerprint(path), before, "{path:?} was touched");
        }
    }
}

fn fingerprint(path: &Path) -> (Vec<u8>, u64) {
    let content = fs::read(path).unwrap_or_else(|error| panic!("{path:?} is gone: {error}"));
    (content, inode(path))
}

/// The identity of the file at a path.
#[cfg(unix)]
#[track_caller]
pub fn inode(path: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    fs::symlink_metadata(path)
        .unwrap_or_else(|error| panic!("{path:?}: {error}"))
        .ino()
}

/// The identity of an open file.
#[cfg(unix)]
pub fn inode_of(file: &File) -> u64 {
    std::os::unix::fs::MetadataExt::ino(&file.metadata().expect("it is open"))
}

/// The identity of the file or directory at a path.
#[cfg(windows)]
#[track_caller]
pub fn inode(path: &Path) -> u64 {
    use std::os::windows::fs::OpenOptionsExt;
    // FILE_FLAG_BACKUP_SEMANTICS opens directories, FILE_FLAG_OPEN_REPARSE_POINT opens links themselves.
    let flags = 0x0200_0000 | 0x0020_0000;
    let opened = File::options().access_mode(0).custom_flags(flags).open(path);
    inode_of(&opened.unwrap_or_else(|error| panic!("{path:?}: {error}")))
}

/// The identity of an open file.
#[cfg(windows)]
pub fn inode_of(file: &File) -> u64 {
    winapi_util::file::information(file)
        .expect("it is open")
        .file_index()
}

/// Creates a link to `victim`, to which no logger may write.
#[cfg(unix)]
pub fn put_link(victim: &Path, at: &Path) {
    std::os::unix::fs::symlink(victim, at).expect("a link can be made");
}

/// Creates a directory: on Windows, making a link needs a privilege.
#[cfg(windows)]
pub fn put_link(_: &Path, at: &Path) {
    fs::create_dir(at).expect("a directory can be made");
}

/// Runs a command; returns whether it succeeded.
pub fn run(words: &[&str]) -> bool {
    let mut command = Command::new(words[0]);
    let quiet = command
        .args(&words[1..])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// A file that cannot be renamed, not even by root, only appended to.
#[cfg(unix)]
pub struct AppendOnly(PathBuf);

#[cfg(unix)]
impl AppendOnly {
    /// Returns `None` if the file system or the rights do not allow it.
    pub fn make(path: &Path) -> Option<AppendOnly> {
        let text = path.to_str().expect("the path is text");
        run(&["chattr", "+a", text]).then(|| AppendOnly(path.to_owned()))
    }
}

/// A file that can neither be renamed nor deleted: another process has it open without sharing that, as many programs
/// do.
#[cfg(windows)]
pub struct AppendOnly(#[allow(dead_code)] File);

#[cfg(windows)]
impl AppendOnly {
    /// Always `Some`; an `Option` because it is one on other systems.
    pub fn make(path: &Path) -> Option<AppendOnly> {
        use std::os::windows::fs::OpenOptionsExt;
        // FILE_SHARE_READ and FILE_SHARE_WRITE, without FILE_SHARE_DELETE.
        let held = File::options().read(true).share_mode(1 | 2).open(path);
        Some(AppendOnly(held.expect("it can be read")))
    }
}

#[cfg(unix)]
impl Drop for AppendOnly {
    fn drop(&mut self) {
        run(&["chattr", "-a", self.0.to_str().expect("the path is text")]);
    }
}

/// A small file system in memory, mounted over a directory.
pub struct Mount(PathBuf);

impl Mount {
    /// Returns `None` if the test may not mount.
    pub fn tmpfs(dir: &Path, options: &str) -> Option<Mount> {
        let text = dir.to_str().expect("the path is text");
        run(&["mount", "-t", "tmpfs", "-o", options, "tmpfs", text]).then(|| Mount(dir.to_owned()))
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        run(&["umount", "-l", self.0.to_str().expect("the path is text")]);
    }
}
