//! Prefetches memory that will be written next, for exclusive use by this core.
//!
//! The worker has read the memory that a producer writes next, on another core. A store to it waits until that core
//! gives it up, and so does the following unlock: with four threads that do nothing but log, `perf record` attributed
//! up to a fifth of the processor time to it.

/// Size of a cache line in bytes.
const LINE: usize = 64;
/// At most this many bytes are prefetched for one record; for long ones the processor's own prefetcher takes over.
const MOST: usize = 8 * LINE;

/// Prefetches the first `len` bytes of `room` for writing. It has no other effect and does not wait.
#[cfg(target_arch = "x86_64")]
#[inline]
pub(crate) fn fetch_to_write(room: &[std::mem::MaybeUninit<u8>], len: usize) {
    let soon = &room[..room.len().min(len.min(MOST) + LINE)];
    // The first line was just written.
    for line in soon.chunks(LINE).skip(1) {
        // SAFETY: a hint, which reads and writes nothing and is ignored where it cannot be followed. `_mm_prefetch` would
        // fetch the line to be read only, unless the whole program is compiled for newer processors.
        #[allow(unsafe_code)]
        unsafe {
            std::arch::asm!("prefetchw [{}]", in(reg) line.as_ptr(), options(nostack, preserves_flags));
        }
    }
}

#[cfg(not(target_arch = "x86_64"))]
#[inline]
pub(crate) fn fetch_to_write(_: &[std::mem::MaybeUninit<u8>], _: usize) {}
