//! Which records are logged, and where they go.

use crate::config::kinds::{by_type, console, pairs};
use crate::config::limit::{Limit, any, words};
use crate::config::table::{Setting, settings};
use crate::config::words::{level, level_word};
use crate::config::{Config, Console};
use log::LevelFilter;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

settings! {
    /// # Which records, and where to
    ///
    /// The name, the outputs, and the levels.
    impl Config as records: RecordSettings;

    /// Sets the logger's name.
    ///
    /// It is the field `{name}` of a line, the name of the log file in [`log_dir`](Config::log_dir), and the crate
    /// that logs at `Debug` by default (`-` counts as `_`). If that crate never logs while others do, the installed logger
    /// reports it on standard error, once: after 1,000 records or at the shutdown, only if the executable has another name
    /// and the default levels are in force.
    ///
    /// Default: the file stem of the executable. 1 to 200 bytes, without `/`, `\` and control characters, and
    /// neither `.` nor `..`; any other name is an error when the logger starts.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::default().name("shop").log_dir("logs"); // logs/shop.log
    /// assert_eq!(config.get("name").as_deref(), Some("shop"));
    ///
    /// let error = asynclogger::Config::new("../shop").validate().unwrap_err();
    /// assert!(error.to_string().contains("a directory belongs in `log_dir`"));
    /// ```
    name(name: impl Into<String>) -> String {
        default: String::new(),
        kind: by_type,
        limits: words("1 to 200 bytes, no separator"),
        help: "names the log file and `{name}`; the crate that logs at debug",
        unset: "name of the executable",
    }

    /// Logs to the file `<dir>/<name>.log`, in addition to the console.
    ///
    /// Default: no file. The directory is created (mode 0750) when the logger starts. The file gets the name that the
    /// logger has then, so [`name`](Config::name) may be called later. This setter and [`log_file`](Config::log_file)
    /// replace each other: the later call wins, and [`no_log_file`](Config::no_log_file) undoes both.
    ///
    /// # Examples
    ///
    /// ```
    /// let to_file_only = asynclogger::Config::new("shop").log_dir("/var/log/shop").console(None);
    /// ```
    log_dir(dir: impl Into<PathBuf>) -> Option<PathBuf> {
        default: None,
        kind: by_type,
        limits: any(),
        help: "logs to `<log_dir>/<name>.log`",
        unset: "no file",
        set: |records| {
            records.log_dir = Some(dir.into());
            records.log_file = None;
        },
    }

    /// Logs to the file at `path`, in addition to the console.
    ///
    /// Default: no file. Its directory is created (mode 0750) when the logger starts. This setter and
    /// [`log_dir`](Config::log_dir) replace each other: the later call wins, and
    /// [`no_log_file`](Config::no_log_file) undoes both.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").log_file("/var/log/shop/orders.log");
    /// ```
    log_file(path: impl Into<PathBuf>) -> Option<PathBuf> {
        default: None,
        kind: by_type,
        limits: any(),
        help: "the same, by the file's path",
        unset: "no file",
        set: |records| {
            records.log_file = Some(path.into());
            records.log_dir = None;
        },
    }

    /// Sets the stream of the console output, or `None` for no console.
    ///
    /// Default: [`Console::Stderr`]. A logger without any output does not start.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{Config, Console};
    ///
    /// let on_stdout = Config::new("shop").console(Console::Stdout);
    /// let without = Config::new("shop").console(None).log_dir("logs");
    /// ```
    #[doc(alias = "stdout")]
    #[doc(alias = "stderr")]
    #[doc(alias = "appender")]
    #[doc(alias = "sink")]
    console(console: impl Into<Option<Console>>) -> Option<Console> {
        default: Some(Console::Stderr),
        kind: console,
        limits: any(),
        help: "`stdout`, `stderr`, `test`, or none",
    }

    /// Sets one level for all targets.
    ///
    /// Default: `Debug` for targets of the crate that has the logger's name, `Info` for all others;
    /// [`no_level`](Config::no_level) restores it. [`level_for`](Config::level_for) and [`filter`](Config::filter) make
    /// exceptions from this level. A level that `log`'s `max_level_*` features removed at compile time stays off; if a
    /// setting asks for it, one line on standard error reports that.
    ///
    /// # Examples
    ///
    /// ```
    /// let warnings_only = asynclogger::Config::new("shop").level(log::LevelFilter::Warn);
    /// ```
    level(level: LevelFilter) -> Option<LevelFilter> {
        default: None,
        kind: by_type,
        limits: any(),
        help: "one level for all targets",
        unset: "`debug` for the crate `name`, `info` for others",
    }

    /// Sets the level of `target` and all targets below it: `foo` covers `foo` and `foo::bar`, but not `foobaz`.
    ///
    /// A `-` also covers `_`, so `target` may be the name of a package: `my-app` covers `my_app::db`.
    ///
    /// Default: none. If several targets cover a record, the longest one decides; a second call with the same target
    /// replaces its level. A target that a filter directive cannot name (an empty one, or one with a quote, `,`, `;`, `=`,
    /// `/`, `*` or `$`), or that begins with `crate::`, is an error when the logger starts. One that almost names the
    /// logger or the executable is reported on standard error, since it probably matches nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::Config;
    /// use log::LevelFilter;
    ///
    /// let config = Config::new("shop").level_for("hyper", LevelFilter::Warn).level_for("hyper::client", LevelFilter::Off);
    /// assert_eq!(config.get("level_for").as_deref(), Some("hyper=warn,hyper::client=off"));
    /// ```
    level_for(target: impl Into<String>, level: LevelFilter) -> BTreeMap<String, LevelFilter> {
        default: BTreeMap::new(),
        kind: pairs,
        limits: any(),
        help: "the level of a target and of all below it (at `::`)",
        unset: "none",
        set: |records| records.level_for.insert(target.into(), level),
    }

    /// Sets levels by comma-separated directives, as in `RUST_LOG`.
    ///
    /// A directive is `level` (for all targets), `target=level`, or `target` alone (all levels). Targets match as in
    /// [`level_for`](Config::level_for): at `::`, where `env_logger` matches any prefix, and a `-` covers `_` too. Regular
    /// expressions (`/...`) are not supported. A single word that is one letter off a level (`inof`), or means on or off
    /// (`true`), is an error; write `inof=trace` if there is a target of that name.
    ///
    /// Default: none; [`no_filter`](Config::no_filter) restores it. Directives override [`level`](Config::level) and
    /// [`level_for`](Config::level_for). As in `RUST_LOG`, targets that no directive covers are off, unless `level` was
    /// set: `hyper=warn` alone silences everything else. A faulty directive is an error when the logger starts; the
    /// error names it.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").filter("info,shop::db=trace,hyper=warn");
    /// ```
    filter(directives: impl Into<String>) -> Option<String> {
        default: None,
        kind: by_type,
        limits: any(),
        help: "directives such as `info,my_app::db=trace,hyper=warn`",
        unset: "none",
        set: |records| records.filter = Some(directives.into()),
    }

    /// Sets whether the variable `RUST_LOG` replaces [`level`](Config::level), [`level_for`](Config::level_for) and
    /// [`filter`](Config::filter) when it is set and not empty.
    ///
    /// Default: true. Only [`init`](crate::init) reads it. A faulty directive in it is reported on standard error and
    /// ignored. If no valid directive is left, the three settings apply. If the valid ones name no level for all targets,
    /// the three settings decide about the targets that they do not name.
    ///
    /// # Examples
    ///
    /// ```
    /// let fixed = asynclogger::Config::new("shop").filter("info").rust_log(false);
    /// ```
    rust_log(on: bool) -> bool {
        default: true,
        kind: by_type,
        limits: any(),
        help: "`RUST_LOG`, if it is set, replaces these three (`init` only)",
    }

    /// Sets the most detailed level that reaches the console. It only narrows what the filter lets through.
    ///
    /// Default: `Trace`, which narrows nothing. `Off` silences the console and keeps it open.
    ///
    /// # Examples
    ///
    /// ```
    /// // Everything in the file, warnings and errors on the console.
    /// let config = asynclogger::Config::new("shop").log_dir("logs").console_level(log::LevelFilter::Warn);
    /// ```
    console_level(level: LevelFilter) -> LevelFilter {
        default: LevelFilter::Trace,
        kind: by_type,
        limits: any(),
        help: "narrower, for the console",
    }

    /// Sets the most detailed level that reaches the file. It only narrows what the filter lets through.
    ///
    /// Default: `Trace`, which narrows nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").log_dir("logs").file_level(log::LevelFilter::Info);
    /// ```
    file_level(level: LevelFilter) -> LevelFilter {
        default: LevelFilter::Trace,
        kind: by_type,
        limits: any(),
        help: "narrower, for the file",
    }
}

/// # Back to the default
impl Config {
    /// Undoes [`log_dir`](Config::log_dir) and [`log_file`](Config::log_file): no log file.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::Config;
    ///
    /// let on_console_only = Config::new("shop").log_dir("logs").no_log_file();
    /// assert_eq!(on_console_only, Config::new("shop"));
    /// ```
    pub fn no_log_file(mut self) -> Config {
        self.records.log_dir = None;
        self.records.log_file = None;
        self
    }

    /// Undoes [`level`](Config::level).
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::Config;
    ///
    /// assert_eq!(Config::new("shop").level(log::LevelFilter::Warn).no_level(), Config::new("shop"));
    /// ```
    pub fn no_level(mut self) -> Config {
        self.records.level = None;
        self
    }

    /// Undoes [`filter`](Config::filter).
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::Config;
    ///
    /// assert_eq!(Config::new("shop").filter("warn").no_filter(), Config::new("shop"));
    /// ```
    pub fn no_filter(mut self) -> Config {
        self.records.filter = None;
        self
    }
}

/// Returns the path of the log file, if there is one: `log_file`, or `<log_dir>/<name>.log`.
pub(crate) fn log_path(name: &str, log_dir: Option<&Path>, log_file: Option<&Path>) -> Option<PathBuf> {
    let in_dir = |dir: &Path| dir.join(format!("{name}.log"));
    log_file.map(Path::to_owned).or_else(|| log_dir.map(in_dir))
}

/// `level_for`: targets and their levels.
impl pairs::Pairs for BTreeMap<String, LevelFilter> {
    fn add(&mut self, target: &str, word: &str) -> Result<(), String> {
        self.insert(target.to_owned(), level(word)?);
        Ok(())
    }

    fn texts(&self) -> Vec<(&str, &str)> {
        self.iter()
            .map(|(target, level)| (target.as_str(), level_word(*level)))
            .collect()
    }
}
