//! The setters of what is logged and how it looks: name, outputs, levels, formats, colours, fields.

use super::{Color, Config, Console, Format, Newlines, Schema, TimeZone};
use log::{Level, LevelFilter};
use std::path::PathBuf;

impl Config {
    /// Sets the logger's name: the field `{name}` of a line, the log file's name below
    /// [`log_dir`](Config::log_dir), and the crate that is heard at `Debug` (`-` counts as `_`).
    ///
    /// Default: the file stem of the executable. 1 to 200 bytes, without `/`, `\` and control characters, and
    /// neither `.` nor `..`; any other name is an error at the start.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::default().name("shop").log_dir("logs"); // logs/shop.log
    ///
    /// let error = asynclogger::Config::new("../shop").validate().unwrap_err();
    /// assert!(error.to_string().contains("a directory belongs in `log_dir`"));
    /// ```
    pub fn name(mut self, name: impl Into<String>) -> Config {
        self.name = name.into();
        self
    }

    /// Logs to the file `<dir>/<name>.log`, beside the console.
    ///
    /// Default: no file. The directory is created (mode 0750) when the logger starts. The name is taken then, so
    /// it may be set after this. This and [`log_file`](Config::log_file) replace each other: the later call counts.
    ///
    /// # Examples
    ///
    /// ```
    /// let to_file_only = asynclogger::Config::new("shop").log_dir("/var/log/shop").console(None);
    /// ```
    pub fn log_dir(mut self, dir: impl Into<PathBuf>) -> Config {
        self.dir = Some(dir.into());
        self.file = None;
        self
    }

    /// Logs to the file at `path`, beside the console.
    ///
    /// Default: no file. Its directory is created (mode 0750) when the logger starts. This and
    /// [`log_dir`](Config::log_dir) replace each other: the later call counts.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").log_file("/var/log/shop/orders.log");
    /// ```
    pub fn log_file(mut self, path: impl Into<PathBuf>) -> Config {
        self.file = Some(path.into());
        self.dir = None;
        self
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
    pub fn console(mut self, console: impl Into<Option<Console>>) -> Config {
        self.console = console.into();
        self
    }

    /// Sets one level for all targets.
    ///
    /// Default: `Debug` for targets of the crate that has the logger's name, `Info` for all others.
    /// [`level_for`](Config::level_for) and [`filter`](Config::filter) make exceptions from it. A level that `log`'s
    /// `max_level_*` features took out of the program stays silent; the logger says so once.
    ///
    /// # Examples
    ///
    /// ```
    /// let quiet = asynclogger::Config::new("shop").level(log::LevelFilter::Warn);
    /// ```
    pub fn level(mut self, level: LevelFilter) -> Config {
        self.level = Some(level);
        self
    }

    /// Sets the level of `target` and all targets below it: `foo` covers `foo` and `foo::bar`, not `foobaz`.
    ///
    /// Default: none. Of several that cover a record the longest target decides; the same target again replaces
    /// its level. A target that no directive of a filter can name (empty, with `,`, `=`, `/` or `*`) is an error at
    /// the start.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::Config;
    /// use log::LevelFilter;
    ///
    /// let config = Config::new("shop").level_for("hyper", LevelFilter::Warn).level_for("hyper::client", LevelFilter::Off);
    /// ```
    pub fn level_for(mut self, target: impl Into<String>, level: LevelFilter) -> Config {
        self.level_for.insert(target.into(), level);
        self
    }

    /// Sets levels by directives with commas between them, as in `RUST_LOG`.
    ///
    /// A directive is `level` (for all targets), `target=level`, or `target` alone (everything). Targets match at
    /// `::` as in [`level_for`](Config::level_for), where `env_logger` matches any prefix; regular expressions
    /// (`/...`) are not supported.
    ///
    /// Default: none. Directives win over [`level`](Config::level) and [`level_for`](Config::level_for) where both
    /// say something. As in `RUST_LOG`, what no directive covers is off, unless `level` was set: `hyper=warn` alone
    /// silences everything else. A faulty directive is an error at the start that names it.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").filter("info,shop::db=trace,hyper=warn");
    /// ```
    pub fn filter(mut self, directives: impl Into<String>) -> Config {
        self.filter = Some(directives.into());
        self
    }

    /// Sets whether the variable `RUST_LOG` replaces [`level`](Config::level), [`level_for`](Config::level_for) and
    /// [`filter`](Config::filter), if it is set and not empty.
    ///
    /// Default: true. Only [`init`](crate::init) reads it; a faulty one is told on standard error and ignored.
    ///
    /// # Examples
    ///
    /// ```
    /// let fixed = asynclogger::Config::new("shop").filter("info").rust_log(false);
    /// ```
    pub fn rust_log(mut self, on: bool) -> Config {
        self.rust_log = on;
        self
    }

    /// Sets the most detailed level that reaches the console; it only narrows what the filter lets through.
    ///
    /// Default: `Trace`, which narrows nothing. `Off` silences the console and keeps it open.
    ///
    /// # Examples
    ///
    /// ```
    /// // Everything in the file, warnings and errors on the console.
    /// let config = asynclogger::Config::new("shop").log_dir("logs").console_level(log::LevelFilter::Warn);
    /// ```
    pub fn console_level(mut self, level: LevelFilter) -> Config {
        self.console_level = level;
        self
    }

    /// Sets the most detailed level that reaches the file; it only narrows what the filter lets through.
    ///
    /// Default: `Trace`, which narrows nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").log_dir("logs").file_level(log::LevelFilter::Info);
    /// ```
    pub fn file_level(mut self, level: LevelFilter) -> Config {
        self.file_level = level;
        self
    }

    /// Sets how a line looks on the console: a template, or `"text"`, `"json"`, `"logfmt"`; see [`Format`].
    ///
    /// Default: `{time} <level_color>{level:<5}<reset> {target}: {message}{extras}`. A faulty template is an error
    /// at the start that shows the place.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::Config;
    ///
    /// let config = Config::new("shop").console_format("[{time:%H:%M:%S}] <level_color>{level:>5}<reset> {message}{extras}");
    /// assert!(config.validate().is_ok());
    ///
    /// let error = Config::new("shop").console_format("{lvl} {message}").validate().unwrap_err();
    /// assert!(error.to_string().contains("did you mean `level`?"));
    /// ```
    pub fn console_format(mut self, format: impl Into<Format>) -> Config {
        self.console_format = format.into();
        self
    }

    /// Sets how a line looks in the file; as [`console_format`](Config::console_format), but colour tags are left
    /// out there.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").log_dir("logs").file_format("json");
    /// ```
    pub fn file_format(mut self, format: impl Into<Format>) -> Config {
        self.file_format = format.into();
        self
    }

    /// Sets whether the console has colour.
    ///
    /// Default: [`Color::Auto`]: `NO_COLOR` switches it off, then `FORCE_COLOR` or `CLICOLOR_FORCE` on, then
    /// `CLICOLOR=0` and `TERM=dumb` off; else it is on exactly when the stream is a terminal. A file never has
    /// colour.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{Color, Config};
    ///
    /// let plain = Config::new("shop").color(Color::Never);
    /// ```
    pub fn color(mut self, choice: Color) -> Config {
        self.color = choice;
        self
    }

    /// Sets the style of one level, for `<level_color>` in templates: names joined by `+`, such as `blue+bold`.
    ///
    /// Default: error `red+bold`, warn `muted_yellow+bold`, info `green`, debug `muted_blue`, trace `cyan`. The same
    /// level again replaces its style; an unknown name is an error at the start.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").level_color(log::Level::Info, "bright_cyan+bold");
    /// assert!(config.validate().is_ok());
    /// ```
    pub fn level_color(mut self, level: Level, style: &str) -> Config {
        self.level_color.insert(level, style.to_owned());
        self
    }

    /// Sets how a line break inside a message is shown in text lines.
    ///
    /// Default: [`Newlines::Escape`], as `\n`. JSON and logfmt escape it in their own way, whatever is set here.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{Config, Newlines};
    ///
    /// let config = Config::new("shop").newlines(Newlines::Symbol);
    /// ```
    pub fn newlines(mut self, newlines: Newlines) -> Config {
        self.newlines = newlines;
        self
    }

    /// Sets how the fields of JSON lines are called; see [`Schema`].
    ///
    /// Default: [`Schema::Native`]. Text and logfmt lines are the same whatever is set here.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{Config, Console, Schema};
    ///
    /// let for_elastic = Config::new("shop").console(Console::Stdout).console_format("json").json_schema(Schema::Ecs);
    /// ```
    pub fn json_schema(mut self, schema: Schema) -> Config {
        self.json_schema = schema;
        self
    }

    /// Sets whether JSON and logfmt lines say where a record comes from: module, file, line, thread, process id
    /// and the logger's name.
    ///
    /// Default: false. Text templates have fields for each of these.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").console_format("json").source(true);
    /// ```
    pub fn source(mut self, on: bool) -> Config {
        self.source = on;
        self
    }

    /// Sets the zone of the times in lines, and of the hours and days of [`rotate_every`](Config::rotate_every).
    ///
    /// Default: [`TimeZone::Utc`], which ends a time with `Z`; in another zone its offset stands there, as in
    /// `2025-01-02T04:04:05.123456+01:00`. An offset of a day or more is an error at the start, and so is
    /// `TimeZone::Local` where the machine's zone cannot be found. Times inside of messages of the logger itself, and JSON
    /// of the schemas `otel` and `bunyan`, are in UTC always.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{Config, TimeZone};
    ///
    /// let in_delhi = Config::new("shop").time_zone(TimeZone::Fixed { minutes_east: 330 });
    /// assert!(in_delhi.validate().is_ok());
    /// ```
    pub fn time_zone(mut self, zone: TimeZone) -> Config {
        self.time_zone = zone;
        self
    }

    /// Adds a field that every record carries: a service, a version, a host. JSON and logfmt show it before the
    /// record's own key-values, text behind them.
    ///
    /// Default: none. Fields come in the order of these calls (of a TOML file: by key); the same key again replaces
    /// the value. Keys are cleaned and values masked like those of records, but nothing is cut: a key longer than
    /// [`max_key_bytes`](Config::max_key_bytes), a value longer than [`max_value_bytes`](Config::max_value_bytes),
    /// an empty key, or fields that together (as a line shows them, escaped and quoted) take more than a quarter of
    /// [`max_record_bytes`](Config::max_record_bytes) are errors at the start.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").field("version", env!("CARGO_PKG_VERSION")).field("zone", "eu-1");
    /// ```
    pub fn field(mut self, key: impl Into<String>, value: impl Into<String>) -> Config {
        self.set_field(key.into(), value.into());
        self
    }
}
