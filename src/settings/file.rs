//! The path of the log file, and its rotation.

use crate::clock::Zone;
use crate::config::RotationSettings;
use crate::sink::file::FileSettings;
use crate::sink::rooted::Root;
use std::path::PathBuf;

/// The settings of the log file at `path`; every setting of its rotation is used here.
pub(super) fn file_settings(path: PathBuf, rotation: &RotationSettings, zone: Zone) -> FileSettings {
    let RotationSettings {
        max_bytes,
        backup_count,
        rotate_every,
        retention,
        locking,
        file_mode,
    } = rotation;
    FileSettings {
        path,
        max_bytes: *max_bytes,
        backup_count: *backup_count,
        rotate_every: *rotate_every,
        zone,
        locking: *locking,
        mode: *file_mode,
        retention: retention.clone(),
        root: Root::default(),
    }
}
