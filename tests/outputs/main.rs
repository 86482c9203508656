//! Outputs that are slow, stuck, closed or panic, and what the queue does meanwhile.

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
