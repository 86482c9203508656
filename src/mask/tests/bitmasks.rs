//! What a look at a whole block tells is what a look at each of its bytes tells, on vectors of any width.

use crate::mask::bytes::is_number_part;
use crate::mask::prefilter::bitmasks::{BLOCK, ClassMasks, RunLengths, class_masks, class_masks_by_avx2};
use crate::mask::prefilter::classes::classes_of;
use crate::process::Avx2;
use proptest::prelude::*;

/// As a look at each byte tells them.
fn triggers(block: &[u8]) -> u64 {
    let each = block.iter().enumerate();
    each.fold(0, |all, (n, &byte)| {
        all | u64::from(classes_of(byte).trigger) << n
    })
}

/// Whether a look at block after block finds a token of 15 bytes, and a number of 13.
fn are_long(text: &[u8], class_masks: fn(&[u8; BLOCK]) -> ClassMasks) -> [bool; 2] {
    let mut runs = RunLengths::default();
    text.chunks_exact(BLOCK)
        .fold([false; 2], |[token, number], block| {
            let block = block.first_chunk::<BLOCK>().expect("a whole block");
            let [another_token, another_number] = runs.are_long::<15, 13>(&class_masks(block));
            [token | another_token, number | another_number]
        })
}

/// Three blocks of what ends every run, with `run` at a place of the first two.
fn with_run(run: &[u8], at: usize) -> Vec<u8> {
    let mut text = b".x".repeat(3 * BLOCK / 2);
    text[at..at + run.len()].copy_from_slice(run);
    // What stands around it is part of none, at an odd place as at an even one.
    text[at + run.len()] = b'.';
    if at > 0 {
        text[at - 1] = b'.';
    }
    text
}

#[test]
fn a_run_is_found_wherever_it_stands() {
    for at in 0..2 * BLOCK {
        let told = |run: &[u8]| are_long(&with_run(run, at), class_masks);
        assert_eq!(told(&[b'a'; 15]), [true, false], "letters at {at}");
        assert_eq!(told(&[b'a'; 14]), [false, false], "14 letters at {at}");
        assert_eq!(told(b"4444 4444-444"), [false, true], "digits at {at}");
        assert_eq!(told(b"4444 4444-44"), [false, false], "a short number at {at}");
        assert_eq!(told(&[b'4'; 15]), [true, true], "digits at {at}");
    }
    assert_eq!(
        are_long(&[b'a'; 2 * BLOCK], class_masks),
        [true, false],
        "blocks full of letters"
    );
}

#[test]
fn of_the_end_of_a_block_nothing_is_told_of_its_beginning() {
    let mut block = *b"=aaaaaaaaaaaaaa=                                               =";
    block[17] = 0;
    let all = class_masks(&block);
    let end = all.without(1);
    assert_eq!(
        [all.triggers, end.triggers],
        [1 << 63 | 1 << 15 | 1, 1 << 62 | 1 << 14]
    );
    assert_eq!(all.without(16).triggers, 1 << 47);
    assert!(
        RunLengths::default().are_long::<14, 13>(&end)[0]
            && !RunLengths::default().are_long::<14, 13>(&all.without(2))[0]
    );
    assert!(
        all.needs_escape && end.needs_escape,
        "it is told of the whole block"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_signs_of_a_block_are_those_of_its_bytes(first: [u8; 32], second: [u8; 32], odd in 0..4) {
        let mut block = [0; BLOCK];
        block[..32].copy_from_slice(&first);
        block[32..].copy_from_slice(&second);
        // Blocks with no odd byte at all are the rule, and rare among random bytes.
        let block = if odd == 0 { block } else { block.map(|byte| b'#' + byte % 57) };
        let told = class_masks(&block);
        prop_assert_eq!(told.triggers, triggers(&block));
        prop_assert_eq!(told.needs_escape, block.iter().any(|&byte| classes_of(byte).needs_escape));
        if let Some(avx2) = Avx2::detect() {
            prop_assert_eq!(avx2.run(|| class_masks_by_avx2(avx2, &block)), told, "wide vectors");
        }
    }

    #[test]
    fn a_run_is_long_in_the_blocks_if_it_is_in_the_text(text in "[ -~]{0,60}([a-zA-Z0-9_-]{10,20}|[0-9 -]{8,16})[ -~]{140}") {
        let text = &text.as_bytes()[..2 * BLOCK];
        let has = |kind: fn(u8) -> bool, len| text.split(|&byte| !kind(byte)).any(|run| run.len() >= len);
        prop_assert_eq!(are_long(text, class_masks), [has(|byte| classes_of(byte).token, 15), has(is_number_part, 13)]);
    }
}
