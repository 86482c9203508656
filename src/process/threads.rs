//! Starts the logger's threads. In a forked child it avoids std's part of starting a thread.
//!
//! A std thread takes a process-wide lock when it starts and when it ends (in its handler for stack overflows). If a
//! thread of the parent held it at the fork, it is held in the child for ever, and a worker started there by std
//! would never reach its first record.

use crate::sync::thread::{Builder, Thread};
use std::io;

/// Starts a thread that belongs to the logger `id`, and waits until it is marked as such.
///
/// std allocates memory before `body` runs, and the allocator may log. If the new thread then waited for room in its
/// own queue, it would wait for ever; so the thread must be marked before it can log anything.
pub(crate) fn start_own(id: u64, name: &str, body: impl FnOnce() + Send + 'static) -> io::Result<Thread> {
    let (signal, begun) = begin();
    let thread = start(name, move || {
        super::become_own_thread(id);
        signal();
        body();
    })?;
    begun();
    Ok(thread)
}

/// Returns a signal for the new thread to send, and a wait for it, which also ends if the thread ends before it
/// signals.
#[cfg(not(loom))]
fn begin() -> (impl FnOnce() + Send + 'static, impl FnOnce()) {
    let (signal, begun) = std::sync::mpsc::channel::<()>();
    (move || drop(signal), move || begun.recv().unwrap_or_default())
}

/// In loom models no allocator logs, and each further step multiplies the states.
#[cfg(loom)]
fn begin() -> (impl FnOnce() + Send + 'static, impl FnOnce()) {
    (|| (), || ())
}

/// Starts a thread that runs `body`. A panic in it ends only that thread.
pub(crate) fn start(name: &str, body: impl FnOnce() + Send + 'static) -> io::Result<Thread> {
    #[cfg(all(unix, not(loom)))]
    if super::generation() != super::fork::FIRST {
        return in_child::start(name, Box::new(body));
    }
    let handle = Builder::new().name(name.to_owned()).spawn(body)?;
    Ok(handle.thread().clone())
}

#[cfg(all(unix, not(loom)))]
mod in_child {
    use crate::process::{caught, guarded};
    use crate::sync::plain::enter;
    use std::ffi::{CString, c_void};
    use std::io;
    use std::ptr;
    use std::sync::{Arc, Condvar, Mutex, PoisonError};
    use std::thread::{self, Thread};

    /// The stack size that std gives a thread.
    const STACK: usize = 2 << 20;

    struct Start {
        name: CString,
        body: Box<dyn FnOnce() + Send>,
        handle: Arc<Handle>,
    }

    /// Where the new thread stores its handle.
    #[derive(Default)]
    struct Handle {
        thread: Mutex<Option<Thread>>,
        changed: Condvar,
    }

    pub(super) fn start(name: &str, body: Box<dyn FnOnce() + Send>) -> io::Result<Thread> {
        let handle = Arc::<Handle>::default();
        let start = Start {
            name: CString::new(name)?,
            body,
            handle: Arc::clone(&handle),
        };
        create(Box::new(start))?;
        let mut thread = enter(&handle.thread);
        loop {
            match thread.take() {
                Some(thread) => return Ok(thread),
                None => {
                    thread = handle
                        .changed
                        .wait(thread)
                        .unwrap_or_else(PoisonError::into_inner)
                }
            }
        }
    }

    /// Starts a detached thread that runs `run(start)`.
    #[allow(unsafe_code)]
    fn create(start: Box<Start>) -> io::Result<()> {
        let start = Box::into_raw(start);
        // SAFETY: the attributes are initialised before they are read and destroyed once; `run` takes `start` over if
        // the thread is made, and else it is taken back here.
        let error = unsafe {
            let mut attributes = std::mem::zeroed();
            let mut error = libc::pthread_attr_init(&raw mut attributes);
            if error == 0 {
                // If one of these fails, the thread has the default stack size or is not detached; it runs all the
                // same.
                libc::pthread_attr_setstacksize(&raw mut attributes, STACK);
                libc::pthread_attr_setdetachstate(&raw mut attributes, libc::PTHREAD_CREATE_DETACHED);
                let mut thread = std::mem::zeroed();
                error = libc::pthread_create(&raw mut thread, &raw const attributes, run, start.cast());
                libc::pthread_attr_destroy(&raw mut attributes);
            }
            if error != 0 {
                drop(Box::from_raw(start));
            }
            error
        };
        if error == 0 {
            Ok(())
        } else {
            Err(io::Error::from_raw_os_error(error))
        }
    }

    extern "C" fn run(start: *mut c_void) -> *mut c_void {
        // Guarded until `handle` is set: the first record of an allocator that logs would wait for the thread that
        // builds this child's logger, and that thread waits for this one.
        let Start { name, body, handle } = guarded(|| {
            // SAFETY: `create` made it of a box, and gave it to this thread alone.
            #[allow(unsafe_code)]
            let start = unsafe { Box::from_raw(start.cast::<Start>()) };
            *start
        });
        // No panic may unwind into C.
        caught(move || {
            guarded(|| {
                *enter(&handle.thread) = Some(thread::current());
                handle.changed.notify_one();
                drop(handle);
            });
            set_name(&name);
            body();
        });
        ptr::null_mut()
    }

    /// Sets the thread name that the system shows.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn set_name(name: &std::ffi::CStr) {
        // SAFETY: a string that ends; the system takes its first 15 bytes.
        #[allow(unsafe_code)]
        unsafe {
            libc::prctl(libc::PR_SET_NAME, name.as_ptr());
        }
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn set_name(_: &std::ffi::CStr) {}
}
