//! Secrets in headers, URLs, command lines, SQL, markup and YAML.

use super::*;

/// Texts, and how they are shown.
#[rustfmt::skip]
pub(super) const HIDDEN: &[(&str, &str)] = &[
    ("Authorization: Digest YWJjZA==", "Authorization: Digest ***"),
    ("{\"authorization\": 4f5a6b7c8d9e}", "{\"authorization\": \"***\"}"),
    ("Cookie: e=dar0", "Cookie: e=***"),
    ("Bearer abcdEFGH1234== x", "Bearer *** x"),
    ("Basic YWI6Yw==", "Basic ***"),
    ("Basic dTo-", "Basic ***"),
    ("Basic dTo/", "Basic ***"),
    ("Authorization: x 12345a", "Authorization: x ***"),
    ("https://a1b2c3d4e5f6g7h8:***@h", "https://***:***@h"),
    ("https://a1b2c3d4e5f6g7h8:x-oauth-basic@h", "https://***:***@h"),
    ("https://a1b2c3d4e5f6g7h8:x-token-auth@h", "https://***:***@h"),
    ("https://bob-the-builder-user:hunter2@h", "https://bob-the-builder-user:***@h"),
    ("db:5432:shop:ann:hunter2", "db:5432:shop:ann:***"),
    ("mysql -phunter2 x", "mysql -p*** x"),
    ("a job that the scheduler of the second cluster has begun an hour ago for the third time on this day has now called, as it was told, mysql -phunter2", "a job that the scheduler of the second cluster has begun an hour ago for the third time on this day has now called, as it was told, mysql -p***"),
    ("tool -u b.c:hunter2 x", "tool -u b.c:*** x"),
    ("curl --user bob:hunter2 x", "curl --user bob:*** x"),
    ("AUTH PLAIN AGJvYgBFWEFNUExFLXB3", "AUTH PLAIN ***"),
    ("vault login hunter2EXAMPLE0000", "vault login ***"),
    ("initial password:\nXAMPLE-example-pw1", "initial password:\n***"),
    ("Credentials(\"bob\", \"hunter2\")", "Credentials(\"bob\", \"***\")"),
    ("SET PASSWORD FOR 'bob'@'%' = 'hunter2'", "SET PASSWORD FOR 'bob'@'%' = '***'"),
    ("<name>password</name><value>hunter2</value>", "<name>password</name><value>***</value>"),
    ("to=https%3A%2F%2Fbob%3Ahunter2%40h%2Fx", "to=https%3A%2F%2Fbob%3A***%40h%2Fx"),
    ("from a.b:hunter2@db:5432", "from a.b:***@db:5432"),
    ("from a:b@c:1", "from a:***@c:1"),
    ("A temporary password is generated for root@localhost: Ab1x9", "A temporary password is generated for root@localhost: ***"),
    ("'bob/hunter2@//db:1521/x'", "'bob/***@//db:1521/x'"),
    ("login bob/hunter2@vault", "login bob/***@vault"),
    ("echo -n -e hunter2 | sudo -S ls", "echo -n -e *** | sudo -S ls"),
    ("app --token rotated: x", "app --token *** x"),
    ("PASSWORD N'hunter2'", "PASSWORD N'***'"),
    ("<th>Password:</th> <td", "<th>Password:</th> ***"),
    ("x: Basic dTphIGI=", "x: Basic ***"),
    ("basic Ym9iOmI=", "basic ***"),
    (",\"bearer AMPLEpw1", ",\"bearer ***"),
    ("id: bearer XAMPLE-e1", "id: bearer ***"),
    ("id:basic dTphIGI=", "id:basic ***"),
    ("id:Basic dTphIGI=", "id:Basic ***"),
    ("got=Bearer XAMPLE-e1", "got=Bearer ***"),
    ("got= bearer XAMPLE-e1", "got= bearer ***"),
    ("password:\n  user: bob1\n  x: y2", "password:\n  user: bob1\n  x: ***"),
    ("passwords:\n- \"\"\n- \"x\"\n", "passwords:\n- ***\n- \"***\"\n"),
    ("Private-Lines: 1\nAAAA\nx y: z", "Private-Lines: 1\n***\nx y: z"),
    ("password: |\r\n  a1\r\n  b2\r\nc", "password: |\r\n  ***\r\nc"),
    ("-----BEGIN ENCRYPTED MESSAGE-----\nabc\n-----END ENCRYPTED MESSAGE-----", "-----BEGIN ENCRYPTED MESSAGE-----\n***\n-----END ENCRYPTED MESSAGE-----"),
    ("aưth=hunter2x", "aưth=***"),
    ("mysql -p'hunter2' x", "mysql -p'***' x"),
];

/// Harmless texts, or doubtful ones; the choice must not change unnoticed.
#[rustfmt::skip]
const SHOWN: &[&str] = &[
    "auth: order 000000",
    "Authorization: Hawk id=c=E",
    "Cookie: a=b; password: none; c=d",
    "Authorization: ' {",
    "Authorization: Digest username=\"=0\"",
    "Basic dToA",
    "Authorization: x 1234a",
    "Cookie: a=***; b=true; sid=none",
    "https://anonymous-readers@h",
    "https://e2@h",
    "to=https%3A%2F%2Fh%3A8080",
    "from :8080@node:5432",
    "from bob@db:5432",
    "from bob:$PASSWORD@db:5432",
    "https://bob-the-builder-user:***@h",
    "notes.-token a1b2c3d4e5 x",
    "notes_-token a1b2c3d4e5 x",
    "db:5432:shop::x1",
    "db:5432::ann:x1",
    "db:5432:shop:",
    "db:5432:shop:ann",
    "password bob@localhost: x",
    "bob:x1@:5432",
    "https://[::1]:8080/~bob@x",
    "Secret (value: \"x1\")",
    "login \"a/b\"@db",
    "connect /home@db",
    "mysql -u bob:Group1",
    "a job that the scheduler of the second cluster has begun an hour ago for the third time on this day has now called mysql -u bob:Group1",
    "tool -u bob:",
    "pw []=b",
    "curl --cookie cookies.txt x",
    "mysql -p<password> x",
    "mysql\n-port 3306",
    "curl -u bob:<password> x",
    "curl -u 1000:1000 x",
    "'--password' 'flag'",
    "Password1was 'EXAMPLE1'",
    "wait FOR 'a'='b'",
    "password changed from 'x",
    "Session(\"a1b2c3d4e5f6g7h8a1b2\")",
    "token \"a1b2c3d\"",
    "<password/>abc</x>",
    "<name><![CDATA[x]]></name>",
    "password:</>c1",
    "password:\nhunter2",
    "passwords:\n- bob:\n- ann:\n",
    "a('','*]",
    "Auth(\"d s",
    "tool -u b&:E1",
    "db:5432:a b:c:d",
];

/// Texts that were cut, and how they are shown.
#[rustfmt::skip]
const CUT: &[(&str, &str)] = &[
    ("auth=k", "auth=***"),
    ("Bearer s", "Bearer ***"),
    ("Basic u", "Basic ***"),
    ("at https://bob:pa/ss", "at https://bob:***"),
    ("at https://a1b2c3d4e5f6g7h8:", "at https://***"),
    ("<pass>i", "<pass>***"),
    ("at https://bob:hunt", "at https://bob:***"),
    ("fetch postgres://bob:hunt", "fetch postgres://bob:***"),
    ("at https://a1b2", "at https://a1b2"),
    ("at https://a1b2c3d4e5f6g7h8/a", "at https://a1b2c3d4e5f6g7h8/a"),
    ("at https://bob:hunter2 x", "at https://bob:hunter2 x"),
    ("auth:{key:k", "auth:{key:k"),
    ("connect /a", "connect /a"),
    ("login bob/", "login bob/"),
];

#[test]
fn a_secret_is_found_by_its_context() {
    all_shown(HIDDEN, masked);
}

#[test]
fn harmless_text_in_these_places_stays() {
    all_stay(SHOWN);
}

#[test]
fn a_secret_that_is_cut_in_its_place_is_hidden() {
    all_shown(CUT, masked_when_cut);
}

#[test]
fn an_address_keeps_its_first_letter_and_its_host() {
    let mut masker = Masker::new(&Mask::standard().emails(true));
    for (text, shown) in [
        ("mail a@b.c", "mail ***@b.c"),
        ("mail жанна@example.com", "mail ж***@example.com"),
        ("mail 山田@example.jp", "mail 山***@example.jp"),
        ("mail \u{1f600}x@example.com", "mail \u{1f600}***@example.com"),
        ("mail @example.com", "mail @example.com"),
    ] {
        assert_eq!(masker.text(text, false), shown);
    }
}
