//! Opens the log file as an output; a forked child opens the same file anew, by its absolute path.

use super::disk::Disk;
use super::file::{FileSettings, FileSink};
use super::opener::{Opened, Opener, Opening, Rank};
use crate::error::Error;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// Opens a log file.
pub(crate) struct FileOpener {
    settings: FileSettings,
    /// The absolute path, once the file is open: the working directory may change before a fork.
    path: OnceLock<PathBuf>,
}

impl FileOpener {
    pub(crate) fn new(settings: FileSettings) -> FileOpener {
        FileOpener {
            settings,
            path: OnceLock::new(),
        }
    }
}

impl Opener for FileOpener {
    fn name(&self) -> &'static str {
        "file"
    }

    fn rank(&self) -> Rank {
        Rank::File
    }

    fn open(&self, opening: &mut Opening) -> Result<Opened, Error> {
        let storage = opening.storage.take().unwrap_or_else(|| Box::new(Disk));
        let sink = FileSink::open(self.settings.clone(), storage, opening.now)?;
        self.path.get_or_init(|| sink.settings().path.clone());
        Ok(Opened::File(Box::new(sink)))
    }

    fn in_child(&self) -> Option<Arc<dyn Opener>> {
        let mut settings = self.settings.clone();
        settings.path.clone_from(self.path.get()?);
        Some(Arc::new(FileOpener::new(settings)))
    }
}
