//! Opens the log file as an output; a forked child opens the same file anew, by its absolute path.

use super::file::{FileSettings, FileSink};
use super::opener::{Opened, Opener, Opening, Rank};
use super::rooted::{OpenLog, RootedDisk};
use crate::error::Error;
use std::sync::{Arc, OnceLock};

/// Opens a log file.
pub(crate) struct FileOpener {
    settings: FileSettings,
    /// In a forked child: the log of its parent, for the case that the child cannot open the path.
    inherited: Option<Arc<OpenLog>>,
    /// What a forked child needs, once the file is open.
    opened: OnceLock<ForChild>,
}

/// What a forked child needs to open the same file.
struct ForChild {
    /// With the absolute path, because the working directory may change before a fork.
    settings: FileSettings,
    log: Arc<OpenLog>,
}

impl FileOpener {
    pub(crate) fn new(settings: FileSettings) -> FileOpener {
        FileOpener {
            settings,
            inherited: None,
            opened: OnceLock::new(),
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
        let mut settings = self.settings.clone();
        settings.root = settings.root.or_present();
        let disk = RootedDisk::new(settings.root, self.inherited.clone());
        let log = disk.log();
        let storage = opening.storage.take().unwrap_or_else(|| Box::new(disk));
        let sink = FileSink::open(settings, storage, opening.now)?;
        self.opened.get_or_init(|| ForChild {
            settings: sink.settings().clone(),
            log,
        });
        Ok(Opened::File(Box::new(sink)))
    }

    fn in_child(&self) -> Option<Arc<dyn Opener>> {
        let opened = self.opened.get()?;
        Some(Arc::new(FileOpener {
            settings: opened.settings.clone(),
            inherited: Some(Arc::clone(&opened.log)),
            opened: OnceLock::new(),
        }))
    }
}
