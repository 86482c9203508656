//! Support for children made by `fork`: a child can detect that it is one, and never touches its parent's locks.
//!
//! A forked child has a single thread, and any lock of the parent may be held by a thread that does not exist in the
//! child. So all process-wide state is either an atomic, each state of which is harmless, or is created anew for each
//! fork generation.

#[cfg(unix)]
use super::{EPOCH, descriptors, reentry};
use std::alloc::{GlobalAlloc, Layout, System, handle_alloc_error};
use std::marker::PhantomData;
#[cfg(unix)]
use std::sync::atomic::AtomicBool;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The generation of a process that is not a forked child of a process with a logger.
pub(super) const FIRST: u64 = 1;
static GENERATION: AtomicU64 = AtomicU64::new(FIRST);
#[cfg(unix)]
static WATCHES_FORKS: AtomicBool = AtomicBool::new(false);

/// The fork generation: how many forks lie between this process and the first one that had a logger. A logger of
/// another generation has no worker here, and its locks may be held by threads that do not exist here.
#[inline]
pub(crate) fn generation() -> u64 {
    GENERATION.load(Ordering::Relaxed)
}

/// Increases generation and epoch in every child forked from now on.
///
/// Without `Once`, because a child forked while it runs would wait for a thread that it does not have. Threads that
/// call this at the same time may each register the callback; the numbers then increase by more than one, which does
/// no harm.
pub(crate) fn watch_forks() {
    #[cfg(unix)]
    if !WATCHES_FORKS.load(Ordering::Acquire) {
        extern "C" fn in_child() {
            // Only atomics, a plain thread-local and `close`: the child of a process with threads may call little
            // else.
            GENERATION.fetch_add(1, Ordering::Relaxed);
            EPOCH.fetch_add(1, Ordering::Relaxed);
            reentry::forget_depth();
            descriptors::close_inherited();
        }
        // SAFETY: the callback is a function of this program, never unwinds, and calls nothing that a child of a
        // process with threads may not call. The registration fails only for want of memory; then a child is
        // not told from its parent.
        #[allow(unsafe_code)]
        unsafe {
            libc::pthread_atfork(None, None, Some(in_child));
        }
        WATCHES_FORKS.store(true, Ordering::Release);
    }
}

/// A value that each generation has separately, created on first use.
///
/// A child never touches its parent's value, which may be locked or half changed.
pub(crate) struct PerProcess<T> {
    newest: AtomicPtr<Node<T>>,
    owns: PhantomData<Node<T>>,
}

struct Node<T> {
    generation: u64,
    value: T,
}

impl<T> PerProcess<T> {
    pub(crate) const fn new() -> PerProcess<T> {
        PerProcess {
            newest: AtomicPtr::new(std::ptr::null_mut()),
            owns: PhantomData,
        }
    }
}

// `Send`, because one thread creates the value and another may drop it.
impl<T: Default + Send> PerProcess<T> {
    /// Returns this generation's value.
    pub(crate) fn get(&self) -> &T {
        let generation = generation();
        loop {
            let newest = self.newest.load(Ordering::Acquire);
            // SAFETY: it is null or points to a node that was made below, fully written before it was stored
            // there (release, acquire); a node is freed by the drop of `self` only, which `&self` outlives.
            #[allow(unsafe_code)]
            let node = unsafe { newest.as_ref() };
            if let Some(node) = node.filter(|node| node.generation == generation) {
                return &node.value;
            }
            let made = Node::new(generation, T::default());
            let stored = self
                .newest
                .compare_exchange(newest, made, Ordering::AcqRel, Ordering::Acquire);
            if stored.is_err() {
                // SAFETY: it was just made, and given to nobody.
                #[allow(unsafe_code)]
                unsafe {
                    Node::free(made);
                }
            }
        }
    }
}

impl<T> Drop for PerProcess<T> {
    fn drop(&mut self) {
        let newest = *self.newest.get_mut();
        // SAFETY: null, or a node that nobody else frees; `&mut self` says that nobody uses it.
        #[allow(unsafe_code)]
        let of_this_process = unsafe { newest.as_ref() }.is_some_and(|node| node.generation == generation());
        if of_this_process {
            // SAFETY: as above. A node of the parent's is left where it lies.
            #[allow(unsafe_code)]
            unsafe {
                Node::free(newest);
            }
        }
    }
}

/// Allocates with the system allocator, because an allocator of the program that logs would ask for the very value
/// being created.
impl<T> Node<T> {
    fn new(generation: u64, value: T) -> *mut Node<T> {
        let layout = Layout::new::<Node<T>>();
        // SAFETY: the layout is not empty, it holds the generation; what is written fits it.
        #[allow(unsafe_code)]
        unsafe {
            let node = System.alloc(layout).cast::<Node<T>>();
            if node.is_null() {
                handle_alloc_error(layout);
            }
            node.write(Node { generation, value });
            node
        }
    }

    /// # Safety
    ///
    /// The node comes from `new` and is not used or freed afterwards.
    #[allow(unsafe_code)]
    unsafe fn free(node: *mut Node<T>) {
        // SAFETY: as the caller promises.
        unsafe {
            node.drop_in_place();
            System.dealloc(node.cast(), Layout::new::<Node<T>>());
        }
    }
}

/// A replaceable `Arc`, which a forked child sees as it was at the fork.
pub(crate) struct ArcCell<T> {
    /// Held from reading `value` until its count is increased, so that it is not freed in between.
    lock: PerProcess<Mutex<()>>,
    /// From `Arc::into_raw`, or null. It changes with a single store, so it is never half changed at a fork.
    value: AtomicPtr<T>,
    owns: PhantomData<Arc<T>>,
}

impl<T> ArcCell<T> {
    pub(crate) const fn empty() -> ArcCell<T> {
        ArcCell {
            lock: PerProcess::new(),
            value: AtomicPtr::new(std::ptr::null_mut()),
            owns: PhantomData,
        }
    }

    pub(crate) fn new(value: Arc<T>) -> ArcCell<T> {
        let slot = ArcCell::empty();
        slot.value
            .store(Arc::into_raw(value).cast_mut(), Ordering::Release);
        slot
    }

    pub(crate) fn get(&self) -> Option<Arc<T>> {
        let _held = self.lock.get().lock().unwrap_or_else(PoisonError::into_inner);
        let value = self.value.load(Ordering::Acquire);
        if value.is_null() {
            return None;
        }
        // SAFETY: it comes from `Arc::into_raw`, and the slot's own count is given up by `replace` and the drop
        // only: the one waits for the lock, the other for `&self`. In a child the threads that could hold
        // the parent's lock do not go on, so nobody gives it up there either.
        #[allow(unsafe_code)]
        unsafe {
            Arc::increment_strong_count(value);
            Some(Arc::from_raw(value))
        }
    }

    /// Replaces the value and returns the previous one.
    pub(crate) fn replace(&self, value: Arc<T>) -> Option<Arc<T>> {
        let value = Arc::into_raw(value).cast_mut();
        let _held = self.lock.get().lock().unwrap_or_else(PoisonError::into_inner);
        from_slot(self.value.swap(value, Ordering::AcqRel))
    }
}

#[cfg(loom)]
impl<T> ArcCell<T> {
    /// Removes the value, at the end of a model.
    pub(crate) fn take(&self) -> Option<Arc<T>> {
        from_slot(self.value.swap(std::ptr::null_mut(), Ordering::AcqRel))
    }
}

impl<T> Drop for ArcCell<T> {
    fn drop(&mut self) {
        drop(from_slot(*self.value.get_mut()));
    }
}

/// Takes over the reference count that a cell had.
fn from_slot<T>(value: *mut T) -> Option<Arc<T>> {
    // SAFETY: both callers have just taken it out of a slot, into which it came from `Arc::into_raw`.
    #[allow(unsafe_code)]
    (!value.is_null()).then(|| unsafe { Arc::from_raw(value) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[test]
    fn all_threads_of_a_generation_find_the_same_value() {
        let fresh: PerProcess<AtomicUsize> = PerProcess::new();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..1000).for_each(|_| _ = fresh.get().fetch_add(1, Ordering::Relaxed)));
            }
        });
        assert_eq!(fresh.get().load(Ordering::Relaxed), 8000);
    }

    #[test]
    fn a_slot_gives_what_was_put_in_last_and_frees_each_value_once() {
        let first = Arc::new(1);
        let slot = ArcCell::new(Arc::clone(&first));
        assert_eq!(slot.get().as_deref(), Some(&1));
        assert_eq!(slot.replace(Arc::new(2)).as_deref(), Some(&1));
        assert_eq!(Arc::strong_count(&first), 1);
        let second = slot.get();
        assert_eq!(second.as_deref(), Some(&2));
        drop(slot);
        assert_eq!(second.map(|value| Arc::strong_count(&value)), Some(1));
        assert_eq!(ArcCell::<i32>::empty().get(), None);
    }

    #[test]
    fn values_that_are_replaced_while_others_read_are_never_freed_too_early() {
        let slot = ArcCell::new(Arc::new(vec![0_usize; 8]));
        std::thread::scope(|scope| {
            for n in 0..2 {
                let slot = &slot;
                scope.spawn(move || {
                    (0..2000).for_each(|round| drop(slot.replace(Arc::new(vec![n * 10_000 + round; 8]))))
                });
                scope.spawn(|| {
                    for _ in 0..2000 {
                        let value = slot.get().expect("it is never empty");
                        assert!(value.iter().all(|word| *word == value[0]));
                    }
                });
            }
        });
    }
}
