//! Outputs that are slow, blocked, closed or panic, and the queue meanwhile.

#[path = "../common/mod.rs"]
mod common;
#[path = "../common/notices.rs"]
mod notices;

mod backpressure;
mod consoles;
mod ended;
mod own_threads;
mod shown;
mod slow_console;
mod stage_panics;
mod stuck_outputs;
mod waiting_producers;
