//! Where a value begins and ends, and which values after a secret key are secret.

use super::*;

/// Texts, and how they are shown.
#[rustfmt::skip]
pub(super) const HIDDEN: &[(&str, &str)] = &[
    ("password=(horse battery)", "password=(***)"),
    ("password=X<y", "password=***"),
    ("secret=[\"]b\", \"c\"] x", "secret=[\"***\"] x"),
    ("{\\\"secret\\\":[\\\"a1\\\"],\\\"n\\\":[1]} x", "{\\\"secret\\\":[\\\"***\\\"],\\\"n\\\":[1]} x"),
    ("token: Op(<<==)", "token: ***"),
    ("password=ENC(hunter2 x) y", "password=*** y"),
    ("{\"password\":\"abc\\\"d\",\"b\":1}", "{\"password\":\"***\",\"b\":1}"),
    ("password=$1234", "password=***"),
    ("token: correcthorsebattery", "token: ***"),
    ("token=abc(x+y)", "token=***"),
    ("pw=k", "pw=***"),
    ("pw=1-.-.-2", "pw=***"),
    ("session=abcdefghijklmnopqrs-abc", "session=***"),
    ("session=background-taskRunner", "session=***"),
    ("auth=one-two-three-four", "auth=***"),
    ("private_key=.key", "private_key=***"),
    ("session_id=abc.def", "session_id=***"),
    ("token=@Injected", "token=***"),
    ("GET /x?code=ABCDEFGHIJKLMNOP", "GET /x?code=***"),
    ("пароль: pässwörd", "пароль: ***"),
    ("password=x=1,user=bob", "password=***,user=bob"),
    ("(signature: t=1700000000,v1=0123456789abcdef0123)", "(signature: t=1700000000,v1=***)"),
    ("signature: t=1,v1=0123456789abcdef end", "signature: t=1,v1=*** end"),
    ("password=[a:b, c:d]", "password=[***]"),
    ("password=[ hunter2 ]", "password=[ *** ]"),
    ("name=token::abc123", "name=token::***"),
    ("name=\"password\"\n\nhunter2", "name=\"password\"\n\n***"),
    ("[\"api_key\", \"Ab12cd34\"]", "[\"api_key\", \"***\"]"),
    ("pan=4111 1111 1111 1111 2026 2027", "pan=*** 2027"),
    ("password =&gt; hunter2", "password =&gt; ***"),
    ("password: \u{200b}hunter2", "password: \u{200b}***"),
    ("password=\u{a0}hunter2", "password=\u{a0}***"),
    ("password=!abc def", "password=*** def"),
    ("password=\n= x", "password=\n*** x"),
    ("password=\n  YWJjZA==", "password=\n  ***"),
    ("password: !rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr x", "password: *** x"),
    ("password: !vault hunter2", "password: !vault ***"),
    ("password: !Ab x", "password: *** x"),
    ("token=[aaaabbbbcccc1111]suffix", "token=***"),
    ("password=Some(Some(Some(Some(Some(Some(hunter2))))))", "password=Some(Some(Some(Some(***))))"),
    ("secret=[\"a]b\", \"c\"] x", "secret=[\"***\"] x"),
    ("{\\\"secret\\\":[\\\"a]b\\\",\\\"c\\\"]} x", "{\\\"secret\\\":[\\\"***\\\"]} x"),
    ("password=abc\r\nnext", "password=***\r\nnext"),
    ("(password=a(b)c) x", "(password=***) x"),
    ("password=hunter2&amp;next=1", "password=***&amp;next=1"),
    ("password=a|:b", "password=***"),
    ("password=a\\\"b", "password=***"),
    ("password=\\n@x", "password=***"),
    ("pass%3Do%2Fx%26b", "pass%3D***%26b"),
    ("passphrase: one\rtwo three\nx", "passphrase: ***\nx"),
    ("passphrase: one two\r\nx", "passphrase: ***\r\nx"),
    ("passphrase: one\\two three\nx", "passphrase: ***\nx"),
    ("password=hunter2<error while formatting> x", "password=***<error while formatting> x"),
    ("password: \\\n  x1 y", "password: \\\n  *** y"),
    ("password=r#\"hunter2\"# x", "password=r#\"***\"# x"),
    ("password:\\\\\"x1\\\" y", "password:\\\\\"***\\\" y"),
    ("{\"password\":\"abc\\\\\",\"b\":1}", "{\"password\":\"***\",\"b\":1}"),
    ("basicauth(\"b1\"'", "basicauth(\"***\"'"),
    ("signature=abcdefghijklmnopqrstuvwxyz=", "signature=***"),
    ("GET /x?code=zzzzzzzz-6b7c-4d5e-9f00-112233445566", "GET /x?code=***"),
    ("secret=[2\"a]e\", \"c\"] x", "secret=[***] x"),
    ("password=hunter2<panic while formatting> x", "password=***<panic while formatting> x"),
];

/// Harmless texts, or doubtful ones; the choice must not change unnoticed.
#[rustfmt::skip]
const SHOWN: &[&str] = &[
    "GET /list?key=a1b2c3 200",
    "password=<Redacted>",
    "password: ••••••",
    "session: username=bob-the-builder1",
    "private_key=server.key",
    "private_key=~/x",
    "пароль: да1234",
    "GET /x?code=ABC-DEFGHIJKLMNOP",
    "GET /x?code=abcdefghijKlmnop",
    "password=true a \"switch\"",
    "Signature: keyId=abc12345,v1=0123456789abcdef01",
    "<string name=\"api_key\">abc123",
    "f(\"password\" \"hunter2\")",
    "[\"password\", \"Option1\", \"b\"]",
    "jdbc:oracle:thin:scott/@db",
    "token:2 2026",
    "t='jdbc:oracle:thin:scott/tiger'@",
    "password: Some(\n    key=abc1\n)",
    "GET /x?code=d8f1f0a2-6b7c-4d5e-9f00-112233445566",
    "unexpected token: Ident(\"foo\")",
    "token: Op(+=)",
];

/// Texts that were cut, and how they are shown.
#[rustfmt::skip]
const CUT: &[(&str, &str)] = &[
    ("PWD=/", "PWD=***"),
    ("<string name=\"api_key\">abc123", "<string name=\"api_key\">***"),
];

#[test]
fn a_value_is_hidden_from_its_beginning_to_its_end() {
    all_shown(HIDDEN, masked);
}

#[test]
fn harmless_values_after_a_key_stay() {
    all_stay(SHOWN);
}

#[test]
fn a_value_that_is_cut_is_hidden() {
    all_shown(CUT, masked_when_cut);
}

/// Text longer than any path is not a path.
#[test]
fn a_long_path_is_a_secret() {
    let path = |len: usize| format!("private_key=/{}", "a".repeat(len - 1));
    assert_eq!(masked(&path(200)), path(200));
    assert_eq!(masked(&path(300)), "private_key=***");
}
