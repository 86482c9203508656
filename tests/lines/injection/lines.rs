//! Each payload in each part and format, and the content of its line.

use super::*;

#[test]
fn every_payload_in_every_place_and_format_is_one_inert_line() {
    let payloads = payloads();
    for format in FORMATS {
        let log = log_of(roomy(format), |logger| {
            for payload in &payloads {
                PLACES
                    .iter()
                    .for_each(|place| log_in(logger, place, &payload.text));
            }
        });
        let lines = lines(&log);
        assert_eq!(lines.len(), payloads.len() * PLACES.len(), "P1: {format}");
        for (n, line) in lines.into_iter().enumerate() {
            let (payload, place) = (&payloads[n / PLACES.len()], PLACES[n % PLACES.len()]);
            assert_inert(line);
            let context = format!("{} in {place} as {format}: {line}", payload.id);
            // Twelve bytes for a surrogate pair of JSON, and the parts that are the same in each line.
            assert!(
                line.len() <= 12 * payload.text.len().max(64) + 400,
                "P10: {context}"
            );
            if format.starts_with('{') {
                assert!(line.starts_with("INFO "), "{context}");
                continue;
            }
            let members = members(format, line);
            let [time, message] = own_keys(format);
            let expected = [
                time, "level", "target", message, "module", "file", "line", "thread",
            ];
            assert_eq!(members.len(), expected.len() + 3, "P8: {context}");
            assert!(
                expected
                    .iter()
                    .all(|key| members.iter().any(|(name, _)| name == key)),
                "P8: {context}"
            );
            if let Some(found) = value_at(place, &members) {
                let wanted = wanted(place, &payload.text);
                assert!(
                    found == wanted || is_cut_name(place, &found, &wanted),
                    "P7: {context}"
                );
            }
        }
    }
}

#[test]
fn a_text_line_can_be_turned_back_and_clean_text_is_not_changed() {
    let payloads = payloads();
    let log = log_of(roomy("{message}"), |logger| {
        for payload in &payloads {
            log::info!(logger: logger, "<{}>", payload.text);
        }
    });
    for (payload, line) in payloads.iter().zip(lines(&log)) {
        let text = format!("<{}>", payload.text);
        assert_eq!(
            unescape(line).as_deref(),
            Some(text.as_str()),
            "P7: {}",
            payload.id
        );
        assert!(line.len() <= 8 * text.len(), "P10: {}", payload.id);
        // P9 and P11: harmless text is unchanged, and nothing is decoded or looked up.
        if !payload.text.contains(is_forbidden) {
            assert_eq!(line, text.replace('\\', "\\\\"), "P9: {}", payload.id);
        }
    }
}

#[test]
fn a_static_field_with_any_key_and_value_is_inert() {
    for format in FORMATS {
        for payload in payloads() {
            let config = roomy(format)
                .max_key_bytes(64)
                .field("zone", payload.text.as_str());
            let log = log_of(config, |logger| log::info!(logger: logger, "x"));
            let found = lines(&log);
            assert_eq!(found.len(), 1, "P1: {}", payload.id);
            assert_inert(found[0]);
            if !format.starts_with('{') {
                let members = members(format, found[0]);
                assert_eq!(members.len(), 11, "P8: {}", found[0]);
                let zone = members.iter().find(|(key, _)| key == "zone").unwrap();
                assert_eq!(zone.1, in_json(&payload.text), "P7: {}", payload.id);
            }
            if (1..=64).contains(&payload.text.len()) {
                let config = roomy(format).max_key_bytes(64).field(payload.text.as_str(), "v");
                let log = log_of(config, |logger| log::info!(logger: logger, "x"));
                assert_inert(lines(&log)[0]);
                assert!(format.starts_with('{') || members(format, lines(&log)[0]).len() == 11);
            }
        }
    }
}

/// Whatever the name of a key-value is, the members that every line has keep their names and values.
#[test]
fn no_key_value_overrides_a_member_of_the_line() {
    for format in ["json", "logfmt"] {
        let [time, message] = own_keys(format);
        let names = [
            "level",
            message,
            "target",
            time,
            "x_level",
            "LEVEL",
            "level ",
            "le\u{200b}vel",
            "level",
        ];
        let pairs: Vec<(&str, &str)> = names.iter().map(|name| (*name, "forged")).collect();
        let log = log_of(roomy(format), |logger| {
            let mut record = Record::builder();
            record.level(Level::Warn).target("t").key_values(&pairs);
            logger.log(&record.args(format_args!("true")).build());
        });
        let members = members(format, lines(&log)[0]);
        let of = |key: &str| members.iter().find(|(name, _)| name == key).unwrap().1.clone();
        assert_eq!(
            (of("level"), of(message), of("target")),
            ("WARN".into(), "true".into(), "t".into())
        );
        assert!(!of(time).contains("forged"));
        assert_eq!(
            members.iter().filter(|(_, value)| value == "forged").count(),
            names.len()
        );
    }
}
