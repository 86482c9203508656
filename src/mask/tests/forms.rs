use super::*;

const KEY: &str = "0000000000000000000000000EXAMPLE";
const PASSWORD: &str = "EXAMPLE-example-pw";

/// Names of secrets as programs spell them.
#[rustfmt::skip]
const SECRET_KEYS: &[&str] = &[
    "password", "Password", "PASSWORD", "passwd", "PASSWD", "pwd", "Pwd", "pass", "db_pass", "DB_PASSWORD",
    "dbPassword", "db.password", "db-password", "userPassword", "user_pwd", "passphrase", "pass_phrase",
    "new_password", "oldPassword", "password_confirmation", "password2", "passwordHash", "password_hash",
    "smtp_password", "spring.datasource.password", "MYSQL_ROOT_PASSWORD", "PGPASSWORD", "MYSQL_PWD", "sshpass",
    "rootpw", "bind_pw", "PASS", "adminPass", "Kennwort", "passwort", "psk", "wifi_psk", "login.password",
    "auth.password", "ldap_bind_password", "keystore_password", "javax.net.ssl.keyStorePassword",
    "truststorePassword", "private_key_password", "sa_password", "REDIS_PASSWORD", "SMTP_PASS", "FTP_PASS",
    "ftpPass", "http_proxy_password", "passcode", "encryption_password", "masterPassword", "temp_password",
    "initialPassword", "default_password", "pw", "secret", "client_secret", "clientSecret", "CLIENT_SECRET",
    "app_secret", "jwt_secret", "JWT_SECRET", "consumer_secret", "webhook_secret", "signing_secret", "shared_secret",
    "SECRET_KEY", "secret_key", "secretKey", "SECRET_KEY_BASE", "DJANGO_SECRET_KEY", "api_secret", "apiSecret",
    "token_secret", "oauth_token_secret", "session_secret", "cookie_secret", "hmac_secret", "totp_secret",
    "x-client-secret", "cf-access-client-secret", "bot_secret", "api_key", "apiKey", "apikey", "API_KEY",
    "X-API-KEY", "x-api-key", "ApiKey", "api.key", "api key", "OPENAI_API_KEY", "google_api_key", "maps-api-key",
    "access_key", "accessKey", "secret_access_key", "AWS_SECRET_ACCESS_KEY", "aws_secret_access_key", "AccountKey",
    "SharedAccessKey", "private_key", "privateKey", "signing_key", "encryption_key", "ENCRYPTION_KEY", "master_key",
    "RAILS_MASTER_KEY", "auth_key", "authkey", "X-Auth-Key", "subscription_key", "Ocp-Apim-Subscription-Key",
    "x-functions-key", "license_key", "deploy_key", "storage_key", "session_key", "app_key", "APP_KEY",
    "application_key", "access_token", "accessToken", "ACCESS_TOKEN", "refresh_token", "refreshToken", "id_token",
    "idToken", "auth_token", "authToken", "X-Auth-Token", "x-access-token", "bearer_token", "bearerToken",
    "session_token", "X-Amz-Security-Token", "AWS_SESSION_TOKEN", "x-vault-token", "VAULT_TOKEN", "PRIVATE-TOKEN",
    "Private-Token", "JOB-TOKEN", "GITHUB_TOKEN", "GH_TOKEN", "NPM_TOKEN", "csrf_token", "X-CSRF-Token",
    "X-XSRF-TOKEN", "csrfmiddlewaretoken", "authenticity_token", "__RequestVerificationToken", "device_token",
    "push_token", "verification_token", "reset_token", "password_reset_token", "invite_token", "bot_token",
    "slack_token", "TELEGRAM_BOT_TOKEN", "token", "Token", "TOKEN", "x-token", "user_token", "sas_token",
    "registration_token", "api_token", "apiToken", "API-Token", "jwt", "JWT", "session_id", "sessionId",
    "SESSION_ID", "sessionid", "JSESSIONID", "PHPSESSID", "connect.sid", "ASP.NET_SessionId", "sid", "bearer",
    "credentials", "credential", "authorization", "auth", "basic_auth", "cookie", "unseal_key", "recovery_key",
    "webhook_key", "hmac_key", "x-hub-signature", "X-Hub-Signature-256", "X-Slack-Signature", "signature", "csrf",
    "xsrf", "creds", "mnemonic", "account_key", "x-goog-api-key", "X-RapidAPI-Key", "DD-API-KEY",
    "DD-APPLICATION-KEY", "X-Shopify-Access-Token", "X-Shopify-Hmac-Sha256", "X-Figma-Token", "X-Gitlab-Token",
    "X-Session-Token", "x-session-id", "Proxy-Authorization", "X-Authorization", "X-Amz-Signature",
    "X-Twilio-Signature", "STRIPE_SECRET_KEY", "SLACK_BOT_TOKEN", "SENDGRID_API_KEY", "TWILIO_AUTH_TOKEN",
    "CI_JOB_TOKEN", "SONAR_TOKEN", "CODECOV_TOKEN", "DOCKER_PASSWORD", "DOCKERHUB_TOKEN", "HEROKU_API_KEY",
    "ALGOLIA_ADMIN_KEY", "FIREBASE_TOKEN", "ANTHROPIC_API_KEY", "HF_TOKEN", "AZURE_CLIENT_SECRET", "GPG_PASSPHRASE",
    "SSH_PRIVATE_KEY", "ANSIBLE_VAULT_PASSWORD", "CELERY_SECRET", "NEXTAUTH_SECRET", "SESSION_SECRET",
    "COOKIE_SECRET", "PAGERDUTY_TOKEN", "LDAP_BIND_PW", "JWT_SIGNING_KEY", "OAUTH_CLIENT_SECRET", "GRAFANA_API_KEY",
    "DATADOG_API_KEY", "REDIS_AUTH", "RABBITMQ_DEFAULT_PASS", "ELASTIC_PASSWORD", "MINIO_ROOT_PASSWORD",
    "MINIO_SECRET_KEY", "POSTGRES_PASSWORD", "VAULT_UNSEAL_KEY", "SERVICE_ACCOUNT_KEY", "TF_VAR_db_password",
    "X_API_KEY",
];

/// Names that only look like those of secrets.
#[rustfmt::skip]
const OPEN_KEYS: &[&str] = &[
    "passwordless", "password_length", "password_policy", "passenger", "passed", "bypass", "compass", "passport", "passthrough",
    "token_type", "token_count", "tokenizer", "tokens_used", "max_tokens", "prompt_tokens", "next_page_token", "author",
    "authority", "auth_method", "authenticated", "authorized", "oauth", "primary_key", "foreign_key", "sort_key", "public_key",
    "cache_key", "idempotency_key", "partition_key", "monkey", "keyboard", "keyword", "hotkey", "key", "keys", "key_id",
    "secretary", "secret_name", "secret_version", "session_duration", "sessions", "cookie_consent", "credit", "pinned", "ping",
    "spin", "opinion", "signal", "design", "span", "panel", "ssid", "cvv_check", "card_type", "hash", "nonce", "etag", "id",
    "user_id", "request_id", "name", "username", "hostname", "type", "content_type", "code", "exit_code", "status_code", "version",
];

fn forms(key: &str, secret: &str) -> Vec<String> {
    vec![
        format!("load {key}={secret} done"),
        format!("{key}: {secret}"),
        format!("{key} = \"{secret}\""),
        format!("{{\"a\":1,\"{key}\":\"{secret}\",\"b\":2}}"),
        format!("{{\"a\": 1, \"{key}\": \"{secret}\", \"b\": 2}}"),
        format!("{{\\\"{key}\\\":\\\"{secret}\\\"}}"),
        format!("{{'{key}': '{secret}'}}"),
        format!("Config {{ a: 1, {key}: \"{secret}\", b: 2 }}"),
        format!("Config {{ {key}: Some(\"{secret}\") }}"),
        format!("[{key}={secret}]"),
        format!("({key}: {secret})"),
        format!("a=1&{key}={secret}&b=2"),
        format!("a=1;{key}={secret};b=2"),
        format!("a=1, {key}={secret}, b=2"),
        format!("/x?{key}={secret}"),
        format!("--{key}={secret}"),
        format!("-H '{key}: {secret}'"),
        format!("<{key}>{secret}</{key}>").replace(' ', ""),
        format!("- name: {key}\n  value: {secret}"),
        format!("{key}:\n  {secret}\n"),
        format!("map[{key}:{secret} z:1]"),
        format!("{key} => {secret}"),
        format!("[(\"{key}\", \"{secret}\")]"),
        format!("&quot;{key}&quot;:&quot;{secret}&quot;"),
        format!("{key}%3D{secret}%26b%3D2"),
    ]
}

#[test]
fn a_secret_key_is_known_in_every_form() {
    let mut leaks = Vec::new();
    for key in SECRET_KEYS {
        let spaced = key.contains([' ', '.']);
        for form in forms(key, KEY)
            .iter()
            .filter(|form| !(spaced && form.starts_with("--") || form.starts_with("<")))
        {
            let shown = masked(form);
            if shown.contains(KEY) {
                leaks.push(format!("{form:?} -> {shown:?}"));
            }
        }
    }
    none_of(&leaks);
}

#[test]
fn only_the_value_is_hidden() {
    assert_eq!(masked("load password=EXAMPLE-pw done"), "load password=*** done");
    assert_eq!(
        masked("{\"a\":1,\"password\":\"x\",\"b\":2}"),
        "{\"a\":1,\"password\":\"***\",\"b\":2}"
    );
    assert_eq!(masked("{\"pin\":1234,\"b\":2}"), "{\"pin\":\"***\",\"b\":2}");
    assert_eq!(masked("Config { pin: 1234, b: 2 }"), "Config { pin: ***, b: 2 }");
    assert_eq!(
        masked("postgres://app:x1@db.example.com:5432/app"),
        "postgres://app:***@db.example.com:5432/app"
    );
    assert_eq!(masked("Authorization: Bearer abc"), "Authorization: Bearer ***");
    assert_eq!(
        masked("Cookie: theme=dark; sid=EXAMPLE-1; lang=de"),
        "Cookie: theme=dark; sid=***; lang=de"
    );
    assert_eq!(masked("a=1&password=x1&b=2"), "a=1&password=***&b=2");
    assert_eq!(
        masked("Server=db;Password=x1;Encrypt=true"),
        "Server=db;Password=***;Encrypt=true"
    );
    assert_eq!(
        masked("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----"),
        "-----BEGIN EC PRIVATE KEY-----\n***\n-----END EC PRIVATE KEY-----"
    );
    assert_eq!(masked("card 4111111111111111."), "card ***.");
    assert_eq!(masked("password: Some(\"x1\")"), "password: Some(\"***\")");
}

#[test]
fn an_open_key_is_left_alone_in_every_form() {
    let mut changed = Vec::new();
    for key in OPEN_KEYS {
        for value in ["12", "bob", "orders.created", "2026-01-01"] {
            for form in forms(key, value) {
                let shown = masked(&form);
                if shown != form {
                    changed.push(format!("{form:?} -> {shown:?}"));
                }
            }
        }
    }
    none_of(&changed);
}

#[test]
fn a_secret_key_without_a_secret_is_left_alone() {
    for key in [
        "password",
        "token",
        "api_key",
        "client_secret",
        "authorization",
        "cookie",
        "session_id",
        "pin",
    ] {
        for value in [
            "",
            "true",
            "null",
            "None",
            "***",
            "********",
            "<redacted>",
            "[REDACTED]",
            "(none)",
            "${X_Y}",
            "$X_Y",
            "missing",
        ] {
            for form in [
                format!("{key}={value}"),
                format!("{key}: {value}"),
                format!("{{\"{key}\":\"{value}\"}}"),
                format!("C {{ {key}: {value} }}"),
            ] {
                assert_eq!(masked(&form), form);
            }
        }
    }
}

#[test]
fn every_scheme_of_a_header_keeps_its_name() {
    for scheme in [
        "Bearer",
        "bearer",
        "Basic",
        "Token",
        "token",
        "ApiKey",
        "Negotiate",
        "NTLM",
        "DPoP",
        "SSWS",
        "Bot",
        "JWT",
        "OAuth",
    ] {
        let header = format!("Authorization: {scheme} {KEY}");
        assert_eq!(masked(&header), format!("Authorization: {scheme} ***"));
        assert_eq!(
            masked(&format!("{{\"authorization\":\"{scheme} {KEY}\",\"x\":1}}")),
            format!("{{\"authorization\":\"{scheme} ***\",\"x\":1}}")
        );
        assert_eq!(
            masked(&format!("curl -H '{header}' https://x")),
            format!("curl -H 'Authorization: {scheme} ***' https://x")
        );
    }
    assert_eq!(
        masked(
            "Authorization: Digest username=\"bob\", realm=\"a\", nonce=\"n1\", response=\"r1\", qop=auth"
        ),
        "Authorization: Digest username=\"bob\", realm=\"a\", nonce=\"***\", response=\"***\", qop=auth"
    );
}

#[test]
fn every_url_keeps_its_user_and_host() {
    for scheme in [
        "postgres",
        "mysql",
        "redis",
        "mongodb+srv",
        "amqps",
        "https",
        "ftp",
        "smtp",
        "ldap",
        "socks5",
        "jdbc:postgresql",
    ] {
        let url = |password: &str| format!("at {scheme}://app:{password}@db.example.com:5432/app?x=1 now");
        assert_eq!(masked(&url(PASSWORD)), url(STARS));
        assert_eq!(masked(&url("EX@MPLE")), url(STARS));
        assert_eq!(masked(&url("EX%40MPLE")), url(STARS));
    }
}

/// Tokens by prefix, each as long as its provider makes them.
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

/// Test numbers that the card networks publish.
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
        // Stamps in milliseconds and nanoseconds, and random numbers that no network gives out.
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
