//! Keys: cleaned, limited, made unique and cached.

use super::*;

fn clean(raw: &str, limit: usize) -> String {
    let mut out = String::new();
    clean_into(&mut out, raw, limit, &["level".to_owned()]);
    out
}

#[test]
fn keys_are_cleaned() {
    let table = [
        ("user", "user"),
        ("User.Name-2_b", "User.Name-2_b"),
        ("a b=c\n[é]", "a_b_c____"),
        ("_hidden", "x_hidden"),
        ("__x", "x__x"),
        (" a", "x_a"),
        ("", "x_"),
        ("level", "x_level"),
        ("Level", "Level"),
        ("level_", "level_"),
    ];
    for (raw, wanted) in table {
        assert_eq!(clean(raw, 256), wanted, "{raw:?}");
    }
}

#[test]
fn a_long_key_is_cut_with_dots_to_its_limit() {
    assert_eq!(clean("0123456789", 10), "0123456789");
    assert_eq!(clean("0123456789a", 10), "0123456...");
    assert_eq!(clean("éééééééééééé", 10), "x______...");
    assert_eq!(clean(&"x".repeat(100_000), 256).len(), 256);
    assert_eq!(clean("abcdef", 0), "a...");
}

#[test]
fn a_key_is_cleaned_once_and_then_known() {
    let mut keys = Keys::new(256, Vec::new(), KeyDelimiters(", ", "="));
    for _ in 0..3 {
        assert_eq!(keys.clean(b"a b").text, "a_b");
        assert_eq!(keys.clean(b"user").text, "user");
        assert_eq!(keys.clean(b"user").written, ", user=");
    }
    let figures = keys.figures();
    assert_eq!((figures.size, figures.hits, figures.misses), (2, 7, 2));
}

#[test]
fn the_cache_is_bounded_and_right_under_any_number_of_keys() {
    let mut keys = Keys::new(256, Vec::new(), KeyDelimiters(", ", "="));
    for round in 0..2 {
        for number in 0..20_000 {
            let raw = format!("key {number}");
            assert_eq!(
                keys.clean(raw.as_bytes()).text,
                format!("key_{number}"),
                "round {round}"
            );
        }
    }
    let figures = keys.figures();
    assert!(figures.size <= PLACES as u64);
    assert_eq!(figures.hits + figures.misses, 40_000);
    let long = "k".repeat(LONGEST_KEPT + 1);
    assert_eq!(keys.clean(long.as_bytes()).text, long);
    assert_eq!(keys.figures().size, figures.size);
}

#[test]
fn equal_keys_of_a_record_get_numbers_that_are_free() {
    let mut keys = Keys::new(256, Vec::new(), KeyDelimiters(", ", "="));
    let mut unique = Unique::new(["level", "k_3"].into_iter());
    for _ in 0..2 {
        unique.begin();
        let mut suffix = |raw: &str| unique.suffix(keys.clean(raw.as_bytes()));
        assert_eq!(suffix("k"), None);
        assert_eq!(suffix("k"), Some(2));
        // `k_3` is already in every line.
        assert_eq!(suffix("k"), Some(4));
        assert_eq!(suffix("k_2"), Some(2));
        assert_eq!(suffix("level"), Some(2));
    }
}

#[test]
fn ten_thousand_equal_keys_stay_apart() {
    let mut keys = Keys::new(256, Vec::new(), KeyDelimiters(", ", "="));
    let mut unique = Unique::new(std::iter::empty());
    unique.begin();
    let numbers: std::collections::HashSet<_> =
        (0..10_000).map(|_| unique.suffix(keys.clean(b"k"))).collect();
    assert_eq!(numbers.len(), 10_000);
}

#[test]
fn the_hash_spreads_short_keys() {
    let hashes: std::collections::HashSet<u64> = (0..100_000)
        .map(|n| hash_of(format!("k{n}").as_bytes()))
        .collect();
    assert_eq!(hashes.len(), 100_000);
    let sets: std::collections::HashSet<u64> = (0..1_000)
        .map(|n| hash_of(format!("k{n}").as_bytes()) % 256)
        .collect();
    assert!(sets.len() > 200, "{}", sets.len());
}

#[test]
fn keys_are_told_apart_whatever_the_record_before_had() {
    let mut keys = Keys::new(256, Vec::new(), KeyDelimiters(", ", "="));
    let mut unique = Unique::new(["level"].into_iter());
    let names = ["a", "b", "c", "level", "a_2"];
    // All records of up to four of these keys, in every order of two records.
    let records: Vec<Vec<&str>> = (0..625usize)
        .map(|n| {
            let all = [n % 5, n / 5 % 5, n / 25 % 5, n / 125 % 5].map(|n| names[n]);
            all[..n % 3 + 2].to_vec()
        })
        .collect();
    let suffixes = |unique: &mut Unique, keys: &mut Keys, record: &[&str]| -> Vec<Option<u32>> {
        unique.begin();
        let each = record.iter().map(|name| name.as_bytes());
        each.map(|raw| unique.suffix(keys.clean(raw))).collect()
    };
    for (n, record) in records.iter().enumerate() {
        for other in [&records[n * 7 % 625], &records[n * 31 % 625], record] {
            let alone = suffixes(&mut Unique::new(["level"].into_iter()), &mut keys, other);
            assert_eq!(suffixes(&mut unique, &mut keys, other), alone, "{other:?}");
        }
    }
}
