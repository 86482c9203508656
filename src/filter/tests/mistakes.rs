//! Directives as people write them by mistake: each is understood, refused or reported; none is silent.

use super::*;

fn own(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

/// What is reported for `RUST_LOG=directives` in the program `my_app`, and the filter that is then in force.
fn by_mistake(directives: &str) -> (String, String) {
    let own = own(&["my_app"]);
    let base = Filter::default_for("my_app");
    let (parsed, faults) = Filter::parse_leniently(directives, &own, Some(&base));
    let doubts = parsed.iter().flat_map(|parsed| &parsed.doubts);
    let reported: Vec<String> = faults.iter().chain(doubts).map(ToString::to_string).collect();
    let filter = parsed.map_or(base, |parsed| parsed.filter);
    (reported.join("; "), filter.to_string())
}

#[test]
fn a_dash_in_a_directive_covers_an_underscore_and_itself() {
    let filter = filter("my-app=debug,some-very-long-crate::part-a=trace");
    for (target, level) in [
        ("my_app", LevelFilter::Debug),
        ("my_app::db", LevelFilter::Debug),
        ("my-app", LevelFilter::Debug),
        ("myxapp", LevelFilter::Off),
        ("my_apps", LevelFilter::Off),
        ("some_very_long_crate::part_a", LevelFilter::Trace),
        ("some_very_long_crate::part-a::b", LevelFilter::Trace),
        ("some_very_long_crate::part_b", LevelFilter::Off),
        ("some_very_long_crate::partxa", LevelFilter::Off),
    ] {
        assert_eq!(filter.level_of(target), level, "{target}");
    }
    assert_eq!(parse(&filter.to_string()), Ok(filter));
}

#[test]
fn an_underscore_in_a_directive_covers_no_dash() {
    assert_eq!(filter("my_app=debug").level_of("my-app"), LevelFilter::Off);
}

#[test]
fn the_later_of_two_directives_counts_whatever_their_dashes() {
    for directives in ["a_b=warn,a-b=debug", "a-b=warn,a_b=debug"] {
        let filter = filter(directives);
        assert_eq!(filter.level_of("a_b"), LevelFilter::Debug, "{directives}");
        assert_eq!(filter.level_of("a-b"), LevelFilter::Debug, "{directives}");
        assert_eq!(filter.to_string(), "a-b=debug", "{directives}");
    }
    let level_for = BTreeMap::from([("my-app".to_owned(), LevelFilter::Warn)]);
    let settings = LevelSettings {
        name: "my-app",
        level: None,
        level_for: &level_for,
        filter: None,
    };
    let filter = Filter::from_settings(settings, &[]).unwrap().filter;
    assert_eq!(filter.level_of("my_app"), LevelFilter::Warn, "over the default");
}

#[test]
fn a_list_without_a_sound_directive_leaves_the_default_and_says_why() {
    for (directives, reason) in [
        ("inof", "not a level, did you mean `info`?"),
        ("ifno", "did you mean `info`?"),
        ("debg", "did you mean `debug`?"),
        ("dbg", "did you mean `debug`?"),
        ("err", "did you mean `error`?"),
        ("TRCAE", "did you mean `trace`?"),
        ("warning", "did you mean `warn`?"),
        ("true", "did you mean `info`?"),
        ("on", "did you mean `info`?"),
        ("false", "did you mean `off`?"),
        ("1", "not a level"),
        ("\"info\"", "remove the quotes around the list"),
        ("'my_app=debug,info'", "remove the quotes around the list"),
        ("\u{201c}info\u{201d}", "remove the quotes"),
        ("\"info", "remove the quotes"),
        ("my_app=\"debug\"", "\"\\\"debug\\\"\" is not a level"),
        ("\"\"", "remove the quotes"),
        ("\u{feff}info", "remove the invisible character"),
        ("\u{200b}info", "remove the invisible character"),
        (";", "directives are separated by commas"),
        ("info;hyper=warn", "directives are separated by commas"),
        ("-v", "for all targets write a level"),
        ("LevelFilter::Info", "for all targets write a level"),
        ("1.0", "not a level"),
        ("info|hyper", "a comma is missing"),
        ("info hyper", "a comma is missing"),
        ("my_app:debug", "write `=` before the level, as in `my_app=debug`"),
        ("crate::db=debug", "write that name in place of `crate`"),
        ("RUST_LOG=info", "remove `RUST_LOG=`"),
        ("$LEVEL", "a variable that was not replaced"),
        ("%LEVEL%", "a variable that was not replaced"),
        (",", "there is no directive"),
        ("debug=my_app", "\"my_app\" is not a level"),
    ] {
        let (reported, filter) = by_mistake(directives);
        assert!(reported.contains(reason), "{directives}: {reported:?}");
        assert_eq!(filter, "info,my_app=debug", "{directives}: {reported}");
    }
}

#[test]
fn a_sound_directive_counts_and_a_faulty_one_switches_nothing_off() {
    for (directives, in_force) in [
        ("debug,hyper=wran", "debug"),
        ("hyper=warn,inof", "info,hyper=warn,my_app=debug"),
        ("my-app=trace,loud=3", "info,my-app=trace"),
    ] {
        let (reported, filter) = by_mistake(directives);
        assert_eq!(filter, in_force, "{directives}");
        assert!(reported.contains("not a level"), "{directives}: {reported}");
    }
    assert_eq!(
        by_mistake("hyper=warn"),
        (String::new(), "hyper=warn".to_owned()),
        "all are sound"
    );
}

#[test]
fn a_target_that_almost_names_the_own_crate_is_reported_and_in_force() {
    for (directives, meant) in [
        ("my_ap=debug", "`my_app`"),
        ("my-ap=debug", "`my_app`"),
        ("warn,my_appp::db=debug", "`my_app::db`"),
        ("MyApp=debug", "`my_app`"),
        ("myapp=debug", "`my_app`"),
        ("MY_APP", "`my_app`"),
        ("my_app.db=debug", "`my_app::db`"),
        ("my_app:db=debug", "`my_app::db`"),
        ("my_app::main=debug", "`my_app`"),
    ] {
        let (reported, _) = by_mistake(directives);
        let expected = format!("this probably matches nothing; did you mean the target {meant}?");
        assert!(reported.contains(&expected), "{directives}: {reported:?}");
    }
    for directives in [
        "my_app=debug",
        "my-app=debug",
        "my_app::db=debug",
        "my_app,my_ap=warn",
        "my_app_db=debug",
        "my_app2=debug",
        "hyper=debug",
        "audit log=info",
        "warp=debug",
        "warp",
        "tract",
    ] {
        assert_eq!(by_mistake(directives).0, "", "{directives}");
    }
}

#[test]
fn a_bare_word_like_a_level_is_a_target_if_it_names_the_own_crate() {
    let parsed = Filter::parse("trader", &own(&["trader"])).unwrap();
    assert_eq!(parsed.filter.to_string(), "trader=trace");
    let parsed = Filter::parse("tracer", &own(&["tracer"])).unwrap();
    assert_eq!(parsed.filter.to_string(), "tracer=trace");
    let fault = Filter::parse("tracer", &own(&["my_app"])).unwrap_err();
    assert!(
        fault
            .problem
            .contains("for a target of this name write `tracer=trace`")
    );
    assert_eq!(filter("tracer=trace").level_of("tracer"), LevelFilter::Trace);
}

#[test]
fn a_level_is_asked_for_only_by_a_setting_or_a_directive() {
    let none = BTreeMap::new();
    let hyper = BTreeMap::from([("hyper".to_owned(), LevelFilter::Warn)]);
    let asked = |level, level_for, filter| from_settings(level, level_for, filter).unwrap().asked;
    assert_eq!(asked(None, &none, None), LevelFilter::Off);
    assert_eq!(asked(None, &hyper, None), LevelFilter::Warn, "the default is not");
    assert_eq!(asked(Some(LevelFilter::Debug), &none, None), LevelFilter::Debug);
    assert_eq!(asked(None, &none, Some("info,x")), LevelFilter::Trace);
    let overridden = asked(Some(LevelFilter::Trace), &none, Some("info"));
    assert_eq!(
        overridden,
        LevelFilter::Info,
        "what is not in force is not asked for"
    );
    assert_eq!(
        Filter::parse("warn,x=debug", &[]).unwrap().asked,
        LevelFilter::Debug
    );
    let base = Filter::default_for("app");
    let (parsed, _) = Filter::parse_leniently("x=warn,inof", &[], Some(&base));
    assert_eq!(parsed.unwrap().asked, LevelFilter::Warn);
}
