//! Where the file is, and how it is rotated.

use crate::clock::Zone;
use crate::config::Config;
use crate::sink::file::FileSettings;

/// `None` if the configuration has no file.
pub(super) fn file_settings(config: &Config, zone: Zone) -> Option<FileSettings> {
    config.log_path().map(|path| FileSettings {
        path,
        max_bytes: config.max_bytes,
        backup_count: config.backup_count,
        rotate_every: config.rotate_every,
        zone,
        locking: config.locking,
        mode: config.file_mode,
        retention: config.retention.clone(),
    })
}
