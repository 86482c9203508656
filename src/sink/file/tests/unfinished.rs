//! What a fault left unfinished, and nobody finishes by itself: half a line in a file that is moved away, and a
//! rotation after which no batch comes. The model test found them.

use super::*;

/// A write that takes so many bytes, and the error of the next one.
fn cut_write(short: usize) -> Fault {
    Fault {
        op: Op::Write,
        errno: 28,
        nth: 1,
        times: 1,
        short: Some(short),
    }
}

/// What the first try to write `text` left, with the look at the file failing so that nothing is cut back.
fn tear(rig: &Rig, sink: &mut FileSink, text: &str, short: usize) -> WriteOutcome {
    rig.faults.plan(cut_write(short));
    rig.faults.also(Fault {
        op: Op::StatHandle,
        errno: 5,
        nth: 1,
        times: 1,
        short: None,
    });
    let outcome = sink.write(text.as_bytes(), rig.now);
    rig.faults.clear();
    outcome
}

#[test]
fn half_a_line_in_a_file_that_is_moved_away_is_ended_there() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..2));
    let outcome = tear(&rig, &mut sink, &lines(2..4), 30);
    assert_eq!(outcome.taken, 20, "one of the two lines");
    fs::rename(rig.path("app.log"), rig.path("moved")).unwrap();
    rig.pass(Duration::from_secs(10));
    rig.write(&mut sink, &lines(3..4));
    // Whoever reads one file after the other must not see the half line run into a whole one.
    assert_eq!(rig.read("moved"), format!("{}line 00000\n", lines(0..3)));
    assert_eq!(rig.read("app.log"), lines(3..4));
}

#[test]
fn a_reopen_does_not_let_go_of_a_file_with_half_a_line() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    tear(&rig, &mut sink, &lines(0..1), 10);
    fs::rename(rig.path("app.log"), rig.path("moved")).unwrap();
    // Without the lock, another process may be ending the same line.
    rig.faults.take_log();
    sink.reopen(rig.now).unwrap();
    assert!(!rig.faults.take_log().contains(&Op::Write));
    rig.pass(Duration::from_secs(10));
    rig.write(&mut sink, &lines(0..1));
    assert_eq!(rig.read("moved"), "line 00000\n");
    assert_eq!(rig.read("app.log"), lines(0..1));
}

#[test]
fn half_a_line_that_was_cut_with_the_file_is_forgotten() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    tear(&rig, &mut sink, &lines(0..1), 10);
    fs::write(rig.path("app.log"), "").unwrap();
    rig.pass(Duration::from_secs(10));
    rig.write(&mut sink, &lines(0..1));
    assert!(!sink.log.is_torn(), "another's half line would be taken for it");
    assert_eq!(rig.read("app.log"), lines(0..1));
}

#[test]
fn a_rotation_that_made_a_backup_is_counted_also_if_no_batch_follows() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..50));
    rig.faults.plan(Fault {
        op: Op::StatHandle,
        errno: 13,
        nth: 1,
        times: 1,
        short: None,
    });
    let errors = rig.write(&mut sink, &lines(50..55));
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(rig.names(), ["app.log", "app.log.1"]);
    assert_lines(&rig.read("app.log.1"), 0..55);
    assert_eq!(sink.figures().rotations, 1);
}

#[test]
fn a_line_that_lacked_only_its_end_is_not_written_twice() {
    for moved in [false, true] {
        let mut rig = Rig::new();
        let mut sink = rig.open();
        let outcome = tear(&rig, &mut sink, &lines(0..3), 39);
        assert_eq!(outcome.taken, 20, "the end of the second line is missing");
        if moved {
            fs::rename(rig.path("app.log"), rig.path("app.log.1")).unwrap();
        }
        rig.pass(Duration::from_secs(10));
        rig.write(&mut sink, &lines(1..3));
        assert_lines(&rig.all(), 0..3);
    }
}

#[test]
fn a_line_that_lacked_only_its_end_is_written_again_if_it_was_cut() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    tear(&rig, &mut sink, &lines(0..1), 19);
    fs::write(rig.path("app.log"), "").unwrap();
    rig.pass(Duration::from_secs(10));
    rig.write(&mut sink, &lines(0..1));
    assert_eq!(rig.read("app.log"), lines(0..1));
}

#[test]
fn a_batch_of_which_only_the_last_line_end_was_missing_is_done_with_it() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    let outcome = tear(&rig, &mut sink, &lines(0..1), 19);
    assert_eq!(outcome.taken, 0);
    rig.pass(Duration::from_secs(10));
    let outcome = sink.write(lines(0..1).as_bytes(), rig.now);
    assert_eq!((outcome.taken, outcome.next), (20, Next::Done));
    assert_eq!(rig.read("app.log"), lines(0..1));
    assert!(!sink.is_degraded());
}

#[test]
fn a_torn_line_is_ended_while_the_path_cannot_be_looked_at() {
    let mut rig = Rig::new();
    let mut sink = rig.open();
    tear(&rig, &mut sink, &lines(0..1), 10);
    rig.pass(Duration::from_secs(10));
    rig.faults.plan(Fault {
        op: Op::StatPath,
        errno: 13,
        nth: 1,
        times: usize::MAX,
        short: None,
    });
    let errors = rig.write(&mut sink, &lines(0..1));
    let [error] = &errors[..] else {
        panic!("{errors:?}")
    };
    assert!(error.text.starts_with("cannot look at log file"), "{error:?}");
    assert_eq!(rig.read("app.log"), format!("line 00000\n{}", lines(0..1)));
}

#[test]
fn half_a_line_that_cannot_be_read_back_is_read_again_and_a_whole_one_is_not_written_twice() {
    for nth in 1..=2 {
        for (short, before) in [(10, "line 00000\n"), (19, "")] {
            let mut rig = Rig::new();
            let mut sink = rig.open();
            tear(&rig, &mut sink, &lines(0..1), short);
            rig.pass(Duration::from_secs(10));
            rig.faults.plan(Fault {
                op: Op::Read,
                errno: 5,
                nth,
                times: 1,
                short: None,
            });
            assert_eq!(rig.write(&mut sink, &lines(0..1)).len(), 1, "read {nth}");
            assert_eq!(
                rig.read("app.log"),
                format!("{before}{}", lines(0..1)),
                "read {nth}"
            );
            assert!(!sink.log.is_torn() && !sink.is_degraded());
        }
    }
}
