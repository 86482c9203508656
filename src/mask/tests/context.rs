//! Secrets that only their context reveals, and text that looks like them; more rows of both are `eyes-*` in the
//! corpus.

use super::records::shown_value;
use super::*;

/// Each text with its secret in braces.
#[rustfmt::skip]
const HINTED: &[&str] = &[
    "passwd[bob]={x1}, n=1", "secret[db][0]: {x1}", "password.0={x1}", "p@ssw0rd={x1}", "password:::{x1}", "q=password%253D{x1}%2526n%253D1",
    "db.example.com:5432:app:bob:{x1}", "*:*:*:bob:{x1}", "sqlplus -S bob/{x1}@orcl", "login: bob/{x1}@orcl", "bob/{x1}@//db:1521/orcl",
    "echo {x1} | docker login -u bob --password-stdin", "echo '{x1}' | sudo -S ls", "printf '%s' \"$x\" && echo {x1} | gh auth login --with-token",
    "docker login --password-stdin <<< {x1}", "vault login {a1b2c3d4e5f6g7h8}", "AUTH PLAIN {AGJvYgBFWEFNUExF}", "ApiKey({a1b2c3d4e5f6g7h8})",
    "auth: {\"user\":\"bob\",\"key\":\"{x1x1x1}\",\"ok\":true}", "request -u bob:{hunter} https://x", "request -u bob:{x1}", "xfreerdp /u:bob /p:{x1} /v:h",
    "snmpwalk -v2c -c {x1} h", "snmpget -A {x1} -X {x2} h", "snmp_community={x1}", "Secret { value: \"{x1}\" }", "Secret {\n    value: \"{x1}\",\n}",
    "Credentials(\"bob\", \"{x1}\")", "Credentials(\n    \"bob\",\n    \"{x1}\",\n)", ".basic_auth(\"bob\", Some(\"{x1}\"))", "Pin(\"{4711}\")", "Otp(\"{482913}\")",
    "<input value=\"{x1}\" name=\"password\" id=\"a\">", "<b>Password:</b> {x1}", "<th>Password:</th><td>{x1}</td>", "password was '{x1}'",
    "PRAGMA key = '{x1}'", "password = \\\n  {x1}", "password \u{a0}: {x1}", "_password_: {x1}", "password <- {x1}",
    "hasło: {x1}", "lösenord={x1}", "Contraseña: {x1}", "пароль: {x1}", "новый Пароль = {x1}", "{\"密码\":\"{x1}\"}", "新密码：{x1}",
    "{sdk-12345678-1234-1234-1234-123456789012} off", "{ak-EXAMPLE0EXAMPLEexample}", "AC0123456789abcdef0123456789abcdef:{0123456789abcdef0123456789abcdef}",
];

/// Returns the text without its braces, and the expected output.
fn parsed(row: &str) -> (String, String) {
    let (mut text, mut shown, mut rest) = (String::new(), String::new(), row);
    while let Some((at, len)) = braces(rest) {
        text += &rest[..at];
        shown += &rest[..at];
        text += &rest[at + 1..at + len - 1];
        shown += STARS;
        rest = &rest[at + len..];
    }
    (text + rest, shown + rest)
}

/// The next secret in braces.
fn braces(text: &str) -> Option<(usize, usize)> {
    let plain = |inner: &str| {
        inner
            .chars()
            .all(|char| char.is_ascii_alphanumeric() || char == '-')
    };
    let close = |at: usize| {
        text[at..]
            .find('}')
            .filter(|len| *len > 1 && plain(&text[at + 1..at + len]))
    };
    let mut opens = text.match_indices('{').map(|(at, _)| at);
    opens.find_map(|at| close(at).map(|len| (at, len + 1)))
}

#[test]
fn a_secret_found_by_its_context_is_hidden_and_nothing_else() {
    let wrong = |row: &&str| {
        let (text, shown) = parsed(row);
        let found = masked(&text);
        (found != shown).then(|| format!("{text:?} -> {found:?}"))
    };
    let faults: Vec<String> = HINTED.iter().filter_map(wrong).collect();
    none_of(&faults);
}

#[test]
fn a_secret_found_by_its_context_is_hidden_in_any_line_of_a_text() {
    let mut leaks = Vec::new();
    for row in HINTED {
        let (text, shown) = parsed(row);
        for (before, after) in [("x=1\n", "\ny=2"), ("[info] done\n", "\nx: y")] {
            let found = masked(&format!("{before}{text}{after}"));
            if found != format!("{before}{shown}{after}") {
                leaks.push(format!("{text:?} -> {found:?}"));
            }
        }
    }
    none_of(&leaks);
}

#[test]
fn a_key_of_a_key_value_is_read_like_one_in_a_text() {
    for key in [
        "passwd[bob]",
        "secrets[db][0]",
        "password.0",
        "p@ssword",
        "passw0rd",
        "contraseña",
        "hasło",
        "şifre",
        "пароль",
        "новый_пароль",
        "密码",
        "비밀번호",
        "snmp_community",
        "password_",
    ] {
        assert_eq!(shown_value(key, "EXAMPLEpw1"), STARS, "{key}");
    }
    for key in [
        "values[3]",
        "password_policy[0]",
        "tokens[0]",
        "größe",
        "логин",
        "версия",
        "名前",
        "community",
        "clave_id",
    ] {
        assert_eq!(shown_value(key, "EXAMPLEpw1"), "EXAMPLEpw1", "{key}");
    }
    // A value in the script of the key is a sentence.
    assert_eq!(shown_value("пароль", "изменён"), "изменён");
}

#[test]
fn a_cut_secret_found_by_its_context_is_hidden() {
    for row in [
        "h:5432:app:bob:zy",
        "passwd[bob]=zy",
        "пароль: zy",
        "connect bob/zy",
        "-u bob:zy",
    ] {
        let shown = masked_when_cut(row);
        assert!(!shown.contains('z'), "{row}: {shown}");
    }
}
