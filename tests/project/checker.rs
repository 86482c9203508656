//! Tests of the oracle: each kind of damage, planted into a good log, is found.

use crate::common;

use common::check::{Violation, after_kills, exactly};
use common::numbered;

const THREADS: usize = 3;
const RECORDS: usize = 200;

fn good() -> Vec<String> {
    let each = |n| (0..THREADS).map(move |thread| format!("INFO test: {}", numbered(thread, n)));
    (0..RECORDS).flat_map(each).collect()
}

fn check(lines: &[String]) -> Result<(), Violation> {
    exactly(format!("{}\n", lines.join("\n")).as_bytes(), THREADS, RECORDS)
}

#[test]
fn a_good_log_passes() {
    assert_eq!(check(&good()), Ok(()));
}

#[test]
fn a_lost_line_is_found() {
    let mut lines = good();
    lines.retain(|line| !line.contains("t=1 n=77 "));
    assert_eq!(
        check(&lines),
        Err(Violation::Lost {
            thread: 1,
            records: 1
        })
    );
}

#[test]
fn a_doubled_line_is_found() {
    let mut lines = good();
    lines.insert(100, lines[99].clone());
    assert!(matches!(check(&lines), Err(Violation::OutOfOrder { .. })));
}

#[test]
fn two_lines_of_a_thread_that_changed_places_are_found() {
    let mut lines = good();
    lines.swap(90, 90 + THREADS);
    assert!(matches!(check(&lines), Err(Violation::OutOfOrder { .. })));
}

#[test]
fn a_torn_line_is_found() {
    for cut in 1..12 {
        let mut lines = good();
        let len = lines[50].len();
        lines[50].truncate(len - cut);
        assert!(
            matches!(check(&lines), Err(Violation::Torn { .. })),
            "{cut} bytes short"
        );
    }
}

#[test]
fn two_merged_lines_are_found() {
    let mut lines = good();
    let second = lines.remove(50);
    lines[49].push_str(&second);
    assert!(matches!(check(&lines), Err(Violation::Torn { .. })));
}

#[test]
fn an_invented_line_is_found() {
    let mut lines = good();
    lines.push(format!("INFO test: {}", numbered(0, RECORDS)));
    assert_eq!(
        check(&lines),
        Err(Violation::Invented {
            thread: 0,
            n: RECORDS
        })
    );
}

#[test]
fn a_missing_line_end_and_an_empty_line_are_found() {
    let text = good().join("\n");
    assert!(exactly(text.as_bytes(), THREADS, RECORDS).is_err());
    assert!(exactly(format!("{text}\n\n").as_bytes(), THREADS, RECORDS).is_err());
}

#[test]
fn every_way_to_end_a_record_early_is_distinguished_from_a_merge() {
    let (first, second) = (numbered(3, 45), numbered(5, 678));
    let text = |torn: &str| format!("{second}\n{torn}\n{}\n", numbered(5, 679));
    for cut in 1..first.len() {
        let after = after_kills(text(&first[..cut]).as_bytes()).unwrap();
        assert_eq!(after.torn, [&first[..cut]], "{cut} bytes");
        assert_eq!(after.seen.len(), 1, "{cut} bytes");
    }
    for cut in 1..=first.len() {
        let merged = format!("{}{second}", &first[..cut]);
        assert!(after_kills(text(&merged).as_bytes()).is_err(), "{merged}");
        let merged = format!("{}{}", &first[..cut], &second[..4]);
        assert!(after_kills(text(&merged).as_bytes()).is_err(), "{merged}");
    }
    for foreign in ["", "5", "tt=1", "t=1 n=2 x", "t=1 n=2 crc=00000000"] {
        assert!(after_kills(text(foreign).as_bytes()).is_err(), "{foreign:?}");
    }
    assert!(after_kills(first.as_bytes()).is_err(), "the last line has no end");
}
