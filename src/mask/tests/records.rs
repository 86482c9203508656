use super::*;
use crate::record::Value;
use crate::record::{CaptureLimits, capture};
use log::kv::{ToValue, Value as KvValue};
use log::{Level, Record};

pub(super) fn frame_of(message: &str, thread: &str, kvs: &[(&str, KvValue<'_>)]) -> Vec<u8> {
    let mut out = crate::record::Draft::new();
    let limits = CaptureLimits::new(16384, 256, 1024, 32768);
    let mut record = Record::builder();
    record
        .level(Level::Info)
        .target("app::db")
        .module_path(Some("app::db"))
        .file(Some("src/db.rs"))
        .line(Some(7))
        .key_values(&kvs);
    capture(
        &record.args(format_args!("{message}")).build(),
        &limits,
        thread,
        &mut out,
    );
    out.to_vec()
}

/// How a value logged under `key` is shown.
pub(super) fn shown_value(key: &str, value: &str) -> String {
    let frame = frame_of("m", "main", &[(key, value.into())]);
    let mut scratch = crate::record::Draft::new();
    let masked = Masker::new(&Mask::standard()).mask(View::read(&frame).unwrap(), &mut scratch);
    let shown = masked.view.extras().next().unwrap().value;
    extras::text_of(&shown).unwrap().to_owned()
}

#[test]
fn a_record_without_secrets_is_the_same_view() {
    let frame = frame_of(
        "served in 5 ms",
        "main",
        &[("user", 7u64.into()), ("path", "/a/b".into())],
    );
    let view = View::read(&frame).unwrap();
    let mut scratch = crate::record::Draft::new();
    let masked = Masker::new(&Mask::standard()).mask(view, &mut scratch);
    assert_eq!(masked.places, 0);
    assert!(std::ptr::eq(masked.view.message(), view.message()));
    assert!(scratch.is_empty());
}

#[test]
fn a_secret_in_a_message_leaves_all_else_as_it_was() {
    let frame = frame_of("login password=EXAMPLE-pw ok", "main", &[("user", 7u64.into())]);
    let view = View::read(&frame).unwrap();
    let mut scratch = crate::record::Draft::new();
    let masked = Masker::new(&Mask::standard()).mask(view, &mut scratch);
    assert_eq!(
        (masked.places, masked.view.message()),
        (1, "login password=*** ok")
    );
    assert_eq!((masked.view.time, masked.view.level), (view.time, view.level));
    assert_eq!(
        (
            masked.view.target(),
            masked.view.module(),
            masked.view.file(),
            masked.view.line()
        ),
        ("app::db", Some("app::db"), Some("src/db.rs"), Some(7))
    );
    assert_eq!((masked.view.thread(), masked.view.message_cut()), ("main", false));
    assert_eq!(masked.view.extras().next().unwrap().value, Value::U64(7));
}

#[test]
fn values_are_hidden_by_key_whatever_their_type() {
    let kvs = [
        ("pin", KvValue::from(1234u64)),
        ("otp", KvValue::from(-123456i64)),
        ("cvv", KvValue::from(999u64)),
        ("password", KvValue::from("EXAMPLE-pw")),
        ("token", KvValue::from_debug(&"EXAMPLE-pw")),
        ("has_password", KvValue::from(true)),
        ("secret", KvValue::null()),
        ("card", KvValue::from(4111111111111111u64)),
        ("order", KvValue::from(4111111111111112u64)),
        ("tokens", KvValue::from(512u64)),
    ];
    let frame = frame_of("m", "main", &kvs);
    let mut scratch = crate::record::Draft::new();
    let masked = Masker::new(&Mask::standard()).mask(View::read(&frame).unwrap(), &mut scratch);
    let hidden: Vec<&str> = masked
        .view
        .extras()
        .filter(|extra| extras::text_of(&extra.value) == Some(STARS))
        .map(|extra| crate::record::text(extra.key))
        .collect();
    assert_eq!(hidden, ["pin", "otp", "cvv", "password", "token", "card"]);
    assert_eq!(masked.places, 6);
}

#[test]
fn values_are_hidden_by_shape_under_any_key() {
    let jwt = "eyJhbGciOiJub25lIn0.eyJhIjoiMDAwMDAwMDAwMDAwIn0.AAAAAAAAAAAAAAAA";
    assert_eq!(shown_value("header", &format!("Bearer {jwt}")), "Bearer ***");
    assert_eq!(
        shown_value("request", "Login { user: \"bob\", password: \"x1\" }"),
        "Login { user: \"bob\", password: \"***\" }"
    );
    assert_eq!(
        shown_value("url", "postgres://app:x1@db/app"),
        "postgres://app:***@db/app"
    );
    assert_eq!(shown_value("bob", "plain text"), "plain text");
}

#[test]
fn a_secret_in_a_key_or_the_name_of_a_thread_is_hidden() {
    let frame = frame_of(
        "m",
        "worker password=EXAMPLE-pw",
        &[("token=EXAMPLE-pw1", 1u64.into())],
    );
    let mut scratch = crate::record::Draft::new();
    let masked = Masker::new(&Mask::standard()).mask(View::read(&frame).unwrap(), &mut scratch);
    assert_eq!(masked.view.thread(), "worker password=***");
    assert_eq!(masked.view.extras().next().unwrap().key, b"token=***");
}

#[test]
fn a_value_that_is_cut_is_hidden_under_a_secret_key() {
    let long = "a ".repeat(2000);
    let frame = frame_of("m", "main", &[("auth", long.as_str().into())]);
    let mut scratch = crate::record::Draft::new();
    let view = View::read(&frame).unwrap();
    assert!(view.extras().next().unwrap().cut);
    let masked = Masker::new(&Mask::standard()).mask(view, &mut scratch);
    assert_eq!(masked.view.extras().next().unwrap().value, Value::Str(STARS));
}

#[test]
fn json_stays_json_where_it_is_hidden_by_key() {
    assert_eq!(extras::stars(&Value::Json("[1]")), "\"***\"");
    assert_eq!(extras::stars(&Value::U64(1)), STARS);
}

#[test]
fn a_secret_prints_stars_everywhere() {
    let secret = Secret::new(String::from("EXAMPLE-pw"));
    assert_eq!(format!("{secret} {secret:?}"), "*** ***");
    assert_eq!(serde_json::to_string(&secret).unwrap(), "\"***\"");
    assert_eq!(secret.to_value().to_string(), STARS);
    assert_eq!(
        serde_json::from_str::<Secret<String>>("\"EXAMPLE-pw\"").unwrap(),
        secret
    );
    assert_eq!(secret.into_inner(), "EXAMPLE-pw");
}

#[test]
fn without_rules_nothing_is_hidden() {
    let mut masker = Masker::new(&Mask::none());
    let text = "password=EXAMPLE-pw https://a:b@c 4111111111111111 ghp_000000000000000000000000000000000000";
    assert_eq!(masker.text(text, true), text);
    let frame = frame_of(text, "main", &[("password", "EXAMPLE-pw".into())]);
    assert_eq!(
        masker
            .mask(View::read(&frame).unwrap(), &mut crate::record::Draft::new())
            .places,
        0
    );
}

#[test]
fn own_keys_are_hidden_and_kept_keys_are_shown() {
    let mut masker = Masker::new(&Mask::standard().key("Voucher-Code").keep_key("session_id"));
    assert_eq!(
        masker.text("voucher_code=abc userVoucherCode: abc vouchercodes=abc", false),
        "voucher_code=*** userVoucherCode: *** vouchercodes=abc"
    );
    assert_eq!(
        masker.text("sessionId=EXAMPLE-1 old_session_id=EXAMPLE-1", false),
        "sessionId=EXAMPLE-1 old_session_id=***"
    );
    let only = Mask::none().key("voucher");
    assert_eq!(
        Masker::new(&only).text("voucher=abc password=abc", false),
        "voucher=*** password=abc"
    );
}

#[test]
fn own_prefixes_are_hidden_from_their_length_on() {
    let mut masker = Masker::new(&Mask::standard().token_prefix("acme_", 4));
    assert_eq!(
        masker.text("acme_abc acme_abcd xacme_abcd (acme_a.b-c)", false),
        "acme_abc *** xacme_abcd (***)"
    );
    assert_eq!(masker.text("acme_a", true), STARS);
    assert_eq!(
        Masker::new(&Mask::none().token_prefix("k-", 1)).text("k-1", false),
        "***"
    );
}

#[test]
fn addresses_are_shortened_on_demand() {
    let mut masker = Masker::new(&Mask::standard().emails(true));
    assert_eq!(
        masker.text("user bob@example.com, <alice.b@mail.example.org>", false),
        "user b***@example.com, <a***@mail.example.org>"
    );
    assert_eq!(masker.text("b***@example.com", false), "b***@example.com");
    assert_eq!(
        masker.text("git@localhost @home a@b", false),
        "git@localhost @home a@b"
    );
    assert_eq!(masked("bob@example.com"), "bob@example.com");
}

#[test]
fn the_settings_come_back_from_their_serialised_form() {
    let mask = Mask::standard()
        .key("voucher")
        .keep_key("sid")
        .token_prefix("acme_", 20)
        .emails(true);
    let text = serde_json::to_string(&mask).unwrap();
    assert_eq!(serde_json::from_str::<Mask>(&text).unwrap(), mask);
    assert_eq!(serde_json::from_str::<Mask>("{}").unwrap(), Mask::standard());
    assert!(serde_json::from_str::<Mask>("{\"keys\":[]}").is_err());
}

/// A token that was cut in two by the limit of names is hidden, and the mark of the cut stays.
#[test]
fn a_secret_that_ends_a_name_that_is_cut_is_hidden() {
    let thread = format!("{} ghp_{}", "t".repeat(480), "0".repeat(36));
    let frame = frame_of("m", &thread, &[]);
    let view = View::read(&frame).unwrap();
    assert!(view.thread().ends_with("ghp_000000000000000000000000..."));
    let mut scratch = crate::record::Draft::new();
    let masked = Masker::new(&Mask::standard()).mask(view, &mut scratch);
    assert_eq!(masked.view.thread(), format!("{} ***...", "t".repeat(480)));
    assert_eq!(masked.places, 1);
}

#[test]
fn a_list_hides_what_stands_under_other_keys_in_it_and_ends_with_its_line() {
    for text in [
        "Cookie='=\npassword: \"Zq9aAaAaa0a0aAA\"\n=",
        "Cookie: \"path=\"a\npassword: \"Zq9aAaAaa0a0aAA\"\n=",
        "Authorization: Digest realm=\"a password=Zq9aAaAaa0a0aAA b",
        "Cookie: a=b; password: \"Zq9aAaAaa0a0aAA\"; c=d",
        "Cookie: a=b; password: Zq9aAaAaa0a0aAA; c=d; token: Zq9aAaAaa0a0aAA; e=f",
    ] {
        let shown = masked(text);
        assert!(!shown.contains("Zq9"), "{text:?} -> {shown:?}");
    }
}
