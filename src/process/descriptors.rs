//! File descriptors that a forked child must close before it does anything else.
//!
//! The list only grows and its entries are reused, so a child can walk it at any moment.

use std::sync::atomic::{AtomicI32, AtomicPtr, Ordering};

/// Head of the list of descriptors to close in a child.
static TO_CLOSE: AtomicPtr<Entry> = AtomicPtr::new(std::ptr::null_mut());
const FREE: i32 = -1;

struct Entry {
    descriptor: AtomicI32,
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
            let taken =
                entry
                    .descriptor
                    .compare_exchange(FREE, descriptor, Ordering::AcqRel, Ordering::Relaxed);
            taken.is_ok()
        };
        if let Some(entry) = entries().find(take) {
            return ClosedInChild(&entry.descriptor);
        }
        loop {
            let newest = TO_CLOSE.load(Ordering::Acquire);
            let entry: &'static Entry = Box::leak(Box::new(Entry {
                descriptor: AtomicI32::new(descriptor),
                next: entry_at(newest),
            }));
            let pointer = std::ptr::from_ref(entry).cast_mut();
            if TO_CLOSE
                .compare_exchange(newest, pointer, Ordering::AcqRel, Ordering::Acquire)
                .is_ok()
            {
                return ClosedInChild(&entry.descriptor);
            }
        }
    }
}

impl Drop for ClosedInChild {
    fn drop(&mut self) {
        self.0.store(FREE, Ordering::Release);
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

/// In a forked child: closes all of them, using only atomics and `close`.
pub(super) fn close_inherited() {
    for entry in entries() {
        let descriptor = entry.descriptor.swap(FREE, Ordering::AcqRel);
        if descriptor != FREE {
            // SAFETY: the number was open in the parent at the fork, so it is in the child, where nobody else
            // knows it: the thread that owns it is not here.
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
