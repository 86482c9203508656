//! AVX2 vectors of 32 bytes: finds the bytes of several kinds in a block of 64, in a few instructions.
//!
//! On other CPUs [`Avx2`] cannot be constructed, and callers use the portable path, which returns the same result.

/// Bytes classified in one step.
pub(crate) const BLOCK: usize = 64;

/// A set of ASCII bytes as a lookup table: for each lower half of a byte, one bit for each upper half.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    #[cfg_attr(
        not(target_arch = "x86_64"),
        allow(dead_code, reason = "read by wide vectors only")
    )]
    uppers: [u8; 16],
}

impl Kind {
    /// The set of the bytes for which `is` is true.
    pub(crate) const fn of(is: &[bool; 128]) -> Kind {
        let mut uppers = [0; 16];
        let mut byte = 0;
        while byte < is.len() {
            uppers[byte & 15] |= (is[byte] as u8) << (byte >> 4);
            byte += 1;
        }
        Kind { uppers }
    }
}

/// Proof that the processor has AVX2; whoever has a value may use it.
#[cfg(target_arch = "x86_64")]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Avx2(());

/// This architecture has no AVX2, so there is no value.
#[cfg(not(target_arch = "x86_64"))]
#[derive(Debug, Clone, Copy)]
pub(crate) enum Avx2 {}

impl Avx2 {
    /// Returns a value if the processor has AVX2.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn detect() -> Option<Avx2> {
        let has_all = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2")
            && is_x86_feature_detected!("lzcnt");
        has_all.then_some(Avx2(()))
    }

    #[cfg(not(target_arch = "x86_64"))]
    pub(crate) fn detect() -> Option<Avx2> {
        None
    }

    /// Runs `run`, compiled for AVX2.
    #[cfg(target_arch = "x86_64")]
    #[inline]
    pub(crate) fn run<R>(self, run: impl FnOnce() -> R) -> R {
        // SAFETY: the processor has all that the function is compiled for: a `Avx2` is made only where it has.
        #[allow(unsafe_code)]
        unsafe {
            vectors::run(run)
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    pub(crate) fn run<R>(self, _: impl FnOnce() -> R) -> R {
        match self {}
    }

    /// For each kind, a mask whose bit n is set if byte n of the block is of that kind; and whether any byte is `odd`
    /// or not ASCII.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    pub(crate) fn find<const KINDS: usize>(
        self,
        block: &[u8; BLOCK],
        kinds: &[Kind; KINDS],
        odd: &Kind,
    ) -> ([u64; KINDS], bool) {
        // SAFETY: a `Avx2` is made only where the processor has these vectors.
        #[allow(unsafe_code)]
        unsafe {
            vectors::find(block, kinds, odd)
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    pub(crate) fn find<const KINDS: usize>(
        self,
        _: &[u8; BLOCK],
        _: &[Kind; KINDS],
        _: &Kind,
    ) -> ([u64; KINDS], bool) {
        match self {}
    }
}

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
mod vectors {
    use super::{BLOCK, Kind};
    use std::arch::x86_64::{
        __m256i, _mm_loadu_si128, _mm256_and_si256, _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8,
        _mm256_loadu_si256, _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8, _mm256_setzero_si256,
        _mm256_shuffle_epi8, _mm256_srli_epi16, _mm256_testz_si256,
    };

    /// One bit for each upper half of an ASCII byte.
    const UPPERS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0];

    // SAFETY: to be called only on a processor with AVX2, BMI1, BMI2 and LZCNT.
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt")]
    pub(super) unsafe fn run<R>(run: impl FnOnce() -> R) -> R {
        run()
    }

    // SAFETY: to be called only on a processor with AVX2, BMI1, BMI2 and LZCNT.
    #[inline]
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt")]
    pub(super) unsafe fn find<const KINDS: usize>(
        block: &[u8; BLOCK],
        kinds: &[Kind; KINDS],
        odd: &Kind,
    ) -> ([u64; KINDS], bool) {
        // SAFETY: the block has twice 32 bytes, and the rest needs nothing but AVX2.
        unsafe {
            let first = Bytes::read(block.as_ptr());
            let second = Bytes::read(block.as_ptr().add(BLOCK / 2));
            let found = kinds.each_ref().map(|kind| {
                let others = |bytes: &Bytes| {
                    let none = _mm256_cmpeq_epi8(bytes.of(kind), _mm256_setzero_si256());
                    u64::from(_mm256_movemask_epi8(none) as u32)
                };
                !(others(&first) | others(&second) << (BLOCK / 2))
            });
            let beyond = _mm256_and_si256(_mm256_or_si256(first.bytes, second.bytes), _mm256_set1_epi8(-128));
            let odds = _mm256_or_si256(_mm256_or_si256(first.of(odd), second.of(odd)), beyond);
            (found, _mm256_testz_si256(odds, odds) == 0)
        }
    }

    /// 32 bytes, with the bit of each byte's upper half.
    struct Bytes {
        bytes: __m256i,
        uppers: __m256i,
    }

    impl Bytes {
        // SAFETY: to be called only for 32 bytes that can be read, on such a processor.
        #[inline]
        #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt")]
        unsafe fn read(from: *const u8) -> Bytes {
            // SAFETY: as the caller promises.
            unsafe {
                let bytes = _mm256_loadu_si256(from.cast());
                let halves = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), _mm256_set1_epi8(15));
                let uppers = _mm256_shuffle_epi8(table(&UPPERS), halves);
                Bytes { bytes, uppers }
            }
        }

        /// Non-zero for each byte of the kind. For non-ASCII bytes the shuffle gives 0.
        // SAFETY: to be called only on such a processor.
        #[inline]
        #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt")]
        unsafe fn of(&self, kind: &Kind) -> __m256i {
            // SAFETY: as the caller promises.
            unsafe { _mm256_and_si256(_mm256_shuffle_epi8(table(&kind.uppers), self.bytes), self.uppers) }
        }
    }

    /// Loads a table into both halves of a vector, as a shuffle reads it.
    // SAFETY: to be called only on such a processor.
    #[inline]
    #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt")]
    unsafe fn table(table: &[u8; 16]) -> __m256i {
        // SAFETY: a table has the 16 bytes that are read.
        unsafe { _mm256_broadcastsi128_si256(_mm_loadu_si128(table.as_ptr().cast())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_is_found_at_each_place_and_only_there() {
        let [vowels, edges, digits] = ["aeiouAEIOU", "\0\x0f\x10/09@`\x7f", "0123456789"]
            .map(|bytes| -> [bool; 128] { std::array::from_fn(|byte| bytes.contains(byte as u8 as char)) });
        let kinds = [Kind::of(&vowels), Kind::of(&edges)];
        let Some(avx2) = Avx2::detect() else {
            return println!("not run: this processor has no AVX2");
        };
        for (byte, at) in (0..=u8::MAX).flat_map(|byte| (0..BLOCK).map(move |at| (byte, at))) {
            let mut block = [b'x'; BLOCK];
            block[at] = byte;
            let is = |kind: &[bool; 128]| kind.get(usize::from(byte)) == Some(&true);
            let found = [&vowels, &edges].map(|kind| u64::from(is(kind)) << at);
            let odd = is(&digits) || !byte.is_ascii();
            let looked = avx2.run(|| avx2.find(&block, &kinds, &Kind::of(&digits)));
            assert_eq!(looked, (found, odd), "{byte} at {at}");
        }
    }
}
