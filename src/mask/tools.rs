//! The programs whose short flags take a password; `command` asks.

/// A program and one of its flags.
#[derive(Debug)]
pub(super) struct Tool {
    name: &'static str,
    flag: u8,
    /// What must stand between the name and the flag.
    within: &'static str,
    /// Whether the password may follow at once, and behind a blank.
    attached: bool,
    spaced: bool,
    /// Whether a user stands before the password.
    pub(super) user: bool,
}

const fn both(name: &'static str, flag: u8) -> Tool {
    Tool {
        name,
        flag,
        within: "",
        attached: true,
        spaced: true,
        user: false,
    }
}

/// `mysql -px`; with a blank, `-p` asks for the password.
const fn attached(name: &'static str, flag: u8) -> Tool {
    Tool {
        spaced: false,
        ..both(name, flag)
    }
}

const fn spaced(name: &'static str, flag: u8) -> Tool {
    Tool {
        attached: false,
        ..both(name, flag)
    }
}

const fn user(name: &'static str, flag: u8) -> Tool {
    Tool {
        user: true,
        ..both(name, flag)
    }
}

/// `docker login -p x`; elsewhere `-p` is a port.
const fn login(name: &'static str) -> Tool {
    Tool {
        within: " login ",
        ..spaced(name, b'p')
    }
}

/// In the order of their names (a test holds it).
const TOOLS: &[Tool] = &[
    attached("7z", b'p'),
    attached("7za", b'p'),
    attached("7zz", b'p'),
    login("az"),
    both("bcp", b'P'),
    spaced("cqlsh", b'p'),
    user("curl", b'U'),
    user("curl", b'u'),
    login("docker"),
    login("helm"),
    user("http", b'a'),
    user("https", b'a'),
    spaced("influx", b't'),
    spaced("ipmitool", b'P'),
    both("isql", b'P'),
    both("ldapadd", b'w'),
    both("ldapdelete", b'w'),
    both("ldapmodify", b'w'),
    both("ldappasswd", b'w'),
    both("ldapsearch", b'w'),
    both("ldapwhoami", b'w'),
    user("lftp", b'u'),
    attached("mariadb", b'p'),
    attached("mariadb-admin", b'p'),
    attached("mariadb-dump", b'p'),
    spaced("mongo", b'p'),
    spaced("mongodump", b'p'),
    spaced("mongoexport", b'p'),
    spaced("mongoimport", b'p'),
    spaced("mongorestore", b'p'),
    spaced("mongosh", b'p'),
    spaced("mosquitto_pub", b'P'),
    spaced("mosquitto_sub", b'P'),
    attached("mysql", b'p'),
    attached("mysqladmin", b'p'),
    attached("mysqlcheck", b'p'),
    attached("mysqldump", b'p'),
    attached("mysqlimport", b'p'),
    attached("mysqlsh", b'p'),
    login("nerdctl"),
    login("oc"),
    login("podman"),
    spaced("rabbitmqadmin", b'p'),
    attached("rar", b'p'),
    spaced("rdesktop", b'p'),
    spaced("redis-cli", b'a'),
    user("rpcclient", b'U'),
    login("skopeo"),
    user("smbclient", b'U'),
    spaced("smbmap", b'p'),
    both("sqlcmd", b'P'),
    spaced("ssh-keygen", b'N'),
    both("sshpass", b'p'),
    both("tsql", b'P'),
    attached("unrar", b'p'),
    both("unzip", b'P'),
    spaced("useradd", b'p'),
    spaced("usermod", b'p'),
    user("winexe", b'U'),
    spaced("xfreerdp", b'p'),
    both("zip", b'P'),
];

/// No program of the table has a shorter name.
const SHORTEST: usize = 2;

/// Whether some program has such a flag.
pub(super) fn has_flag(flag: u8) -> bool {
    matches!(flag, b'p' | b'P' | b'a' | b'w' | b'u' | b'U' | b't' | b'N')
}

/// Whether a program is known by this name.
pub(super) fn is_known(name: &[u8]) -> bool {
    name.len() >= SHORTEST
        && TOOLS
            .binary_search_by(|tool| tool.name.as_bytes().cmp(name))
            .is_ok()
}

/// The program `name` if `flag` takes a password there; `between` is what stands before the flag.
pub(super) fn find(name: &[u8], between: &[u8], flag: u8, attached: bool) -> Option<&'static Tool> {
    let first = TOOLS.partition_point(|tool| tool.name.as_bytes() < name);
    let same = TOOLS[first..]
        .iter()
        .take_while(|tool| tool.name.as_bytes() == name);
    let within = |tool: &Tool| {
        tool.within.is_empty() || memchr::memmem::find(between, tool.within.as_bytes()).is_some()
    };
    same.into_iter().find(|tool| {
        tool.flag == flag && (if attached { tool.attached } else { tool.spaced }) && within(tool)
    })
}

#[cfg(test)]
pub(super) fn is_in_order() -> bool {
    TOOLS.is_sorted_by_key(|tool| tool.name)
}
