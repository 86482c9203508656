//! Secrets after a key or in a form: every key in every form, headers and URLs.

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
