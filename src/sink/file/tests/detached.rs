//! The path of the open file cannot be looked at or opened any more: the open file takes the lines.

use super::*;

fn always(op: Op, errno: i32) -> Fault {
    Fault {
        op,
        errno,
        nth: 1,
        times: usize::MAX,
        short: None,
    }
}

#[test]
fn a_path_that_cannot_be_looked_at_costs_no_line_and_is_reported_once() {
    for errno in [
        libc::EACCES,
        libc::EPERM,
        libc::EIO,
        libc::ELOOP,
        libc::ESTALE,
        libc::ENOSYS,
    ] {
        let mut rig = Rig::new();
        let mut sink = rig.open();
        rig.write(&mut sink, &lines(0..10));
        rig.faults.plan(always(Op::StatPath, errno));
        let mut errors = Vec::new();
        for round in 1..20 {
            errors.extend(rig.write(&mut sink, &lines(round * 10..round * 10 + 10)));
        }
        assert_eq!(errors.len(), 1, "{errno}: {errors:?}");
        assert!(
            errors[0].text.contains("is written on, and not rotated"),
            "{}",
            errors[0].text
        );
        assert!(sink.is_degraded() && sink.is_detached());
        assert_eq!(
            (rig.names(), sink.figures().rotations),
            (vec!["app.log".to_owned()], 0)
        );
        assert_lines(&rig.read("app.log"), 0..200);
        rig.faults.clear();
        assert_eq!(rig.write(&mut sink, &lines(200..250)), []);
        assert!(!sink.is_degraded() && sink.figures().rotations > 0);
        assert_lines(&rig.all(), 0..250);
        // The next time is reported again.
        rig.faults.plan(always(Op::StatPath, errno));
        assert_eq!(rig.write(&mut sink, &lines(250..260)).len(), 1);
    }
}

#[test]
fn an_open_file_that_cannot_be_looked_at_either_still_takes_lines() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..1));
    rig.faults.plan(always(Op::StatPath, libc::EPERM));
    rig.faults.also(always(Op::StatHandle, libc::EPERM));
    for round in 1..20 {
        rig.write(&mut sink, &lines(round..round + 1));
    }
    rig.faults.clear();
    rig.write(&mut sink, &lines(20..21));
    assert_lines(&rig.all(), 0..21);
}

#[test]
fn lines_torn_while_the_path_cannot_be_looked_at_are_written_whole() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..1));
    rig.faults.plan(always(Op::StatPath, libc::EACCES));
    rig.faults.also(always(Op::Truncate, libc::EACCES));
    rig.faults.also(Fault {
        op: Op::Write,
        errno: libc::ENOSPC,
        nth: 1,
        times: 1,
        short: Some(30),
    });
    rig.write(&mut sink, &lines(1..5));
    let written = rig.read("app.log");
    for line in lines(0..5).lines() {
        assert!(written.lines().any(|found| found == line), "{line} in {written}");
    }
}

#[test]
fn a_log_that_was_moved_is_written_on_while_no_new_one_may_be_made() {
    let mut rig = Rig::new().with(|settings| settings.max_bytes = u64::MAX);
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..10));
    fs::rename(rig.path("app.log"), rig.path("moved")).unwrap();
    rig.faults.plan(always(Op::Open, libc::EACCES));
    assert_eq!(rig.write(&mut sink, &lines(10..20)).len(), 1);
    assert_eq!(rig.write(&mut sink, &lines(20..30)), []);
    assert!(sink.is_degraded());
    rig.faults.clear();
    rig.write(&mut sink, &lines(30..40));
    assert!(!sink.is_degraded());
    assert_lines(&rig.read("moved"), 0..30);
    assert_lines(&rig.read("app.log"), 30..40);
}

#[test]
fn a_log_that_was_deleted_takes_no_lines_while_no_new_one_may_be_made() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..10));
    fs::remove_file(rig.path("app.log")).unwrap();
    rig.faults.plan(always(Op::Open, libc::EACCES));
    let outcome = sink.write(lines(10..20).as_bytes(), rig.now);
    assert_eq!(outcome.taken, 0);
    assert!(matches!(outcome.next, Next::RetryAt(_)), "{outcome:?}");
    rig.faults.clear();
    rig.write(&mut sink, &lines(10..20));
    assert_lines(&rig.read("app.log"), 10..20);
}
