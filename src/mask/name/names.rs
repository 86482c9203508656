//! Tables of names: the keys of secrets, and harmless words that appear in the place of a secret.
//!
//! All in lower case and without separators. The longest entry in which a name ends decides, so an exception is an
//! separate entry: `pagetoken` is harmless although `token` is secret.

use super::value_policy::ValuePolicy::{self, *};

/// Whether a name that merely ends in the entry matches, or only one in which a word begins there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::mask) enum Match {
    /// `dbpassword` matches `password`.
    Suffix,
    /// `bypass` does not match `pass`.
    Word,
}
use Match::{Suffix, Word};

/// The names of secrets, and the policy for their values.
#[rustfmt::skip]
pub(in crate::mask) const NAMES: &[(Match, ValuePolicy, &[&str])] = &[
    // Passwords.
    (Suffix, Always, &[
        "password", "passwords", "passwd", "passwds", "passwort", "kennwort", "motdepasse", "contrasena",
        "wachtwoord", "pswd", "bindpw", "rootpw", "userpw", "adminpw", "presharedkey", "securityanswer",
    ]),
    (Suffix, Always, &[
        "passw0rd", "passw0rt", "p4ssword", "p4ssw0rd", "pa55word", "pa55w0rd", "s3cret", "adgangskode", "passord",
        "losenord", "salasana", "jelszo", "lozinka", "slaptazodis", "matkhau", "palavrapasse", "geheimnis",
        "communitystring", "snmpcommunity", "rocommunity", "rwcommunity",
    ]),
    // The rest of `p@ssword`; and words that other words end in.
    (Word, Always, &["ssword", "ssw0rd", "haslo", "heslo", "geslo", "sifre", "parool", "parole", "lykilord", "t0ken"]),
    (Word, Open, &["clave", "secreto"]),
    (Word, Always, &["senha", "parola", "passw", "pword", "pwds", "psw", "psk"]),
    (Suffix, Directory, &["pwd"]),
    (Word, Short, &["pw", "pass"]),
    (Suffix, Short, &[
        "dbpass", "userpass", "rootpass", "adminpass", "smtppass", "mailpass", "ftppass", "sshpass",
        "keypass", "storepass", "requirepass", "passcode",
    ]),
    (Suffix, Phrase, &["passphrase", "passphrases", "seedphrase", "recoveryphrase", "secretphrase", "mnemonicphrase", "backupphrase", "seedwords", "recoverywords"]),
    (Word, Phrase, &["mnemonic"]),
    // Secrets and keys.
    (Suffix, Always, &[
        "secret", "apikey", "apikeys", "appkey", "applicationkey", "authkey", "authkeys", "accesskey",
        "accesskeys", "accountkey", "sharedkey", "secretkey", "secretkeys", "adminkey",
        "servicerolekey", "consumerkey", "storagekey", "sessionkey", "webhookkey",
        "hmackey", "aeskey", "tokenkey", "symmetrickey", "subscriptionkey", "functionskey",
        "licensekey", "licencekey", "activationkey", "instrumentationkey", "ingestionkey",
        "ingestkey", "writekey", "recoverykey", "unsealkey", "unlockkey", "wifikey",
        "wpakey", "vaultkey", "pragmakey", "pragmarekey",
    ]),
    (Suffix, Short, &["secrets"]),
    (Word, Long, &["secretid", "hmac", "sig", "sas", "seed"]),
    (Suffix, Long, &[
        "customerkey", "servicekey", "productkey", "functionkey", "integrationkey", "networkkey", "clientkey",
        "serverkey", "rootkey", "accesskeyid", "stripekey", "openaikey", "sendgridkey", "hmacsha", "signature", "signatures",
    ]),
    (Suffix, Keyfile, &[
        "privatekey", "privatekeys", "privkey", "signingkey", "signkey", "signaturekey", "encryptionkey",
        "encryptkey", "decryptionkey", "decryptkey", "cipherkey", "cryptokey", "cryptkey", "masterkey",
        "serviceaccountkey", "rsakey", "jwtkey", "sshkey",
        "deploykey",
    ]),
    (Suffix, Keyfile, &["keymaterial", "privatekeydata", "privatekeybytes"]),
    (Suffix, Long, &["privatemac"]),
    (Suffix, Always, &["secretdata", "secretbytes", "secrettext"]),
    (Word, Always, &["deskey"]),
    (Suffix, Lines, &["privatelines"]),
    (Word, Never, &["otpauth"]),
    // Tokens.
    (Suffix, Token, &["token"]),
    (Suffix, Always, &[
        "accesstoken", "refreshtoken", "idtoken", "authtoken", "apitoken", "bearertoken", "sessiontoken",
        "csrftoken", "xsrftoken", "securitytoken", "bottoken", "admintoken", "roottoken", "logintoken",
        "resettoken", "verificationtoken", "invitetoken", "oauthtoken", "deploytoken", "jobtoken",
        "githubtoken", "ghtoken", "gitlabtoken", "npmtoken", "slacktoken", "vaulttoken", "privatetoken",
        "registrationtoken", "webhooktoken", "jwttoken", "sastoken", "authenticitytoken",
        "servicetoken", "hftoken",
    ]),
    (Suffix, Count, &["tokens"]),
    (Suffix, Never, &[
        "pagetoken", "nexttoken", "continuationtoken", "paginationtoken", "cancellationtoken",
        "canceltoken", "synctoken", "fencingtoken", "expectedtoken", "unknowntoken", "illegaltoken",
        "stoptoken", "eostoken", "bostoken", "padtoken", "specialtoken", "masktoken", "nonterminaltoken",
        "maxtokens", "mintokens", "totaltokens", "prompttokens", "completiontokens", "inputtokens",
        "outputtokens", "usedtokens", "cachedtokens", "reasoningtokens", "newtokens", "numtokens",
    ]),
    (Word, Open, &["jwt", "jwts", "bearer", "csrf", "xsrf"]),
    (Word, Long, &["jws", "jwe", "assertion"]),
    (Suffix, Long, &["samlresponse", "samlrequest", "codeverifier", "oauthverifier"]),
    (Suffix, Always, &["csrfkey"]),
    // Credentials.
    (Suffix, Header, &["authorization", "authentication", "basicauth", "httpauth", "proxyauth"]),
    (Word, Auth, &["auth"]),
    (Suffix, Open, &["credential", "credentials", "creds"]),
    (Word, Open, &["cred"]),
    (Suffix, Cookies, &["cookie", "cookies", "setcookie"]),
    // Sessions.
    (Suffix, Open, &["sessionid", "sessionids", "sessid"]),
    (Word, Long, &["sid", "session"]),
    // One-time codes.
    (Word, Short, &["otp", "totp", "hotp"]),
    (Word, Pin, &["pin", "pincode", "passkey"]),
    (Suffix, Short, &[
        "otpcode", "userpin", "cardpin", "authcode", "mfacode", "tfacode", "twofactorcode",
        "verificationcode", "verifycode", "confirmationcode", "smscode", "logincode", "onetimecode",
        "recoverycode", "backupcode", "facode",
    ]),
    (Word, Digits, &["pins"]),
    (Suffix, Open, &["authorizationcode"]),
    (Suffix, Always, &["securitycode"]),
    (Suffix, Count, &["recoverycodes", "backupcodes"]),
    // Cards and persons.
    (Word, Always, &["cvv", "cvc", "ccnum"]),
    (Word, Digits, &["csc", "pan", "ssn"]),
    (Suffix, Always, &["cardnumber", "cardnum", "cardno", "ccnumber", "socialsecuritynumber"]),
    (Suffix, Digits, &["creditcard", "debitcard"]),
    // Only in the query of a URL.
    (Word, Query, &["code", "key", "ticket"]),
    // Of single tools.
    (Word, Slash, &["thin"]),
    (Word, NameOf, &["name", "type"]),
];

/// Tail words, which do not change the meaning of the name before them: `password_hash`, `token_value`, `secret_new`.
#[rustfmt::skip]
pub(in crate::mask) const TAILS: &[&str] = &[
    "value", "val", "hash", "hashed", "digest", "enc", "encrypted", "plain", "plaintext", "clear",
    "cleartext", "raw", "confirm", "confirmation", "repeat", "again", "verify", "new", "old", "current",
    "pem", "data", "base", "string", "str", "json", "binary", "ciphertext", "content", "is", "was",
];

/// Status words, which appear in the place of a secret and are harmless; in lower case.
#[rustfmt::skip]
pub(in crate::mask) const STATUS: &[&str] = &[
    "true", "false", "null", "none", "nil", "undefined", "yes", "no", "y", "n", "on", "off", "ok", "n/a",
    "na", "enabled", "disabled", "required", "optional", "missing", "empty", "blank", "unset", "set",
    "unknown", "present", "absent", "valid", "invalid", "expired", "revoked", "rejected", "accepted",
    "denied", "granted", "failed", "failure", "success", "successful", "succeeded", "changed", "updated",
    "unchanged", "reset", "rotated", "created", "deleted", "loaded", "wrong", "incorrect", "correct",
    "mismatch", "match", "matched", "hidden", "redacted", "masked", "filtered", "removed", "omitted",
    "stripped", "sensitive", "protected", "encrypted", "unavailable", "pending", "skipped", "passed",
    "checked", "verified", "string", "str", "&str", "bool", "boolean", "not_set", "not-set", "not_found",
    "notset", "unauthorized", "forbidden", "unsupported", "expiring", "supplied", "provided", "stored",
    "saved", "refreshed", "renewed", "issued", "consumed", "cleared", "used", "cached", "acquired",
    "generated", "received", "sent", "malformed", "stale", "found", "reused",
];

/// First words of a message about a value, also in quotes: `"password": "must be longer"`.
#[rustfmt::skip]
pub(in crate::mask) const MESSAGE: &[&str] = &[
    "must", "cannot", "can't", "cant", "should", "is", "isn't", "too", "required", "requires", "invalid",
    "missing", "expected", "needs", "need", "does", "doesn't", "was", "wasn't", "has", "hasn't", "not",
    "incorrect", "wrong", "expired", "failed", "rejected", "denied", "minimum", "maximum", "may", "unable",
    "unexpected", "already",
];

/// Other words with which a sentence goes on after `password:`; in quotes they could begin a pass phrase.
#[rustfmt::skip]
pub(in crate::mask) const PROSE: &[&str] = &[
    "a", "an", "and", "any", "are", "at", "be", "can", "contains", "could", "did", "didn't", "do", "don't",
    "either", "every", "expires", "for", "from", "got", "had", "have", "if", "in", "it", "its", "keep", "length",
    "might", "never", "no", "of", "on", "only", "or", "please", "shall", "something", "than", "that",
    "the", "their", "there", "this", "to", "use", "user", "uses", "using", "via", "we", "were", "when",
    "where", "which", "will", "with", "without", "would", "you", "your", "unknown", "couldn't", "won't",
    "argument", "option", "flag", "parameter", "value", "field", "instead", "as", "by", "but", "so",
    "then", "all", "both", "each", "access", "permission", "request", "authentication", "authorization",
    "token", "password", "secret", "accepted", "changed", "updated", "reset", "sent", "received", "ok",
];

/// Keys inside a secret map whose values describe the secret.
#[rustfmt::skip]
pub(in crate::mask) const DESCRIBING: &[&str] = &[
    "user", "username", "login", "name", "email", "id", "type", "kind", "host", "hostname", "port", "url",
    "uri", "scope", "scopes", "region", "realm", "issuer", "audience", "algorithm", "alg", "version",
    "created", "updated", "expires", "expiry", "expiration", "expiresin", "expiresat", "createdat",
    "updatedat", "ttl", "length", "count", "min", "max", "enabled", "status", "state", "method", "role",
    "account", "tenant",
];

/// Words for a password or a token in other scripts, as they are written.
#[rustfmt::skip]
pub(in crate::mask) const FOREIGN: &[&str] = &[
    "пароль", "Пароль", "ПАРОЛЬ", "токен", "Токен", "секрет", "Секрет", "κωδικός", "Κωδικός", "密码", "密碼", "口令", "密钥",
    "密鑰", "令牌", "暗証番号", "パスワード", "トークン", "비밀번호", "암호", "토큰", "סיסמה", "סיסמא", "كلمة المرور", "كلمة السر",
    "رمز عبور", "รหัสผ่าน", "पासवर्ड",
];
