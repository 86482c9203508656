//! Counts the records in the files.

use memchr::memmem::Finder;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// The content of the files below a directory.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Lines with a record.
    pub(crate) records: u64,
    pub(crate) bytes: u64,
    /// Whether the values of the records were written: not every logger writes key-values.
    pub(crate) has_values: bool,
}

/// Reads everything below `dir`.
pub(crate) fn tally(dir: &Path) -> io::Result<Tally> {
    let mut sum = Tally::default();
    add(dir, &mut sum)?;
    Ok(sum)
}

fn add(dir: &Path, sum: &mut Tally) -> io::Result<()> {
    let marks = [Finder::new("request served"), Finder::new("tick ")];
    let value = Finder::new("micros");
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            add(&entry.path(), sum)?;
            continue;
        }
        sum.bytes += entry.metadata()?.len();
        let mut reader = BufReader::with_capacity(1 << 20, File::open(entry.path())?);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line)? > 0 {
            if marks.iter().any(|mark| mark.find(&line).is_some()) {
                sum.records += 1;
                sum.has_values = sum.has_values || value.find(&line).is_some();
            }
            line.clear();
        }
    }
    Ok(())
}
