//! Random sequences of actions on a logger, compared with a simple model of its ledger.
//!
//! Each case starts a logger with a file and a console, and runs up to 64 actions on it, its files, its disk, its clock
//! and its worker. After each answer the logger is compared with `model/ledger.rs`, which only knows the logged records
//! and the answers. `ASYNCLOGGER_MODEL_CASES` sets the number of cases (256); the seeds of failed ones are in
//! `model/regressions.txt` and run first.
#![cfg(unix)]

mod action;
mod disk;
mod ledger;
mod lines;
mod system;

use crate::common;
use action::{Action, Settings, actions, settings};
use proptest::test_runner::{Config, FileFailurePersistence, TestCaseError, TestRunner};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;
use system::System;

const REGRESSIONS: &str = "tests/files/model/regressions.txt";

fn cases() -> u32 {
    let set = std::env::var("ASYNCLOGGER_MODEL_CASES").ok();
    set.map_or(256, |text| text.parse().expect("a number of cases"))
}

/// A case that is stuck ends in time. Thousands of cases that are not stuck take long: each waits for files, consoles
/// and threads.
fn limit() -> Duration {
    Duration::from_secs(600).max(cases() * Duration::from_secs(2))
}

fn run(settings: &Settings, actions: &[Action]) {
    let mut system = System::start(settings);
    for action in actions {
        system.perform(*action);
    }
    system.end();
}

#[test]
fn after_any_actions_the_ledger_is_that_of_the_model() {
    // In a child process, whose standard error takes the notices of hundreds of failing loggers.
    common::child::alone_within(
        "after_any_actions_the_ledger_is_that_of_the_model",
        limit(),
        || {
            let config = Config {
                cases: cases(),
                max_shrink_iters: 300,
                max_shrink_time: 30_000,
                failure_persistence: Some(Box::new(FileFailurePersistence::Direct(REGRESSIONS))),
                source_file: Some(file!()),
                ..Config::default()
            };
            let checked = TestRunner::new(config).run(&(settings(), actions()), |(settings, actions)| {
                catch_unwind(AssertUnwindSafe(|| run(&settings, &actions))).map_err(|panic| {
                    let fixed = panic.downcast_ref::<&str>().copied();
                    let text = panic.downcast_ref::<String>().map(String::as_str).or(fixed);
                    TestCaseError::fail(text.unwrap_or("a panic").to_owned())
                })
            });
            if let Err(error) = checked {
                panic!("{error}");
            }
        },
    );
}
