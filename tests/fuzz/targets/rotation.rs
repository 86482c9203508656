//! Runs `asynclogger::fuzzing::rotation` on whatever the fuzzer finds.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| asynclogger::fuzzing::rotation(data));
