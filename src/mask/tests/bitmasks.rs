//! The masks of a whole block agree with the classes of its bytes, on vectors of any width.

use crate::mask::bytes::is_number_part;
use crate::mask::prefilter::bitmasks::{BLOCK, ClassMasks, RunLengths, class_masks, class_masks_by_avx2};
use crate::mask::prefilter::classes::classes_of;
use crate::process::Avx2;
use proptest::prelude::*;

/// The trigger bytes, classified one by one.
fn triggers(block: &[u8]) -> u64 {
    let each = block.iter().enumerate();
    each.fold(0, |all, (n, &byte)| {
        all | u64::from(classes_of(byte).trigger) << n
    })
}

/// Whether the masks of block after block show a token of 15 bytes, and a number of 13.
fn are_long(text: &[u8], class_masks: fn(&[u8; BLOCK]) -> ClassMasks) -> [bool; 2] {
    let mut runs = RunLengths::default();
    text.chunks_exact(BLOCK)
        .fold([false; 2], |[token, number], block| {
            let block = block.first_chunk::<BLOCK>().expect("a whole block");
            let [another_token, another_number] = runs.are_long::<15, 13>(&class_masks(block));
            [token | another_token, number | another_number]
        })
}

/// Three blocks of bytes that end every run, with `run` somewhere in the first two.
fn with_run(run: &[u8], at: usize) -> Vec<u8> {
    let mut text = b".x".repeat(3 * BLOCK / 2);
    text[at..at + run.len()].copy_from_slice(run);
    // The bytes around it end every run, at even and at odd offsets.
    text[at + run.len()] = b'.';
    if at > 0 {
        text[at - 1] = b'.';
    }
    text
}

#[test]
fn a_run_is_found_wherever_it_stands() {
    for at in 0..2 * BLOCK {
        let found = |run: &[u8]| are_long(&with_run(run, at), class_masks);
        assert_eq!(found(&[b'a'; 15]), [true, false], "letters at {at}");
        assert_eq!(found(&[b'a'; 14]), [false, false], "14 letters at {at}");
        assert_eq!(found(b"4444 4444-444"), [false, true], "digits at {at}");
        assert_eq!(found(b"4444 4444-44"), [false, false], "a short number at {at}");
        assert_eq!(found(&[b'4'; 15]), [true, true], "digits at {at}");
    }
    assert_eq!(
        are_long(&[b'a'; 2 * BLOCK], class_masks),
        [true, false],
        "blocks full of letters"
    );
}

#[test]
fn the_masks_of_the_end_of_a_block_say_nothing_about_its_beginning() {
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
        "this flag is for the whole block"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_masks_of_a_block_are_the_classes_of_its_bytes(first: [u8; 32], second: [u8; 32], odd in 0..4) {
        let mut block = [0; BLOCK];
        block[..32].copy_from_slice(&first);
        block[32..].copy_from_slice(&second);
        // Blocks without a byte to escape are the rule, and rare among random bytes.
        let block = if odd == 0 { block } else { block.map(|byte| b'#' + byte % 57) };
        let found = class_masks(&block);
        prop_assert_eq!(found.triggers, triggers(&block));
        prop_assert_eq!(found.needs_escape, block.iter().any(|&byte| classes_of(byte).needs_escape));
        if let Some(avx2) = Avx2::detect() {
            prop_assert_eq!(avx2.run(|| class_masks_by_avx2(avx2, &block)), found, "wide vectors");
        }
    }

    #[test]
    fn a_run_is_long_in_the_blocks_if_it_is_in_the_text(text in "[ -~]{0,60}([a-zA-Z0-9_-]{10,20}|[0-9 -]{8,16})[ -~]{140}") {
        let text = &text.as_bytes()[..2 * BLOCK];
        let has = |kind: fn(u8) -> bool, len| text.split(|&byte| !kind(byte)).any(|run| run.len() >= len);
        prop_assert_eq!(are_long(text, class_masks), [has(|byte| classes_of(byte).token, 15), has(is_number_part, 13)]);
    }
}
