//! Values in lines for machines: exact, of one type at the top and inside of documents, and complete for every reader.

use super::*;

#[test]
fn numbers_read_back_exactly_also_where_a_float_would_not_hold_them() {
    for schema in SCHEMAS {
        let [line] = <[String; 1]>::try_from(lines(json(schema), |logger| {
            let extras = [
                ("above", log::kv::Value::from((1_u64 << 53) + 1)),
                ("most", u64::MAX.into()),
                ("least", i64::MIN.into()),
                ("wide", u128::MAX.into()),
                ("deep", i128::MIN.into()),
                ("nan", f64::NAN.into()),
                ("inf", f64::INFINITY.into()),
                ("down", f64::NEG_INFINITY.into()),
                ("tenth", 0.1.into()),
            ];
            let record = Record::builder()
                .target("shop")
                .args(format_args!("m"))
                .key_values(&extras)
                .build();
            logger.log(&record);
        }))
        .unwrap();
        for pair in [
            r#""above":9007199254740993,"#,
            // These schemas have signed integers of 64 bits; larger ones are text.
            match schema {
                Schema::Ecs | Schema::Otel => r#""most":"18446744073709551615","#,
                _ => r#""most":18446744073709551615,"#,
            },
            r#""least":-9223372036854775808,"#,
            r#""wide":"340282366920938463463374607431768211455","#,
            r#""deep":"-170141183460469231731687303715884105728","#,
            r#""nan":null,"inf":null,"down":null,"tenth":0.1}"#,
        ] {
            assert!(line.contains(pair), "{pair} in {line}");
        }
        object(&line);
    }
}

#[test]
fn big_integers_are_numbers_or_texts_as_the_user_chose() {
    for schema in SCHEMAS {
        for (choice, quote) in [(BigIntegers::Number, ""), (BigIntegers::Text, "\"")] {
            let [line] = <[String; 1]>::try_from(lines(json(schema).big_integers(choice), |logger| {
                log::info!(logger: logger, fits = i64::MAX, most = u64::MAX, least = i64::MIN, wide = u128::MAX,
                    small = 7_u128, deep = i128::MIN; "m");
            }))
            .unwrap();
            let wanted = format!(
                r#""fits":{},"most":{quote}{}{quote},"least":{},"wide":{quote}{}{quote},"small":7,"deep":{quote}{}{quote}}}"#,
                i64::MAX,
                u64::MAX,
                i64::MIN,
                u128::MAX,
                i128::MIN
            );
            assert!(line.contains(&wanted), "{wanted} in {line}");
        }
    }
    let logfmt = Config::new("shop")
        .console_format("logfmt")
        .big_integers(BigIntegers::Text);
    let line = lines(logfmt, |logger| log::info!(logger: logger, wide = u128::MAX; "m")).remove(0);
    assert!(line.ends_with(&format!(" wide={}", u128::MAX)), "{line}");
}

/// Otherwise one field would have two types.
#[cfg(feature = "kv-serde")]
#[test]
fn big_integers_and_nul_are_the_same_inside_of_a_document() {
    let inside = std::collections::BTreeMap::from([("a\0b", vec![u128::MAX, 7])]);
    for schema in SCHEMAS {
        let line = lines(
            json(schema),
            |logger| log::info!(logger: logger, inside:serde = inside; "m"),
        )
        .remove(0);
        let wanted = format!("\"inside\":{{\"a\u{2400}b\":[\"{}\",7]}}", u128::MAX);
        assert!(line.contains(&wanted), "{line}");
    }
}

/// Readers written in C end a text at NUL, so everything after it would be hidden.
#[test]
fn no_text_of_a_line_reads_as_one_with_nul() {
    for schema in SCHEMAS {
        for layout in ["json", "logfmt"] {
            let config = Config::new("shop")
                .json_schema(schema)
                .console_format(layout)
                .field("f", "a\0b");
            let line = lines(config, |logger| {
                log::info!(logger: logger, target: "a\0b", v = "a\0b", c = '\0', d:? = "a\0b"; "login\0 failed");
            })
            .remove(0);
            assert!(
                !line.contains("\\u0000") && line.contains("login\u{2400} failed"),
                "{line}"
            );
            assert_eq!(line.matches("a\u{2400}b").count(), 3, "{line}");
        }
    }
}

/// Elasticsearch refuses a plain value in its object `error`, and its viewers show these three fields.
#[cfg(feature = "kv-error")]
#[test]
fn an_error_has_the_fields_that_ecs_has_for_errors() {
    #[derive(Debug)]
    struct Refused(Option<std::num::ParseIntError>);
    impl std::fmt::Display for Refused {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("card refused")
        }
    }
    impl std::error::Error for Refused {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            self.0.as_ref().map(|cause| cause as _)
        }
    }
    let error = Refused(Some("x".parse::<i32>().unwrap_err()));
    let log = |logger: &AsyncLogger| log::error!(logger: logger, error:err = error, order = 7; "m");
    let line = lines(json(Schema::Ecs), log).remove(0);
    let message = "card refused: invalid digit found in string";
    let pairs = format!(r#","error.message":"{message}","order":7,"error.type":"Refused"}}"#);
    assert!(line.ends_with(&pairs), "{line}");
    for schema in [Schema::Native, Schema::Otel, Schema::Gcp, Schema::Bunyan] {
        let line = lines(json(schema), log).remove(0);
        assert!(
            line.contains(&format!(r#""error":"{message}","order":7}}"#)),
            "{line}"
        );
    }
    let text = lines(
        Config::new("shop")
            .json_schema(Schema::Ecs)
            .console_format("{message}"),
        log,
    )
    .remove(0);
    assert_eq!(text, format!("m [error=\"{message}\", order=7]"));
}

/// The field's type is text: Elasticsearch would refuse the whole line for an object.
#[test]
fn whatever_is_called_error_is_a_text_in_ecs() {
    for (value, shown) in [
        (log::kv::Value::from("refused"), r#""refused""#),
        (5.into(), r#""5""#),
        (1.5.into(), r#""1.5""#),
        (u128::MAX.into(), &format!("\"{}\"", u128::MAX)),
        (true.into(), r#""true""#),
        (f64::NAN.into(), "null"),
        (log::kv::Value::null(), "null"),
    ] {
        let pairs = [("error", value)];
        let record = |logger: &AsyncLogger| {
            let mut record = Record::builder();
            record.target("shop").key_values(&pairs);
            logger.log(&record.args(format_args!("m")).build());
        };
        let line = lines(json(Schema::Ecs), record).remove(0);
        assert!(
            line.ends_with(&format!(r#","error.message":{shown}}}"#)),
            "{line}"
        );
    }
}

#[cfg(feature = "kv-serde")]
#[test]
fn a_document_called_error_is_a_text_in_ecs() {
    let error = std::collections::BTreeMap::from([("code", 5)]);
    let line = lines(
        json(Schema::Ecs),
        |logger| log::info!(logger: logger, error:serde = error; "m"),
    )
    .remove(0);
    assert!(line.ends_with(r#","error.message":"{\"code\":5}"}"#), "{line}");
}
