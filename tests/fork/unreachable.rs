//! A child made by `fork` that cannot open the path of the log: it writes to the file that its parent had open.
#![cfg(target_os = "linux")]

use crate::common;

use asynclogger::AsyncLogger;
use common::check::in_order;
use common::child::alone;
use common::forked::{End, in_a_fork};
use common::{lines_of, log_numbered, to_file};
use log::Level;
use std::fs;

#[test]
fn a_child_that_cannot_open_the_path_writes_to_the_log_of_its_parent() {
    const TEST: &str = "a_child_that_cannot_open_the_path_writes_to_the_log_of_its_parent";
    alone(TEST, || {
        let dir = tempfile::tempdir().unwrap();
        let (logs, moved) = (dir.path().join("logs"), dir.path().join("moved"));
        let logger = AsyncLogger::start(to_file(&logs)).unwrap();
        log_numbered(&logger, Level::Info, 0, 0);
        logger.flush().wait().unwrap();
        fs::rename(&logs, &moved).unwrap();
        fs::write(&logs, "in the way of the directory").unwrap();
        let code = in_a_fork(End::AtOnce, || {
            (0..20).for_each(|n| log_numbered(&logger, Level::Info, 1, n));
            logger.shutdown().wait().unwrap();
            0
        });
        assert_eq!(code, 0);
        log_numbered(&logger, Level::Info, 0, 1);
        logger.shutdown().wait().unwrap();
        let seen = in_order(&lines_of(&moved.join("app.log"))).unwrap();
        assert_eq!((seen[&0].len(), seen[&1].len()), (2, 20), "{seen:?}");
        assert_eq!(fs::read(&logs).unwrap(), b"in the way of the directory");
    });
}
