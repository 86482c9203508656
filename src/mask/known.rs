//! Names without a secret, remembered so that they need not be looked at again; `Masker` asks for targets, threads
//! and keys.

/// How many names are remembered.
const PLACES: usize = 64;
/// Longer names are not kept.
const LONGEST: usize = 512;

/// The newest of those names that fall into one place.
pub(super) struct KnownNames([String; PLACES]);

impl Default for KnownNames {
    fn default() -> KnownNames {
        KnownNames([const { String::new() }; PLACES])
    }
}

impl KnownNames {
    #[inline]
    pub(super) fn has(&self, name: &str) -> bool {
        self.0[place(name)] == name
    }

    pub(super) fn keep(&mut self, name: &str) {
        if name.len() <= LONGEST {
            let kept = &mut self.0[place(name)];
            kept.clear();
            kept.push_str(name);
        }
    }
}

#[inline]
fn place(name: &str) -> usize {
    let bytes = name.as_bytes();
    let at = |n: usize| usize::from(bytes.get(n).copied().unwrap_or(0));
    (bytes.len() * 7 + at(bytes.len() / 2) * 3 + at(bytes.len().wrapping_sub(1))) % PLACES
}
