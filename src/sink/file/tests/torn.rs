//! Torn ends while another process writes without the lock.

use super::*;
use crate::sink::storage::{Handle, Identity, Stat};

/// A log that another process is writing to without the lock: the bytes show one by one, and a write waits until
/// all are there.
struct Growing {
    shown: Vec<u8>,
    hidden: Vec<u8>,
    /// How long a write may be before the disk is full.
    room: usize,
}

impl Handle for Growing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.room {
            self.shown.extend_from_slice(&bytes[..self.room]);
            self.shown.append(&mut self.hidden);
            return match std::mem::take(&mut self.room) {
                0 => Err(io::ErrorKind::StorageFull.into()),
                room => Ok(room),
            };
        }
        self.shown.append(&mut self.hidden);
        self.shown.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn read_at(&mut self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let shown = &self.shown[offset as usize..];
        let len = buffer.len().min(shown.len());
        buffer[..len].copy_from_slice(&shown[..len]);
        Ok(len)
    }

    fn stat(&mut self) -> io::Result<Stat> {
        Ok(Stat {
            identity: Identity { device: 1, file: 1 },
            regular: true,
            size: self.shown.len() as u64,
            links: 1,
            modified: 0,
        })
    }

    fn truncate(&mut self, _size: u64) -> io::Result<()> {
        unreachable!("nothing is cut")
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn try_lock(&mut self) -> io::Result<bool> {
        Ok(true)
    }

    fn unlock(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The size after `settle`, of a log that shows `shown` while `hidden` is being written.
fn settled(shown: &str, hidden: &str) -> u64 {
    let handle = Box::new(Growing {
        shown: shown.into(),
        hidden: hidden.into(),
        room: usize::MAX,
    });
    let mut log = Log::of(handle, Identity { device: 1, file: 1 });
    log.settle(shown.len() as u64, LockOutcome::Exclusive).unwrap()
}

#[test]
fn a_line_that_is_just_being_written_is_not_taken_for_a_torn_one() {
    // Found with 15 writers, some of which had given up waiting: an empty line between two whole ones.
    assert_eq!(settled("whole\nhal", "f\n"), 11);
    assert_eq!(settled("whole\nhal", ""), 10, "a torn one is ended");
    assert_eq!(
        settled("whole\nhal", "f"),
        11,
        "also one that grew by half a line"
    );
    assert_eq!(settled("whole\n", ""), 6);
}

#[test]
fn a_torn_write_is_not_cut_back_when_another_has_written_behind_it() {
    let handle = Box::new(Growing {
        shown: Vec::new(),
        hidden: b"another's line\n".to_vec(),
        room: 6,
    });
    let mut log = Log::of(handle, Identity { device: 1, file: 1 });
    log.settle(0, LockOutcome::Exclusive).unwrap();
    // The handle panics when it is told to truncate.
    let appended = log.append(b"one\ntwo\n", 0, LockOutcome::Exclusive);
    assert_eq!(appended.taken, 4);
    assert_eq!(appended.error.unwrap().kind(), io::ErrorKind::StorageFull);
}
