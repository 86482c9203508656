//! Where the file is, and how it is rotated.

use crate::clock::Zone;
use crate::config::Config;
use crate::sink::file::{FileSettings, Offsets};

/// `None` if the configuration has no file.
pub(super) fn file_settings(config: &Config, zone: Zone) -> Option<FileSettings> {
    let offsets = match zone {
        Zone::Utc => Offsets::default(),
        zone => Offsets::new(move |secs| zone.offset(secs)),
    };
    config.log_path().map(|path| FileSettings {
        path,
        max_bytes: config.max_bytes,
        backup_count: config.backup_count,
        period: config.rotate_every,
        offsets,
        locking: config.locking,
        mode: config.file_mode,
        retention: config.retention.clone(),
    })
}
