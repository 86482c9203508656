//! Runs `asynclogger::fuzzing::mask` on whatever the fuzzer finds.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| asynclogger::fuzzing::mask(data));
