//! Threads of a logger's own; in a forked child without std's part in their start.
//!
//! Where a thread of std's begins and where it ends, it enters a lock that all threads of the process share (its handler
//! for stack overflows does). A thread that was doing so at the fork holds it in the child for ever, and a worker that
//! std starts there would never come to its first record.

use crate::sync::thread::{Builder, Thread};
use std::io;

/// Starts a thread that belongs to the logger `id`, and waits until it knows that it does.
///
/// What std allocates before `body` is logged where the allocator logs. A worker or an output that waited there for room
/// in its own queue would wait for ever, so nobody can have logged before it is one of the logger's own threads.
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

/// What tells that a thread has begun, and what waits for that; also for one that ended before it could tell.
#[cfg(not(loom))]
fn begin() -> (impl FnOnce() + Send + 'static, impl FnOnce()) {
    let (signal, begun) = std::sync::mpsc::channel::<()>();
    (move || drop(signal), move || begun.recv().unwrap_or_default())
}

/// In models no allocator logs, and each step more is a multiple of the states.
#[cfg(loom)]
fn begin() -> (impl FnOnce() + Send + 'static, impl FnOnce()) {
    (|| (), || ())
}

/// Starts a thread that runs `body`; a panic in it ends the thread and nothing else.
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

    /// As much as std gives a thread.
    const STACK: usize = 2 << 20;

    struct Start {
        name: CString,
        body: Box<dyn FnOnce() + Send>,
        handle: Arc<Handle>,
    }

    /// How the thread tells who it is.
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

    /// Starts a thread that runs `run(start)` and is waited for by nobody.
    #[allow(unsafe_code)]
    fn create(start: Box<Start>) -> io::Result<()> {
        let start = Box::into_raw(start);
        // SAFETY: the attributes are initialised before they are read and destroyed once; `run` takes `start` over if
        // the thread is made, and else it is taken back here.
        let error = unsafe {
            let mut attributes = std::mem::zeroed();
            let mut error = libc::pthread_attr_init(&raw mut attributes);
            if error == 0 {
                // If one of these fails, the thread has the system's own size, or is never joined: it runs all the same.
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
        // Until it has changed, an allocator that logs is refused: its first record would wait for whoever builds the
        // logger of this child, and who does waits for this thread.
        let Start { name, body, handle } = guarded(|| {
            // SAFETY: `create` made it of a box, and gave it to this thread alone.
            #[allow(unsafe_code)]
            let start = unsafe { Box::from_raw(start.cast::<Start>()) };
            *start
        });
        // Nothing may unwind out of here.
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

    /// The name that the system shows for the calling thread.
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
