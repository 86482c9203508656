//! Which values of a key are secret, and where a value of the key can be.
//!
//! Each question that readers ask about a policy is a method here. None of the matches below has a wildcard arm: a
//! new policy does not compile before every question is answered for it.

use ValuePolicy::*;

/// Which values of a key are secret; `value::policy` carries it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::mask) enum ValuePolicy {
    /// None: the key is not that of a secret.
    #[default]
    Never,
    /// All but status words (`missing`) and marks of redaction (`***`).
    Always,
    /// As `Always`, but not paths: the variable `PWD` is a directory.
    Directory,
    /// As `Always`, but not paths to files.
    Keyfile,
    /// As `Always`, and the rest of the line belongs to the value.
    Phrase,
    /// As `Always`, but not numbers of up to three digits, which count or name something.
    Short,
    /// Four digits or more, or long values: a pin of a chip has a short name.
    Pin,
    /// As `Always`, but not what a parser calls a token: a short word, a sign.
    Token,
    /// As `Always`, but not numbers: something is counted.
    Count,
    /// All but words and small numbers.
    Open,
    /// Values that are long enough to be a key or a signature.
    Long,
    /// Long values, and only in the query of a URL.
    Query,
    /// Numbers of four digits or more.
    Digits,
    /// Values that are written in ASCII after a key in another script.
    Foreign,
    /// An authentication scheme and credentials.
    Header,
    /// As `Header`, but the value may be the name of a mechanism: `auth=scram-sha-256`.
    Auth,
    /// A list of cookies.
    Cookies,
    /// A number of lines, and the secret is in those lines.
    Lines,
    /// `user/password@`.
    Slash,
    /// The name of a secret, whose value follows under the key `value`.
    NameOf,
}

// The yes-or-no questions, answered in `traits`.
const HIDES: u16 = 1;
const IN_SENTENCE: u16 = 1 << 1;
const IN_QUOTES: u16 = 1 << 2;
const IN_TUPLE: u16 = 1 << 3;
const IN_FIELD: u16 = 1 << 4;
const WITH_USER: u16 = 1 << 5;
const SAME_LINE: u16 = 1 << 6;
const SCHEME: u16 = 1 << 7;
const AMBIGUOUS: u16 = 1 << 8;
const YIELDS: u16 = 1 << 9;
const LABELS: u16 = 1 << 10;

impl ValuePolicy {
    const fn traits(self) -> u16 {
        match self {
            Never => AMBIGUOUS | YIELDS,
            Always | Keyfile => HIDES | IN_SENTENCE | IN_QUOTES | IN_FIELD,
            Token => HIDES | IN_SENTENCE | IN_QUOTES | IN_FIELD,
            Directory => HIDES | IN_SENTENCE,
            Phrase | Short => HIDES | IN_SENTENCE | IN_TUPLE | IN_FIELD,
            Pin => HIDES | IN_TUPLE,
            Open => HIDES | IN_TUPLE | WITH_USER,
            Header | Auth => HIDES | IN_SENTENCE | IN_TUPLE | WITH_USER | SCHEME,
            Long => HIDES | YIELDS,
            Count | Digits | Foreign | Cookies => HIDES,
            Query => SAME_LINE | AMBIGUOUS | LABELS,
            NameOf => SAME_LINE | LABELS,
            Slash => SAME_LINE,
            Lines => 0,
        }
    }

    const fn has(self, property: u16) -> bool {
        self.traits() & property != 0
    }

    /// Whether the value itself may be secret, wherever its key is.
    pub(in crate::mask) const fn hides_values(self) -> bool {
        self.has(HIDES)
    }

    /// Whether a random token after the name is secret in a sentence: `token a1b2c3d4e5f6g7h8`.
    pub(in crate::mask) const fn in_sentence(self) -> bool {
        self.has(IN_SENTENCE)
    }

    /// Whether a random text in quotes after the name is secret: `secret "a1b2c3d4"`.
    pub(in crate::mask) const fn in_quotes(self) -> bool {
        self.has(IN_QUOTES)
    }

    /// Whether a type of this name may hold one value, and that a secret: `Pin("4711")`.
    pub(in crate::mask) const fn in_tuple(self) -> bool {
        self.has(IN_TUPLE)
    }

    /// Whether a type of this name may hold its secret in a field: `Secret { value: "x" }`.
    pub(in crate::mask) const fn in_field(self) -> bool {
        self.has(IN_FIELD)
    }

    /// Whether a type of this name may hold a user and a password: `Credentials("bob", "x")`.
    pub(in crate::mask) const fn with_user(self) -> bool {
        self.has(WITH_USER)
    }

    /// Whether the value is on the line of its key, never on the lines below.
    pub(in crate::mask) const fn same_line(self) -> bool {
        self.has(SAME_LINE)
    }

    /// Whether the value may begin with an authentication scheme.
    pub(in crate::mask) const fn has_scheme(self) -> bool {
        self.has(SCHEME)
    }

    /// Whether the text around the key may give it another policy: `passwd[bob]=`.
    pub(in crate::mask) const fn is_ambiguous(self) -> bool {
        self.has(AMBIGUOUS)
    }

    /// Whether the policy of a secret map around the key takes precedence.
    pub(in crate::mask) const fn yields_to_map(self) -> bool {
        self.has(YIELDS)
    }

    /// Whether an element of XML with this name may hold the name of a secret: `<key>password</key>`.
    pub(in crate::mask) const fn labels(self) -> bool {
        self.has(LABELS)
    }

    /// The policy for the values of a map after the key; `None` if their own keys decide.
    pub(in crate::mask) const fn nested(self) -> Option<ValuePolicy> {
        match self {
            Always | Directory | Keyfile | Phrase => Some(Short),
            Long | Query => None,
            Never | Short | Pin | Token | Count | Open | Digits | Foreign | Header | Auth | Cookies
            | Lines | Slash | NameOf => Some(self),
        }
    }

    /// The policy for the text of an XML element, which holds nothing but its value: there is no list to read.
    pub(in crate::mask) const fn in_element(self) -> ValuePolicy {
        match self {
            Header | Auth | Cookies => Open,
            Never | Always | Directory | Keyfile | Phrase | Short | Pin | Token | Count | Open | Long
            | Query | Digits | Foreign | Lines | Slash | NameOf => self,
        }
    }

    /// The policy for the text of a key-value: its key is a name that was chosen, so there is no prose and no token
    /// of a parser. `None` if no text is secret.
    pub(in crate::mask) const fn in_extra(self) -> Option<ValuePolicy> {
        match self {
            Never | Query | NameOf => None,
            Token | Cookies => Some(Always),
            Always | Directory | Keyfile | Phrase | Short | Pin | Count | Open | Long | Digits | Foreign
            | Header | Auth | Lines | Slash => Some(self),
        }
    }

    /// The smallest number of a key-value that is secret; `None` if no number is.
    pub(in crate::mask) const fn smallest_number(self) -> Option<u128> {
        match self {
            Never | Count | Long | Query | NameOf | Slash | Lines => None,
            Always | Directory => Some(0),
            Keyfile | Phrase | Short | Pin | Token | Open | Digits | Foreign | Header | Auth | Cookies => {
                // Smaller numbers count something.
                Some(1_000)
            }
        }
    }
}
