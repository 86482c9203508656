//! Tokens that are secret by their own shape: known prefixes, JWTs, hashes of passwords; and long tokens behind
//! a word such as `token` or `password is`.

use super::bytes::{back_while, before, byte, has, is_credential, is_quote, is_space, is_token, until};
use super::judge::looks_random;
use super::key::Key;
use super::prefixes::Set;
use super::rules::Test;
use super::scan::{Scan, Show};

/// Prefixes that end in a dot: what follows is a run of its own.
const DOTTED: &[(&str, usize)] = &[
    ("SG.", 20),
    ("hvs.", 20),
    ("hvb.", 20),
    ("hvr.", 20),
    ("ya29.", 20),
    ("dp.pt.", 30),
    ("dp.st.", 30),
    ("dp.ct.", 30),
    ("dp.sa.", 30),
    ("dp.scim.", 30),
    ("dp.audit.", 30),
    ("dt0c01.", 20),
    ("dt0s16.", 20),
    ("sk.eyJ", 0),
    ("sl.", 60),
    ("t1.", 60),
    ("y0_", 50),
    ("xoxe.", 20),
    ("v1.0-", 60),
    ("pat.", 60),
    ("s.", 24),
    ("b.AAAAAQ", 60),
    ("authorization.k8s.io.", 20),
    ("gl.", 100),
    ("EwB", 100),
];
/// The shortest long token; `lanes` finds every one.
const LONG: usize = 15;

impl Scan<'_> {
    /// A long run of token characters around `at`.
    pub(super) fn run(&mut self, at: usize) {
        let text = self.text;
        let start = back_while(text, at, self.done, is_token);
        let end = until(text, at, |byte| !is_token(byte));
        self.run_done = end;
        if end - start < LONG {
            return;
        }
        let shaped =
            self.known(start, end) || self.jwt(start, end) || self.dotted(start, end) || self.odd(start, end);
        if !shaped {
            self.after_word(start, end);
        }
    }

    /// A prefix of the table, at the beginning of the run or behind a dash or an underscore.
    fn known(&mut self, start: usize, end: usize) -> bool {
        if !self.rules.standard {
            return false;
        }
        let mut from = start;
        while from + LONG <= end {
            if let Some(to) = self.prefix_end(from, |min_len| min_len) {
                self.hide(from, to, Show::Stars);
                return true;
            }
            let next = until(&self.text[..end], from, |byte| !byte.is_ascii_alphanumeric());
            from = next + 1;
        }
        false
    }

    /// Where the token with a known prefix at `from` ends, if enough follows.
    fn prefix_end(&self, from: usize, needed: impl Fn(usize) -> usize) -> Option<usize> {
        let text = self.text;
        let known = self.rules.prefixes_from(byte(text, from)).iter();
        known
            .filter(|prefix| text[from..].starts_with(prefix.text.as_bytes()))
            .find_map(|prefix| {
                let body = from + prefix.text.len();
                let end = until(text, body, |byte| !prefix.set.has(byte));
                let whole = prefix.set != Set::Hex && prefix.set != Set::Upper
                    || !byte(text, end).is_ascii_alphanumeric();
                (whole && end - body >= needed(usize::from(prefix.min_len))).then(|| {
                    until(text, end, |byte| {
                        !is_credential(byte) || matches!(byte, b'/' | b'.' | b'=')
                    })
                })
            })
    }

    /// `eyJ...` and at least one part more (RFC 7519; RFC 7516 has five parts, and empty ones).
    fn jwt(&mut self, start: usize, end: usize) -> bool {
        let text = self.text;
        let from = start
            + text[start..end]
                .windows(3)
                .position(|part| part == b"eyJ")
                .unwrap_or(end);
        let fresh = from < end && (from == start || !before(text, from).is_ascii_alphanumeric());
        if !fresh || !self.rules.standard {
            return false;
        }
        let mut to = end;
        let mut parts = 1;
        while byte(text, to) == b'.' && parts < 5 {
            let next = until(text, to + 1, |byte| !(is_token(byte) || byte == b'='));
            if next == to + 1 && byte(text, next) != b'.' {
                to = next;
                break;
            }
            to = next;
            parts += 1;
        }
        let halved = self.cut && to == text.len();
        let second = end - from >= LONG && parts >= 2 && to - end >= 8;
        if second || halved {
            self.hide(from, to, Show::Stars);
        }
        second || halved
    }

    fn dotted(&mut self, start: usize, end: usize) -> bool {
        let text = self.text;
        if !self.rules.standard || (before(text, start) != b'.' && !matches!(text[start], b'y' | b'E' | b'b'))
        {
            return false;
        }
        let head = back_while(text, start, self.done.max(start.saturating_sub(40)), |byte| {
            is_token(byte) || byte == b'.'
        });
        let fits = |&&(prefix, min_len): &&(&str, usize)| {
            text[head..end].starts_with(prefix.as_bytes()) && end - head >= prefix.len() + min_len
        };
        if DOTTED.iter().any(|known| fits(&known)) {
            let to = until(text, end, |byte| {
                !(is_token(byte) || matches!(byte, b'.' | b'+' | b'/' | b'='))
            });
            self.hide(head, to, Show::Stars);
            return true;
        }
        false
    }

    /// Tokens of one provider without a prefix: Telegram, Discord, Mailchimp, Azure, webhooks of Slack and others.
    fn odd(&mut self, start: usize, end: usize) -> bool {
        let text = self.text;
        if !self.rules.standard {
            return false;
        }
        let run = &text[start..end];
        if before(text, start) == b':' && run.starts_with(b"AA") && (30..=40).contains(&run.len()) {
            let digits = back_while(text, start - 1, self.done, |byte| byte.is_ascii_digit());
            if (6..=12).contains(&(start - 1 - digits)) {
                self.hide(digits, end, Show::Stars);
                return true;
            }
        }
        if is_discord(text, start, end) {
            let to = until(text, end + 8, |byte| !is_token(byte));
            self.hide(start, to, Show::Stars);
            return true;
        }
        if is_mailchimp(run) || self.is_hook(start) {
            self.hide(start, end, Show::Stars);
            return true;
        }
        if byte(text, end) == b'~' && (run.ends_with(b"Q") || before(text, start) == b'~') {
            let to = until(text, end, |byte| !(is_token(byte) || matches!(byte, b'~' | b'.')));
            self.hide(start, to, Show::Stars);
            return true;
        }
        self.azure_secret(start, end)
    }

    /// Client secrets of Azure hold `8Q~` behind three characters.
    fn azure_secret(&mut self, start: usize, end: usize) -> bool {
        let text = self.text;
        let head = back_while(text, start, self.done.max(start.saturating_sub(16)), |byte| {
            is_token(byte) || matches!(byte, b'~' | b'.')
        });
        let marked =
            head < start && has(text, head + 4, b"Q~") && text[head + 3].is_ascii_digit() && end - head >= 30;
        if marked {
            self.hide(
                head,
                until(text, end, |byte| !(is_token(byte) || matches!(byte, b'~' | b'.'))),
                Show::Stars,
            );
        }
        marked
    }

    /// The last part of a URL to which anybody may post.
    fn is_hook(&self, start: usize) -> bool {
        let text = self.text;
        if before(text, start) != b'/' {
            return false;
        }
        let floor = start.saturating_sub(160);
        let head = back_while(text, start, floor, |byte| !is_space(byte) && !is_quote(byte));
        let url = &text[head..start];
        let holds = |part: &[u8]| memchr::memmem::find(url, part).is_some();
        holds(b"hooks.slack.com/")
            || holds(b"/api/webhooks/")
            || holds(b"webhook.office.com/")
            || holds(b"/IncomingWebhook/")
            || holds(b"hooks.zapier.com/")
            || holds(b"outgoing.microsoft")
            || holds(b"/hook/incoming/")
            || holds(b"discord.com/api/")
            || holds(b"/open-apis/bot/v2/hook/")
    }

    /// A long token behind a word that says what it is: `token 0a1b...`, `password is X7...`, `Bearer ...`.
    fn after_word(&mut self, start: usize, end: usize) -> bool {
        let text = self.text;
        let head = back_while(text, start, self.done.max(start.saturating_sub(64)), |byte| {
            is_credential(byte) || byte == b'$'
        });
        if before(text, head) != b' ' || head == 0 {
            return false;
        }
        let word_end = head - 1;
        let word_start = back_while(text, word_end, word_end.saturating_sub(16), |byte| {
            byte.is_ascii_alphabetic()
        });
        let word = &text[word_start..word_end];
        if word.eq_ignore_ascii_case(b"bearer") || word.eq_ignore_ascii_case(b"basic") {
            self.spoken(word_start);
            return self.done >= end;
        }
        let filler = [&b"is"[..], b"was", b"to", b"as", b"with", b"be"]
            .iter()
            .any(|filler| word.eq_ignore_ascii_case(filler));
        let key_end = if filler {
            word_start.saturating_sub(1)
        } else {
            word_end
        };
        if !self.rules.may_end(text, key_end) || !before(text, key_end).is_ascii_alphanumeric() {
            return false;
        }
        let key = Key::before(text, key_end, self.done);
        let test = self.rules.test(&key);
        let telling = matches!(
            test,
            Test::Always | Test::Token | Test::Short | Test::Directory | Test::Keyfile | Test::Phrase
        );
        let to = until(text, end, |byte| !is_credential(byte));
        let to = back_while(text, to, end, |byte| matches!(byte, b'.' | b'='));
        let to = if byte(text, to) == b'=' {
            until(text, to, |byte| byte != b'=')
        } else {
            to
        };
        let token = &text[head..to];
        let path =
            token.contains(&b'/') && token[0] != b'/' && !token.iter().any(|byte| byte.is_ascii_uppercase());
        if telling && looks_random(token) && !path && !matches!(byte(text, to), b':' | b'(') {
            self.hide(head, to, Show::Stars);
        }
        telling
    }

    /// `$2b$12$...`, `$argon2id$...`, `$6$salt$...`: passwords as they are stored.
    pub(super) fn crypt(&mut self, at: usize) {
        let text = self.text;
        if byte(text, at + 1) == b'{'
            || at > 0 && before(text, at).is_ascii_alphanumeric()
            || !self.rules.standard
        {
            return;
        }
        let kind_end = until(&text[..text.len().min(at + 14)], at + 1, |byte| {
            !(byte.is_ascii_alphanumeric() || byte == b'-')
        });
        let kind = &text[at + 1..kind_end];
        let known = [
            &b"1"[..],
            b"2",
            b"2a",
            b"2b",
            b"2x",
            b"2y",
            b"5",
            b"6",
            b"7",
            b"y",
            b"gy",
            b"apr1",
            b"argon2i",
            b"argon2d",
            b"argon2id",
            b"scrypt",
            b"pbkdf2",
            b"P",
            b"H",
            b"sha1",
            b"ml",
        ];
        if byte(text, kind_end) != b'$' || !known.contains(&kind) {
            return;
        }
        let end = until(text, kind_end, |byte| {
            !(is_credential(byte) || matches!(byte, b'$' | b','))
        });
        if end - kind_end >= 20 {
            self.hide(at, end, Show::Stars);
        }
    }

    /// Tokens with a prefix of the user's.
    pub(super) fn own_prefixes(&mut self) {
        let text = self.text;
        let rules = self.rules;
        for own in &rules.prefixes {
            for at in memchr::memmem::find_iter(text, &own.prefix) {
                let body = at + own.prefix.len();
                let end = until(text, body, |byte| !(is_token(byte) || byte == b'.'));
                let enough = end - body >= own.min_len || (self.cut && end == text.len() && end > body);
                if enough && !before(text, at).is_ascii_alphanumeric() {
                    self.hits.push(super::scan::Hit {
                        start: at,
                        end,
                        show: Show::Stars,
                    });
                }
            }
        }
    }

    /// The text is cut: its last token is hidden if it could be the first half of a secret.
    pub(super) fn tail(&mut self) {
        let text = self.text;
        let floor = self.done.max(text.len().saturating_sub(512));
        let start = back_while(text, text.len(), floor, |byte| !is_space(byte) && !is_quote(byte));
        let mut from = start;
        while from < text.len() {
            let fresh = !before(text, from).is_ascii_alphanumeric();
            let begins =
                fresh && (self.half_prefix(from) || (has(text, from, b"eyJ") && from + 3 < text.len()));
            if begins {
                return self.hide(from, text.len(), Show::Stars);
            }
            from += 1;
        }
        self.half_number();
    }

    /// Whether the text ends within a token with a known prefix.
    fn half_prefix(&self, from: usize) -> bool {
        let rest = &self.text[from..];
        let long_enough = |len: usize| rest.len() > len + if len <= 2 { 6 } else { 0 };
        self.rules.prefixes_from(rest[0]).iter().any(|prefix| {
            let len = prefix.text.len();
            rest.starts_with(prefix.text.as_bytes())
                && long_enough(len)
                && rest[len..].iter().all(|&byte| prefix.set.has(byte))
        }) || DOTTED.iter().any(|(prefix, min_len)| {
            *min_len < 60 && rest.starts_with(prefix.as_bytes()) && rest.len() > prefix.len() + 3
        })
    }

    /// Hides digits at the end that could begin a card number.
    fn half_number(&mut self) {
        let text = self.text;
        let start = back_while(
            text,
            text.len(),
            self.done.max(text.len().saturating_sub(24)),
            |byte| byte.is_ascii_digit() || matches!(byte, b' ' | b'-'),
        );
        let start = until(text, start, |byte| byte.is_ascii_digit());
        let digits = text[start..].iter().filter(|byte| byte.is_ascii_digit()).count();
        let branded = matches!(byte(text, start), b'2'..=b'6' | b'8');
        if (6..=19).contains(&digits) && branded && !before(text, start).is_ascii_alphanumeric() {
            self.hide(start, text.len(), Show::Stars);
        }
    }
}

/// Three parts of 23 to 28, 6 or 7 and at least 27 characters; the first is an identifier in base64.
fn is_discord(text: &[u8], start: usize, end: usize) -> bool {
    let second = until(text, end + 1, |byte| !is_token(byte));
    let third = until(text, second + 1, |byte| !is_token(byte));
    (23..=28).contains(&(end - start))
        && matches!(text[start], b'M' | b'N' | b'O')
        && byte(text, end) == b'.'
        && matches!(second.saturating_sub(end + 1), 6 | 7)
        && byte(text, second) == b'.'
        && third.saturating_sub(second + 1) >= 27
}

/// 32 hexadecimal digits and `-us12`.
fn is_mailchimp(run: &[u8]) -> bool {
    let Some((key, place)) = run.split_at_checked(32) else {
        return false;
    };
    key.iter().all(u8::is_ascii_hexdigit)
        && matches!(place, [b'-', b'u', b's', b'0'..=b'9', ..])
        && place.len() <= 5
}
