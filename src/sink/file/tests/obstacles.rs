//! What must not be followed, opened or written to stands at the path; and the modes of what is made.

use super::*;
use std::fs::File;
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

#[test]
fn a_lock_file_that_is_no_regular_file_is_told_and_locks_nothing() {
    let mut rig = Rig::new();
    mkfifo(&rig.path(".app.log.lock"));
    let mut sink = rig.open();
    let errors = rig.write(&mut sink, &lines(0..60));
    let reported = "the lock file is not a regular file";
    assert!(
        errors.len() == 1 && errors[0].text.contains(reported) && errors[0].text.contains(".app.log.lock"),
        "{errors:?}"
    );
    assert_lines(&rig.read("app.log"), 0..60);
    fs::remove_file(rig.path(".app.log.lock")).unwrap();
    rig.pass(Duration::from_secs(1));
    rig.write(&mut sink, &lines(60..61));
    assert_lines(&rig.read("app.log.1"), 0..60);
}

#[test]
fn a_thousand_names_that_are_taken_are_passed_over_and_one_more_stops_the_rotation_alone() {
    let mut rig = Rig::new();
    for number in 1..=1_001 {
        fs::create_dir(rig.path(&format!("app.log.{number}"))).unwrap();
    }
    let mut sink = rig.open();
    let errors = rig.write(&mut sink, &lines(0..60));
    assert!(
        errors
            .iter()
            .all(|error| error.text.starts_with("cannot rotate to") && error.text.contains("app.log.1001")),
        "{errors:?}"
    );
    assert!(!errors.is_empty(), "it is told");
    assert_lines(&rig.read("app.log"), 0..60);
    fs::remove_dir(rig.path("app.log.1001")).unwrap();
    rig.pass(Duration::from_secs(1));
    rig.write(&mut sink, &lines(60..61));
    assert_lines(&rig.read("app.log.1001"), 0..60);
    assert_lines(&rig.read("app.log"), 60..61);
}

#[test]
fn a_file_with_a_second_name_that_is_put_there_after_the_look_is_refused_all_the_same() {
    let rig = Rig::new();
    let (victim, log) = (rig.path("victim"), rig.path("app.log"));
    fs::write(&victim, "victim").unwrap();
    rig.faults
        .before(Op::Open, move || fs::hard_link(&victim, &log).unwrap());
    let text = rig.try_open().unwrap_err().to_string();
    assert!(text.contains("another name too"), "{text}");
    assert_eq!(rig.read("victim"), "victim");
}
