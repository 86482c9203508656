//! Law M9, and the settings of the mask.

use super::*;

/// A record that could not be masked is withheld and counted; the next ones are written.
#[test]
fn a_masker_that_panics_withholds_the_record_and_counts_it() {
    let capture = Capture::new();
    let left = std::sync::atomic::AtomicU32::new(3);
    let seams = Seams::default().console(capture.clone()).hook(move |stage| {
        use std::sync::atomic::Ordering::Relaxed;
        if stage == Stage::Mask
            && left
                .fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1))
                .is_ok()
        {
            std::panic::resume_unwind(Box::new("planted"));
        }
    });
    let logger =
        AsyncLogger::start_with_seams(Config::new("app").console_format("{message}"), seams).unwrap();
    for n in 0..5 {
        log::info!(logger: logger, "{n} password=EXAMPLE-pw");
    }
    wait_until("three are withheld", || {
        logger.health().failed == 3 && logger.health().written == 2
    });
    assert_eq!(capture.lines(), ["3 password=***", "4 password=***"], "M9");
    assert_balanced(&logger.health(), 5);
    logger.shutdown().wait().unwrap_err();
}

#[test]
fn own_keys_prefixes_and_addresses_are_hidden_and_kept_keys_are_shown() {
    let mask = Mask::standard()
        .key("voucher")
        .token_prefix("acme_", 4)
        .keep_key("session_id")
        .emails(true);
    let found = shown(message_only().mask(mask), |logger| {
        log::info!(logger: logger, voucher = "SUMMER", session_id = "0123456789abcdef"; "acme_1234 for bob@example.com");
        log::info!(logger: logger, pin:% = Secret::new(4711); "{:?}", Secret::new("x"));
    });
    assert_eq!(
        found,
        [
            "*** for b***@example.com [voucher=***, session_id=0123456789abcdef]",
            "*** [pin=***]"
        ]
    );
    let found = shown(message_only().mask(Mask::none()), |logger| {
        log::info!(logger: logger, password = "x"; "password=EXAMPLE-pw");
    });
    assert_eq!(found, ["password=EXAMPLE-pw [password=x]"]);
}
