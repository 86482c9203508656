//! Settings read back by their keys, and settings undone.

use super::*;

#[test]
fn settings_can_be_undone() {
    let config = app()
        .level(LevelFilter::Warn)
        .filter("info")
        .rotate_every(Period::Day);
    assert_ne!(config, app());
    assert_eq!(config.no_level().no_filter().rotate_every(None), app());
}

#[test]
fn a_setting_is_shown_as_a_variable_holds_it() {
    let config = app()
        .level_for("hyper", LevelFilter::Warn)
        .level_for("sqlx", LevelFilter::Off)
        .file_mode(0o600)
        .console(None)
        .mask(Mask::standard().key("a").key("b").token_prefix("acme_", 20));
    for (key, expected) in [
        ("name", Some("app")),
        ("level", None),
        ("log_dir", None),
        ("console", Some("none")),
        ("level_for", Some("hyper=warn,sqlx=off")),
        ("max_bytes", Some("10MiB")),
        ("backup_count", Some("5")),
        ("file_mode", Some("0600")),
        ("rust_log", Some("true")),
        ("overflow", Some("block_for=100ms")),
        ("retention", None),
        (
            "mask",
            Some("standard=true,key=a,key=b,emails=false,token_prefix=acme_:20"),
        ),
        ("max_byte", None),
    ] {
        assert_eq!(config.get(key).as_deref(), expected, "{key}");
    }
    let variables: Vec<(String, String)> = rows()
        .filter_map(|setting| {
            let name = format!("ASYNCLOGGER_{}", setting.key.to_ascii_uppercase());
            Some((name, config.get(setting.key)?))
        })
        .collect();
    let variables: Vec<(&str, &str)> = variables
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    assert_eq!(with_variables(app(), &variables), config);
}
