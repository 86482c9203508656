//! Secrets that are known by their own shape, whatever stands before them: tokens, card numbers.

pub(super) mod card;
pub(super) mod prefixes;
mod provider;
pub(super) mod token;
