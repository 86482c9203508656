//! A seccomp filter: which system calls this process may still make.
#![allow(unsafe_code)] // seccomp itself

use std::fmt::Write as _;

/// What becomes of a process that makes a call that it may not make: it ends with this code, and standard error has
/// the number of the call.
pub const FORBIDDEN: i32 = 99;

/// From here on this process, with all its threads and children, may make these calls and no others.
pub fn allow_only(calls: &[libc::c_long]) {
    install(calls, libc::SECCOMP_RET_ALLOW, libc::SECCOMP_RET_TRAP);
}

/// From here on this process, with all its threads and children, may not make these calls.
pub fn forbid(calls: &[libc::c_long]) {
    install(calls, libc::SECCOMP_RET_TRAP, libc::SECCOMP_RET_ALLOW);
}

/// Gives `listed` to the calls of the list, and `others` to all others.
fn install(calls: &[libc::c_long], listed: u32, others: u32) {
    let step = |code: u32, jt: usize, k: u32| libc::sock_filter {
        code: u16::try_from(code).expect("it is small"),
        jt: u8::try_from(jt).expect("the list is short"),
        jf: 0,
        k,
    };
    let mut program = vec![step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0)];
    for (place, call) in calls.iter().enumerate() {
        let call = u32::try_from(*call).expect("a number of a call");
        let to_the_end = calls.len() - place;
        program.push(step(
            libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K,
            to_the_end,
            call,
        ));
    }
    program.push(step(libc::BPF_RET | libc::BPF_K, 0, others));
    program.push(step(libc::BPF_RET | libc::BPF_K, 0, listed));
    let filter = libc::sock_fprog {
        len: u16::try_from(program.len()).expect("the list is short"),
        filter: program.as_mut_ptr(),
    };
    // SAFETY: the handler only writes and ends the process; the filter lives through the call that copies it.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = on_forbidden_call as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO;
        assert_eq!(
            libc::sigaction(libc::SIGSYS, &raw const action, std::ptr::null_mut()),
            0
        );
        assert_eq!(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
        let mode = libc::SECCOMP_SET_MODE_FILTER;
        let all_threads = libc::SECCOMP_FILTER_FLAG_TSYNC;
        let installed = libc::syscall(libc::SYS_seccomp, mode, all_threads, &raw const filter);
        assert_eq!(installed, 0, "{}", std::io::Error::last_os_error());
    }
}

extern "C" fn on_forbidden_call(_: libc::c_int, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    /// Text without an allocation.
    struct Line([u8; 64], usize);
    impl std::fmt::Write for Line {
        fn write_str(&mut self, text: &str) -> std::fmt::Result {
            let room = self.0[self.1..].iter_mut().zip(text.bytes());
            self.1 += room.map(|(to, byte)| *to = byte).count();
            Ok(())
        }
    }
    let mut line = Line([0; 64], 0);
    // SAFETY: `info` is the kernel's; for SIGSYS the number of the call stands behind an address, at offset 24.
    // `write` and `_exit` may be called from a handler.
    unsafe {
        let number = info.cast::<u8>().add(24).cast::<i32>().read();
        writeln!(line, "the forbidden system call {number}").unwrap_or_default();
        libc::write(2, line.0.as_ptr().cast(), line.1);
        libc::_exit(FORBIDDEN);
    }
}
