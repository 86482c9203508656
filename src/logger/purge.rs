//! `purge()`: deletes old backups on the calling thread, through its own file handles.
//!
//! `purge()` and `init` are the only calls that touch files. It takes the same lock as the worker, batch by batch.

use super::core::Core;
use crate::clock::{Tick, Wall};
use crate::config::Retention;
use crate::error::{Error, ErrorKind};
use crate::sink::retention::{Place, Purge, PurgeReport, purge};
use crate::sink::rooted::RootedDisk;
use crate::sync::{Ordering::Relaxed, enter};
use std::thread;

/// Deletes what `retention` does not keep, or reports what would be deleted.
pub(super) fn run(core: &Core, retention: &Retention, how: Purge) -> Result<PurgeReport, Error> {
    let Some(file) = &core.file else {
        let text = format!(
            "{}: this logger writes no file; set log_dir or log_file",
            how.call()
        );
        return Err(Error::new(ErrorKind::NotRunning, text));
    };
    let now_secs = enter(&file.steady).secs(Tick::now(), Wall::from(file.clock.now()));
    let place = Place {
        log: &file.path,
        locking: file.locking,
        mode: file.mode,
    };
    let mut disk = RootedDisk::new(file.root, None);
    let report = purge(&place, retention, &mut disk, now_secs, how, &mut thread::sleep)
        .map_err(|error| core.masked(error))?;
    if how == Purge::Delete {
        core.shared
            .counters
            .purged_by_calls
            .fetch_add(report.deleted_files, Relaxed);
    }
    Ok(report)
}

impl Purge {
    /// The name of the public call, with which errors begin.
    pub(crate) fn call(self) -> &'static str {
        match self {
            Purge::Delete => "purge",
            Purge::DryRun => "purge_dry_run",
        }
    }
}
