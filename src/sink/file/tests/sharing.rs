//! Several sinks on one file: whose limits count, and who gets the lock.

use super::*;

#[test]
fn sinks_with_different_limits_on_one_file_keep_every_line_and_the_smallest_limit_wins() {
    let mut rig = Rig::new();
    let mut small = rig.open();
    rig.settings.max_bytes = 4_000;
    let mut large = rig.open();
    let mut third = rig.open();
    for batch in 0..900 {
        let sink = match batch % 7 {
            0 | 3 => &mut small,
            1 | 2 | 5 => &mut large,
            _ => &mut third,
        };
        rig.write(sink, &lines(batch * 11..batch * 11 + 11));
    }
    assert_lines(&rig.all(), 0..9_900);
    let rotations = small.figures().rotations;
    assert!(rotations >= 100, "{rotations}");
    assert_eq!(large.figures().rotations + third.figures().rotations, 0);
    assert_eq!(small.figures().reopened, 0);
}

#[test]
fn sinks_with_the_same_limit_fill_each_file_to_nine_tenths() {
    let mut rig = Rig::new().with(|settings| settings.max_bytes = 4_096);
    let mut sinks = [rig.open(), rig.open(), rig.open()];
    for batch in 0..900 {
        rig.write(
            &mut sinks[batch as usize % 3],
            &lines(batch * 23..batch * 23 + 23),
        );
    }
    assert_lines(&rig.all(), 0..900 * 23);
    for name in rig.names().iter().filter(|name| *name != "app.log") {
        let len = rig.read(name).len();
        assert!((3_687..=4_096).contains(&len), "{name}: {len}");
    }
    let rotations: u64 = sinks.iter().map(|sink| sink.figures().rotations).sum();
    assert_eq!(rotations, rig.names().len() as u64 - 1);
    assert!(rotations >= 100);
}

#[test]
fn a_busy_sink_leaves_the_lock_to_the_others_once_a_batch() {
    let mut rig = Rig::new();
    let (mut busy, mut other) = (rig.open(), rig.open());
    rig.write(&mut busy, &lines(0..1));
    assert_eq!(
        busy.write(lines(1..2).as_bytes(), rig.now).next,
        Next::Done,
        "it is alone"
    );
    rig.write(&mut other, &lines(2..3));
    assert_eq!(
        busy.write(lines(3..4).as_bytes(), rig.now).next,
        Next::Done,
        "it does not know"
    );
    for batch in 4..8 {
        let outcome = busy.write(lines(batch..batch + 1).as_bytes(), rig.now);
        let Next::LockRetryAt(at) = outcome.next else {
            panic!("{outcome:?}");
        };
        rig.now.tick = at;
        let outcome = busy.write(lines(batch..batch + 1).as_bytes(), rig.now);
        assert_eq!((outcome.next, outcome.error), (Next::Done, None));
    }
    rig.pass(Duration::from_millis(50));
    assert_eq!(
        busy.write(lines(8..9).as_bytes(), rig.now).next,
        Next::Done,
        "it is not busy any more"
    );
    rig.pass(Duration::from_secs(1));
    for batch in 9..12 {
        let outcome = busy.write(lines(batch..batch + 1).as_bytes(), rig.now);
        assert_eq!(outcome.next, Next::Done, "nobody else has written for a second");
    }
    assert_lines(&rig.all(), 0..12);
}

#[test]
fn the_strictest_count_of_backups_wins() {
    let mut rig = Rig::new().with(|settings| settings.backup_count = 3);
    let mut strict = rig.open();
    rig.settings.backup_count = 50;
    let mut lax = rig.open();
    rig.write(&mut lax, &lines(0..1_000));
    assert_eq!(rig.names().len(), 20);
    rig.write(&mut strict, &lines(1_000..1_050));
    while strict.clean_at().is_some() {
        strict.clean(rig.now).unwrap();
    }
    assert_eq!(rig.names(), ["app.log", "app.log.1", "app.log.2", "app.log.3"]);
}
