//! Figures of the operating system about this process: CPU time, memory, and how often its threads woke.
#![allow(unsafe_code)] // getrusage and clock_gettime

/// Nanoseconds of CPU of all threads together, in user and kernel mode; 0 where the system does not report it.
#[cfg(unix)]
pub fn cpu_ns() -> u64 {
    // SAFETY: getrusage fills the zeroed structure.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &raw mut usage);
        usage
    };
    let ns = |time: libc::timeval| time.tv_sec as u64 * 1_000_000_000 + time.tv_usec as u64 * 1_000;
    ns(usage.ru_utime) + ns(usage.ru_stime)
}

/// Nanoseconds of CPU of the calling thread; 0 where the system does not report it.
#[cfg(unix)]
pub fn thread_cpu_ns() -> u64 {
    // SAFETY: clock_gettime fills the zeroed structure.
    let time = unsafe {
        let mut time: libc::timespec = std::mem::zeroed();
        libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time);
        time
    };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

#[cfg(not(unix))]
pub fn cpu_ns() -> u64 {
    0
}

#[cfg(not(unix))]
pub fn thread_cpu_ns() -> u64 {
    0
}

/// The peak resident memory in KiB: `VmHWM`, since `ru_maxrss` is inherited from the parent. 0 on other systems than
/// Linux.
pub fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    field(&status, "VmHWM:")
}

/// Number of voluntary context switches of all threads but the caller. 0 on other systems than Linux.
pub fn sleeps_of_other_threads() -> u64 {
    let own = std::fs::read_link("/proc/thread-self").unwrap_or_default();
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else {
        return 0;
    };
    let others = tasks
        .flatten()
        .filter(|task| Some(task.file_name().as_ref()) != own.file_name());
    others
        .map(|task| {
            let status = std::fs::read_to_string(task.path().join("status")).unwrap_or_default();
            field(&status, "voluntary_ctxt_switches:")
        })
        .sum()
}

/// The number after `name` at the beginning of a line.
fn field(status: &str, name: &str) -> u64 {
    let value = status.lines().find_map(|line| line.strip_prefix(name));
    value
        .and_then(|value| value.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
