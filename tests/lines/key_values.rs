//! Key-values and static fields through the public API: typed, quoted, limited, masked, counted.

#[cfg(feature = "kv-serde")]
mod serialized;

use crate::common;

use asynclogger::{Capture, Mask};
use common::golden::{golden, lines, plain, start};
use log::Level;

#[test]
fn values_are_quoted_where_they_could_be_taken_for_more() {
    let line = lines(plain("{message}"), |logger| {
        log::info!(
            logger: logger, target: "app",
            word = "bob", blank = "a b", comma = "a,b=c", bracket = "x]", quote = "say \"hi\"\\", empty = "",
            line = "a\nb", path = r"C:\x", space = ' ', number = -7, on = true, letter = 'é', null = None::<u8>,
            nan = f64::NAN, inf = f64::NEG_INFINITY, big = u128::MAX, "a b" = 1, _x = 2;
            "m"
        );
    });
    assert_eq!(
        line,
        [
            "m [word=bob, blank=\"a b\", comma=\"a,b=c\", bracket=\"x]\", quote=\"say \\\"hi\\\"\\\\\", empty=\"\", \
             line=a\\nb, path=C:\\\\x, space=\" \", number=-7, on=true, letter=é, null=null, nan=NaN, inf=-inf, \
             big=340282366920938463463374607431768211455, a_b=1, x_x=2]"
        ]
    );
}

#[test]
fn static_fields_come_behind_the_records_own_in_text() {
    let config = plain("{message}")
        .field("zone", "eu-1")
        .field("version", "1.2 beta");
    assert_eq!(
        golden(config, Level::Info),
        r#"connected [user=7, ms=1.5, zone=eu-1, version="1.2 beta"]"#
    );
}

#[test]
fn limits_cut_and_mark() {
    let config = plain("{message}")
        .max_message_bytes(20)
        .max_value_bytes(20)
        .max_key_bytes(8);
    let line = lines(config, |logger| {
        log::info!(logger: logger, target: "app", long_key_of_a_value = "x"; "{}", "m".repeat(100));
    });
    assert_eq!(line, ["mmmmmmmmmmmmmmmmmmmm[...TRUNCATED] [long_...=x]"]);
}

#[test]
fn a_key_that_is_taken_gets_a_prefix() {
    let line = lines(plain("json"), |logger| {
        log::info!(logger: logger, target: "app", level = "high", message = 1; "m");
    });
    let json: serde_json::Value = serde_json::from_str(&line[0]).unwrap();
    assert_eq!((&json["level"], &json["message"]), (&"INFO".into(), &"m".into()));
    assert_eq!(
        (&json["x_level"], &json["x_message"]),
        (&"high".into(), &1.into())
    );
}

#[test]
fn static_fields_are_masked_like_key_values() {
    let fields = |format: &str| {
        plain(format)
            .field("zone", "eu-1")
            .field("db_password", "hunter2")
            .field("db", "postgres://app:hunter2@db.example.com/app")
    };
    let url = "postgres://app:***@db.example.com/app";
    assert_eq!(
        golden(fields("{message}"), Level::Info),
        format!("connected [user=7, ms=1.5, zone=eu-1, db_password=***, db={url}]")
    );
    assert_eq!(golden(fields("{key:db_password}"), Level::Info), "***");
    for format in ["json", "logfmt"] {
        let line = golden(fields(format), Level::Info);
        assert!(
            line.contains("***") && line.contains(url) && !line.contains("hunter2"),
            "{line}"
        );
    }
    let open = golden(fields("{key:db_password}").mask(Mask::none()), Level::Info);
    assert_eq!(open, "hunter2");
}

#[test]
fn keys_are_cleaned_and_made_unique_where_they_must_be() {
    let log = |logger: &asynclogger::AsyncLogger| {
        let extras = [
            ("_a", 1),
            ("b c=[d]", 2),
            ("\u{e9}\n", 3),
            ("", 4),
            ("k", 5),
            ("k", 6),
        ];
        let record = log::Record::builder()
            .target("app")
            .args(format_args!("m"))
            .key_values(&extras)
            .build();
        log::Log::log(logger, &record);
    };
    assert_eq!(
        lines(plain("{message}"), log),
        ["m [x_a=1, b_c__d_=2, x__=3, x_=4, k=5, k=6]"]
    );
    let json = lines(plain("json"), log).remove(0);
    assert!(
        json.ends_with(r#""message":"m","x_a":1,"b_c__d_":2,"x__":3,"x_":4,"k":5,"k_2":6}"#),
        "{json}"
    );
}

#[test]
fn health_reports_how_often_a_key_was_cached() {
    let console = Capture::new();
    let logger = start(plain("{message}"), &console);
    for round in 0..4 {
        log::info!(logger: logger, target: "app", user = round, ms = 1.5; "m");
    }
    // Too long for the cache.
    let long = "k".repeat(65);
    let record = [(long.as_str(), 1)];
    for _ in 0..2 {
        let record = log::Record::builder()
            .target("app")
            .args(format_args!("m"))
            .key_values(&record)
            .build();
        log::Log::log(&logger, &record);
    }
    logger.shutdown().wait().unwrap();
    let cache = logger.health().extras_cache;
    assert_eq!((cache.size, cache.hits, cache.misses), (2, 6, 4));
}

/// Maps and sequences: one value in text, a part of the document in JSON, and masked in both.
#[test]
#[cfg(feature = "kv-serde")]
fn nested_values_stay_whole() {
    let cart = std::collections::BTreeMap::from([("items", "a, b"), ("password", "hunter2")]);
    let log = |logger: &asynclogger::AsyncLogger| {
        log::info!(logger: logger, target: "app", cart:serde = cart, list:serde = [1, 2]; "m");
    };
    assert_eq!(
        lines(plain("{message}"), log),
        [r#"m [cart="{\"items\":\"a, b\",\"password\":\"***\"}", list="[1,2]"]"#]
    );
    let json = lines(plain("json"), log).remove(0);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json["cart"], &json["list"]),
        (
            &serde_json::json!({"items": "a, b", "password": "***"}),
            &serde_json::json!([1, 2])
        )
    );
}

/// The text of an error and of each of its sources.
#[test]
#[cfg(feature = "kv-error")]
fn errors_keep_the_chain_of_their_causes() {
    #[derive(Debug)]
    struct Failed(&'static str, Option<Box<Failed>>);
    impl std::fmt::Display for Failed {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(self.0)
        }
    }
    impl std::error::Error for Failed {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            self.1.as_deref().map(|cause| cause as _)
        }
    }
    let refused = Failed("postgres://app:hunter2@db/app refused", None);
    let error = Failed(
        "no invoice",
        Some(Box::new(Failed("no connection", Some(Box::new(refused))))),
    );
    let log = |logger: &asynclogger::AsyncLogger| {
        log::error!(logger: logger, target: "app", cause:err = error; "m");
    };
    let chain = "no invoice: no connection: postgres://app:***@db/app refused";
    assert_eq!(lines(plain("{message}"), log), [format!("m [cause=\"{chain}\"]")]);
    let json = lines(plain("json"), log).remove(0);
    assert!(json.ends_with(&format!(r#","cause":"{chain}"}}"#)), "{json}");
}
