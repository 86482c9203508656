//! Regions of a text in which a key means more than elsewhere; readers open them while `walk` goes on.

use super::name::value_policy::ValuePolicy;

/// Regions that reach from the current offset up to an end.
#[derive(Debug, Default)]
pub(super) struct Regions {
    /// Up to here every value belongs to a secret key, with this policy.
    nested_until: usize,
    nested: ValuePolicy,
    /// Up to here the value of the key `value` is a secret, because a `name` before it was that of a secret.
    value_until: usize,
    /// Up to here the value of the key `key` is a secret: this is a map of credentials.
    key_until: usize,
    /// Up to this offset any key may precede a secret: the furthest end of the regions above, except the last one.
    open_until: usize,
}

impl Regions {
    /// From here to `end` every value belongs to a secret whose key has `policy`.
    pub(super) fn nest(&mut self, end: usize, policy: ValuePolicy) {
        if let Some(nested) = policy.nested().filter(|_| end > self.nested_until) {
            (self.nested_until, self.nested) = (end, nested);
            self.open_until = self.open_until.max(end);
        }
    }

    pub(super) fn is_nested(&self, at: usize) -> bool {
        at < self.nested_until
    }

    /// The policy for the values in the secret map around `at`, if there is one.
    pub(super) fn nested(&self, at: usize) -> Option<ValuePolicy> {
        self.is_nested(at).then_some(self.nested)
    }

    /// Expects the secret that was named under the key `value`, before `end`.
    pub(super) fn expect_value(&mut self, end: usize) {
        self.value_until = end;
        self.open_until = self.open_until.max(end);
    }

    pub(super) fn expects_value(&self, at: usize) -> bool {
        at < self.value_until
    }

    /// The expected value was found.
    pub(super) fn end_expected(&mut self) {
        self.value_until = 0;
    }

    /// A map of credentials reaches up to `end`.
    pub(super) fn expect_key(&mut self, end: usize) {
        self.key_until = end;
    }

    pub(super) fn expects_key(&self, at: usize) -> bool {
        at < self.key_until
    }

    /// Whether any key may precede a secret at `at`, even one that ends like no known name.
    pub(super) fn is_open(&self, at: usize) -> bool {
        at < self.open_until
    }
}

/// How many maps inside of maps are measured, so that the work stays in proportion to the text.
const MAPS: usize = 8;

/// Counts the secret maps that were measured, since finding the end of one means reading all of it.
#[derive(Debug, Default)]
pub(super) struct Maps {
    count: usize,
    until: usize,
}

impl Maps {
    /// Whether one more map may be measured at `from`.
    pub(super) fn has_room(&mut self, from: usize) -> bool {
        if from >= self.until {
            self.count = 0;
        }
        self.count < MAPS
    }

    /// A map that ends at `end` was measured.
    pub(super) fn add(&mut self, end: usize) {
        self.count += 1;
        self.until = self.until.max(end);
    }
}
