//! Others move, cut, delete or replace the log under the sink's hands; nobody calls anything.

use super::*;
use std::fs::File;
use std::io::{Read, Seek};

/// The content of a file that may have no name any more.
fn content(file: &mut File) -> String {
    let mut text = String::new();
    file.rewind().unwrap();
    file.read_to_string(&mut text).unwrap();
    text
}

/// A rig whose log is never rotated by the sink itself.
fn unrotated() -> Rig {
    Rig::new().with(|settings| settings.max_bytes = u64::MAX)
}

#[test]
fn a_log_that_is_deleted_again_and_again_is_made_anew_before_the_next_batch() {
    let mut rig = unrotated();
    let mut sink = rig.open();
    let mut union = String::new();
    for round in 0..100 {
        rig.write(&mut sink, &lines(round * 10..round * 10 + 10));
        let mut held = File::open(rig.path("app.log")).unwrap();
        fs::remove_file(rig.path("app.log")).unwrap();
        union.push_str(&content(&mut held));
    }
    assert_lines(&union, 0..1_000);
    assert_eq!(sink.figures().reopened, 99);
}

#[test]
fn a_log_that_is_renamed_and_made_anew_is_left_for_the_new_one() {
    let mut rig = unrotated();
    let mut sink = rig.open();
    let mut union = String::new();
    for round in 0..100 {
        rig.write(&mut sink, &lines(round * 10..round * 10 + 10));
        fs::rename(rig.path("app.log"), rig.path("moved")).unwrap();
        File::create(rig.path("app.log")).unwrap();
        union.push_str(&rig.read("moved"));
    }
    assert_lines(&union, 0..1_000);
}

#[test]
fn a_log_that_is_copied_and_cut_has_no_hole_and_no_early_rotation() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    let mut union = String::new();
    for round in 0..100 {
        rig.write(&mut sink, &lines(round * 40..round * 40 + 40));
        union.push_str(&rig.read("app.log"));
        File::options()
            .write(true)
            .open(rig.path("app.log"))
            .unwrap()
            .set_len(0)
            .unwrap();
    }
    assert_lines(&union, 0..4_000);
    assert_eq!(rig.names(), ["app.log"]);
}

#[test]
fn a_directory_that_is_removed_is_made_again_with_its_lock() {
    let mut rig = unrotated().with(|settings| {
        settings.path = settings.path.with_file_name("a").join("b").join("app.log");
    });
    let mut sink = rig.open();
    for round in 0..20 {
        rig.write(&mut sink, &lines(round..round + 1));
        assert_eq!(
            fs::read_to_string(rig.path("a/b/app.log")).unwrap(),
            lines(round..round + 1)
        );
        assert!(rig.path("a/b/.app.log.lock").exists());
        fs::remove_dir_all(rig.path("a")).unwrap();
    }
}

#[test]
fn a_lock_file_that_is_removed_is_noticed_before_a_rotation() {
    let mut rig = Rig::new();
    let (mut one, mut two) = (rig.open(), rig.open());
    rig.write(&mut one, &lines(0..40));
    fs::remove_file(rig.path(".app.log.lock")).unwrap();
    // The second one opens the new lock file; the first one still locks the old one.
    rig.write(&mut one, &lines(40..45));
    drop(two);
    two = rig.open();
    rig.write(&mut two, &lines(45..50));
    rig.faults.take_log();
    rig.write(&mut one, &lines(50..60));
    assert!(rig.faults.take_log().contains(&Op::OpenLock));
    rig.write(&mut two, &lines(60..130));
    assert_lines(&rig.all(), 0..130);
    assert_eq!(rig.names(), ["app.log", "app.log.1", "app.log.2"]);
}

#[test]
fn names_that_are_taken_are_passed_over_and_untouched() {
    let mut rig = Rig::new().with(|settings| settings.backup_count = 2);
    fs::create_dir(rig.path("app.log.1")).unwrap();
    fs::write(rig.path("app.log.2.gz"), "sentinel").unwrap();
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..230));
    assert_eq!(
        rig.names(),
        ["app.log", "app.log.1", "app.log.2", "app.log.2.gz", "app.log.3"]
    );
    assert_eq!(
        rig.read("app.log.3") + &rig.read("app.log.2") + &rig.read("app.log"),
        lines(100..230)
    );
    assert_eq!(rig.read("app.log.2.gz"), "sentinel");
}

#[test]
fn half_a_line_at_the_end_is_ended_before_the_next_line() {
    let mut rig = Rig::new();
    fs::write(rig.path("app.log"), "whole\nhalf a li").unwrap();
    let mut sink = rig.open();
    assert_eq!(
        rig.read("app.log"),
        "whole\nhalf a li",
        "it is mended under the lock, with the first batch"
    );
    rig.write(&mut sink, &lines(0..1));
    fs::OpenOptions::new()
        .append(true)
        .open(rig.path("app.log"))
        .and_then(|mut file| std::io::Write::write_all(&mut file, b"torn by another"))
        .unwrap();
    rig.write(&mut sink, &lines(1..2));
    let expected = format!(
        "whole\nhalf a li\n{}torn by another\n{}",
        lines(0..1),
        lines(1..2)
    );
    assert_eq!(rig.read("app.log"), expected);
}

#[test]
fn a_rotation_whose_new_file_cannot_be_made_is_rolled_back() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..45));
    rig.faults.plan(Fault {
        op: Op::Open,
        errno: 13,
        nth: 1,
        times: 1,
        short: None,
    });
    let errors = rig.write(&mut sink, &lines(45..60));
    assert_lines(&rig.read("app.log"), 0..60);
    assert_eq!(errors.len(), 1);
    assert!(sink.is_degraded());
    assert_eq!((sink.figures().rotations, sink.figures().rotate_failures), (0, 1));
    rig.pass(Duration::from_millis(10));
    rig.write(&mut sink, &lines(60..61));
    assert_lines(&rig.read("app.log.1"), 0..60);
    assert!(!sink.is_degraded());
}

#[test]
fn a_rotation_that_cannot_be_rolled_back_goes_on_in_the_renamed_file() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..50));
    rig.faults.plan(Fault {
        op: Op::Open,
        errno: 24,
        nth: 1,
        times: usize::MAX,
        short: None,
    });
    rig.faults.also(Fault {
        op: Op::Rename,
        errno: 13,
        nth: 2,
        times: usize::MAX,
        short: None,
    });
    rig.write(&mut sink, &lines(50..55));
    rig.pass(Duration::from_secs(10));
    rig.write(&mut sink, &lines(55..60));
    assert_eq!(rig.names(), ["app.log.1"]);
    assert_lines(&rig.read("app.log.1"), 0..60);
    rig.faults.clear();
    rig.pass(Duration::from_secs(10));
    rig.write(&mut sink, &lines(60..61));
    assert_lines(&rig.read("app.log"), 60..61);
}

#[test]
fn a_handle_that_went_bad_is_replaced_but_not_because_the_disk_is_full() {
    for (errno, opens) in [(5, 1), (116, 1), (28, 0)] {
        let mut rig = Rig::new();
        let mut sink = rig.open();
        rig.faults.plan(Fault {
            op: Op::Write,
            errno,
            nth: 1,
            times: 1,
            short: None,
        });
        rig.write(&mut sink, &lines(0..1));
        let opened = rig.faults.take_log().iter().filter(|op| **op == Op::Open).count();
        assert_eq!(opened, opens, "{errno}");
        assert_lines(&rig.read("app.log"), 0..1);
        assert_eq!(sink.figures().reopened, 0, "it is the same file");
    }
}

#[test]
fn a_handle_that_cannot_be_replaced_is_tried_on() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.faults.plan(Fault {
        op: Op::Write,
        errno: 5,
        nth: 1,
        times: 1,
        short: None,
    });
    rig.faults.also(Fault {
        op: Op::Open,
        errno: 24,
        nth: 1,
        times: usize::MAX,
        short: None,
    });
    rig.write(&mut sink, &lines(0..1));
    assert_lines(&rig.read("app.log"), 0..1);
}

#[test]
fn a_rename_that_is_refused_is_tried_once_a_second_and_deletes_no_backup() {
    let mut rig = Rig::new().with(|settings| settings.backup_count = 2);
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..150));
    // Only the log itself cannot be renamed, as with `chattr +a`: the third rename of a full shift.
    rig.faults.plan(Fault {
        op: Op::Rename,
        errno: 1,
        nth: 3,
        times: usize::MAX,
        short: None,
    });
    for round in 0..600 {
        rig.write(&mut sink, &lines(150 + round..151 + round));
        rig.pass(Duration::from_millis(10));
    }
    let renames = rig
        .faults
        .take_log()
        .iter()
        .filter(|op| **op == Op::Rename)
        .count();
    assert!((6..=15).contains(&renames), "{renames} in 6 s");
    assert_lines(&rig.all(), 0..750);
    rig.faults.clear();
    rig.pass(Duration::from_secs(1));
    rig.write(&mut sink, &lines(750..751));
    // The shift of the first attempt left one backup too many, for which the worker is told to clean.
    assert!(sink.clean_at().is_some());
    sink.clean(rig.now).unwrap();
    assert_lines(&rig.all(), 50..751);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;

    /// Makes a FIFO without `unsafe`.
    fn mkfifo(path: &Path) {
        let made = std::process::Command::new("mkfifo").arg(path).status();
        assert!(made.unwrap().success());
    }

    /// A name, and what puts something at the path that is no log.
    type Obstacle = (&'static str, fn(&Path));

    fn obstacles() -> [Obstacle; 4] {
        [
            ("symbolic link", |path| {
                symlink(path.with_file_name("victim"), path).unwrap()
            }),
            ("directory", |path| fs::create_dir(path).unwrap()),
            ("FIFO", mkfifo),
            ("socket", |path| drop(UnixListener::bind(path).unwrap())),
        ]
    }

    fn clear(path: &Path) {
        if fs::remove_file(path).is_err() {
            fs::remove_dir(path).unwrap();
        }
    }

    #[test]
    fn what_is_no_regular_file_is_refused_while_it_stands_there() {
        for (name, place) in obstacles() {
            let mut rig = Rig::new();
            let log = rig.path("app.log");
            fs::write(rig.path("victim"), "victim").unwrap();
            let mut sink = rig.open();
            rig.write(&mut sink, &lines(0..1));
            fs::rename(&log, rig.path("moved")).unwrap();
            place(&log);
            for _ in 0..5 {
                let outcome = sink.write(lines(1..2).as_bytes(), rig.now);
                assert_eq!(outcome.taken, 0, "{name}");
                let Next::RetryAt(at) = outcome.next else {
                    panic!("{name}: {outcome:?}");
                };
                assert!(outcome.error.unwrap().text.contains("app.log"), "{name}");
                rig.now.tick = at;
            }
            assert!(sink.is_degraded());
            clear(&log);
            rig.write(&mut sink, &lines(1..2));
            assert_lines(&rig.read("app.log"), 1..2);
            assert_eq!(rig.read("victim"), "victim", "{name}");
            assert!(!sink.is_degraded());
        }
    }

    #[test]
    fn what_is_no_regular_file_is_refused_at_the_start_with_a_remedy() {
        for (name, place) in obstacles() {
            let rig = Rig::new();
            fs::write(rig.path("victim"), "victim").unwrap();
            place(&rig.path("app.log"));
            let text = rig.try_open().unwrap_err().to_string();
            assert!(
                text.contains("app.log") && text.contains("move it away"),
                "{name}: {text}"
            );
            assert_eq!(rig.read("victim"), "victim", "{name}");
        }
    }

    #[test]
    fn links_at_the_names_of_lock_and_backup_lead_nowhere() {
        let mut rig = Rig::new();
        fs::write(rig.path("victim"), "victim").unwrap();
        symlink(rig.path("victim"), rig.path(".app.log.lock")).unwrap();
        symlink(rig.path("victim"), rig.path("app.log.1")).unwrap();
        let mut sink = rig.open();
        let errors = rig.write(&mut sink, &lines(0..60));
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert_eq!(
            rig.read("app.log"),
            lines(0..60),
            "without a lock there is no rotation"
        );
        fs::remove_file(rig.path(".app.log.lock")).unwrap();
        rig.pass(Duration::from_secs(1));
        rig.write(&mut sink, &lines(60..61));
        assert_lines(&rig.read("app.log.2"), 0..60);
        assert_eq!(rig.read("victim"), "victim");
        assert!(!sink.is_degraded());
    }

    #[test]
    fn a_file_with_a_second_name_is_not_written_to() {
        let rig = Rig::new();
        fs::write(rig.path("victim"), "victim").unwrap();
        fs::hard_link(rig.path("victim"), rig.path("app.log")).unwrap();
        let text = rig.try_open().unwrap_err().to_string();
        assert!(text.contains("hard link"), "{text}");
        assert_eq!(rig.read("victim"), "victim");
    }

    #[test]
    fn files_have_their_mode_from_the_moment_they_are_made() {
        let mut rig = Rig::new().with(|settings| {
            settings.path = settings.path.with_file_name("sub").join("app.log");
            settings.mode = 0o600;
        });
        let mut sink = rig.open();
        rig.write(&mut sink, &lines(0..60));
        let dir = rig.path("");
        let mode = |name: &str| fs::metadata(dir.join(name)).unwrap().permissions().mode() & 0o7777;
        for name in ["sub/app.log", "sub/app.log.1", "sub/.app.log.lock"] {
            assert_eq!(mode(name), 0o600, "{name}");
        }
        assert_eq!(mode("sub") & !0o750, 0);
        // Nobody's change is undone.
        let path = rig.path("sub/app.log");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        rig.write(&mut sink, &lines(60..61));
        assert_eq!(mode("sub/app.log"), 0o666);
        assert!(fs::metadata(&path).unwrap().size() > 0);
    }

    #[test]
    fn a_file_of_5_gib_is_rotated_at_once() {
        let mut rig = Rig::new();
        let file = File::create(rig.path("app.log")).unwrap();
        file.set_len(5 << 30).unwrap();
        let mut sink = rig.open();
        rig.write(&mut sink, &lines(0..1));
        assert_eq!(
            fs::metadata(rig.path("app.log.1")).unwrap().len(),
            (5 << 30) + 1,
            "its end is no line end"
        );
        assert_lines(&rig.read("app.log"), 0..1);
    }
}
