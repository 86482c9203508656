//! An output that a test can block: a writer that waits until the test opens it.

use super::LIMIT;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

#[derive(Debug, Default)]
struct State {
    open: bool,
    waiting: bool,
    bytes: Vec<u8>,
    counted: usize,
}

/// A writer behind a gate; all clones share it.
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<(Mutex<State>, Condvar)>);

impl Gate {
    /// Returns a closed gate.
    pub fn closed() -> Gate {
        Gate::default()
    }

    /// Returns an open gate.
    pub fn open() -> Gate {
        let gate = Gate::default();
        gate.set_open(true);
        gate
    }

    pub fn set_open(&self, open: bool) {
        self.0.0.lock().unwrap().open = open;
        self.0.1.notify_all();
    }

    /// Waits until a thread is blocked at the closed gate.
    #[track_caller]
    pub fn wait_until_blocked(&self) {
        let state = self.0.0.lock().unwrap();
        let (state, _) = self
            .0
            .1
            .wait_timeout_while(state, LIMIT, |state| !state.waiting)
            .unwrap();
        assert!(state.waiting, "no thread came to the gate");
    }

    /// Waits until the gate is open.
    pub fn pass(&self) {
        drop(self.wait_until_open());
    }

    fn wait_until_open(&self) -> MutexGuard<'_, State> {
        let mut state = self.0.0.lock().unwrap();
        while !state.open {
            state.waiting = true;
            self.0.1.notify_all();
            state = self.0.1.wait(state).unwrap();
        }
        state.waiting = false;
        state
    }

    /// Returns the number of lines since the previous call.
    pub fn take_lines(&self) -> usize {
        let mut state = self.0.0.lock().unwrap();
        let from = state.counted;
        state.counted = state.bytes.len();
        state.bytes[from..].iter().filter(|byte| **byte == b'\n').count()
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.0.0.lock().unwrap().bytes.clone()
    }
}

impl Write for Gate {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.wait_until_open().bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
