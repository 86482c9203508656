//! File descriptors that a forked child must close before it does anything else.
//!
//! The list only grows and its entries are reused, so a child can walk it at any moment.

use super::own_file::FileId;
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU64, Ordering};

/// Head of the list of descriptors to close in a child.
static TO_CLOSE: AtomicPtr<Entry> = AtomicPtr::new(std::ptr::null_mut());
const FREE: i32 = -1;
/// The entry belongs to somebody who has not filled it yet.
const TAKEN: i32 = -2;

struct Entry {
    /// Written last, so that a child that sees it sees the rest.
    descriptor: AtomicI32,
    /// The file that the number must stand for.
    device: AtomicU64,
    inode: AtomicU64,
    next: Option<&'static Entry>,
}

/// While this value lives, a forked child closes the descriptor before it does anything else.
///
/// Used for lock files: a lock belongs to the open file, which parent and child share. A child that kept it open
/// would hold the lock after the parent has died.
#[derive(Debug)]
pub(crate) struct ClosedInChild(&'static AtomicI32);

impl ClosedInChild {
    pub(crate) fn new(descriptor: i32) -> ClosedInChild {
        let take = |entry: &&'static Entry| {
            let taken = entry
                .descriptor
                .compare_exchange(FREE, TAKEN, Ordering::AcqRel, Ordering::Relaxed);
            taken.is_ok()
        };
        let entry = entries().find(take).unwrap_or_else(add_entry);
        let (device, inode) = FileId::of(descriptor).map_or((0, 0), FileId::numbers);
        entry.device.store(device, Ordering::Relaxed);
        entry.inode.store(inode, Ordering::Relaxed);
        entry.descriptor.store(descriptor, Ordering::Release);
        ClosedInChild(&entry.descriptor)
    }
}

impl Drop for ClosedInChild {
    fn drop(&mut self) {
        self.0.store(FREE, Ordering::Release);
    }
}

/// Adds an entry, which is taken.
fn add_entry() -> &'static Entry {
    loop {
        let newest = TO_CLOSE.load(Ordering::Acquire);
        let entry: &'static Entry = Box::leak(Box::new(Entry {
            descriptor: AtomicI32::new(TAKEN),
            device: AtomicU64::new(0),
            inode: AtomicU64::new(0),
            next: entry_at(newest),
        }));
        let pointer = std::ptr::from_ref(entry).cast_mut();
        if TO_CLOSE
            .compare_exchange(newest, pointer, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
        {
            return entry;
        }
    }
}

fn entries() -> impl Iterator<Item = &'static Entry> {
    std::iter::successors(entry_at(TO_CLOSE.load(Ordering::Acquire)), |entry| entry.next)
}

fn entry_at(entry: *mut Entry) -> Option<&'static Entry> {
    // SAFETY: null, or an entry that was leaked, fully written before its address was stored.
    #[allow(unsafe_code)]
    unsafe {
        entry.as_ref()
    }
}

/// In a forked child: closes all that still stand for the file that was opened, using only atomics, `fstat` and
/// `close`.
pub(super) fn close_inherited() {
    for entry in entries() {
        let descriptor = entry.descriptor.swap(FREE, Ordering::AcqRel);
        let numbers = (
            entry.device.load(Ordering::Relaxed),
            entry.inode.load(Ordering::Relaxed),
        );
        if descriptor >= 0 && FileId::of(descriptor).map(FileId::numbers) == Some(numbers) {
            // SAFETY: the number stands for the logger's file, which nobody uses in the child: the thread that owns it
            // is not here.
            #[allow(unsafe_code)]
            unsafe {
                libc::close(descriptor);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_descriptor_that_is_not_watched_any_more_leaves_its_entry_to_the_next() {
        let _watched: Vec<_> = (1000..1010).map(ClosedInChild::new).collect();
        let entries_before = entries().count();
        for n in 0..100 {
            drop(ClosedInChild::new(2000 + n));
        }
        // Other tests may watch theirs at the same time.
        assert!(entries().count() <= entries_before + 8, "{}", entries().count());
        assert!(entries().all(|entry| entry.descriptor.load(Ordering::Relaxed) < 2000));
    }
}
