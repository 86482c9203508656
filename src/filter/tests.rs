//! The grammar compared with `env_filter`'s, the match at `::`, and every message of a directive that is refused.

mod mistakes;

use super::*;
use crate::error::{Error, ErrorKind};
use log::{Level, Metadata};
use proptest::prelude::*;

fn parse(directives: &str) -> Result<Filter, FilterFault> {
    Filter::parse(directives, &[]).map(|parsed| parsed.filter)
}

fn filter(directives: &str) -> Filter {
    parse(directives).unwrap()
}

fn from_settings(
    level: Option<LevelFilter>,
    level_for: &BTreeMap<String, LevelFilter>,
    filter: Option<&str>,
) -> Result<ParsedFilter, Vec<ConfigError>> {
    let settings = LevelSettings {
        name: "app",
        level,
        level_for,
        filter,
    };
    Filter::from_settings(settings, &[])
}

#[test]
fn a_target_covers_itself_and_all_below_it() {
    let filter = filter("foo=debug");
    assert_eq!(filter.level_of("foo"), LevelFilter::Debug);
    assert_eq!(filter.level_of("foo::bar"), LevelFilter::Debug);
    for other in [
        "foobaz", "fo", "", "foo:bar", "foo_bar", "bar::foo", "Foo", "foo\0",
    ] {
        assert_eq!(filter.level_of(other), LevelFilter::Off, "{other:?}");
    }
}

#[test]
fn the_longest_target_decides_wherever_it_stands() {
    let filter = filter("app::database=warn,app::database::pool=trace,info,app=error");
    for (target, level) in [
        ("app", LevelFilter::Error),
        ("app::web", LevelFilter::Error),
        ("app::database", LevelFilter::Warn),
        ("app::databases", LevelFilter::Error),
        ("app::database::pool::idle", LevelFilter::Trace),
        ("hyper", LevelFilter::Info),
    ] {
        assert_eq!(filter.level_of(target), level, "{target}");
    }
    assert_eq!(filter.max_level(), LevelFilter::Trace);
}

#[test]
fn a_word_alone_is_a_level_for_all_or_a_target_at_trace() {
    assert_eq!(filter("WARN").level_of("any"), LevelFilter::Warn);
    assert_eq!(filter("off").max_level(), LevelFilter::Off);
    assert_eq!(filter("warp").level_of("warp::server"), LevelFilter::Trace);
    assert_eq!(filter("warp=").level_of("warp"), LevelFilter::Trace);
    assert_eq!(filter(" info , hyper = warn ,,").to_string(), "info,hyper=warn");
}

#[test]
fn the_later_of_two_directives_for_one_target_counts() {
    assert_eq!(
        filter("info,foo=warn,debug,foo=error").to_string(),
        "debug,foo=error"
    );
}

#[test]
fn the_start_filter_hears_the_own_crate_at_debug_and_others_at_info() {
    let filter = Filter::default_for("my-app");
    assert_eq!(filter.level_of("my_app::db"), LevelFilter::Debug);
    assert_eq!(filter.level_of("my_apple"), LevelFilter::Info);
    assert_eq!(filter.to_string(), "info,my_app=debug");
    assert_eq!(Filter::default_for("a,b").to_string(), "info");
}

#[test]
fn settings_are_laid_one_over_the_other() {
    let level_for = BTreeMap::from([
        ("hyper".to_owned(), LevelFilter::Warn),
        ("app::db".to_owned(), LevelFilter::Trace),
    ]);
    let of = |level, level_for: &BTreeMap<String, LevelFilter>, filter| {
        from_settings(level, level_for, filter)
            .unwrap()
            .filter
            .to_string()
    };
    let none = BTreeMap::new();
    assert_eq!(of(None, &none, None), "info,app=debug");
    assert_eq!(of(Some(LevelFilter::Warn), &none, None), "warn");
    assert_eq!(
        of(None, &level_for, None),
        "info,app=debug,hyper=warn,app::db=trace"
    );
    assert_eq!(of(None, &none, Some("hyper=warn")), "hyper=warn");
    assert_eq!(
        of(Some(LevelFilter::Info), &none, Some("hyper=warn")),
        "info,hyper=warn"
    );
    assert_eq!(
        of(Some(LevelFilter::Info), &level_for, Some("error,hyper")),
        "error,hyper=trace,app::db=trace"
    );
}

#[test]
fn settings_report_all_their_faults_with_paths() {
    let level_for = BTreeMap::from([("a,b".to_owned(), LevelFilter::Warn)]);
    let faults = from_settings(None, &level_for, Some("info,x=inof,y=3")).unwrap_err();
    let texts: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "level_for.a,b = \"warn\": a target cannot contain `,`, `=`, `/` or a control character",
            "filter = \"x=inof\": \"inof\" is not a level (off, error, warn, info, debug, trace); did you mean \
             `info`?",
            "filter = \"y=3\": \"3\" is not a level (off, error, warn, info, debug, trace)",
        ]
    );
}

#[test]
fn each_fault_names_the_directive_and_the_remedy() {
    for (directives, directive, problem) in [
        ("", "", "there is no directive"),
        (" , ", " , ", "there is no directive"),
        ("info,a=warnn", "a=warnn", "did you mean `warn`?"),
        ("a=CRITICAL", "a=CRITICAL", "did you mean `error`?"),
        (
            "warning",
            "warning",
            "did you mean `warn`? (for a target of this name write `warning=trace`)",
        ),
        (
            "3",
            "3",
            "not a level (for a target of this name write `3=trace`)",
        ),
        ("a=b=info", "a=b=info", "more than one `=`"),
        ("=info", "=info", "for all targets write `info` alone"),
        ("=Warn ", "=Warn", "for all targets write `warn` alone"),
        ("info hyper=warn", "info hyper=warn", "a comma is missing"),
        ("hyper*=warn", "hyper*=warn", "wildcards are not supported"),
        ("hyper::=warn", "hyper::=warn", "remove the `::` at the end"),
        ("app[span]=warn", "app[span]=warn", "name targets only"),
        ("info/a,b", "/a,b", "regex are not supported"),
    ] {
        let fault = parse(directives).unwrap_err();
        assert_eq!(fault.directive, directive, "{directives:?}");
        assert!(
            fault.problem.contains(problem),
            "{directives:?}: {}",
            fault.problem
        );
    }
    let error = Error::from(parse("a=inof").unwrap_err());
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(
        error
            .to_string()
            .starts_with("cannot use the filter directive \"a=inof\": \"inof\" is not a level")
    );
}

/// Found by the fuzz target: the word behind `=` went into the message as it was, with its controls.
#[test]
fn a_fault_shows_no_control_character() {
    for directives in [
        "=a\u{1b}[2J\nERROR b",
        "a\u{1}=info",
        "a=\u{9b}31m",
        "\u{202e}/\n",
        "a[\u{7}]=info",
    ] {
        let error = Error::from(parse(directives).unwrap_err()).to_string();
        assert!(
            !error.contains(crate::escape::needs_escape),
            "{directives:?}: {error:?}"
        );
    }
}

#[test]
fn parts_that_no_directive_can_name_are_refused() {
    for target in ["", "a=b", "a,b", "a/b", " a", "a\n", "a::"] {
        let parts = [("fine", LevelFilter::Info), (target, LevelFilter::Info)];
        assert!(
            Filter::from_parts(LevelFilter::Warn, parts).is_err(),
            "{target:?}"
        );
    }
    let named_like_levels = [("info", LevelFilter::Error), ("my target", LevelFilter::Trace)];
    let filter = Filter::from_parts(LevelFilter::Off, named_like_levels).unwrap();
    assert_eq!(filter.to_string(), "info=error,my target=trace");
    assert_eq!(parse(&filter.to_string()), Ok(filter));
}

/// The same answer by the definition, slowly: the longest target that covers, in which a `-` covers `_` too.
fn level_by_definition(
    others: LevelFilter,
    rules: &BTreeMap<String, LevelFilter>,
    target: &str,
) -> LevelFilter {
    let same = |(own, byte): (u8, u8)| own == byte || (own == b'-' && byte == b'_');
    let covers = |name: &str| {
        let begins = target.len() >= name.len() && name.bytes().zip(target.bytes()).all(same);
        begins && (target.len() == name.len() || target[name.len()..].starts_with("::"))
    };
    let covering = rules.iter().filter(|(name, _)| covers(name));
    covering
        .max_by_key(|(name, _)| name.len())
        .map_or(others, |(_, level)| *level)
}

fn any_level() -> impl Strategy<Value = LevelFilter> {
    prop::sample::select(LevelFilter::iter().collect::<Vec<_>>())
}

fn any_target() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop::sample::select(vec![
            "a",
            "ab",
            "abcdefgh",
            "abcdefghi",
            "é",
            "a-b",
            "a_b",
            "abcdefgh-i",
            "abcdefgh_i",
        ]),
        1..4,
    )
    .prop_map(|parts| parts.join("::"))
}

/// Directives, and targets whose parts all have one length: there a prefix always ends at `::`, so that both
/// ways of matching agree.
fn same_by_both() -> impl Strategy<Value = (Vec<String>, Vec<String>)> {
    prop::sample::select(vec![1_usize, 3, 7, 8, 9]).prop_flat_map(|length| {
        let part = prop::sample::select(vec!["x", "y"]).prop_map(move |letter| letter.repeat(length));
        let target = prop::collection::vec(part, 1..4).prop_map(|parts| parts.join("::"));
        let level = prop::sample::select(vec!["", "=", "=off", "=Error", "=warn ", "= info", "=DEBUG", "=trace"]);
        let directive = prop_oneof![
            4 => (target.clone(), level).prop_map(|(target, level)| format!(" {target}{level}")),
            1 => prop::sample::select(vec!["off", "ERROR", "warn", " info ", "debug", "trace"]).prop_map(str::to_owned),
        ];
        (prop::collection::vec(directive, 1..6), prop::collection::vec(target, 1..6))
    })
}

proptest! {
    #[test]
    fn the_answer_is_that_of_env_filter((directives, targets) in same_by_both()) {
        let text = directives.join(",");
        let ours = parse(&text).unwrap();
        let theirs = env_filter::Builder::new().parse(&text).build();
        prop_assert_eq!(ours.max_level(), theirs.filter());
        for target in &targets {
            for level in Level::iter() {
                let record = Metadata::builder().level(level).target(target).build();
                let on = level <= ours.level_of(target);
                prop_assert_eq!(on, theirs.enabled(&record), "{} at {} under {}", target, level, text);
            }
        }
    }

    #[test]
    fn the_answer_is_that_of_the_definition(
        others in any_level(),
        rules in prop::collection::btree_map(any_target(), any_level(), 0..6),
        targets in prop::collection::vec(any_target(), 1..6),
    ) {
        // Of targets that differ in `-` and `_`, the later level counts, for all of them.
        let mut rules = rules;
        let folded = |target: &str| target.replace('-', "_");
        let names: Vec<String> = rules.keys().cloned().collect();
        let twice = |name: &String| names.iter().filter(|other| folded(other) == folded(name)).count() > 1;
        rules.retain(|name, _| !twice(name));
        let parts = rules.iter().map(|(target, level)| (target.as_str(), *level));
        let filter = Filter::from_parts(others, parts).unwrap();
        for target in &targets {
            prop_assert_eq!(filter.level_of(target), level_by_definition(others, &rules, target));
        }
    }

    #[test]
    fn what_is_printed_reads_back_the_same(text in "([ab]{1,9}(::[a-c])?(=(info|off|trace))?|warn)(,[a-c]{1,3}(=debug)?){0,5}") {
        let filter = parse(&text).unwrap();
        prop_assert_eq!(parse(&filter.to_string()).unwrap(), filter);
    }

    #[test]
    fn any_text_is_read_or_refused_without_a_panic(text in "[a-z=,:/*\\[ \\n\u{e9}]{0,40}") {
        match parse(&text) {
            Ok(filter) => prop_assert_eq!(parse(&filter.to_string()).unwrap(), filter),
            Err(fault) => prop_assert!(!fault.problem.is_empty()),
        }
    }
}

impl Filter {
    /// A filter with `others` for every target that is not among `by_target`.
    ///
    /// # Errors
    ///
    /// The first target that no directive can name, for then the filter could not be printed and read back.
    fn from_parts<'a>(
        others: LevelFilter,
        by_target: impl IntoIterator<Item = (&'a str, LevelFilter)>,
    ) -> Result<Filter, FilterFault> {
        let mut builder = FilterBuilder::default();
        for (target, level) in by_target {
            builder.add(target, level)?;
        }
        Ok(Filter::build(others, builder))
    }

    /// What a logger called `name` starts with: `Debug` for the targets of the crate of that name, `Info` for
    /// all others.
    fn default_for(name: &str) -> Filter {
        let mut builder = FilterBuilder::default();
        add_own_target(&mut builder, name);
        Filter::build(LevelFilter::Info, builder)
    }
}
