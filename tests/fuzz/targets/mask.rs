//! Runs `asynclogger::fuzzing::mask` on the inputs of the fuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| asynclogger::fuzzing::mask(data));
