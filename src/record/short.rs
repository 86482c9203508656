//! Copies and compares short runs of bytes (pieces of messages, key names) without a function call.

/// Copies `from` to `to`, which has the same length, if that is at most 32 bytes. Returns whether it did.
#[inline(always)]
pub(super) fn copy_short(to: &mut [u8], from: &[u8]) -> bool {
    let len = from.len();
    if len >= 8 {
        if len <= 16 {
            copy_ends::<8>(to, from);
        } else if len <= 32 {
            copy_ends::<16>(to, from);
        } else {
            return false;
        }
    } else if len >= 4 {
        copy_ends::<4>(to, from);
    } else if len >= 2 {
        copy_ends::<2>(to, from);
    } else if len == 1 {
        to[0] = from[0];
    }
    true
}

/// Copies `END` to `2 * END` bytes as their first and last `END` bytes, which may overlap.
#[inline(always)]
fn copy_ends<const END: usize>(to: &mut [u8], from: &[u8]) {
    if let (Some(to), Some(from)) = (to.first_chunk_mut::<END>(), from.first_chunk()) {
        *to = *from;
    }
    if let (Some(to), Some(from)) = (to.last_chunk_mut::<END>(), from.last_chunk()) {
        *to = *from;
    }
}

/// Whether `a` and `b` are equal.
#[inline(always)]
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let len = a.len();
    if len > 16 {
        a == b
    } else if len >= 8 {
        same_ends::<8>(a, b)
    } else if len >= 4 {
        same_ends::<4>(a, b)
    } else if len >= 2 {
        same_ends::<2>(a, b)
    } else {
        a.first() == b.first()
    }
}

/// Whether `END` to `2 * END` bytes are equal, comparing their first and last `END` bytes.
#[inline(always)]
fn same_ends<const END: usize>(a: &[u8], b: &[u8]) -> bool {
    a.first_chunk::<END>() == b.first_chunk() && a.last_chunk::<END>() == b.last_chunk()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_the_same_if_each_byte_is() {
        let text: Vec<u8> = (1..=40).collect();
        for len in 0..=40 {
            let one = &text[..len];
            let again = one.to_vec();
            assert!(same(one, &again), "{len} bytes");
            for other in (0..40).filter(|&other| other != len) {
                assert!(!same(one, &text[..other]), "{len} and {other} bytes");
            }
            for at in 0..len {
                let mut other = one.to_vec();
                other[at] ^= 0x80;
                assert!(!same(one, &other), "the byte {at} of {len}");
            }
        }
    }
}
