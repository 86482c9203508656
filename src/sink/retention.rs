//! Which rotated files go, and their deletion under the lock.
