//! The lock: waits, time-outs, and locks that do not work.

use super::*;

/// A second descriptor that holds the lock, as another process would.
struct Holder(fs::File);

impl Drop for Holder {
    fn drop(&mut self) {
        // Closing is not enough: a child that another test is starting may have the descriptor for a moment.
        crate::sink::lock::release(&self.0).unwrap();
    }
}

fn hold(rig: &Rig) -> Holder {
    let path = rig.path(".app.log.lock");
    let file = fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
    assert!(crate::sink::lock::try_exclusive(&file).unwrap());
    Holder(file)
}

#[test]
fn a_batch_waits_half_a_second_for_the_lock_and_is_then_written_without() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    let holder = hold(&rig);
    let begin = rig.now.tick;
    let errors = rig.write(&mut sink, &lines(0..60));
    assert_eq!(errors, [], "a wait is no error");
    assert_eq!(rig.now.tick.since(begin), Duration::from_millis(500));
    assert_lines(&rig.read("app.log"), 0..60);
    assert_eq!(
        (sink.figures().lock_timeouts, sink.figures().unlocked_batches),
        (1, 1)
    );
    assert!(sink.is_degraded());

    // The next batches do not wait again.
    let begin = rig.now.tick;
    rig.write(&mut sink, &lines(60..70));
    assert_eq!(rig.now.tick, begin);
    assert_eq!(
        (sink.figures().lock_timeouts, sink.figures().unlocked_batches),
        (1, 2)
    );

    drop(holder);
    assert_eq!(rig.write(&mut sink, &lines(70..71)), []);
    assert!(!sink.is_degraded());
    assert_lines(&rig.read("app.log.1"), 0..70);
    assert_lines(&rig.read("app.log"), 70..71);
}

#[test]
fn a_lock_that_goes_from_hand_to_hand_is_waited_for_longer() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    let holder = hold(&rig);
    // What a rotation by the holder leaves: another file at the path.
    let rotate = |rig: &Rig, number: u64| {
        fs::rename(rig.path("app.log"), rig.path(&format!("app.log.{number}"))).unwrap();
        fs::write(rig.path("app.log"), "").unwrap();
    };
    let begin = rig.now.tick;
    let mut rotations = 0;
    loop {
        let outcome = sink.write(lines(0..1).as_bytes(), rig.now);
        let Next::LockRetryAt(at) = outcome.next else {
            break;
        };
        rig.pass(at.since(rig.now.tick));
        let waited = rig.now.tick.since(begin).as_millis() as u64;
        if waited / 400 > rotations {
            rotations += 1;
            rotate(&rig, rotations);
        }
    }
    let waited = rig.now.tick.since(begin).as_millis();
    assert!((5_000..=5_500).contains(&waited), "{waited} ms");
    assert_eq!(
        (sink.figures().lock_timeouts, sink.figures().unlocked_batches),
        (1, 1)
    );
    drop(holder);
}

#[test]
fn a_wait_that_begins_and_ends_in_the_middle_of_two_rotations_goes_on() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    let holder = hold(&rig);
    let mut wait_until = |rig: &mut Rig, millis| {
        let begin = Tick(1_000_000_000);
        while rig.now.tick.since(begin) < Duration::from_millis(millis) {
            let outcome = sink.write(lines(0..1).as_bytes(), rig.now);
            let Next::LockRetryAt(at) = outcome.next else {
                panic!("{:?} after {:?}", outcome, rig.now.tick.since(begin));
            };
            rig.pass(at.since(rig.now.tick));
        }
    };
    // Renamed, and the new one is not there yet.
    fs::remove_file(rig.path("app.log")).unwrap();
    wait_until(&mut rig, 10);
    fs::write(rig.path("app.log"), "").unwrap();
    wait_until(&mut rig, 450);
    fs::remove_file(rig.path("app.log")).unwrap();
    wait_until(&mut rig, 900);
    drop(holder);
}

#[test]
fn the_start_and_the_cleaning_begin_no_wait_that_a_batch_would_find_over() {
    let mut rig = Rig::new();
    drop(rig.open());
    let holder = hold(&rig);
    let mut sink = rig.open();
    rig.pass(Duration::from_secs(2));
    sink.clean(rig.now).unwrap();
    rig.pass(Duration::from_secs(2));
    let begin = rig.now.tick;
    rig.write(&mut sink, &lines(0..1));
    assert_eq!(rig.now.tick.since(begin), Duration::from_millis(500));
    assert_eq!(sink.figures().lock_timeouts, 1);
    drop(holder);
}

#[test]
fn a_lock_that_is_given_back_in_time_costs_only_the_wait() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    let holder = hold(&rig);
    let outcome = sink.write(lines(0..1).as_bytes(), rig.now);
    let Next::LockRetryAt(at) = outcome.next else {
        panic!("{outcome:?}");
    };
    assert_eq!((outcome.taken, outcome.error), (0, None));
    drop(holder);
    rig.now.tick = at;
    rig.write(&mut sink, &lines(0..1));
    assert_eq!(sink.figures().unlocked_batches, 0);
    assert!(!sink.is_degraded());
}

#[test]
fn without_the_lock_nothing_is_cut_and_the_record_is_written_again_whole() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    let holder = hold(&rig);
    rig.write(&mut sink, &lines(0..1));
    rig.faults.plan(Fault {
        op: Op::Write,
        errno: 28,
        nth: 1,
        times: 1,
        short: Some(30),
    });
    let errors = rig.write(&mut sink, &lines(1..4));
    assert_eq!(errors.len(), 2, "the short write and the full disk: {errors:?}");
    assert!(!rig.faults.take_log().contains(&Op::Truncate));
    drop(holder);
    let half = &lines(2..3)[..10];
    assert_eq!(
        rig.read("app.log"),
        format!("{}{half}\n{}", lines(0..2), lines(2..4))
    );
}

#[test]
fn a_half_line_of_another_is_left_to_the_holder_while_the_lock_is_not_had() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    let holder = hold(&rig);
    rig.write(&mut sink, &lines(0..1));
    rig.faults.take_log();
    fs::write(rig.path("app.log"), "cut\n").unwrap();
    rig.write(&mut sink, &lines(1..2));
    assert!(!rig.faults.take_log().contains(&Op::Read));
    drop(holder);
    fs::write(rig.path("app.log"), "cut again\n").unwrap();
    rig.write(&mut sink, &lines(2..3));
    assert!(rig.faults.take_log().contains(&Op::Read));
    assert_eq!(rig.read("app.log"), format!("cut again\n{}", lines(2..3)));
}

#[test]
fn locks_that_do_not_work_stop_the_rotation_and_nothing_else() {
    for errno in [37, 95, 5, 38] {
        let mut rig = Rig::new();
        rig.faults.plan(Fault {
            op: Op::Lock,
            errno,
            nth: 1,
            times: usize::MAX,
            short: None,
        });
        let mut sink = rig.open();
        let mut errors = Vec::new();
        for batch in 0..20 {
            errors.extend(rig.write(&mut sink, &lines(batch * 10..batch * 10 + 10)));
        }
        assert_eq!(errors.len(), 1, "told once, not with every batch: {errors:?}");
        assert!(errors[0].text.contains("not rotated"), "{errors:?}");
        assert!(!rig.faults.take_log().contains(&Op::Rename));
        assert!(sink.is_degraded() && !sink.locks_work());
        assert_lines(&rig.read("app.log"), 0..200);
        rig.faults.clear();
        rig.write(&mut sink, &lines(200..201));
        assert!(!sink.is_degraded() && sink.locks_work());
        assert_lines(&rig.read("app.log.1"), 0..200);
    }
}

#[test]
fn locks_that_fail_once_do_not_stop_the_rotation_for_long() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.faults.plan(Fault {
        op: Op::Lock,
        errno: 5,
        nth: 1,
        times: 1,
        short: None,
    });
    rig.write(&mut sink, &lines(0..60));
    assert_lines(&rig.read("app.log"), 0..60);
    rig.write(&mut sink, &lines(60..61));
    assert_lines(&rig.read("app.log.1"), 0..60);
}

#[test]
fn a_lock_file_that_is_replaced_while_it_is_locked_is_opened_again() {
    let mut rig = Rig::new();
    let path = rig.path(".app.log.lock");
    rig.faults.before(Op::Lock, move || {
        fs::remove_file(&path).unwrap();
        fs::write(&path, "").unwrap();
    });
    let mut sink = rig.open();
    let opens = rig
        .faults
        .take_log()
        .iter()
        .filter(|op| **op == Op::OpenLock)
        .count();
    assert_eq!(opens, 2);
    let holder = hold(&rig);
    let outcome = sink.write(lines(0..1).as_bytes(), rig.now);
    assert!(
        matches!(outcome.next, Next::LockRetryAt(_)),
        "it locks the new one: {outcome:?}"
    );
    drop(holder);
    rig.write(&mut sink, &lines(0..1));
}

#[test]
fn a_lock_file_that_cannot_be_opened_is_tried_once_a_second() {
    let mut rig = Rig::new();
    rig.faults.plan(Fault {
        op: Op::OpenLock,
        errno: 13,
        nth: 1,
        times: usize::MAX,
        short: None,
    });
    let mut sink = rig.open();
    for batch in 0..50 {
        rig.write(&mut sink, &lines(batch..batch + 1));
        rig.pass(Duration::from_millis(100));
    }
    let opens = rig
        .faults
        .take_log()
        .iter()
        .filter(|op| **op == Op::OpenLock)
        .count();
    assert_eq!(opens, 5);
}

#[test]
fn require_refuses_to_start_without_locks_and_names_the_remedy() {
    let rig = Rig::new().with(|settings| settings.locking = Locking::Require);
    rig.faults.plan(Fault {
        op: Op::Lock,
        errno: 37,
        nth: 1,
        times: usize::MAX,
        short: None,
    });
    let text = rig.try_open().unwrap_err().to_string();
    assert!(
        text.contains(".app.log.lock") && text.contains("Locking::Shared"),
        "{text}"
    );
    rig.faults.clear();
    drop(rig.open());
    // A lock that another process has is one that works.
    let holder = hold(&rig);
    drop(rig.open());
    drop(holder);
}

#[test]
fn off_takes_no_lock_and_rotates() {
    let mut rig = Rig::new().with(|settings| settings.locking = Locking::Off);
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..60));
    let ops = rig.faults.take_log();
    assert!(!ops.contains(&Op::Lock) && !ops.contains(&Op::OpenLock));
    assert_eq!(rig.names(), ["app.log", "app.log.1"]);
    assert!(!rig.path(".app.log.lock").exists());
}

/// Numbers move up at a rotation: what was the oldest when it was listed may be another file when it is deleted.
#[test]
fn nothing_is_deleted_under_a_lock_file_that_somebody_has_replaced() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    assert_eq!(rig.write(&mut sink, &lines(0..200)), []);
    drop(sink);
    rig.settings.backup_count = 2;
    let mut sink = rig.open();
    assert_eq!(rig.write(&mut sink, &lines(200..201)), []);
    let before = rig.names();
    fs::remove_file(rig.path(".app.log.lock")).unwrap();
    fs::write(rig.path(".app.log.lock"), "").unwrap();
    let holder = hold(&rig);
    sink.clean(rig.now).unwrap();
    assert_eq!(rig.names(), before, "another process has the lock");
    let again = sink.clean_at().expect("it is tried again");
    drop(holder);
    rig.pass(again.since(rig.now.tick));
    sink.clean(rig.now).unwrap();
    assert_eq!(rig.names(), ["app.log", "app.log.1", "app.log.2"]);
}
