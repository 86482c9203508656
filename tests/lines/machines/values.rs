//! Values in lines for machines: exact, of one type wherever they are, and whole for every reader.

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
            // Where the model is of 64 bits with a sign, beyond that there are only texts.
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

/// Else one of the values of a field would be another type than the others.
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

/// Readers written in C end a text there, and everything behind it would be hidden.
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
