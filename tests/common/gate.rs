//! An output that can be held: a writer that blocks until the test opens it.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex};

#[derive(Debug, Default)]
struct State {
    open: bool,
    waiting: bool,
    bytes: Vec<u8>,
}

/// A writer behind a gate; all clones share it.
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<(Mutex<State>, Condvar)>);

impl Gate {
    /// A gate that lets nothing through.
    pub fn closed() -> Gate {
        Gate::default()
    }

    /// A gate that lets everything through.
    pub fn open() -> Gate {
        let gate = Gate::default();
        gate.set_open(true);
        gate
    }

    pub fn set_open(&self, open: bool) {
        self.0.0.lock().unwrap().open = open;
        self.0.1.notify_all();
    }

    /// Waits until a write stands before the closed gate.
    pub fn wait_until_blocked(&self) {
        let mut state = self.0.0.lock().unwrap();
        while !state.waiting {
            state = self.0.1.wait(state).unwrap();
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.0.0.lock().unwrap().bytes.clone()
    }
}

impl Write for Gate {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.0.0.lock().unwrap();
        while !state.open {
            state.waiting = true;
            self.0.1.notify_all();
            state = self.0.1.wait(state).unwrap();
        }
        state.waiting = false;
        state.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
