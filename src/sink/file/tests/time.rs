//! Rotation by hour and day, with clocks that go as they please.

use super::*;
use jiff::tz::TimeZone;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// A rig that rotates by time only, with a file that was begun at `now`.
fn timed(period: Period) -> (Rig, FileSink) {
    let mut rig = Rig::new().with(|settings| {
        settings.max_bytes = u64::MAX;
        settings.rotate_every = Some(period);
    });
    let mut sink = rig.open();
    rig.write(&mut sink, &lines(0..1));
    (rig, sink)
}

/// Writes one line at each moment, given in seconds from the beginning, and returns the rotations so far.
fn rotations_at(rig: &mut Rig, sink: &mut FileSink, moments: &[i64]) -> Vec<u64> {
    let begin = 1_700_000_000 / DAY * DAY;
    let mut rotations = Vec::new();
    for moment in moments {
        rig.now.wall.secs = begin + moment;
        rig.now.tick = rig.now.tick.after(Duration::from_secs(1));
        rig.write(sink, "x\n");
        rotations.push(sink.figures().rotations);
    }
    rotations
}

#[test]
fn the_first_line_of_a_day_begins_a_new_file() {
    let (mut rig, mut sink) = timed(Period::Day);
    assert_eq!(
        rotations_at(
            &mut rig,
            &mut sink,
            &[DAY - 1, DAY, DAY + 1, 2 * DAY - 1, 5 * DAY]
        ),
        [0, 1, 1, 1, 2]
    );
    assert_eq!(rig.names(), ["app.log", "app.log.1", "app.log.2"]);
}

#[test]
fn the_first_line_of_an_hour_begins_a_new_file() {
    let (mut rig, mut sink) = timed(Period::Hour);
    let rotations = rotations_at(&mut rig, &mut sink, &[0, HOUR - 1, HOUR, HOUR + 1, 3 * HOUR]);
    // The rig begins late in the day, so that the first moment sets the clock back.
    assert_eq!(rotations, [0, 0, 1, 1, 2]);
}

#[test]
fn a_clock_that_jumps_rotates_once_at_most_and_loses_nothing() {
    let (mut rig, mut sink) = timed(Period::Hour);
    let jumps = [
        0,
        10 * 365 * DAY,
        10 * 365 * DAY + 1,
        0,
        1,
        -HOUR,
        -HOUR + 1,
        0,
        1,
        -1_700_000_000,
        -1_700_000_000 + 5,
        438_000_000,
        438_000_001,
        9_000_000_000,
        0,
        59,
        60,
    ];
    let rotations = rotations_at(&mut rig, &mut sink, &jumps);
    assert_eq!(rotations, [0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 4, 4]);
    assert_eq!(rig.names().len(), 5);
    assert_eq!(rig.all().lines().count(), 1 + jumps.len());
}

#[test]
fn summer_time_rotates_at_each_hour_of_the_clock_once() {
    // The clocks go back from 04:00 to 03:00 on day 318 of the year, at 02:00 UTC: summer time ends.
    let (mut rig, _) = timed(Period::Hour);
    rig.settings.zone = Zone::Local(TimeZone::posix("AAA-1BBB-2,J1/0,J318/4").unwrap());
    let mut sink = rig.open();
    let moments = [
        HOUR - 1,
        HOUR,
        2 * HOUR - 1,
        2 * HOUR,
        3 * HOUR - 1,
        3 * HOUR,
        4 * HOUR,
    ];
    let rotations = rotations_at(&mut rig, &mut sink, &moments);
    assert_eq!(rotations, [0, 1, 1, 1, 1, 2, 3]);
}

#[test]
fn a_file_of_yesterday_is_rotated_at_the_start_and_one_of_today_goes_on() {
    let mut rig = Rig::new().with(|settings| settings.rotate_every = Some(Period::Day));
    let path = rig.path("app.log");
    for (age, files) in [(0, 1), (DAY, 2), (-DAY, 2), (40 * DAY, 3)] {
        let mut file = fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(&path)
            .unwrap();
        std::io::Write::write_all(&mut file, b"old\n").unwrap();
        let time = std::time::UNIX_EPOCH + Duration::from_secs((rig.now.wall.secs - age) as u64);
        file.set_modified(time).unwrap();
        let mut sink = rig.open();
        rig.write(&mut sink, &lines(0..1));
        assert_eq!(rig.names().len(), files, "{age}");
    }
}

#[test]
fn two_sinks_rotate_once_at_midnight_whoever_comes_first() {
    let (mut rig, mut one) = timed(Period::Day);
    let mut two = rig.open();
    let begin = 1_700_000_000 / DAY * DAY;
    // The clock of the rig is far behind that of the file system, as with a server of files.
    for moment in [DAY - 2, DAY - 1, DAY, DAY + 1, DAY + 2, DAY + 3] {
        rig.now.wall.secs = begin + moment;
        rig.write(&mut one, "one\n");
        rig.write(&mut two, "two\n");
    }
    assert_eq!(rig.names(), ["app.log", "app.log.1"]);
}

#[test]
fn a_rotation_by_time_that_fails_is_tried_again() {
    let (mut rig, mut sink) = timed(Period::Day);
    rig.faults.plan(Fault {
        op: Op::Rename,
        errno: 13,
        nth: 1,
        times: 3,
        short: None,
    });
    assert_eq!(
        rotations_at(&mut rig, &mut sink, &[DAY, DAY + 1, DAY + 2, DAY + 3, DAY + 4]),
        [0, 0, 0, 1, 1]
    );
}

#[test]
fn age_deletes_at_the_start_and_not_because_the_clock_jumped() {
    let mut rig = Rig::new()
        .with(|settings| settings.retention = Retention::new().max_age(Duration::from_secs(30 * 86_400)));
    for number in 1..=40u64 {
        let file = fs::File::create(rig.path(&format!("app.log.{number}"))).unwrap();
        let secs = rig.now.wall.secs as u64 - number * 86_400 + 10;
        file.set_modified(std::time::UNIX_EPOCH + Duration::from_secs(secs))
            .unwrap();
    }
    let mut sink = rig.open();
    while sink.clean_at().is_some() {
        sink.clean(rig.now).unwrap();
    }
    assert_eq!(rig.names().len(), 1 + 30);
    assert_eq!(sink.figures().purged_files, 10);
    rig.now.wall.secs += 3_650 * DAY;
    rig.write(&mut sink, &lines(0..60));
    sink.clean(rig.now).unwrap();
    assert_eq!(rig.names().len(), 1 + 31);
}

#[test]
fn a_process_that_is_a_moment_late_does_not_rotate_again() {
    let (mut rig, mut late) = timed(Period::Day);
    let midnight = 1_700_000_000 / DAY * DAY + DAY;
    let mut first = rig.open();
    rig.write(&mut first, "yesterday\n");
    rig.now.wall.secs = midnight;
    rig.write(&mut first, "today\n");
    assert_eq!(first.figures().rotations, 1);
    let file = fs::OpenOptions::new()
        .append(true)
        .open(rig.path("app.log"))
        .unwrap();
    let modified = std::time::UNIX_EPOCH + Duration::from_secs(midnight as u64);
    file.set_modified(modified).unwrap();
    for moment in [-1, 0, 1] {
        rig.now.wall.secs = midnight + moment;
        rig.write(&mut late, "late\n");
    }
    assert_eq!(late.figures().rotations, 0);
    assert_eq!(rig.names(), ["app.log", "app.log.1"]);
}

/// A zone's changes of the clocks in 2025, at UTC hours, and the moments at which an hour of its clock begins anew.
#[test]
fn the_hours_and_days_of_real_zones_are_those_of_their_clocks() {
    use crate::sink::rotation::period_of;

    for name in ["Europe/Berlin", "America/Santiago", "Australia/Lord_Howe"] {
        let judge = TimeZone::get(name).unwrap();
        let zone = Zone::Local(judge.clone());
        let begin = jiff::civil::date(2025, 1, 1).to_zoned(judge.clone()).unwrap();
        let secs = begin.timestamp().as_second();
        let moments = (0..366 * DAY / 600).map(|step| secs + step * 600);
        let (mut hours, mut days) = (
            std::collections::BTreeMap::new(),
            std::collections::BTreeMap::new(),
        );
        for at in moments {
            let local = jiff::Timestamp::from_second(at).unwrap().to_zoned(judge.clone());
            // What a clock on the wall shows names the period; nothing else does.
            let hour = (local.date(), local.hour());
            assert_eq!(
                *hours.entry(period_of(at, Period::Hour, &zone)).or_insert(hour),
                hour,
                "{name} {at}"
            );
            let day = local.date();
            assert_eq!(
                *days.entry(period_of(at, Period::Day, &zone)).or_insert(day),
                day,
                "{name} {at}"
            );
        }
        let distinct: std::collections::BTreeSet<_> = hours.values().collect();
        assert_eq!(distinct.len(), hours.len(), "{name}");
        assert_eq!(days.len(), 366, "{name}");
    }
}

/// The end of summer time in Berlin, and its begin: one rotation for each hour that the clock shows.
#[test]
fn a_file_follows_the_clock_of_its_zone_through_both_changes() {
    for (change, rotations) in [
        // 2025-10-26 01:00 UTC: 02:00 to 03:00 comes twice, and is one hour.
        (1_761_440_400, [0, 1, 1, 1, 1, 2, 3]),
        // 2025-03-30 01:00 UTC: 02:00 to 03:00 does not come.
        (1_743_296_400, [0, 1, 1, 2, 2, 3, 4]),
    ] {
        let (mut rig, _) = timed(Period::Hour);
        rig.settings.zone = Zone::Local(TimeZone::get("Europe/Berlin").unwrap());
        rig.now.wall.secs = change - HOUR - 1;
        let mut sink = rig.open();
        let begin = 1_700_000_000 / DAY * DAY;
        let moments = [-HOUR - 1, -HOUR, -1, 0, HOUR - 1, HOUR, 2 * HOUR].map(|near| change + near - begin);
        assert_eq!(rotations_at(&mut rig, &mut sink, &moments), rotations);
    }
}

#[test]
fn no_line_is_lost_whatever_look_fails_while_a_new_day_begins() {
    for nth in 1.. {
        let (mut rig, mut sink) = timed(Period::Day);
        rig.faults.plan(Fault {
            op: Op::StatPath,
            errno: 5,
            nth,
            times: 1,
            short: None,
        });
        rig.pass(Duration::from_secs(86_400));
        rig.write(&mut sink, &lines(1..2));
        rig.pass(Duration::from_secs(10));
        rig.write(&mut sink, &lines(2..3));
        assert_lines(&rig.all(), 0..3);
        assert_eq!(rig.names(), ["app.log", "app.log.1"], "look {nth}");
        if rig.faults.failed() == 0 {
            assert!(nth > 4, "the file, the lock, the backups and the new file");
            return;
        }
    }
}
