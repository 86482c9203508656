//! Counts the bytes that are looked at, in tests only: work must grow with the text and not faster.

#[cfg(test)]
std::thread_local! {
    static STEPS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Adds to the steps of this thread; nothing outside of tests.
#[inline]
pub(super) fn count(steps: usize) {
    #[cfg(test)]
    STEPS.with(|all| all.set(all.get() + steps as u64));
    #[cfg(not(test))]
    let _unused = steps;
}

/// The steps since this was asked last.
#[cfg(test)]
pub(super) fn take() -> u64 {
    STEPS.with(|all| all.replace(0))
}

#[cfg(test)]
mod tests {
    use crate::config::Mask;
    use crate::mask::Masker;

    /// The steps for `bytes` of one piece again and again.
    fn steps(piece: &str, bytes: usize) -> u64 {
        let text = piece.repeat(bytes / piece.len());
        super::take();
        Masker::new(&Mask::standard()).text(&text, false);
        super::take()
    }

    #[test]
    fn work_grows_with_the_text_and_not_faster() {
        let pieces = [
            "password=",
            "://",
            "Bearer ",
            "-----BEGIN ",
            "eyJ",
            "4",
            "\"",
            "a:b@",
            "'{\"key\":",
            "token: [",
            "<a>",
        ];
        for piece in pieces {
            let (once, twice) = (steps(piece, 100_000), steps(piece, 200_000));
            assert!(
                twice <= once * 5 / 2 + 1_000,
                "{piece:?}: {once} steps, then {twice}"
            );
            assert!(once <= 100_000 * 100, "{piece:?}: {once} steps for 100,000 bytes");
        }
    }
}
