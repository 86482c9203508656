//! The channel: flume, or in loom models a small one with the same guarantees as flume's and no others.

#[cfg(not(loom))]
pub(super) use flume::{Receiver, Sender, unbounded};

#[cfg(loom)]
pub(super) use model::{Receiver, Sender, unbounded};

#[cfg(loom)]
mod model {
    //! Like flume's unbounded channel: a queue behind a lock; messages outlive a dropped receiver.

    use crate::sync::{Arc, Mutex, enter};
    use std::collections::VecDeque;

    #[derive(Debug)]
    struct Channel<T> {
        messages: VecDeque<T>,
        has_receiver: bool,
    }

    #[derive(Debug)]
    pub(in crate::queue) struct Sender<T>(Arc<Mutex<Channel<T>>>);

    #[derive(Debug)]
    pub(in crate::queue) struct Receiver<T>(Arc<Mutex<Channel<T>>>);

    pub(in crate::queue) fn unbounded<T>() -> (Sender<T>, Receiver<T>) {
        let channel = Arc::new(Mutex::new(Channel {
            messages: VecDeque::new(),
            has_receiver: true,
        }));
        (Sender(Arc::clone(&channel)), Receiver(channel))
    }

    impl<T> Sender<T> {
        pub(in crate::queue) fn send(&self, message: T) -> Result<(), T> {
            let mut channel = enter(&self.0);
            if !channel.has_receiver {
                return Err(message);
            }
            channel.messages.push_back(message);
            Ok(())
        }
    }

    impl<T> Receiver<T> {
        pub(in crate::queue) fn try_recv(&self) -> Result<T, ()> {
            enter(&self.0).messages.pop_front().ok_or(())
        }

        pub(in crate::queue) fn is_empty(&self) -> bool {
            enter(&self.0).messages.is_empty()
        }
    }

    impl<T> Drop for Receiver<T> {
        fn drop(&mut self) {
            enter(&self.0).has_receiver = false;
        }
    }
}
