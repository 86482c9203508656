use super::*;
use crate::mask::shapes::prefixes;
use proptest::prelude::*;

/// Pieces of texts with secrets, so that random texts come close to the rules.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "password", "token", "secret", "api_key", "Authorization", "Cookie", "name", "value", "pin", "user", "=", ":", ": ", " = ",
    "=>", "->", "\"", "'", "`", "\\\"", "\\", "\\n", "\n", "\r\n", "\t", " ", "  ", ",", ";", "&", "|", "{", "}", "[", "]", "(",
    ")", "<", ">", "</", "***", "*", "Bearer ", "Basic ", "Digest ", "://", "@", "/", "?", "#", ":5432", "-----BEGIN ",
    "PRIVATE KEY-----", "-----END ", "eyJ", "eyJhbGciOiJub25lIn0", ".", "..", "ghp_", "sk-", "AKIAIOSFODNN7EXAMPLE",
    "0000000000000000000000", "4111111111111111", "4111 1111 1111 1111", "4111", "-", "--", " -p", "mysql", "--password ",
    "EXAMPLE-example-pw", "hunter2", "abc", "true", "null", "%3D", "%22", "&quot;", "$2b$", "$", "|\n  ", "- ", "Some(", "S {",
    "é", "\u{200b}", "\u{ff1d}", "\u{1b}[0m", "\0", "\u{2028}", "密码", "p\u{430}ss", "b", "B", "x", "arn:", "Q~", "is ", "by ",
];

pub(super) fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => "\\PC{0,6}",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

std::thread_local! {
    /// Without and with e-mail addresses.
    static MASKERS: RefCell<[Masker; 2]> = RefCell::new([false, true].map(|emails| {
        Masker::new(&Mask::standard().emails(emails).token_prefix("ab", 3).key("user"))
    }));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_masked_without_a_panic_and_only_once(text in text(), cut: bool, emails: bool) {
        MASKERS.with_borrow_mut(|maskers| {
            let masker = &mut maskers[usize::from(emails)];
            let once = masker.text(&text, cut).into_owned();
            prop_assert_eq!(masker.text(&once, cut).into_owned(), once);
            Ok(())
        })?;
    }

    #[test]
    fn a_value_hidden_after_a_key_leaves_no_trace(before in text(), secret in "[A-Za-z0-9]{12,40}", after in text()) {
        let secret = format!("Zq9{secret}");
        prop_assume!(!before.contains(&secret) && !after.contains(&secret));
        for form in [format!("{before} password={secret} {after}"), format!("{before}\npassword: \"{secret}\"\n{after}")] {
            let shown = masked(&form);
            prop_assert!(!shown.contains(&secret), "{:?} -> {:?}", form, shown);
        }
    }
}

fn work_of(masker: &mut Masker, text: &str, cut: bool) -> u64 {
    work::take();
    masker.text(text, cut);
    work::take()
}

/// Texts that could make a rule read the same bytes again and again.
#[rustfmt::skip]
const WORST: &[&str] = &[
    "password=", "password= ", "password: ", "://", "://a:b", "://a:b@", "a://b:c@d/ ", "a@b.c ", "a:b@c:1", "Bearer ", "Basic ",
    "-----BEGIN ", "-----BEGIN PRIVATE KEY-----", "---- BEGIN PRIVATE", "eyJ", "eyJ.", "eyJhbGciOiJub25lIn0.", "0", "4", "4111 ",
    "4111-", "4111111111111111 ", "\"", "'", "\\", "\\\"", "password=\"", "password='\"", "password=\u{201c}is ", "password=\\\"",
    "{", "password={", "password={a:", "tokens={", "tokens={a:", "secret:[", "secret:[{a:", "password=A {", "Some(",
    "password=Some(", "a=", "=", ":", " ", "  =", "\t\n", "passphrase: ", "passphrase: is ", "cookie: ", "cookie: a=b;", "cookie: \"",
    "authorization: digest ", "authorization: digest a=b,", "authorization: \"", "name=password ", "name=\"", "name=\u{201c}",
    "name=\"password\"\n\n", "(\"password\",\"", "--password ", "--password=", " -p", "mysql -p", "mysql ", "<password>",
    "<password", "<password> is ", "<name>password</name>", "$2b$", "$", "%3D", "password%3D", "password:\n  - password:",
    "passwords:\n  - ", "password: |\n  a\n", "password:\n a:", "password:\n  password:\n   ", "@", "ghp_", "sk-", "x-", "AAAA", "0000000000000000 ",
    "a1b2c3d4e5f6g7h8 ", "token a1b2c3d4e5f6g7h8 ", "hooks.slack.com/a1b2c3d4e5f6g7h8/", "password \"", "by '", "identified by '",
    "p.", "p ", "\u{200b}", "pass\u{200b}word", "\u{1b}[0m", "password=,a", "password=;", "password=&a", "password=\\n", "arn:secret:",
    "é", "=é", "\u{ff1d}", "]=", "token=\"ab", "a.", "SG.", "~Q", "8Q~", "ab", "abab_ ", "http://a:b,", "a/b:c@",
    "private-lines: ", "private-lines: 1\n", "private-lines: 1\nA:", "%3A%2F%2F", "%3A%2F%2Fa%3A", "password=\"a\" -> ", "p a s s ",
    "glpat-00000000000000000000.a.", "secret(\"", "auth plain ",
    "a[", "a]=", "passwd[a]=", "passwd[a][", ":5432:", ":*:", "a:5432:b:c:", "a/b@", "login a/b@", "sudo -S ", "|sudo -S ", "echo a | sudo -S ",
    "a --password-stdin ", "-u a:b ", "-u a:b://", "snmpget -c ", "auth: {", "auth: {key:", "auth: {\"key\":\"a\",", "auth: a {", "Secret { value: ",
    "{ value:", "é", "éé=", "пароль: ", "密码：", "Credentials(\"a\", ", "Pin(\n        \"", "<a value=\"x\" name=\"password\"",
    "password: </b>", "password: </td><td>", "password <- ", "password%253D", "password:::", ":::", "password_: ", "ApiKey(a1b2c3d4e5f6g7h8",
    "AUTH PLAIN a1b2c3d4e5f6g7h8 ", "sdk-00000000-0000-0000-0000-000000000000 ", "AC00000000000000000000000000000000:", "password is '",
    "xfreerdp /p:", "/p:", "\u{a0}", "password\u{a0}",
];

#[test]
fn work_grows_no_faster_than_the_text() {
    let mut faults = Vec::new();
    let mut masker = Masker::new(&Mask::standard().emails(true).token_prefix("ab", 3));
    for unit in WORST {
        for cut in [false, true] {
            let half = unit.repeat((1 << 14) / unit.len());
            let once = work_of(&mut masker, &half, cut);
            let twice = work_of(&mut masker, &half.repeat(2), cut);
            let per_byte = twice as f64 / (2 * half.len()) as f64;
            if twice as f64 > 2.5 * once as f64 + 4096.0 || per_byte > 100.0 {
                faults.push(format!(
                    "{unit:?} cut={cut}: {once} steps, then {twice}; {per_byte:.0} a byte"
                ));
            }
        }
    }
    none_of(&faults);
}

#[test]
fn tables_are_in_the_order_in_which_they_are_searched() {
    let key = |prefix: &prefixes::Prefix| (prefix.text.as_bytes()[0], std::cmp::Reverse(prefix.text.len()));
    assert!(prefixes::PREFIXES.is_sorted_by_key(key));
}

#[test]
fn the_mask_does_not_reveal_the_length() {
    for len in [1, 7, 80, 5000] {
        assert_eq!(
            masked(&format!("password={} x", "q".repeat(len))),
            "password=*** x"
        );
        assert_eq!(
            masked(&format!("{{\"password\":\"{}\"}}", "q".repeat(len))),
            "{\"password\":\"***\"}"
        );
    }
    assert_eq!(
        masked("{\"secret\":[1,22,333,4444]}"),
        masked("{\"secret\":[4444]}")
    );
}

#[test]
fn a_control_character_does_not_split_a_secret() {
    for char in (0..0x20u8)
        .chain([0x7F])
        .map(char::from)
        .chain(['\u{85}', '\u{9b}', '\u{200b}', '\u{202e}', '\u{2028}', '\u{feff}'])
    {
        let shown = masked(&format!("password=EXAM{char}PLE-tail"));
        let separates = matches!(char, '\t' | '\n');
        assert_eq!(shown.contains("PLE-tail"), separates, "{char:?}");
    }
}

/// Hidden places are counted as a reader would count them.
#[test]
fn places_are_counted_once() {
    let mut masker = Masker::new(&Mask::standard());
    assert_eq!(masker.hide("password=EXAMPLE-pw", false), 1);
    assert_eq!(
        masker.hide("a password=EXAMPLE-pw b token=EXAMPLE-pw1 https://a:b@c", false),
        3
    );
    assert_eq!(masker.hide("nothing here", false), 0);
}
