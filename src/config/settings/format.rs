//! How a line looks, and what is hidden in it.

use crate::config::kinds::{by_type, optional_size, pairs, table};
use crate::config::limit::{Limit, any, words};
use crate::config::table::{Setting, settings};
use crate::config::words::{level_word, record_level};
use crate::config::{BigIntegers, Color, Config, Fields, Format, Mask, Newlines, Schema, TimeZone};
use log::Level;
use std::collections::BTreeMap;

settings! {
    /// # How a line looks
    ///
    /// Formats, colours, times, static fields, and what is masked.
    impl Config as format: FormatSettings;

    /// Sets how a line looks on the console: a template, or `"text"`, `"json"`, `"logfmt"`; see [`Format`].
    ///
    /// Default: `{time} <level_color>{level:<5}<reset> {target}: {message}{extras}`. A faulty template is an error
    /// when the logger starts; the error shows the place.
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
    #[doc(alias = "layout")]
    #[doc(alias = "template")]
    console_format(format: impl Into<Format>) -> Format {
        default: Format::default(),
        kind: by_type,
        limits: any(),
        help: "a template, or `text`, `json`, `logfmt`",
    }

    /// Sets how a line looks in the file, as [`console_format`](Config::console_format) does for the console.
    ///
    /// Default: the same template; colour tags are left out in a file.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").log_dir("logs").file_format("json");
    /// ```
    #[doc(alias = "layout")]
    #[doc(alias = "template")]
    file_format(format: impl Into<Format>) -> Format {
        default: Format::default(),
        kind: by_type,
        limits: any(),
        help: "the same for the file",
    }

    /// Sets whether the console has colour. A file never has colour.
    ///
    /// Default: [`Color::Auto`]: `NO_COLOR` turns it off, then `FORCE_COLOR` or `CLICOLOR_FORCE` turns it on, then
    /// `CLICOLOR=0` or `TERM=dumb` turns it off, and on Unix so does a `TERM` that is not set or empty; otherwise it is
    /// on if the stream is a terminal.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{Color, Config};
    ///
    /// let plain = Config::new("shop").color(Color::Never);
    /// ```
    color(choice: Color) -> Color {
        default: Color::default(),
        kind: by_type,
        limits: any(),
        help: "`auto`, `always`, `never`; a file never has any",
    }

    /// Sets whether the lines for a writer have colour: the `output` of [`init_with`](crate::init_with) and
    /// [`start_with`](crate::AsyncLogger::start_with).
    ///
    /// Default: off. It is for a writer that shows lines on a terminal, such as one above a progress bar. The crate does
    /// not know where a writer leads, so no variable and no terminal decides.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{AsyncLogger, Capture, Config};
    ///
    /// # fn main() -> Result<(), asynclogger::Error> {
    /// let capture = Capture::new();
    /// let config = Config::new("shop").console(None).file_format("<green>{message}</>").writer_color(true);
    /// let logger = AsyncLogger::start_with(config, capture.clone())?;
    /// log::info!(logger: logger, "ready");
    /// logger.shutdown().wait()?;
    /// assert_eq!(capture.lines(), ["\u{1b}[32mready\u{1b}[0m"]);
    /// # Ok(())
    /// # }
    /// ```
    writer_color(on: bool) -> bool {
        default: false,
        kind: by_type,
        limits: any(),
        help: "colour in the lines for the writer of `init_with`",
    }

    /// Sets the most bytes of a line on the console, with its line feed.
    ///
    /// Default: 16 KiB for JSON and logfmt, since Docker, containerd and what reads their files split a longer line, and
    /// no collector puts the parts together by default; [`max_record_bytes`](Config::max_record_bytes) for templates,
    /// and if the static fields take more than a quarter of 16 KiB. From 1 KiB to `max_record_bytes`. In a longer line
    /// values and then the message are cut and marked; it stays whole JSON, and is counted as truncated.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{Config, Console};
    ///
    /// // A reader that takes lines of any length.
    /// let config = Config::new("shop").console(Console::Stdout).console_format("json").console_line_bytes(32 * 1024);
    /// assert!(config.validate().is_ok());
    /// ```
    console_line_bytes(bytes: usize) -> Option<usize> {
        default: None,
        kind: optional_size,
        limits: words("`1KiB` to `max_record_bytes`"),
        help: "the longest line on the console, in bytes",
        unset: "`16KiB` for JSON and logfmt, else `max_record_bytes`",
    }

    /// Sets the style of one level, for `<level_color>` in templates: names joined by `+`, such as `blue+bold`.
    ///
    /// Default: error `red+bold`, warn `muted_yellow+bold`, info `green`, debug `muted_blue`, trace `cyan`. A second
    /// call with the same level replaces its style; an unknown name is an error when the logger starts.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").level_color(log::Level::Info, "bright_cyan+bold");
    /// assert!(config.validate().is_ok());
    /// ```
    level_color(level: Level, style: &str) -> BTreeMap<Level, String> {
        default: BTreeMap::new(),
        kind: pairs,
        limits: any(),
        help: "the style of one level",
        unset: "see [formats][styles]",
        set: |format| format.level_color.insert(level, style.to_owned()),
    }

    /// Sets the names of the fields in JSON lines; see [`Schema`].
    ///
    /// Default: [`Schema::Native`]. It does not change text lines; for logfmt see [`logfmt_schema`](Config::logfmt_schema).
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{Config, Console, Schema};
    ///
    /// let for_elastic = Config::new("shop").console(Console::Stdout).console_format("json").json_schema(Schema::Ecs);
    /// ```
    #[doc(alias = "schema")]
    json_schema(schema: Schema) -> Schema {
        default: Schema::default(),
        kind: by_type,
        limits: any(),
        help: "names of the fields of JSON lines: `native`, `usual`, `ecs`, `otel`, `gcp`, `bunyan`",
    }

    /// Sets the names of the fields in logfmt lines; see [`Schema`].
    ///
    /// Default: [`Schema::Usual`], whose `time`, `level` and `msg` logfmt readers know. logfmt has no objects: what a
    /// schema has inside of one is a field of the line, and the target of `otel` is `otel.scope.name`.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{Config, Schema};
    ///
    /// let same_names_as_json = Config::new("shop").file_format("logfmt").logfmt_schema(Schema::Native);
    /// ```
    logfmt_schema(schema: Schema) -> Schema {
        default: Schema::Usual,
        kind: by_type,
        limits: any(),
        help: "names of the fields of logfmt lines; the same words",
    }

    /// Sets how JSON lines show integers beyond 63 bits: hashes, and UUIDs as `u128`.
    ///
    /// Default: `None`, which depends on the schema. Integers beyond 64 bits are text. From 2^63 to 2^64 - 1 they are
    /// numbers, except in the schemas `ecs` and `otel`, whose model has signed integers of 64 bits: there they are text.
    /// [`BigIntegers::Text`] makes everything beyond 63 bits text, [`BigIntegers::Number`] nothing. It is the same inside
    /// of documents (`key:serde`). A field that has both has two types; [formats](crate::docs::formats) lists what
    /// readers do with such numbers. Text and logfmt lines, which have no types, show all digits in any case.
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> Result<(), asynclogger::Error> {
    /// use asynclogger::{AsyncLogger, BigIntegers, Capture, Config};
    ///
    /// let config = Config::new("shop").console(None).file_format("json").big_integers(BigIntegers::Text);
    /// let capture = Capture::new();
    /// let logger = AsyncLogger::start_with(config, capture.clone())?;
    /// log::info!(logger: logger, hash = u64::MAX, order = 7; "paid");
    /// logger.flush().wait()?;
    /// assert!(capture.lines()[0].ends_with(r#""hash":"18446744073709551615","order":7}"#));
    /// # Ok(())
    /// # }
    /// ```
    big_integers(choice: impl Into<Option<BigIntegers>>) -> Option<BigIntegers> {
        default: None,
        kind: by_type,
        limits: any(),
        help: "`number`, `text`: integers beyond 63 bits in JSON lines",
        unset: "as the schema needs it",
    }

    /// Sets the zone of the times in lines, and of the hours and days of [`rotate_every`](Config::rotate_every).
    ///
    /// Default: [`TimeZone::Utc`], in which a time ends with `Z`; in another zone it ends with its offset, as in
    /// `2025-01-02T04:04:05.123456+01:00`. An offset of a day or more is an error when the logger starts, and so is
    /// `TimeZone::Local` if the machine's zone cannot be found. Times in the logger's own messages, and those of the
    /// schemas `otel` and `bunyan`, are always in UTC.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{Config, TimeZone};
    ///
    /// let in_delhi = Config::new("shop").time_zone(TimeZone::Fixed { minutes_east: 330 });
    /// assert!(in_delhi.validate().is_ok());
    /// ```
    time_zone(zone: TimeZone) -> TimeZone {
        default: TimeZone::default(),
        kind: by_type,
        limits: words("less than 24 h from it"),
        help: "of times and of `rotate_every`: `utc`, an offset as in `+05:30`, `local` (feature `local-time`)",
    }

    /// Sets how a line break inside a message is shown in text lines.
    ///
    /// Default: [`Newlines::Escape`], as `\n`. JSON and logfmt always escape it in their own way.
    /// [`Newlines::Indent`] is for the console only; files and writers escape.
    ///
    /// # Examples
    ///
    /// ```
    /// use asynclogger::{Config, Newlines};
    ///
    /// let config = Config::new("shop").newlines(Newlines::Symbol);
    /// ```
    newlines(newlines: Newlines) -> Newlines {
        default: Newlines::default(),
        kind: by_type,
        limits: any(),
        help: "a line break in a message as `\\n`, as the sign U+23CE (`symbol`), or on consoles as an indented line (`indent`)",
    }

    /// Sets whether JSON and logfmt lines say where a record comes from: module, file, line, thread, process id
    /// and the logger's name.
    ///
    /// Default: false. Text templates have a field for each of these.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").console_format("json").source(true);
    /// ```
    source(on: bool) -> bool {
        default: false,
        kind: by_type,
        limits: any(),
        help: "module, file, line, thread, process and name in JSON and logfmt",
    }

    /// Sets whether lines on a console that is the journal of systemd begin with their priority, as in `<3>`.
    ///
    /// Default: true. The journal stores the line without this beginning, and `journalctl -p err` finds errors; if it is
    /// missing, every line has the priority `info`. The numbers are 3 for errors, 4 for warnings, 6 for info, 7 for debug
    /// and trace. A console is the journal if the variable `JOURNAL_STREAM` has its device and inode (systemd.exec(5));
    /// lines of other consoles and of files are not changed. A unit with `SyslogLevelPrefix=no` needs false.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").journal_priority(false);
    /// ```
    #[doc(alias = "systemd")]
    #[doc(alias = "syslog")]
    journal_priority(on: bool) -> bool {
        default: true,
        kind: by_type,
        limits: any(),
        help: "a priority such as `<3>` before each line on a console that is systemd's journal",
    }

    /// Adds a field that every record carries: a service, a version, a host. JSON and logfmt lines show it before the
    /// record's own key-values, text lines after them.
    ///
    /// Default: none. Fields come in the order of these calls (from a TOML file: by key); a second call with the same
    /// key replaces the value. Keys are cleaned and values masked like those of records, but nothing is cut: a key
    /// longer than [`max_key_bytes`](Config::max_key_bytes), a value longer than
    /// [`max_value_bytes`](Config::max_value_bytes), an empty key, or fields that together (as a line shows them,
    /// escaped and quoted) take more than a quarter of [`max_record_bytes`](Config::max_record_bytes) are errors when
    /// the logger starts.
    ///
    /// # Examples
    ///
    /// ```
    /// let config = asynclogger::Config::new("shop").field("version", env!("CARGO_PKG_VERSION")).field("zone", "eu-1");
    /// ```
    field(key: impl Into<String>, value: impl Into<String>) -> Fields {
        default: Fields::default(),
        kind: pairs,
        limits: words("a quarter of `max_record_bytes`, together"),
        help: "a field that every record carries",
        unset: "none",
        set: |format| format.field.set(key.into(), value.into()),
    }

    /// Sets which keys and which text are secret and are shown as `***`, in every output.
    ///
    /// Default: [`Mask::standard`]. Keys and tokens that only your program has are added to it; see [`Mask`].
    ///
    /// # Examples
    ///
    /// ```
    /// # fn main() -> Result<(), asynclogger::Error> {
    /// use asynclogger::{AsyncLogger, Capture, Config, Mask};
    ///
    /// let config = Config::new("shop")
    ///     .console(None)
    ///     .file_format("{message}{extras}")
    ///     .mask(Mask::standard().key("voucher"));
    /// let capture = Capture::new();
    /// let logger = AsyncLogger::start_with(config, capture.clone())?;
    /// log::info!(logger: logger, voucher = "WINTER-7", password = "hunter2"; "bought");
    /// logger.flush().wait()?;
    /// assert_eq!(capture.lines(), ["bought [voucher=***, password=***]"]);
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "redact")]
    mask(mask: Mask) -> Mask {
        default: Mask::standard(),
        kind: table,
        limits: any(),
        help: "which keys and shapes are shown as `***`: `standard`, `none`, or `Mask::standard()` with own ones",
    }
}

#[cfg(feature = "kv-error")]
impl FormatSettings {
    /// Whether lines have fields for the type and the stack trace of an error.
    pub(crate) fn shows_error_details(&self) -> bool {
        let is_json = [&self.console_format, &self.file_format].contains(&&Format::Json);
        self.json_schema == Schema::Ecs && is_json
    }
}

/// `level_color`: levels and their styles.
impl pairs::Pairs for BTreeMap<Level, String> {
    fn add(&mut self, level: &str, style: &str) -> Result<(), String> {
        self.insert(record_level(level)?, style.to_owned());
        Ok(())
    }

    fn texts(&self) -> Vec<(&str, &str)> {
        let word = |level: &Level| level_word(level.to_level_filter());
        self.iter()
            .map(|(level, style)| (word(level), style.as_str()))
            .collect()
    }
}
