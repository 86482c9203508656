//! The states of a logger and of its outputs.

use serde::Serialize;
use std::fmt;

/// The state of a logger.
///
/// `Display` and serialisation use the words of [`as_str`](State::as_str).
///
/// # Examples
///
/// ```
/// assert_eq!(asynclogger::health().state, asynclogger::State::NotStarted);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum State {
    /// No logger has been started yet.
    NotStarted,
    /// Every output accepts lines.
    Running,
    /// At least one output is failing, stuck or ended; `outputs` shows which.
    Degraded,
    /// The logger was shut down; the figures no longer change.
    Stopped,
}

/// The state of one output.
///
/// `Display` and serialisation use the words of [`as_str`](OutputState::as_str).
///
/// # Examples
///
/// ```
/// use asynclogger::OutputState;
///
/// let health = asynclogger::health();
/// let failing = health.outputs.iter().filter(|output| output.state == OutputState::Failing);
/// assert_eq!(failing.count(), 0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OutputState {
    /// It accepts lines.
    Running,
    /// Its last write failed, or is stuck; it is tried again.
    Failing,
    /// Nothing reads it any more (a closed pipe or terminal, for example); it gets no further lines.
    Ended,
    /// The logger was shut down while the output was running.
    Stopped,
}

impl State {
    /// The state as a word: `not_started`, `running`, `degraded` or `stopped`.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(asynclogger::State::NotStarted.as_str(), "not_started");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            State::NotStarted => "not_started",
            State::Running => "running",
            State::Degraded => "degraded",
            State::Stopped => "stopped",
        }
    }
}

impl OutputState {
    /// The state as a word: `running`, `failing`, `ended` or `stopped`.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(asynclogger::OutputState::Ended.as_str(), "ended");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            OutputState::Running => "running",
            OutputState::Failing => "failing",
            OutputState::Ended => "ended",
            OutputState::Stopped => "stopped",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for OutputState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
