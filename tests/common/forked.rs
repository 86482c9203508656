//! A child made by `fork` without `exec`, which a test may wait for without hanging.
#![allow(unsafe_code)] // `fork` itself

use super::LIMIT;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Instant;

/// How a child exits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// By `exit`: the registered handlers run.
    Exit,
    /// By `_exit`: no handler runs.
    AtOnce,
}

/// A forked child.
#[derive(Debug)]
pub struct Forked(libc::pid_t);

impl Forked {
    /// Forks. The child runs `body` and exits with its result, or with 101 if it panics.
    pub fn run(end: End, body: impl FnOnce() -> i32) -> Forked {
        // SAFETY: the child runs code of the test and exits below.
        let pid = unsafe { libc::fork() };
        assert!(pid >= 0, "cannot fork: {}", std::io::Error::last_os_error());
        if pid > 0 {
            return Forked(pid);
        }
        let code = catch_unwind(AssertUnwindSafe(body)).unwrap_or(101);
        // SAFETY: both calls end this process.
        unsafe {
            match end {
                End::Exit => libc::exit(code),
                End::AtOnce => libc::_exit(code),
            }
        }
    }

    pub fn id(&self) -> i32 {
        self.0
    }

    /// Waits until it has ended. Returns its exit code, or minus the signal that ended it. A child that hangs is
    /// killed.
    #[track_caller]
    pub fn wait(self) -> i32 {
        let (mut status, until) = (0, Instant::now() + LIMIT);
        // SAFETY: waits for a child of this process, whose number is not reused before that.
        while unsafe { libc::waitpid(self.0, &raw mut status, libc::WNOHANG) } == 0 {
            if Instant::now() > until {
                // SAFETY: as above.
                unsafe { libc::kill(self.0, libc::SIGKILL) };
                panic!("the child {} hangs", self.0);
            }
            std::thread::yield_now();
        }
        if libc::WIFEXITED(status) {
            libc::WEXITSTATUS(status)
        } else {
            -libc::WTERMSIG(status)
        }
    }
}

/// Runs `body` in a child and waits until it has ended.
#[track_caller]
pub fn in_a_fork(end: End, body: impl FnOnce() -> i32) -> i32 {
    Forked::run(end, body).wait()
}

/// Sets the flag when it is dropped, so that threads that poll it also end if the test fails.
pub struct Over<'a>(pub &'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, SeqCst);
    }
}
