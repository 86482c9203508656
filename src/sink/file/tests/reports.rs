//! What a user is told about each operation that fails: what was tried, on which file, what the system said.

use super::*;
use std::collections::BTreeSet;
use std::io::Write as _;

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

fn fails_once(op: Op, errno: i32, nth: usize) -> Fault {
    Fault {
        op,
        errno,
        nth,
        times: 1,
        short: None,
    }
}

/// Writes, rotates, syncs, reopens and deletes, with a line that somebody else has torn; all that is reported.
fn all_reports(rig: &mut Rig) -> Vec<String> {
    let mut reported = Vec::new();
    let mut sink = rig.try_open().unwrap_or_else(|error| {
        reported.push(error.to_string());
        rig.open()
    });
    reported.extend(
        rig.write(&mut sink, &lines(0..1))
            .into_iter()
            .map(|error| error.text),
    );
    let log = fs::OpenOptions::new().append(true).open(&rig.settings.path);
    log.unwrap().write_all(b"half a li").unwrap();
    reported.extend(
        rig.write(&mut sink, &lines(1..60))
            .into_iter()
            .map(|error| error.text),
    );
    let now = rig.now;
    let last = sink.figures().last_error.clone();
    let results = [
        sink.sync(),
        sink.sync(),
        sink.reopen(now),
        sink.clean(now),
        last.map_or(Ok(()), Err),
    ];
    reported.extend(
        results
            .into_iter()
            .filter_map(Result::err)
            .map(|error| error.text),
    );
    reported
}

#[test]
fn each_failing_operation_is_told_by_what_was_tried_on_which_file_and_by_its_cause() {
    let mut tried = BTreeSet::new();
    for op in OPS {
        for nth in 1.. {
            let mut rig = Rig::new().with(|settings| {
                settings.path = settings.path.with_file_name("sub").join("app.log");
                settings.max_bytes = 100;
                settings.backup_count = 10;
            });
            // Who has the lock makes the directory first, and who opens the log tries again.
            let times = if op == Op::MakeDirs { 2 } else { 1 };
            rig.faults.plan(Fault {
                times,
                ..fails_once(op, libc::EIO, nth)
            });
            for text in all_reports(&mut rig) {
                let (what, rest) = text
                    .split_once(" \"")
                    .unwrap_or_else(|| panic!("{op:?} {nth}: {text}"));
                assert!(rest.contains("sub"), "no file is named: {text}");
                let later = what == "an earlier sync of log file";
                assert!(later || text.contains("os error 5"), "no cause: {text}");
                tried.insert(what.to_owned());
            }
            if rig.faults.failed() == 0 {
                break;
            }
        }
    }
    let all: Vec<&str> = tried.iter().map(String::as_str).collect();
    let expected = [
        "an earlier sync of log file",
        "cannot create log directory",
        "cannot delete rotated log file",
        "cannot end the last line of log file",
        "cannot find the rotated files of",
        "cannot list the rotated files of",
        "cannot lock",
        "cannot look at lock file",
        "cannot look at log file",
        "cannot look at rotated log file",
        "cannot open log file",
        "cannot rename",
        "cannot sync directory",
        "cannot sync log file",
        "cannot sync rotated log file",
        "cannot write to log file",
    ];
    assert_eq!(all, expected);
}

#[test]
fn each_kind_of_error_is_reported_with_its_remedy() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("app.log");
    let (path, parent) = (missing.as_path(), named(dir.path()));
    for (errno, remedy) in [
        (libc::EACCES, format!("check the owner and the mode of {parent}")),
        (libc::EPERM, format!("check the owner and the mode of {parent}")),
        (libc::ENOSPC, format!("free space on the file system of {parent}")),
        (
            libc::EDQUOT,
            format!("free space or raise the quota for {parent}"),
        ),
        (libc::EROFS, format!("mount the file system of {parent} writable")),
        (libc::ENOENT, format!("check that {parent} is a directory")),
        (libc::ENOTDIR, format!("check that {parent} is a directory")),
        (libc::EEXIST, "move away what stands there".to_owned()),
    ] {
        let error = io::Error::from_raw_os_error(errno);
        let text = FileError::new("cannot write to log file", path, &error).text;
        let start = format!("cannot write to log file {}: {error}; ", named(path));
        assert_eq!(text.strip_prefix(&start), Some(remedy.as_str()), "{text}");
    }
    let error = io::Error::from_raw_os_error(libc::EIO);
    let text = FileError::new("cannot write to log file", path, &error).text;
    assert!(text.ends_with("(os error 5)"), "no remedy is known: {text}");
}

#[test]
fn a_refused_path_is_reported_with_the_nearest_directory_that_exists() {
    let dir = tempfile::tempdir().unwrap();
    let error = io::Error::from_raw_os_error(libc::EACCES);
    let remedy = |path: &Path| FileError::new("cannot open log file", path, &error).text;
    let deep = dir.path().join("a/b/c/app.log");
    let ends = format!("; check the owner and the mode of {}", named(dir.path()));
    assert!(remedy(&deep).ends_with(&ends), "{}", remedy(&deep));
    let there = dir.path().join("app.log");
    fs::write(&there, "").unwrap();
    assert!(
        remedy(&there).ends_with(&format!("{ends} and of the file")),
        "{}",
        remedy(&there)
    );
}

#[test]
fn a_file_system_that_cannot_sync_a_directory_is_no_failure() {
    for errno in [libc::EINVAL, libc::ENOTSUP] {
        let rig = Rig::new();
        let mut sink = rig.open();
        rig.faults.plan(fails_once(Op::Sync, errno, 1));
        sink.sync().unwrap();
        assert_eq!(rig.faults.failed(), 1, "the name of the new file");
        assert!(!sink.is_degraded());
        rig.faults.take_log();
        sink.sync().unwrap();
        assert!(
            !rig.faults.take_log().contains(&Op::Sync),
            "it is not tried for ever"
        );
    }
}
