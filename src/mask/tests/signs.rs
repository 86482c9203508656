//! What a look at a whole block tells is what a look at each of its bytes tells.

use crate::mask::bytes::is_token;
use crate::mask::lanes::kinds;
use crate::mask::signs::{BLOCK, Runs, place_of, signs};
use proptest::prelude::*;

fn anchors(block: &[u8]) -> Vec<usize> {
    (0..block.len()).filter(|&n| kinds(block[n])[0]).collect()
}

fn places(mut bits: u64) -> Vec<usize> {
    let mut places = Vec::new();
    while bits != 0 {
        places.push(place_of(bits.trailing_zeros()));
        bits &= bits - 1;
    }
    places.sort_unstable();
    places
}

/// Whether a look at block after block finds a token, and a number, that could be long.
fn may_be_long(text: &[u8]) -> [bool; 2] {
    let mut runs = Runs::default();
    text.chunks_exact(BLOCK)
        .fold([false; 2], |[token, number], block| {
            let block = block.first_chunk::<BLOCK>().expect("a whole block");
            let [another_token, another_number] = runs.may_be_long(&signs(block));
            [token | another_token, number | another_number]
        })
}

/// Three blocks of what ends every run, with `run` at a place of the first two.
fn with_run(run: &[u8], at: usize) -> Vec<u8> {
    let mut text = b" x".repeat(3 * BLOCK / 2);
    text[at..at + run.len()].copy_from_slice(run);
    text
}

#[test]
fn a_run_is_found_wherever_it_stands() {
    for at in 0..2 * BLOCK {
        let told = |run: &[u8]| may_be_long(&with_run(run, at));
        assert_eq!(told(&[b'a'; 15]), [true, false], "letters at {at}");
        assert_eq!(told(b"44444 44444"), [false, true], "digits at {at}");
        assert_eq!(told(&[b'4'; 15]), [true, true], "digits at {at}");
        assert_eq!(told(b" aaaaaaaaaaa "), [false, false], "11 letters at {at}");
        assert_eq!(told(b"x.44.44x"), [false, false], "a short number at {at}");
    }
}

#[test]
fn behind_half_a_block_no_run_goes_on() {
    let mut runs = Runs::default();
    let mut half = *b" x x x x x x x x x x xaaaaaaaaaa";
    assert_eq!(runs.may_be_long(&signs(&half)), [false, false]);
    half[16..].fill(b'a');
    assert_eq!(Runs::default().may_be_long(&signs(&half)), [true, false]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_anchors_and_odd_bytes_of_a_block_are_those_of_its_bytes(block: [u8; 32], odd in 0..4) {
        // Blocks with no odd byte at all are the rule, and rare among random bytes.
        let block = if odd == 0 { block } else { block.map(|byte| b' ' + byte % 90) };
        let twice: [u8; BLOCK] = std::array::from_fn(|n| block[n % 32]);
        let is_plain = !block.iter().any(|&byte| kinds(byte)[3]);
        prop_assert_eq!(places(signs(&block).anchors), anchors(&block));
        prop_assert_eq!(places(signs(&twice).anchors), anchors(&twice));
        prop_assert_eq!(signs(&block).are_plain(), is_plain);
        prop_assert_eq!(signs(&twice).are_plain(), is_plain);
    }

    #[test]
    fn what_has_a_run_of_a_token_may_be_long(text in "[ -~]{0,40}[a-zA-Z0-9_-]{0,20}[ -~]{140}") {
        let text = &text.as_bytes()[..2 * BLOCK];
        let has_run = text.split(|&byte| !is_token(byte)).any(|run| run.len() >= 15);
        prop_assert!(!has_run || may_be_long(text)[0]);
    }
}
