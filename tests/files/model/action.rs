//! The actions of the model test, and the settings of its loggers.

use asynclogger::seams::Stage;
use asynclogger::{Overflow, Period};
use log::{Level, LevelFilter};
use proptest::prelude::*;
use proptest::sample::select;
use std::time::Duration;

/// One action.
#[derive(Debug, Clone, Copy)]
pub enum Action {
    /// Log this many records, each with a key-value of `pad` bytes.
    Log {
        level: Level,
        records: usize,
        pad: usize,
    },
    Flush,
    Sync,
    Reopen,
    /// Flush, and drop the future at once.
    DropFlush,
    /// Log enough records for a rotation.
    Rotate,
    /// Move the log away, as logrotate does.
    Rename,
    /// Copy and cut the log, as logrotate does with `copytruncate`.
    Truncate,
    Delete,
    /// Make the next operations of a kind fail.
    Fail {
        operation: Operation,
        times: u32,
        errno: i32,
    },
    BlockConsole,
    UnblockConsole,
    /// Set the wall clock forward or back.
    JumpClock {
        seconds: i64,
    },
    SetFilter(LevelFilter),
    /// Delete all but `keep` backups.
    Purge {
        keep: u32,
    },
    /// Make the worker panic when it next enters a stage.
    KillWorker(Stage),
    /// Shut down, log some records too late, and start a new logger on the same files.
    Restart {
        late: usize,
    },
}

/// Operations of the disk that can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    Write,
    /// The write takes half of its bytes, and the write of the rest fails.
    HalfWrite,
    Open,
    Rename,
    Stat,
    Lock,
    Sync,
}

/// The settings of the loggers of a case.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    pub max_bytes: u64,
    pub rotate_every: Option<Period>,
    pub overflow: Overflow,
    /// A queue with room for a few records only.
    pub small_queue: bool,
}

pub fn settings() -> impl Strategy<Value = Settings> {
    let overflow = select(vec![
        Overflow::Block,
        Overflow::DropNewest,
        Overflow::BlockFor(Duration::from_millis(5)),
    ]);
    let period = select(vec![None, Some(Period::Hour), Some(Period::Day)]);
    (select(vec![700u64, 4_000]), period, overflow, any::<bool>()).prop_map(
        |(max_bytes, rotate_every, overflow, small_queue)| Settings {
            max_bytes,
            rotate_every,
            overflow,
            small_queue,
        },
    )
}

pub fn actions() -> impl Strategy<Value = Vec<Action>> {
    prop::collection::vec(action(), 0..=64)
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        12 => (level(), 1usize..20, select(vec![0usize, 0, 30, 300]))
            .prop_map(|(level, records, pad)| Action::Log { level, records, pad }),
        5 => Just(Action::Flush),
        1 => Just(Action::Sync),
        1 => Just(Action::Reopen),
        2 => Just(Action::DropFlush),
        2 => Just(Action::Rotate),
        2 => Just(Action::Rename),
        2 => Just(Action::Truncate),
        2 => Just(Action::Delete),
        4 => (operation(), 1u32..=4, select(vec![5, 13, 28, 30, 122]))
            .prop_map(|(operation, times, errno)| Action::Fail { operation, times, errno }),
        2 => Just(Action::BlockConsole),
        3 => Just(Action::UnblockConsole),
        2 => select(vec![-86_400i64, -3_600, 3_600, 7_200, 86_400, 315_360_000])
            .prop_map(|seconds| Action::JumpClock { seconds }),
        2 => filter().prop_map(Action::SetFilter),
        2 => (0u32..3).prop_map(|keep| Action::Purge { keep }),
        2 => stage().prop_map(Action::KillWorker),
        1 => (0usize..3).prop_map(|late| Action::Restart { late }),
    ]
}

fn level() -> impl Strategy<Value = Level> {
    select(Level::iter().collect::<Vec<_>>())
}

fn filter() -> impl Strategy<Value = LevelFilter> {
    select(LevelFilter::iter().collect::<Vec<_>>())
}

fn operation() -> impl Strategy<Value = Operation> {
    use Operation::{HalfWrite, Lock, Open, Rename, Stat, Sync, Write};
    select(vec![
        Write, Write, HalfWrite, HalfWrite, Open, Rename, Stat, Lock, Sync,
    ])
}

fn stage() -> impl Strategy<Value = Stage> {
    select(vec![
        Stage::Receive,
        Stage::Mask,
        Stage::Format,
        Stage::Write,
        Stage::Answer,
    ])
}
