//! The frames that the worker has taken out of the queue and not yet written: sealed buffers, merged by time.
//!
//! Each sealed chunk is a run of frames in the order of their times. The merge is stable: of frames with the same time,
//! those of an earlier pass come first. The backlog outlives a pass that panics.

use crate::clock::Tick;
use crate::queue::Buffer;
use crate::record::{frame_len, time_of};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The place of a frame: its slot and its bytes there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameAt {
    slot: u32,
    from: u32,
    to: u32,
}

/// Buffers that were sealed and not released, and the order of their frames.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    slots: Vec<Slot>,
    free_slots: Vec<u32>,
    /// Slots whose last frame was handed out; released when those are settled.
    drained: Vec<u32>,
    runs: Vec<Run>,
    free_runs: Vec<u32>,
    /// The run whose first frame is the next one; it stays out of the heap while that is so.
    current: Option<Head>,
    next: BinaryHeap<Reverse<Head>>,
    sequence: u64,
}

/// A buffer, and the one that follows it in its run. Runs are linked lists, because a `Vec` for each run would still
/// allocate in a steady state, whenever a run is longer than the one that used its place before.
#[derive(Debug)]
struct Slot {
    buffer: Option<Box<Buffer>>,
    next: Option<u32>,
}

#[derive(Debug, Default)]
struct Run {
    first: Option<u32>,
    at: u32,
}

/// The first frame of a run that was not handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Head {
    time: Tick,
    sequence: u64,
    run: u32,
}

impl Backlog {
    /// Adds the buffers of a sealed chunk, newest first as they come.
    pub(super) fn add(&mut self, newest: Box<Buffer>) {
        self.next.extend(self.current.take().map(Reverse));
        let place = self.free_runs.pop().unwrap_or_else(|| {
            self.runs.push(Run::default());
            self.runs.len() as u32 - 1
        });
        let mut first = None;
        let mut next = Some(newest);
        while let Some(mut buffer) = next {
            next = buffer.take_older();
            first = Some(self.put(buffer, first));
        }
        self.runs[place as usize] = Run { first, at: 0 };
        self.sequence += 1;
        let sequence = self.sequence;
        match self.first_time(place) {
            Some(time) => self.next.push(Reverse(Head {
                time,
                sequence,
                run: place,
            })),
            None => self.free_runs.push(place),
        }
    }

    /// Puts a buffer into a slot; `next` is the slot of the buffer that follows it.
    fn put(&mut self, buffer: Box<Buffer>, next: Option<u32>) -> u32 {
        let slot = Slot {
            buffer: Some(buffer),
            next,
        };
        match self.free_slots.pop() {
            Some(free) => {
                self.slots[free as usize] = slot;
                free
            }
            None => {
                self.slots.push(slot);
                self.slots.len() as u32 - 1
            }
        }
    }

    /// The time of the next frame.
    pub(super) fn next_time(&self) -> Option<Tick> {
        let head = self.current.or_else(|| self.next.peek().map(|head| head.0));
        head.map(|head| head.time)
    }

    /// Hands out the next frame, if its time is at or before `cutoff`.
    #[inline]
    pub(super) fn next(&mut self, cutoff: Tick) -> Option<FrameAt> {
        let head = match self.current {
            Some(head) => head,
            None => *self.current.insert(self.next.pop()?.0),
        };
        if head.time > cutoff {
            return None;
        }
        let run = &mut self.runs[head.run as usize];
        let slot = run.first?;
        let Slot { buffer, next } = &self.slots[slot as usize];
        let bytes = buffer.as_ref()?.bytes();
        let from = run.at as usize;
        // Frames are always written whole, so a run ends where no whole frame follows.
        let len = frame_len(&bytes[from..])?;
        let frame = FrameAt {
            slot,
            from: from as u32,
            to: (from + len) as u32,
        };
        run.at = frame.to;
        if frame.to as usize == bytes.len() {
            *run = Run { first: *next, at: 0 };
            self.drained.push(slot);
        }
        self.current = match self.first_time(head.run) {
            Some(time) => Some(self.earliest(Head { time, ..head })),
            None => {
                self.free_runs.push(head.run);
                None
            }
        };
        Some(frame)
    }

    /// Returns the earlier one of `head` and the top of the heap; the other one stays in the heap.
    #[inline]
    fn earliest(&mut self, head: Head) -> Head {
        match self.next.peek_mut() {
            Some(mut top) if top.0 < head => std::mem::replace(&mut *top, Reverse(head)).0,
            _ => head,
        }
    }

    /// The bytes of a frame that was handed out and is not settled.
    #[inline]
    pub(super) fn frame(&self, at: FrameAt) -> &[u8] {
        match &self.slots[at.slot as usize].buffer {
            Some(buffer) => &buffer.bytes()[at.from as usize..at.to as usize],
            None => &[],
        }
    }

    /// Called when all frames that were handed out are settled. Returns the buffers that hold no other frames.
    pub(super) fn settle(&mut self) -> Option<Box<Buffer>> {
        let mut chain: Option<Box<Buffer>> = None;
        for slot in self.drained.drain(..) {
            let Some(mut buffer) = self.slots[slot as usize].buffer.take() else {
                continue;
            };
            buffer.set_older(chain);
            chain = Some(buffer);
            self.free_slots.push(slot);
        }
        chain
    }

    pub(super) fn is_empty(&self) -> bool {
        self.current.is_none() && self.next.is_empty()
    }

    #[inline]
    fn first_time(&self, run: u32) -> Option<Tick> {
        let run = &self.runs[run as usize];
        let slot = run.first?;
        time_of(&self.slots[slot as usize].buffer.as_ref()?.bytes()[run.at as usize..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{self, View, stamp};
    use log::Level;

    fn frame(time: u64) -> Vec<u8> {
        let mut frame = record::frame(Level::Info, &format!("at {time}"));
        stamp(&mut frame, Tick(time));
        frame
    }

    /// A buffer with frames of these times.
    fn buffer(times: &[u64]) -> Box<Buffer> {
        Buffer::of_frames(&times.iter().map(|time| frame(*time)).collect::<Vec<_>>())
    }

    fn times(backlog: &mut Backlog, cutoff: u64) -> Vec<u64> {
        let next = std::iter::from_fn(|| {
            let at = backlog.next(Tick(cutoff))?;
            Some(View::read(backlog.frame(at)).expect("a whole frame").time.0)
        });
        next.collect()
    }

    #[test]
    fn runs_are_merged_by_time_up_to_the_cutoff_and_later_frames_stay() {
        let mut backlog = Backlog::default();
        backlog.add(buffer(&[1, 4, 9]));
        let mut newest = buffer(&[7, 8]);
        newest.set_older(Some(buffer(&[2, 3])));
        backlog.add(newest);
        assert_eq!(times(&mut backlog, 7), [1, 2, 3, 4, 7]);
        backlog.add(buffer(&[5, 10]));
        assert_eq!(times(&mut backlog, 20), [5, 8, 9, 10]);
        assert!(backlog.is_empty());
    }

    #[test]
    fn a_buffer_is_returned_only_after_its_last_frame_was_handed_out() {
        let mut backlog = Backlog::default();
        backlog.add(buffer(&[1, 2]));
        assert_eq!(times(&mut backlog, 1), [1]);
        assert!(backlog.settle().is_none());
        assert_eq!(times(&mut backlog, 2), [2]);
        assert!(backlog.settle().is_some());
        assert!(backlog.settle().is_none());
    }

    #[test]
    fn frames_of_the_same_time_keep_the_order_of_their_runs() {
        let mut backlog = Backlog::default();
        backlog.add(buffer(&[5, 6]));
        backlog.add(buffer(&[5]));
        let order: Vec<_> = std::iter::from_fn(|| backlog.next(Tick(9)))
            .map(|at| at.slot)
            .collect();
        assert_eq!(order, [0, 1, 0]);
    }
}
