//! Secrets with a known shape, whatever text precedes them: tokens, card numbers.

pub(super) mod card;
pub(super) mod prefixes;
mod provider;
pub(super) mod token;
