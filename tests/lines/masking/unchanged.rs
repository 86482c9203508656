//! Laws M2, M4, M5, M7, M10 and M11: a text without a secret stays as it is.

use super::*;

#[test]
fn benign_text_is_not_changed() {
    let rows: Vec<Row> = rows(&["benign", "benign-more"])
        .into_iter()
        .filter(|row| !row.id.starts_with("hard-"))
        .collect();
    assert!(rows.len() > 1000, "{}", rows.len());
    let (logger, bytes) = started(message_only());
    rows.iter()
        .for_each(|row| log::info!(logger: logger, "{}", row.text));
    logger.shutdown().wait().unwrap();
    assert_eq!(logger.health().masked, 0, "M2");
    let log = bytes.take();
    for (row, line) in rows.iter().zip(lines(&log)) {
        assert_eq!(plain(line), row.text, "M2: {}", row.id);
    }
}

#[test]
fn a_line_that_is_logged_again_stays_as_it_is() {
    let rows: Vec<Row> = all_rows().into_iter().filter(|row| row.key.is_none()).collect();
    let once = shown(message_only(), |logger| {
        rows.iter()
            .for_each(|row| log::info!(logger: logger, "{}", row.text));
    });
    let twice = shown(message_only(), |logger| {
        once.iter().for_each(|line| log::info!(logger: logger, "{line}"));
    });
    assert_eq!(once, twice, "M7");
}

#[test]
fn the_mask_reveals_no_length_and_keeps_the_text_around() {
    let texts =
        [1, 9, 300].map(|len| format!("postgres://app:{}@db.example.com:5432/app?a=b", "q".repeat(len)));
    let found = shown(message_only(), |logger| {
        for (text, len) in texts.iter().zip([1, 9, 300]) {
            log::info!(logger: logger, password = "q".repeat(len); "{text}");
        }
    });
    let wanted = "postgres://app:***@db.example.com:5432/app?a=b [password=***]";
    assert_eq!(found, [wanted; 3], "M4, M5");
}

#[test]
fn numbers_that_are_no_cards_stay() {
    let luhn = |digits: &str| {
        let sum: u32 = (digits.bytes().rev().enumerate())
            .map(|(n, digit)| u32::from(digit - b'0') << (n % 2))
            .map(|value| value / 10 + value % 10)
            .sum();
        sum.is_multiple_of(10)
    };
    // Timestamps, identifiers and counters, one in ten of which passes the Luhn check.
    let stamps = (0..20_000u64).map(|n| (1_700_000_000_000 + n * 7919).to_string());
    let counters = (0..20_000u64).map(|n| (9_000_000_000_000_000 + n * 104_729).to_string());
    let numbers: Vec<String> = stamps.chain(counters).collect();
    assert!(
        numbers.iter().filter(|number| luhn(number)).count() > 3_000,
        "M10"
    );
    let found = shown(message_only(), |logger| {
        numbers
            .iter()
            .for_each(|number| log::info!(logger: logger, "id {number} done"));
    });
    for (number, line) in numbers.iter().zip(found) {
        assert_eq!(line, format!("id {number} done"), "M10");
    }
    let cards = [
        "4111111111111111",
        "378282246310005",
        "6011 1111 1111 1117",
        "5555-5555-5555-4444",
    ];
    let found = shown(message_only(), |logger| {
        cards
            .iter()
            .for_each(|card| log::info!(logger: logger, "id {card} done"));
    });
    assert_eq!(found, ["id *** done"; 4], "M10");
}

#[test]
fn keys_match_in_any_case_with_any_separator_and_as_whole_words_only() {
    let secret = [
        "api_key",
        "apiKey",
        "API-KEY",
        "Api.Key",
        "api key",
        "X-Api-Key",
        "a\u{200b}pi_key",
        "ａｐｉ_key",
        "x.y.api_key",
    ];
    let open = [
        "monkey",
        "api_keys_used",
        "apikeyless",
        "passwordless",
        "tokens_used",
        "author",
        "compass",
    ];
    for (keys, wanted) in [(&secret[..], "***"), (&open[..], "EXAMPLE-1")] {
        for key in keys {
            let (logger, bytes) = started(message_only().file_format("json"));
            let pairs = [(*key, Value::from("EXAMPLE-1"))];
            let mut record = Record::builder();
            record.level(Level::Info).key_values(&pairs);
            logger.log(&record.args(format_args!("{key}=EXAMPLE-1")).build());
            logger.shutdown().wait().unwrap();
            let values = json(lines(&bytes.take())[0]);
            let value = values
                .iter()
                .find(|(name, _)| !["timestamp", "level", "target", "message"].contains(&name.as_str()));
            assert_eq!(value.unwrap().1, wanted, "M11: {key:?}");
            assert_eq!(values["message"], format!("{key}={wanted}"), "M11");
        }
    }
}
