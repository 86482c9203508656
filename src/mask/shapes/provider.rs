//! Tokens of single providers without a prefix, webhook URLs, and stored password hashes. `walk` calls it at long runs
//! and at dollar signs.

use crate::mask::bytes::{back_while, before, byte, has, is_credential, is_quote, is_space, is_token, until};
use crate::mask::scan::{Scan, Show};
use crate::mask::value::policy::is_uuid;

/// Parts of webhook URLs, whose last part is a secret: it suffices for posting.
const HOOKS: &[&str] = &[
    "hooks.slack.com/",
    "/api/webhooks/",
    "/api/v6/webhooks/",
    "/api/v8/webhooks/",
    "/api/v9/webhooks/",
    "/api/v10/webhooks/",
    "webhook.office.com/",
    "/IncomingWebhook/",
    "hooks.zapier.com/",
    "maker.ifttt.com/",
    "/open-apis/bot/v2/hook/",
    "chat.googleapis.com/",
];

/// Names of hashes between two dollar signs: `$2b$12$...`.
const HASHES: &[&str] = &[
    "1",
    "2",
    "2a",
    "2b",
    "2x",
    "2y",
    "5",
    "6",
    "7",
    "y",
    "gy",
    "apr1",
    "argon2i",
    "argon2d",
    "argon2id",
    "scrypt",
    "pbkdf2",
    "pbkdf2-sha256",
    "pbkdf2-sha512",
    "P",
    "H",
    "sha1",
    "md5",
];

/// Names before the first dollar sign of a password hash, and of the tokens of Braintree.
const NAMED: &[&str] = &[
    "access_token",
    "pbkdf2_sha256",
    "pbkdf2_sha1",
    "bcrypt_sha256",
    "bcrypt",
    "argon2",
    "scrypt",
    "md5",
    "sha1",
    "sha256",
    "sha512",
    "scram-sha-256",
    "scram-sha-1",
];

impl Scan<'_> {
    pub(in crate::mask) fn provider_shape(&mut self, start: usize, end: usize) -> bool {
        let text = self.text;
        let (last, next) = (before(text, start), byte(text, end));
        let found = match last {
            // Twitch passwords.
            b':' if end - start >= 24 && has(text, start.saturating_sub(6), b"oauth:") => Some((start, end)),
            b':' if self.is_twilio_pair(start, end) => Some((start, end)),
            b':' => self.telegram(start, end),
            b'/' if self.is_hook(start) => Some((start, end)),
            // Google refresh tokens.
            b'/' if end - start >= 30 && has(text, start.saturating_sub(3), b"1//") => Some((start - 3, end)),
            b'~' if end - start >= 40 && has(text, start.saturating_sub(7), b"sha256~") => {
                Some((start - 7, end))
            }
            b'.' if end - start >= 60 && has(text, start.saturating_sub(9), b".atlasv1.") => Some((
                back_while(text, start - 9, self.done().min(start - 9), is_token),
                end,
            )),
            b'~' | b'.' => self.azure(start, end),
            _ => None,
        };
        let found = found.or_else(|| match next {
            b'.' => self.discord(start, end).or_else(|| self.airtable(start, end)),
            b'~' if text[start..end].ends_with(b"Q") => {
                Some((start, until(text, end, |byte| !is_azure(byte))))
            }
            _ => has_mark(&text[start..end]).then_some((start, end)),
        });
        if let Some((from, to)) = found {
            self.hide(from, to, Show::Stars);
        }
        found.is_some()
    }

    /// Twilio: the token after an account, `AC...:...`, both with 32 hexadecimal digits.
    fn is_twilio_pair(&self, start: usize, end: usize) -> bool {
        let hex = |part: &[u8]| part.iter().all(u8::is_ascii_hexdigit);
        let account = self
            .text
            .get(start.saturating_sub(35)..start - 1)
            .unwrap_or_default();
        let of_account = account
            .strip_prefix(b"AC")
            .is_some_and(|id| id.len() == 32 && hex(id));
        of_account && end - start == 32 && hex(&self.text[start..end])
    }

    /// Telegram: `123456789:AA...`
    fn telegram(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let digits = back_while(self.text, start - 1, self.done(), |byte| byte.is_ascii_digit());
        let fits = (6..=12).contains(&(start - 1 - digits)) && (30..=40).contains(&(end - start));
        (fits && has(self.text, start, b"AA")).then_some((digits, end))
    }

    /// Discord: three parts; the first is an identifier in base64, the second has six or seven characters.
    fn discord(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let text = self.text;
        if !matches!(text[start], b'M' | b'N' | b'O') || !(23..=28).contains(&(end - start)) {
            return None;
        }
        let second = until(text, end + 1, |byte| !is_token(byte));
        let third = until(text, second + 1, |byte| !is_token(byte));
        let fits = matches!(second - end - 1, 6 | 7) && byte(text, second) == b'.' && third - second > 27;
        fits.then_some((start, third))
    }

    /// Airtable: `pat`, 14 characters, a dot and 64 hexadecimal digits.
    fn airtable(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let to = until(self.text, end + 1, |byte| !byte.is_ascii_hexdigit());
        let fits = has(self.text, start, b"pat") && end - start == 17 && to - end > 64;
        fits.then_some((start, to))
    }

    /// Azure: client secrets have `8Q~` (with any digit) after three characters.
    fn azure(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let text = self.text;
        let head = back_while(text, start, self.done().max(start.saturating_sub(16)), is_azure);
        let fits = has(text, head + 4, b"Q~") && byte(text, head + 3).is_ascii_digit() && end - head >= 30;
        fits.then(|| (head, until(text, end, |byte| !is_azure(byte))))
    }

    fn is_hook(&self, start: usize) -> bool {
        let text = self.text;
        let floor = start.saturating_sub(160);
        let head = back_while(text, start, floor, |byte| !is_space(byte) && !is_quote(byte));
        let url = &text[head..start];
        HOOKS
            .iter()
            .any(|hook| memchr::memmem::find(url, hook.as_bytes()).is_some())
    }

    /// Password hashes: `$2b$12$...`, `$argon2id$...`, `$6$salt$...`.
    pub(in crate::mask) fn crypt(&mut self, at: usize) {
        let text = self.text;
        if before(text, at).is_ascii_alphanumeric() {
            return self.named_hash(at);
        }
        let near = &text[..text.len().min(at + 16)];
        let kind_end = until(near, at + 1, |byte| {
            !(byte.is_ascii_alphanumeric() || byte == b'-')
        });
        let kind = &text[at + 1..kind_end];
        if byte(text, kind_end) != b'$' || !HASHES.iter().any(|hash| hash.as_bytes() == kind) {
            return;
        }
        let end = until(text, kind_end, |byte| {
            !(is_credential(byte) || matches!(byte, b'$' | b','))
        });
        if end - kind_end >= 20 {
            self.hide(at, end, Show::Stars);
        }
    }

    /// Password hashes with a name first: `pbkdf2_sha256$260000$...` of Django, `SCRAM-SHA-256$4096:...` of PostgreSQL.
    fn named_hash(&mut self, at: usize) {
        let text = self.text;
        let start = back_while(text, at, self.done().max(at.saturating_sub(24)), is_token);
        let name = &text[start..at];
        if !NAMED
            .iter()
            .any(|hash| name.eq_ignore_ascii_case(hash.as_bytes()))
        {
            return;
        }
        let end = until(text, at, |byte| {
            !(is_credential(byte) || matches!(byte, b'$' | b':' | b',' | b'!'))
        });
        if end - at >= 24 {
            self.hide(start, end, Show::Stars);
        }
    }
}

fn is_azure(byte: u8) -> bool {
    is_token(byte) || matches!(byte, b'~' | b'.')
}

/// Whether the run has the mark of a provider inside it or at its end.
fn has_mark(run: &[u8]) -> bool {
    // Azure keys have 84 characters and a mark of the service near their end.
    let of_azure = run.len() == 84 && (&run[76..80] == b"AZDO" || &run[52..58] == b"JQQJ99");
    let of_maxmind = run.len() == 40 && run.ends_with(b"_mmk");
    of_azure || of_maxmind || is_mailchimp(run) || is_launchdarkly(run) || is_modal(run)
}

/// LaunchDarkly: `sdk-`, `mob-` or `api-` and a UUID.
fn is_launchdarkly(run: &[u8]) -> bool {
    run.len() == 40 && matches!(&run[..4], b"sdk-" | b"mob-" | b"api-") && is_uuid(&run[4..])
}

/// Modal: `ak-` or `as-` and 22 letters and digits, mixed.
fn is_modal(run: &[u8]) -> bool {
    let (Some(body), 25) = (
        run.strip_prefix(b"ak-").or_else(|| run.strip_prefix(b"as-")),
        run.len(),
    ) else {
        return false;
    };
    let all = [u8::is_ascii_lowercase, u8::is_ascii_uppercase, u8::is_ascii_digit];
    let kinds = all.iter().filter(|kind| body.iter().any(kind)).count();
    kinds >= 2 && body.iter().any(u8::is_ascii_digit) && body.iter().all(u8::is_ascii_alphanumeric)
}

/// Mailchimp: 32 hexadecimal digits and `-us12`.
fn is_mailchimp(run: &[u8]) -> bool {
    let Some((key, place)) = run.split_at_checked(32) else {
        return false;
    };
    matches!(place, [b'-', b'u', b's', b'0'..=b'9', ..])
        && place.len() <= 5
        && key.iter().all(u8::is_ascii_hexdigit)
}
