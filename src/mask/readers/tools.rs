//! The programs with short flags that take a password.

/// How a password follows a flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Attached to the flag or after a blank.
    Both,
    /// Attached only: `mysql -px`; with a blank, `-p` makes the program ask for the password.
    Attached,
    /// After a blank only.
    Spaced,
    /// After a user and a separator, attached or after a blank.
    User,
    /// `docker login -p x`; elsewhere `-p` is a port.
    Login,
}

/// Flags, how a password follows them, and the programs that have them.
#[rustfmt::skip]
const TOOLS: [(&[u8], Way, &[&str]); 21] = [
    (b"p", Way::Attached, &["7z", "7za", "7zz", "rar", "unrar"]),
    (b"p", Way::Attached, &["mariadb", "mariadb-admin", "mariadb-dump", "mysql", "mysqladmin", "mysqlcheck"]),
    (b"p", Way::Attached, &["mysqldump", "mysqlimport", "mysqlsh"]),
    (b"p", Way::Both, &["sshpass"]),
    (b"P", Way::Both, &["bcp", "isql", "sqlcmd", "tsql", "unzip", "zip"]),
    (b"w", Way::Both, &["ldapadd", "ldapdelete", "ldapmodify", "ldappasswd", "ldapsearch", "ldapwhoami"]),
    (b"p", Way::Spaced, &["cqlsh", "mongo", "mongodump", "mongoexport", "mongoimport", "mongorestore", "mongosh"]),
    (b"p", Way::Spaced, &["rabbitmqadmin", "rdesktop", "smbmap", "useradd", "usermod", "xfreerdp"]),
    (b"P", Way::Spaced, &["ipmitool", "mosquitto_pub", "mosquitto_sub"]),
    (b"p", Way::Spaced, &["beeline", "evil-winrm", "netexec", "nxc", "paexec", "psexec", "psexec.exe", "wfreerdp"]),
    (b"cAX", Way::Spaced, &["snmpbulkget", "snmpbulkwalk", "snmpget", "snmpgetnext", "snmpset", "snmptrap", "snmpwalk"]),
    (b"as", Way::Spaced, &["ldappasswd"]),
    (b"t", Way::Spaced, &["influx"]),
    (b"a", Way::Spaced, &["redis-cli"]),
    (b"k", Way::Spaced, &["openssl"]),
    (b"N", Way::Spaced, &["ssh-keygen"]),
    (b"uU", Way::User, &["curl"]),
    (b"u", Way::User, &["lftp"]),
    (b"U", Way::User, &["rpcclient", "smbclient", "winexe"]),
    (b"a", Way::User, &["http", "https"]),
    (b"p", Way::Login, &["az", "docker", "helm", "nerdctl", "oc", "podman", "skopeo"]),
];

/// The rows of `TOOLS` with a program, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mask) struct Tool(u32);

/// The names with one first letter: bits for their lengths and for their rows.
#[derive(Clone, Copy)]
struct Initial {
    lengths: u16,
    rows: u32,
}

/// By first letter: most words are rejected here, and the others are compared with few names.
const INITIALS: [Initial; 128] = {
    let mut initials = [Initial { lengths: 0, rows: 0 }; 128];
    let mut row = 0;
    while row < TOOLS.len() {
        let names = TOOLS[row].2;
        let mut n = 0;
        while n < names.len() {
            let name = names[n].as_bytes();
            initials[name[0] as usize].lengths |= 1 << name.len();
            initials[name[0] as usize].rows |= 1 << row;
            n += 1;
        }
        row += 1;
    }
    initials
};

/// Whether any program has this flag.
pub(in crate::mask) fn has_flag(flag: u8) -> bool {
    TOOLS.iter().any(|(flags, ..)| flags.contains(&flag))
}

/// The program with this name, if it is known.
#[inline]
pub(in crate::mask) fn known(name: &[u8]) -> Option<Tool> {
    let initial = INITIALS.get(usize::from(*name.first()?))?;
    (name.len() < 16 && initial.lengths >> name.len() & 1 == 1)
        .then(|| rows(name, initial.rows))
        .filter(|tool| tool.0 != 0)
}

/// The rows among `rows` that have this name.
fn rows(name: &[u8], rows: u32) -> Tool {
    let (mut left, mut found) = (rows, 0);
    while left != 0 {
        let row = left.trailing_zeros();
        left &= left - 1;
        let names = TOOLS[row as usize].2;
        found |= u32::from(names.iter().any(|known| known.as_bytes() == name)) << row;
    }
    Tool(found)
}

impl Tool {
    /// Whether `flag` takes a password here: `Some(true)` if a user name precedes it. `attached` means that it follows
    /// without a blank; `between` is the text between the program and the flag.
    pub(in crate::mask) fn takes(self, flag: u8, attached: bool, between: &[u8]) -> Option<bool> {
        let fits = |way: Way| match way {
            Way::Both | Way::User => true,
            Way::Attached => attached,
            Way::Spaced => !attached,
            Way::Login => !attached && memchr::memmem::find(between, b" login ").is_some(),
        };
        TOOLS
            .iter()
            .enumerate()
            .filter(|(row, (flags, ..))| self.0 >> row & 1 == 1 && flags.contains(&flag))
            .find(|(_, (_, way, _))| fits(*way))
            .map(|(_, (_, way, _))| *way == Way::User)
    }
}
