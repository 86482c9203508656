//! Tokens of single providers, exactly as long as needed, and text that comes close.

use super::*;

/// Texts, and how they are shown.
#[rustfmt::skip]
pub(super) const HIDDEN: &[(&str, &str)] = &[
    ("ghp_000000000000000000000000000000000000~tail x", "*** x"),
    ("glpat-00000000000000000000. Then", "***. Then"),
    ("x eyJhbGciOiJSU0EtT0FFUCJ9.AAAA.BBBB.CCCC.DDDD.txt", "x ***.txt"),
    ("eyJhbGciOiJIUzI1NiJ9..abcdefgh", "***"),
    ("IDENTIFIED BY EXAMPLEexamplepw1; next", "IDENTIFIED BY ***; next"),
    ("token /a1b2c3d4e5f6g7h8", "token ***"),
    ("session eyJzdWIiOiIxIn0.BTVBMRQab", "session ***"),
    ("oauth y0_AgAAAAA1b2C3AgAAAAA1b2C3AgAAAAA1b2C3AgAAAAA1b2C3AgAAAAA1b2C3", "oauth ***"),
    ("bot M00000000000000000000000.xxxxxx.0000000000000000000000000000 x", "bot *** x"),
    ("key patAAAAAAAAAAAAAA.0000000000000000000000000000000000000000000000000000000000000000 x", "key *** x"),
    ("refresh 1//0gEXAMPLE0000000000000000000000 x", "refresh *** x"),
    ("login sha256~EXAMPLE0000000000000000000000000000000000 x", "login *** x"),
    ("as x1y2z3.atlasv1.000000000000000000000000000000000000000000000000000000000000 x", "as *** x"),
    ("0123456789abc8Q~defghij0123456789 x", "*** x"),
    ("abc8Q~000000000000000000000000.x~y z", "*** z"),
    ("00000000000000000000000000000000-us12 x", "*** x"),
    ("token a1b2c3d4e5f6g7h8. Then", "token ***. Then"),
];

/// Harmless texts, or doubtful ones; the choice must not change unnoticed.
#[rustfmt::skip]
const SHOWN: &[&str] = &[
    "team_password_mAb1gt",
    "AKIAIOSFODNN7EXAMPLEabc",
    "x eyJhbGciOiJub25lIn0.e",
    "created by terraform-provider-aws",
    "AUTH LOGIN Ym9iQGV4YW1wbGUuY29t",
    "apikey(a1b2c3d4e5f6g7h8)",
    "initial password:\nXAMPLE-example-pw1 of bob",
    "bot M00000000000000000000000.xxxxxx.00000000000000000000000000 x",
    "bot M00000000000000000000000.xxxxx.00000000000000000000000000000000000000 x",
    "bot M000000000000000000000.xxxxxx.00000000000000000000000000000000000000 x",
    "key patAAAAAAAAAAAAAA.000000000000000000000000000000000000000000000000000000000000000 x",
    "key patAAAAAAAAAAAAA.0000000000000000000000000000000000000000000000000000000000000000 x",
    "oauth:abcdefghij0123456",
    "refresh 1//0gEXAMPLE0000000",
    "login sha256~EXAMPLEexample0",
    "as x1y2z3.atlasv1.0000000000000000000000000000000000000000 x",
    "see token_name_1234~x y",
    "use abc8Q~00000000000000000000000 x",
    "ACgggggggggggggggggggggggggggggggg:11111111111111111111111111111111 x",
    "12345:AA000000000000000000000000000000000",
    "see hooks.slack.com/x then /EXAMPLEexample00",
    "$$0000000000000000000000",
    "pbkdf2_sha256$1",
    "abc-d8f1f0a2-6b7c-4d5e-9f00-112233445566",
    "sdk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "ak-0000000000000000000000",
];

/// Texts that were cut, and how they are shown.
#[rustfmt::skip]
const CUT: &[(&str, &str)] = &[
    ("with SG.A", "with ***"),
    ("hvb.", "***"),
    ("with hvs.", "with hvs."),
    ("with s.s", "with s.s"),
    ("with eyJ", "with eyJ"),
    ("plan 8", "plan 8"),
];

#[test]
fn a_token_is_hidden_to_its_end() {
    all_shown(HIDDEN, masked);
}

#[test]
fn text_similar_to_a_token_stays() {
    all_stay(SHOWN);
}

#[test]
fn half_a_token_is_hidden() {
    all_shown(CUT, masked_when_cut);
}

#[test]
fn own_prefixes_need_their_length() {
    let mut masker = Masker::new(&Mask::standard().token_prefix("ab", 3));
    for (text, cut, shown) in [
        ("upload ab123", false, "upload ***"),
        ("upload ab1", false, "upload ab1"),
        ("upload ab1", true, "upload ***"),
        ("upload ab", true, "upload ab"),
        ("upload xab123", false, "upload xab123"),
        ("secret=abcde", false, "secret=***"),
    ] {
        assert_eq!(masker.text(text, cut), shown);
    }
}

/// One half may be in one block and the other half in the next.
#[test]
fn a_token_behind_a_word_is_found_wherever_it_stands() {
    for len in 0..140 {
        let before = "x ".repeat(len / 2) + &" ".repeat(len % 2);
        let text = |token: &str| format!("{before}token {token} and more words that follow it in the line");
        assert_eq!(masked(&text("a1b2c3d4e5f6g7h")), text(STARS));
    }
}
