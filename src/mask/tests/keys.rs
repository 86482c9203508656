//! Names of keys in all the forms in which logs show them.

use super::*;

/// Texts, and how they are shown.
#[rustfmt::skip]
pub(super) const HIDDEN: &[(&str, &str)] = &[
    ("\u{1b}[33m\"password\"\u{1b}[0m: hunter2", "\u{1b}[33m\"password\"\u{1b}[0m: \"***\""),
    ("myPIN=4829", "myPIN=***"),
    ("secret: {->next: a}", "secret: {->next: ***}"),
    ("name: api_key, the value: abc1234", "name: api_key, the value: ***"),
    ("\\u{70}assword=hunter2", "\\u{70}assword=***"),
    ("%26pw%3Dhunter2", "%26pw%3D***"),
    ("'passphrase: correct horse battery' next=1", "'passphrase: ***' next=1"),
    ("arn:\\nsecret:abcdef12", "arn:\\nsecret:***"),
    ("a c c e s s k e y=hunter2", "a c c e s s k e y=***"),
    ("dbPw=hunter2", "dbPw=***"),
    ("the session_id=a1b2c3d4", "the session_id=***"),
    ("password%31=hunter2", "password%31=***"),
    ("a\0uth=hunter2x", "a\0uth=***"),
    ("pass\u{85}word=hunter2", "pass\u{85}word=***"),
    ("\u{1d40f}\u{1d41a}\u{1d42c}\u{1d42c}\u{1d430}\u{1d428}\u{1d42b}\u{1d41d}=hunter2", "\u{1d40f}\u{1d41a}\u{1d42c}\u{1d42c}\u{1d430}\u{1d428}\u{1d42b}\u{1d41d}=***"),
    ("pass\u{ff1d}d", "pass\u{ff1d}***"),
    ("\u{1d41a}\u{1d429}\u{1d422}\u{1d424}\u{1d41e}\u{1d432}=hunter2", "\u{1d41a}\u{1d429}\u{1d422}\u{1d424}\u{1d41e}\u{1d432}=***"),
    ("password12345=hunter2", "password12345=***"),
    ("password\u{1b}[m=hunter2", "password\u{1b}[m=***"),
    ("pass\u{1b}[1mword\u{1b}[0m=hunter2", "pass\u{1b}[1mword\u{1b}[0m=***"),
    ("one\\npw=hunter2", "one\\npw=***"),
    ("%70assword=hunter2", "%70assword=***"),
    ("\\u0070assword=hunter2", "\\u0070assword=***"),
    ("pass\\u{200b}word=hunter2", "pass\\u{200b}word=***"),
    ("user%5Bpassword%5D=hunter2&x=1", "user%5Bpassword%5D=***&x=1"),
    ("p a s s p h r a s e: hunter2", "p a s s p h r a s e: ***"),
    ("password20240101=hunter2", "password20240101=***"),
    ("password12_=hunter2", "password12_=***"),
    ("pas\u{301}sword=hunter2", "pas\u{301}sword=***"),
    ("credentials: {\"username\": \"bob1\", \"secret\": \"x1y2\"}", "credentials: {\"username\": \"bob1\", \"secret\": \"***\"}"),
];

/// Harmless texts, or doubtful ones; the choice must not change unnoticed.
#[rustfmt::skip]
const SHOWN: &[&str] = &[
    "x[password ]=1",
    "zz passw%6Frd=hunter2",
    "  ax\\u0070w=12345",
    "C:\\token: abc",
    "SPIN=1234",
];

#[test]
fn a_name_is_known_in_every_form() {
    all_shown(HIDDEN, masked);
}

#[test]
fn a_name_that_is_none_of_a_secret_hides_nothing() {
    all_stay(SHOWN);
}

/// Letters of a name, and letters of other scripts that look like them or have an accent.
#[rustfmt::skip]
const TWINS: &[(&str, char, &str)] = &[
    ("api_key", 'a', "аАαΑàÁâãäåāăąạảấậắặ"), ("secret", 'c', "сСçćĉċč"), ("password", 'd', "ԁďđ"),
    ("secret", 'e', "еЕΕèÉêëēĕėęěẹẻẽếệ"), ("passphrase", 'h', "һНĥħ"), ("api_key", 'i', "іІιΙıìÍîïĩīįỉị"), ("jwt", 'j', "јЈĵ"),
    ("token", 'k', "кКκΚķ"), ("token", 'n', "ñÑńņň"), ("token", 'o', "оОοΟòÓôõöøōőơƠọỏốộớợ"), ("api_key", 'p', "рРρΡ"),
    ("secret", 'r', "ŕŗř"), ("secret", 's', "ѕЅſśŝşšșȘ"), ("token", 't', "тТτΤţťŧțȚ"), ("auth", 'u', "ùÚûüũūůűųưƯụủứừự"),
    ("cvv", 'v', "ѵν"), ("password", 'w', "ԝшŵ"), ("xsrf", 'x', "хХ"), ("api_key", 'y', "уУΥýÿŷỳỵỷỹ"),
];

#[test]
fn a_letter_may_be_replaced_by_one_that_looks_like_it() {
    let mut leaks = Vec::new();
    for (name, letter, twins) in TWINS {
        for twin in twins.chars() {
            let name = name.replacen(*letter, &twin.to_string(), 1);
            let shown = masked(&format!("{name}=hunter2x"));
            if shown != format!("{name}=***") {
                leaks.push(shown);
            }
        }
    }
    none_of(&leaks);
}

/// Its first byte may be the last one of a block.
#[test]
fn a_wide_separator_is_known_wherever_it_stands() {
    for len in 0..70 {
        let before = " ".repeat(len);
        for wide in ['\u{ff1d}', '\u{ff1a}', '\u{fe66}', '\u{fe55}'] {
            let text = format!("{before}password{wide}hunter2");
            assert_eq!(masked(&text), format!("{before}password{wide}***"));
        }
    }
}
