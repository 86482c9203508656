//! What a child made by `fork` needs: to know that it is one, and to meet none of its parent's locks.
//!
//! In a child there is one thread, and each lock of the parent may be held by a thread that is not there. So
//! what the whole process shares is either an atomic, of which every state is harmless, or made anew for each
//! generation.

#[cfg(unix)]
use super::{EPOCH, descriptors, reentry};
use std::alloc::{GlobalAlloc, Layout, System, handle_alloc_error};
use std::marker::PhantomData;
#[cfg(unix)]
use std::sync::atomic::AtomicBool;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The generation of a process that is no child of one with a logger.
pub(super) const FIRST: u64 = 1;
static GENERATION: AtomicU64 = AtomicU64::new(FIRST);
#[cfg(unix)]
static WATCHES_FORKS: AtomicBool = AtomicBool::new(false);

/// How often this process was forked from one that had a logger: a logger of another generation has no worker
/// here, and its locks may be held by threads that do not exist here.
#[inline]
pub(crate) fn generation() -> u64 {
    GENERATION.load(Ordering::Relaxed)
}

/// Has the generation and the epoch raised in every child that is forked from here on.
///
/// Not by `Once`: a child that was forked in its midst would wait for a thread that it does not have. Threads that come
/// here at once may each register it, and the numbers are raised by more than one, which is as good.
pub(crate) fn watch_forks() {
    #[cfg(unix)]
    if !WATCHES_FORKS.load(Ordering::Acquire) {
        extern "C" fn in_child() {
            // Nothing but atomics, a plain thread-local and `close`: the child of a process with threads may
            // call little else.
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

/// A value of which each generation has its own, made when it is first asked for.
///
/// A child leaves its parent's where it lies: that one may be locked, or half changed.
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

// Send, because the thread that asks first makes the value, and another may drop it.
impl<T: Default + Send> PerProcess<T> {
    /// This generation's value.
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

/// Not by the program's own allocator: one that logs would ask for the very value that is being made.
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
    /// It comes from `new`, and nobody uses or frees it any more.
    #[allow(unsafe_code)]
    unsafe fn free(node: *mut Node<T>) {
        // SAFETY: as the caller promises.
        unsafe {
            node.drop_in_place();
            System.dealloc(node.cast(), Layout::new::<Node<T>>());
        }
    }
}

/// A shared value that is replaced now and then, and that a child finds as it was at the fork.
pub(crate) struct ArcCell<T> {
    /// Held from the look at `value` until its count is raised, so that nobody frees it in between.
    lock: PerProcess<Mutex<()>>,
    /// From `Arc::into_raw`, or null. One store changes it, so at a fork it is whole.
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

    /// Puts another value in and gives the one before.
    pub(crate) fn replace(&self, value: Arc<T>) -> Option<Arc<T>> {
        let value = Arc::into_raw(value).cast_mut();
        let _held = self.lock.get().lock().unwrap_or_else(PoisonError::into_inner);
        from_slot(self.value.swap(value, Ordering::AcqRel))
    }
}

#[cfg(loom)]
impl<T> ArcCell<T> {
    /// Empties it, at the end of a model.
    pub(crate) fn take(&self) -> Option<Arc<T>> {
        from_slot(self.value.swap(std::ptr::null_mut(), Ordering::AcqRel))
    }
}

impl<T> Drop for ArcCell<T> {
    fn drop(&mut self) {
        drop(from_slot(*self.value.get_mut()));
    }
}

/// Takes over the count that a slot had.
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
