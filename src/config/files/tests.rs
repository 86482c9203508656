//! What a file is refused with.

use crate::config::Config;
use crate::error::{Error, ErrorKind};
use std::path::{Path, PathBuf};

/// A directory that holds `text` in a file of this name.
fn file(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, text).unwrap();
    (dir, path)
}

fn text(read: Result<Config, Error>) -> String {
    read.unwrap_err().to_string()
}

#[test]
fn a_byte_order_mark_is_skipped() {
    let (_dir, path) = file("logging.json", "\u{FEFF}{ \"name\": \"shop\" }");
    let config = Config::from_json_file(&path).unwrap();
    assert_eq!(config.get("name").as_deref(), Some("shop"));
}

#[test]
fn a_file_that_is_not_there_is_named_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("logging.json");
    let missing = Config::from_json_file(&path).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::Io);
    assert_eq!(
        missing.to_string(),
        format!(
            "cannot read the configuration {path:?}: there is no such file; create it, or correct the path"
        )
    );
    let relative = text(Config::from_json_file(Path::new("no-such-file.json")));
    let here = std::env::current_dir().unwrap();
    assert_eq!(
        relative,
        format!(
            "cannot read the configuration \"no-such-file.json\": there is no such file; create it, or correct the \
             path, which is relative to {here:?}"
        )
    );
}

#[test]
#[cfg(unix)]
fn a_directory_is_no_settings_file() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(
        text(Config::from_json_file(dir.path())),
        format!(
            "cannot read the configuration {:?}: it is a directory; name the file in it",
            dir.path()
        )
    );
}

/// A section with settings is not a misspelt setting.
#[test]
fn a_section_of_settings_is_recognised() {
    let (_dir, path) = file(
        "app.json",
        r#"{ "logging": { "level": "warn", "name": "shop" }, "lockin": "off" }"#,
    );
    let error = text(Config::from_json_file(&path));
    assert!(error.contains("logging: this section holds settings"), "{error}");
    assert!(
        error.contains("lockin: there is no such setting; did you mean `locking`?"),
        "{error}"
    );
}

#[cfg(feature = "toml")]
mod toml {
    use super::*;

    #[test]
    fn a_toml_file_is_read() {
        let (_dir, path) = file(
            "logging.toml",
            "\u{FEFF}name = \"shop\"\n[level_for]\nhyper = \"warn\"\n",
        );
        let config = Config::from_toml_file(&path).unwrap();
        let expected = Config::new("shop").level_for("hyper", log::LevelFilter::Warn);
        assert_eq!(config, expected);
    }

    /// `toml` gives the keys in the order of the alphabet.
    #[test]
    fn all_faults_are_listed_at_once_without_the_file() {
        let content =
            "levle = \"info\"\nmax_bytes = \"10M\"\n[field]\ntoken = \"hunter2\"\n[logging]\nlevel = 1\n";
        let (_dir, path) = file("logging.toml", content);
        let error = Config::from_toml_file(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let expected = format!(
            "cannot use the configuration {path:?}: 3 invalid settings:\n  \
             levle: there is no such setting; did you mean `level`?\n  \
             logging: this section holds settings, which belong at the top level of a settings file; a program that \
             has them in a section reads them as a field of that name, of type `asynclogger::Config`, in its own \
             configuration\n  \
             max_bytes = \"10M\": `M` is ambiguous; write MiB (powers of 1024) or MB (of 1000)"
        );
        assert_eq!(error.to_string(), expected);
        assert_eq!(format!("{error:?}"), expected);
    }

    #[test]
    fn a_syntax_error_is_named_with_its_place_and_without_the_line() {
        let (_dir, path) = file(
            "logging.toml",
            "name = \"shop\"\nfield = { api_key = \"hunter2\"\n",
        );
        let error = text(Config::from_toml_file(&path));
        assert!(error.starts_with(&format!(
            "cannot use the configuration {path:?}: it is not TOML: "
        )));
        assert!(error.contains(" at line 2 column "), "{error}");
        assert!(!error.contains("hunter2"), "{error}");

        std::fs::write(&path, "name = \"a\"\nname = \"b\"\n").unwrap();
        let twice = text(Config::from_toml_file(&path));
        assert!(
            twice.contains("duplicate key") && twice.contains("line 2"),
            "{twice}"
        );
    }
}
