use super::*;

fn golden<'a>() -> Sample<'a> {
    Sample {
        extras: vec![("user", 7.into()), ("ms", 1.5.into())],
        thread: "worker-1",
        ..sample("connected")
    }
}

#[test]
fn the_default_line() {
    assert_eq!(
        golden().render(&default_layout(), &settings()),
        (
            "2025-01-02T03:04:05.123456Z INFO  app::db: connected [user=7, ms=1.5]".to_owned(),
            LineFlags::default()
        )
    );
}

#[test]
fn every_field_alone() {
    let pid = std::process::id().to_string();
    let table = [
        ("{time}", "2025-01-02T03:04:05.123456Z"),
        ("{time:%Y-%m-%d %H:%M:%S%.3f}", "2025-01-02 03:04:05.123"),
        (
            "{time:[%j %a %e %b %y %I%p %z %Z %%]}",
            "[002 Thu  2 Jan 25 03AM +0000 UTC %]",
        ),
        ("{asctime}", "2025-01-02 03:04:05"),
        ("{level}", "INFO"),
        ("{priority}", "6"),
        ("<<{priority}>", "<6>"),
        ("{levelname}", "INFO"),
        ("{target}", "app::db"),
        ("{module}", "app::db"),
        ("{file}", "src/db.rs"),
        ("{filename}", "src/db.rs"),
        ("{line}", "42"),
        ("{lineno}", "42"),
        ("{thread}", "worker-1"),
        ("{funcName}", "worker-1"),
        ("{pid}", pid.as_str()),
        ("{process}", pid.as_str()),
        ("{name}", "app"),
        ("{message}", "connected [user=7, ms=1.5]"),
        ("{extras}", " [user=7, ms=1.5]"),
        ("{extras}{message}", " [user=7, ms=1.5]connected"),
        ("{key:user}", "7"),
        ("{key:other}", "-"),
        ("{ message } {{}} <<b>", "connected [user=7, ms=1.5] {} <b>"),
    ];
    for (template, wanted) in table {
        assert_eq!(golden().text(template), wanted, "{template}");
    }
}

#[test]
fn width_and_alignment_are_those_of_rust() {
    let table = [
        ("{level:<8}|", format!("{:<8}|", "INFO")),
        ("{level:>8}|", format!("{:>8}|", "INFO")),
        ("{level:^7}|", format!("{:^7}|", "INFO")),
        ("{level:7}|", format!("{:7}|", "INFO")),
        ("{level:*^9}|", format!("{:*^9}|", "INFO")),
        ("{level:é>9}|", format!("{:é>9}|", "INFO")),
        ("{level:2}|", format!("{:2}|", "INFO")),
        ("{level:<}|", format!("{:<}|", "INFO")),
        ("{line:5}|", format!("{:5}|", 42)),
        ("{line:<5}|", format!("{:<5}|", 42)),
        ("{line:05}|", format!("{:05}|", 42)),
        ("{target:-^20}|", format!("{:-^20}|", "app::db")),
        ("{thread:→>10}|", format!("{:→>10}|", "worker-1")),
        ("{name:>5}|", format!("{:>5}|", "app")),
        ("{asctime:<21}|", format!("{:<21}|", "2025-01-02 03:04:05")),
        ("{key:user:>4}|", format!("{:>4}|", 7)),
        ("{extras:>20}|", format!("{:>20}|", " [user=7, ms=1.5]")),
    ];
    for (template, wanted) in table {
        assert_eq!(golden().text(template), wanted, "{template}");
    }
    let mut wide = sample("é漢");
    wide.target = "é\n";
    assert_eq!(wide.text("{target:>5}{message:_<4}|"), "  é\\né漢__|");
}

#[test]
fn with_color_the_default_line_lets_the_message_stand_out() {
    let on_terminal = LineSettings {
        color: true,
        ..settings()
    };
    let lines = Level::iter().map(|level| {
        let record = Sample { level, ..golden() };
        record.render(&default_layout(), &on_terminal).0
    });
    let level = |sgr: &str, name: &str| {
        format!(
            "\x1b[2m2025-01-02T03:04:05.123456Z\x1b[0m {sgr}{name}\x1b[0m \x1b[2mapp::db:\x1b[0m connected [user=7, ms=1.5]"
        )
    };
    let wanted = [
        level("\x1b[1m\x1b[31m", "ERROR"),
        level("\x1b[1m\x1b[38;5;136m", "WARN "),
        level("\x1b[32m", "INFO "),
        level("\x1b[38;5;67m", "DEBUG"),
        level("\x1b[36m", "TRACE"),
    ];
    assert_eq!(lines.collect::<Vec<_>>(), wanted);
}

#[test]
fn a_style_that_is_left_open_ends_with_the_line() {
    let on_terminal = LineSettings {
        color: true,
        ..settings()
    };
    let shown = |template: &str| sample("m").render(&text(template), &on_terminal).0;
    assert_eq!(shown("<red>{message}"), "\x1b[31mm\x1b[0m");
    assert_eq!(shown("<red+bold>{message}</red>"), "\x1b[1m\x1b[31mm\x1b[0m");
    assert_eq!(
        shown("<level_color+underline>{message}</>."),
        "\x1b[32m\x1b[4mm\x1b[0m."
    );
    assert_eq!(shown("<Dim>{message}< / Dim >"), "\x1b[2mm\x1b[0m");
}

#[test]
fn tags_and_fields_in_a_message_are_inert() {
    let on_terminal = LineSettings {
        color: true,
        ..settings()
    };
    let message = "<red>{level} <level_color> {{ << </> {key:user} %Y ${jndi:x}";
    let mut record = sample(message);
    record.target = "<bold>{message}";
    record.extras = vec![("k", "<red>{time}".into())];
    assert_eq!(
        record.render(&text("{target} {message}"), &on_terminal).0,
        format!("<bold>{{message}} {message} [k=<red>{{time}}]")
    );
}

#[test]
fn a_key_with_a_field_of_its_own_is_shown_once() {
    let mut record = golden();
    record.extras.push(("request id", "a b".into()));
    assert_eq!(
        record.text("{key:request_id} {message}"),
        "\"a b\" connected [user=7, ms=1.5]"
    );
    assert_eq!(
        record.text("{key:user}{key:ms} {key:request id} {message}"),
        "71.5 \"a b\" connected"
    );
    // A second one of that name is shown among the key-values.
    record.extras = vec![("user", 1.into()), ("user", 2.into()), ("user", 3.into())];
    assert_eq!(
        record.text("{key:user} {message}"),
        "1 connected [user=2, user=3]"
    );
}

#[test]
fn static_fields_stand_behind_the_key_values() {
    let mut settings = settings();
    settings.fields = vec![
        ("env".to_owned(), "prod".to_owned()),
        ("host name".to_owned(), "a b\n".to_owned()),
    ];
    let shown = |record: &Sample<'_>, template| record.render(&text(template), &settings).0;
    assert_eq!(
        shown(&golden(), "{message}"),
        "connected [user=7, ms=1.5, env=prod, host_name=\"a b\\n\"]"
    );
    assert_eq!(
        shown(&sample("m"), "{message}"),
        "m [env=prod, host_name=\"a b\\n\"]"
    );
    assert_eq!(
        shown(&sample("m"), "{key:env} {message}"),
        "prod m [host_name=\"a b\\n\"]"
    );
}

#[test]
fn a_line_break_is_a_symbol_if_wanted_in_the_message_only() {
    let mut settings = settings();
    settings.newlines = Newlines::Symbol;
    let mut record = sample("a\nb\r\nc\td");
    record.target = "t\n";
    record.extras = vec![("k", "v\n".into())];
    assert_eq!(
        record.render(&text("{target} {message}"), &settings),
        (
            "t\\n a\u{23ce}b\u{23ce}c\\td [k=v\\n]".to_owned(),
            LineFlags {
                escaped: true,
                truncated: false
            }
        )
    );
}

#[test]
fn long_texts_are_cut_and_marked() {
    let mut settings = settings();
    settings.limits = LineLimits {
        message: 10,
        key: 8,
        value: 5,
        record: 1024,
    };
    let mut record = sample("0123456789é");
    record.extras = vec![("a_long_key", "123456".into()), ("k", "12345".into())];
    let (line, flags) = record.render(&text("{message} {key:k}"), &settings);
    assert_eq!(
        line,
        "0123456789[...TRUNCATED] [a_lon...=\"12345[...TRUNCATED]\"] 12345"
    );
    assert!(flags.truncated && !flags.escaped);
    record.message = "0123456789";
    record.extras = vec![("a_long_key", 1.into())];
    assert!(record.render(&text("{message}"), &settings).1.truncated);
    assert!(record.render(&Layout::Json, &settings).1.truncated);
    record.message = "01234567é";
    record.extras.clear();
    assert_eq!(
        record.render(&text("{message}"), &settings),
        ("01234567é".to_owned(), LineFlags::default())
    );
    record.message = "012345678é";
    assert_eq!(
        record.render(&text("{message}"), &settings).0,
        "012345678[...TRUNCATED]"
    );
}

#[test]
fn a_message_that_was_cut_at_the_capture_is_marked() {
    let mut settings = settings();
    settings.limits.message = 4;
    let long = "x".repeat(9_000);
    let record = sample(&long);
    assert_eq!(
        record.render(&text("{message}|"), &settings).0,
        "xxxx[...TRUNCATED]|"
    );
    // The masker may have made it shorter than the limit; it is cut all the same.
    let frame = {
        let view_frame = record.frame(settings.limits);
        let view = View::read(&view_frame).unwrap();
        let mut copy = crate::record::Draft::new();
        let mut writer = crate::record::FrameWriter::begin(&mut copy, &view.head());
        writer.message(100, |out| std::fmt::Write::write_str(out, "***"));
        writer.mark_cut();
        writer.finish();
        copy
    };
    let mut out = Vec::new();
    let flags =
        Renderer::new(&text("{message}|"), settings).render(&View::read(&frame).unwrap(), MOMENT, &mut out);
    assert_eq!(out, b"***[...TRUNCATED]|\n");
    assert!(flags.truncated);
}

#[test]
fn extras_that_do_not_fit_are_counted() {
    let mut settings = settings();
    settings.limits.record = 1024;
    settings.limits.value = 400;
    let value = "v".repeat(300);
    let mut record = sample("m");
    record.extras = (0..10).map(|_| ("k", KvValue::from(value.as_str()))).collect();
    let (line, flags) = record.render(&text("{message} end"), &settings);
    assert!(
        line.starts_with("m [k=vvv") && line.ends_with("v, +7 more] end"),
        "{line}"
    );
    assert!(flags.truncated);
    // Not one fits.
    let long = "\u{202e}".repeat(200);
    record.extras = vec![("k", long.as_str().into()), ("l", 1.into())];
    assert_eq!(record.render(&text("{message}"), &settings).0, "m [+2 more]");
}

#[test]
fn the_cache_of_keys_tells_its_figures() {
    let record = golden();
    let frame = record.frame(LIMITS);
    let view = View::read(&frame).unwrap();
    for layout in [default_layout(), Layout::Json, Layout::Logfmt] {
        let mut renderer = Renderer::new(&layout, settings());
        for _ in 0..5 {
            renderer.render(&view, MOMENT, &mut Vec::new());
        }
        let figures = renderer.extras_cache();
        assert_eq!(
            (figures.size, figures.hits, figures.misses),
            (2, 8, 2),
            "{layout:?}"
        );
    }
}

#[test]
fn static_fields_take_at_most_a_quarter_of_a_line() {
    let mut settings = settings();
    settings.limits.record = 1024;
    settings.fields = vec![
        ("a".to_owned(), "x".repeat(200)),
        ("b".to_owned(), "y".repeat(200)),
        ("c".to_owned(), "z".to_owned()),
    ];
    let x = "x".repeat(200);
    let (line, flags) = sample("m").render(&text("{message}"), &settings);
    assert_eq!(line, format!("m [a={x}, c=z, +1 more]"));
    assert!(flags.truncated);
    let (line, _) = sample("m").render(&Layout::Json, &settings);
    assert!(
        line.ends_with(&format!(",\"a\":\"{x}\",\"c\":\"z\",\"extras_left_out\":1}}")),
        "{line}"
    );
}
