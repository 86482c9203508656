//! The exact message of each fault that a configuration can have.

use super::*;

/// Configurations whose values can be read but must not be used, each with all its messages.
#[test]
fn values_that_do_not_fit_are_reported_with_a_remedy() {
    let cases: [(Config, &[&str]); 21] = [
        (
            app().name(""),
            &[r#"name = "": empty; give the logger a name, as in "my-app""#],
        ),
        (
            app().name(".."),
            &[r#"name = "..": this names a directory; give the logger a name, as in "my-app""#],
        ),
        (
            app().name("logs/app"),
            &[
                r#"name = "logs/app": a name becomes a file name, so it cannot contain this character; a directory belongs in `log_dir`"#,
            ],
        ),
        (
            app().name("a\0b"),
            &[
                r#"name = "a\u{0}b": a name becomes a file name, so it cannot contain this character; a directory belongs in `log_dir`"#,
            ],
        ),
        (
            app().name("n".repeat(201)),
            &[
                r#"name = "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"...: too long for a file name; at most 200 bytes"#,
            ],
        ),
        (
            app().log_dir(""),
            &[r#"log_dir = "": empty; name a path or leave the setting out"#],
        ),
        (
            app().log_file("/var/log/"),
            &[r#"log_file = "/var/log/": this names a directory; use `log_dir`, or add the file's name"#],
        ),
        (
            app().max_bytes(0),
            &["max_bytes = 0: must be at least 1; for a file that is never rotated set `backup_count` to 0"],
        ),
        (
            app().rotate_every(Period::Hour).backup_count(0),
            &[
                r#"rotate_every = "hour": `backup_count` = 0 says that the file is never rotated; set it to the files to keep"#,
            ],
        ),
        (
            app().file_mode(640),
            &[
                r#"file_mode = 1200: must be octal, from 0600 to 0777, with read and write for the owner, as in "0640""#,
            ],
        ),
        (
            app().console_format("jsn"),
            &[
                r#"console_format = "jsn": neither `text`, `json`, `logfmt` nor a template, which has a `{`; did you mean `json`?"#,
            ],
        ),
        (
            app().queue_bytes(65_536),
            &[
                "queue_bytes = 64KiB: too small for `max_record_bytes` = 32KiB; set at least four times as much, 128KiB",
            ],
        ),
        (
            app().batch_bytes(4_097),
            &[
                "batch_bytes = 4097: a record of `max_record_bytes` = 32KiB would not fit; set at least as much",
            ],
        ),
        (
            app()
                .max_record_bytes(512)
                .max_message_bytes(512)
                .max_value_bytes(512),
            &["max_record_bytes = 512: too small; set at least 1KiB"],
        ),
        (
            app().max_record_bytes(16 * 1024 * 1024),
            &[
                "queue_bytes = 4MiB: too small for `max_record_bytes` = 16MiB; set at least four times as much, 64MiB",
                "batch_bytes = 256KiB: a record of `max_record_bytes` = 16MiB would not fit; set at least as much",
            ],
        ),
        (
            app().max_record_bytes(8 * 1024),
            &["max_message_bytes = 16KiB: more than `max_record_bytes` = 8KiB; lower it, or raise that"],
        ),
        (
            app().max_value_bytes(0),
            &["max_value_bytes = 0: too small; set at least 1"],
        ),
        (
            app().max_key_bytes(3),
            &["max_key_bytes = 3: must be from 8 to 4096"],
        ),
        (
            app()
                .flush_interval(Duration::ZERO)
                .shutdown_timeout(Duration::MAX),
            &[
                "flush_interval = 0s: must be more than 0; the default is 5ms",
                "shutdown_timeout = 18446744073709551615999999999ns: too long; set at most 24h",
            ],
        ),
        (
            app().overflow(Overflow::BlockFor(Duration::from_secs(90_000))),
            &["overflow.block_for = 25h: too long; set at most 24h, or `block`"],
        ),
        (
            app().field("", "x").field("token", "s".repeat(2_000)),
            &[
                "field: a key is empty; name each field",
                "field.token = 2000 bytes: longer than `max_value_bytes` = 1KiB; shorten it",
            ],
        ),
    ];
    for (config, expected) in cases {
        assert_eq!(reported(&config), expected);
    }
}

/// Files with values that cannot be read.
#[test]
fn unreadable_values_are_reported_with_a_remedy() {
    for (file, expected) in [
        (
            r#"{ "max_byte": 1 }"#,
            "max_byte: there is no such setting; did you mean `max_bytes`?",
        ),
        (
            r#"{ "Log-Dir": "x" }"#,
            "Log-Dir: there is no such setting; did you mean `log_dir`?",
        ),
        (
            r#"{ "Max-Size": 1 }"#,
            "Max-Size: there is no such setting; did you mean `max_bytes`?",
        ),
        (r#"{ "banana": 1 }"#, "banana: there is no such setting"),
        (
            r#"{ "level": "inof" }"#,
            "level = \"inof\": not a level (off, error, warn, info, debug, trace); did you mean `info`?",
        ),
        (
            r#"{ "max_bytes": "10M" }"#,
            "max_bytes = \"10M\": `M` is ambiguous; write MiB (powers of 1024) or MB (of 1000)",
        ),
        (
            r#"{ "max_bytes": -1 }"#,
            "max_bytes = -1: must be a size, as in `10MiB`",
        ),
        (
            r#"{ "backup_count": 4294967296 }"#,
            "backup_count = 4294967296: must be a whole number from 0 to 4294967295",
        ),
        (
            r#"{ "flush_interval": 0.5 }"#,
            "flush_interval = 0.5: must be a duration, as in `250ms`",
        ),
        (
            r#"{ "flush_interval": "0.0000000001s" }"#,
            "flush_interval = \"0.0000000001s\": not a duration; write a number and one unit of ns, us, ms, s, m, h, d, \
             as in `250ms`",
        ),
        (
            r#"{ "console": "stdrr" }"#,
            "console = \"stdrr\": must be `stdout`, `stderr`, `test` or `none`",
        ),
        (
            r#"{ "overflow": "wait" }"#,
            "overflow = \"wait\": must be `block`, `drop_newest` or a limited wait, { block_for = \"100ms\" } in a file and block_for=100ms in a variable",
        ),
        (
            r#"{ "overflow": { "block_for": "soon" } }"#,
            "overflow.block_for = \"soon\": not a duration; write a number and one unit of ns, us, ms, s, m, h, d, \
             as in `250ms`",
        ),
        (
            r#"{ "overflow": { "wait_for": "1s" } }"#,
            "overflow = a table of \"wait_for\": must be `block`, `drop_newest` or a limited wait, \
             { block_for = \"100ms\" } in a file and block_for=100ms in a variable",
        ),
        (
            r#"{ "level_for": { "a": "warn", "b": "wran" } }"#,
            "level_for.b = \"wran\": not a level (off, error, warn, info, debug, trace); did you mean `warn`?",
        ),
        (
            r#"{ "rotate_every": "week" }"#,
            "rotate_every = \"week\": must be hour or day",
        ),
        (
            r#"{ "retention": "30d" }"#,
            "retention = \"30d\": must be `none` or a table with the keys `max_age`, `max_files`, `max_total_bytes`",
        ),
        (
            r#"{ "retention": { "max_ages": "30d" } }"#,
            "retention.max_ages: there is no such key; did you mean `max_age`?",
        ),
        (
            r#"{ "retention": { "max_total_bytes": "1G" } }"#,
            "retention.max_total_bytes = \"1G\": `G` is ambiguous; write GiB (powers of 1024) or GB (of 1000)",
        ),
        (
            r#"{ "retention": { "max_files": -1 } }"#,
            "retention.max_files = -1: must be a whole number from 0 to 4294967295",
        ),
        (
            r#"{ "mask": "off" }"#,
            "mask = \"off\": must be `standard`, `none` or a table with the keys `standard`, `key`, `keep_key`, \
             `token_prefix`, `emails`",
        ),
        (
            r#"{ "mask": { "keys": ["a"] } }"#,
            "mask.keys: there is no such key; did you mean `key`?",
        ),
        (
            r#"{ "mask": { "key": [["a"]] } }"#,
            "mask.key = a list: must be a list of names, as in [\"voucher\", \"pin\"]",
        ),
        (
            r#"{ "mask": { "token_prefix": ["acme_"] } }"#,
            "mask.token_prefix = a list: must be a table of prefixes and lengths, as in { acme_ = 20 }",
        ),
        (
            r#"{ "mask": { "token_prefix": [["acme_", 20, 30]] } }"#,
            "mask.token_prefix = a list: must be a table of prefixes and lengths, as in { acme_ = 20 }",
        ),
        (
            r#"{ "mask": { "emails": "some" } }"#,
            "mask.emails = \"some\": must be true or false",
        ),
        (
            r#"{ "source": [true] }"#,
            "source = a list: must be true or false",
        ),
        (
            r#"{ "name": "a", "name": "b" }"#,
            "name: the key stands there twice; remove one",
        ),
    ] {
        let error = json(file).unwrap_err();
        let position = error.rfind(" at line 1").unwrap_or(error.len());
        assert_eq!(error[..position], format!("invalid setting {expected}"));
    }
}

#[test]
fn all_faults_of_a_file_are_reported_at_once() {
    let error =
        toml::from_str::<Config>("max_byte = 1\nlevel = 'loud'\n[level_for]\na = 'b'\nc = 'd'").unwrap_err();
    let text = error.to_string();
    assert!(text.contains("4 invalid settings:"), "{text}");
    for path in [
        "max_byte:",
        "level = \"loud\":",
        "level_for.a = \"b\":",
        "level_for.c = \"d\":",
    ] {
        assert!(text.contains(path), "{path} in {text}");
    }
}

#[test]
fn both_ways_to_name_the_file_are_refused_together() {
    let config = json(r#"{ "log_dir": "logs", "log_file": "logs/a.log", "name": "a" }"#).unwrap();
    assert_eq!(
        reported(&config),
        [r#"log_file = "logs/a.log": `log_dir` is set too; remove one of them"#]
    );
}

#[test]
fn the_names_of_other_loggers_are_answered_with_our_setting() {
    for (theirs, ours) in super::super::lookup::FOREIGN_KEYS {
        let error = json(&format!("{{ \"{theirs}\": 1 }}")).unwrap_err();
        assert!(error.contains(&format!("did you mean `{ours}`?")), "{error}");
        let known = |key: &str| rows().any(|setting| setting.key == key);
        assert!(known(ours) && !known(theirs), "{theirs}");
    }
}
