//! Tokens and card numbers, which are recognised by their shape anywhere.

use super::*;

/// Tokens by prefix, as long as their providers issue them.
#[rustfmt::skip]
const TOKENS: &[(&str, &str, usize)] = &[
    ("AKIAIOSFODNN", "7EXAMPLE", 1),
    ("ASIA", "0", 16),
    ("ghp_", "0", 36),
    ("gho_", "0", 36),
    ("ghu_", "0", 36),
    ("ghs_", "0", 36),
    ("ghr_", "0", 36),
    ("github_pat_", "0", 82),
    ("glpat-", "0", 20),
    ("glptt-", "0", 40),
    ("glrt-", "0", 20),
    ("gldt-", "0", 20),
    ("npm_", "0", 36),
    ("hf_", "a", 34),
    ("xoxb-", "0", 50),
    ("xoxp-", "0", 60),
    ("xapp-1-", "0", 80),
    ("sk_live_", "0", 24),
    ("sk_test_", "0", 24),
    ("rk_live_", "0", 24),
    ("whsec_", "0", 32),
    ("AIza", "0", 35),
    ("ya29.", "a", 60),
    ("GOCSPX-", "0", 28),
    ("key-", "0", 32),
    ("dop_v1_", "0", 64),
    ("doo_v1_", "0", 64),
    ("dor_v1_", "0", 64),
    ("sq0atp-", "0", 22),
    ("sq0csp-", "0", 43),
    ("EAAA", "0", 60),
    ("sk-ant-api03-", "0", 95),
    ("sk-or-v1-", "0", 64),
    ("sk-proj-", "0", 48),
    ("sk-", "0", 48),
    ("gsk_", "0", 52),
    ("pplx-", "0", 48),
    ("xai-", "0", 80),
    ("r8_", "0", 37),
    ("hvs.", "C", 90),
    ("s.", "0", 24),
    ("shpat_", "0", 32),
    ("shpss_", "0", 32),
    ("PMAK-", "0", 59),
    ("NRAK-", "0", 27),
    ("lin_api_", "0", 40),
    ("ntn_", "0", 46),
    ("secret_", "0", 43),
    ("ATATT3", "x", 60),
    ("dckr_pat_", "0", 27),
    ("figd_", "0", 40),
    ("tskey-auth-", "0", 40),
    ("rubygems_", "0", 48),
    ("pypi-", "0", 85),
    ("cio", "0", 32),
    ("123456789:AA", "0", 33),
    ("sntrys_", "0", 60),
    ("glsa_", "0", 41),
    ("glc_", "0", 60),
    ("dp.pt.", "0", 43),
    ("dt0c01.", "0", 89),
    ("pul-", "0", 40),
    ("sgp_", "0", 40),
    ("sbp_", "0", 40),
    ("pscale_tkn_", "0", 43),
    ("fo1_", "0", 43),
    ("nvapi-", "0", 64),
    ("tvly-", "0", 32),
    ("lsv2_pt_", "0", 43),
    ("pcsk_", "0", 60),
    ("abc8Q~", "0", 34),
    ("LTAI", "0", 20),
    ("AGE-SECRET-KEY-1", "Q", 58),
    ("SK", "0", 32),
    ("dapi", "0", 32),
    ("pat-na1-", "0", 36),
    ("xkeysib-", "0", 81),
    ("bkua_", "0", 40),
    ("sqp_", "0", 40),
    ("rnd_", "0", 32),
    ("phx_", "0", 43),
    ("b3BlbnNzaC1rZXktdjEAAAAABG5vbmU", "A", 60),
    ("MIIEvQIBADANBg", "A", 200),
    ("$2b$12$", "0", 53),
    ("$6$saltsalt$", "0", 86),
    ("SG.", "0", 66),
];

#[test]
fn a_token_is_known_wherever_it_stands() {
    let mut leaks = Vec::new();
    for &(prefix, fill, len) in TOKENS {
        let token = format!("{prefix}{}", fill.repeat(len));
        for form in [
            format!("using {token} for upload"),
            format!("{{\"v\":\"{token}\",\"n\":1}}"),
            format!("failed: {token}, retrying"),
            format!("({token})"),
            format!("value={token}"),
            token.clone(),
            format!("Got `{token}`."),
            format!("https://api.example.com/x/{token}/y"),
            format!("x\n{token}\ny"),
        ] {
            let shown = masked(&form);
            if shown.contains(&token) || shown.contains(&fill.repeat(len)) {
                leaks.push(format!("{form:?} -> {shown:?}"));
            }
        }
    }
    none_of(&leaks);
}

#[test]
fn a_prefix_alone_is_no_token() {
    for &(prefix, _, _) in TOKENS {
        let text = format!("the prefix {prefix} is known");
        assert_eq!(masked(&text), text);
    }
}

/// Test numbers published by the card networks.
#[rustfmt::skip]
const CARDS: &[&str] = &[
    "4111111111111111", "4012888888881881", "4222222222222", "5555555555554444", "5105105105105100", "2221000000000009",
    "2720990000000007", "371449635398431", "378734493671000", "6011000990139424", "6011111111111117", "3530111333300000",
    "3566002020360505", "30569309025904", "38520000023237", "36227206271667", "6200000000000005", "4000056655665556",
    "6500000000000002", "4111 1111 1111 1111", "5555-5555-5555-4444", "3782 822463 10005", "3782-822463-10005",
    "3056 930902 5904", "6205500000000000004", "4917610000000000003", "6759649826438453", "2200770239097761",
];

#[test]
fn a_card_is_known_wherever_it_stands() {
    for card in CARDS {
        for form in [
            "charge {} amount=1",
            "card={}",
            "card {}.",
            "{\"n\":\"{}\"}",
            "({})",
            "pan:{},exp=12/30",
            "/pay/{}/x",
            "{}",
            "card: {}\n",
        ] {
            assert_eq!(masked(&form.replace("{}", card)), form.replace("{}", STARS));
        }
    }
    assert_eq!(
        masked("{\"card\":4111111111111111,\"n\":1}"),
        "{\"card\":\"***\",\"n\":1}"
    );
}

#[test]
fn a_number_that_is_no_card_is_left_alone() {
    let mut hidden = 0;
    for n in 0..10_000u64 {
        // Timestamps in milliseconds and nanoseconds, and random numbers that no network issues.
        for number in [
            1_700_000_000_000 + n * 7_919,
            1_700_000_000_000_000_000 + n * 104_729,
            9_000_000_000_000_000 + n * 15_485_863,
        ] {
            hidden += usize::from(masked(&format!("ts={number}")).contains(STARS));
        }
    }
    assert_eq!(hidden, 0);
    for text in [
        "4111111111111112",
        "411111111111111",
        "0x4111111111111111",
        "4111111111111111abc",
        "4111111111111111.5",
        "4111-1111-1111-1111-1111",
    ] {
        assert_eq!(masked(text), text);
    }
}

/// At some offsets in a block, a number does not fill any word of eight digits.
#[test]
fn the_shortest_cards_are_found_wherever_they_stand() {
    let mut masker = Masker::new(&Mask::standard());
    for card in ["4222222222222", "38520000023237", "378282246310005"] {
        let shown: Vec<String> = (0..70)
            .map(|len| format!("{}=4;{card};", "a".repeat(len)))
            .filter(|text| masker.text(text, false).contains(card))
            .collect();
        none_of(&shown);
    }
}
