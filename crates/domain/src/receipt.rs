//! The words in which a receipt is described: verdict, violation, finding, part, answer.
//!
//! They are plain data, shared by the check (which writes them), the store (which keeps them) and
//! the private resources (which show them).

use std::{fmt, str::FromStr};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// What became of a receipt, or of one part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Kept and applied.
    Accepted,
    /// The same message as an earlier receipt; it got that one's answer.
    Duplicate,
    /// Kept, not applied, until it is released.
    Quarantined,
}

impl Verdict {
    /// Every verdict, in the order in which documents list them.
    pub const ALL: [Self; 3] = [Self::Accepted, Self::Duplicate, Self::Quarantined];

    /// The word that resources, commands and logs use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Quarantined => "quarantined",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Verdict {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|it| it.as_str() == text)
            .ok_or_else(|| {
                format!("`{text}` is not a verdict: use accepted, duplicate or quarantined")
            })
    }
}

/// One broken rule of the contract: which rule, where in the body, and what was expected.
///
/// The message never holds a value from the body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// Which rule was broken.
    pub code: ViolationCode,
    /// A JSON Pointer into the body; inside JSON-in-a-string it goes on into that JSON.
    pub pointer: String,
    /// What was expected there, in one sentence.
    pub message: String,
}

macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($(#[doc = $doc:literal])+ $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl $name {
            /// Every code, in the order in which the reference lists them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The code as it stands in answers, resources and the reference.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The code that is written so.
            #[must_use]
            pub fn of(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.as_str() == text)
            }

            /// What the code means, in one paragraph; the reference is made of these.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc,)+).trim_ascii(),)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::of(&text).ok_or_else(|| {
                    serde::de::Error::custom(format!("`{text}` is not a known code"))
                })
            }
        }
    };
}

codes! {
    /// The closed list of rules that a body can break.
    ViolationCode {
        /// The body is not JSON; the message gives line and column.
        NotJson = "not_json",
        /// The body is not UTF-8; the message gives the byte.
        NotUtf8 = "not_utf8",
        /// Arrays and objects are nested deeper than 128 levels.
        TooDeep = "too_deep",
        /// An object has the same key twice, so its meaning depends on who reads it.
        DuplicateKey = "duplicate_key",
        /// An object key is reserved by a JSON library and could change the type of its value.
        ReservedKey = "reserved_key",
        /// A string holds the character NUL, which databases cannot keep.
        Nul = "nul",
        /// The body is JSON, but came under another content type.
        ContentType = "content_type",
        /// A value that the message's identity, a document's id or the dispatch needs is missing, empty or of the wrong type.
        Id = "id",
        /// No operation of the contract matches the value that decides between them.
        Match = "match",
        /// The value does not match the pattern printed on the provider's page.
        Pattern = "pattern",
        /// The value is not one of the words printed on the provider's page.
        Enum = "enum",
        /// A condition printed on the provider's page does not hold.
        If = "if",
        /// A member that the page marks as required is missing.
        Required = "required",
        /// The value has another JSON type than the page says.
        Type = "type",
        /// The value is null where the page says it is not, or the other way round.
        Null = "null",
        /// Any other rule of the schema: a length, a range, a count.
        Schema = "schema",
        /// The JSON inside a string cannot be read, so this part is kept alone in quarantine.
        PartUnreadable = "part_unreadable",
        /// The result word is neither a known success nor a known failure; released by a person or a corrected contract.
        ResultUnknown = "result_unknown",
        /// The body breaks more than 1,000 rules, or has more than 10,000 elements where documents or parts stand: it is refused whatever the source says, and the rest is not listed.
        TooMany = "too_many",
        /// Our own code failed on this body; it is kept, and the provider got the documented answer.
        OurFault = "our_fault",
    }
}

/// Something true to the contract but wrong or doubtful in business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Which kind of doubt.
    pub code: FindingCode,
    /// What was seen, in one sentence without secrets.
    pub message: String,
}

codes! {
    /// The closed list of findings, about a receipt or about a document.
    FindingCode {
        /// A message with the same identity and other content arrived; both are kept, what it says is taken into the document, and no second event is made.
        ContentChanged = "content_changed",
        /// The provider says that the request failed: nothing is applied; errorCd, errorDtl and errorField are in the message.
        ResultFailure = "result_failure",
        /// An amount is not the sum that it should be, or a count is not the number of elements.
        TotalMismatch = "total_mismatch",
        /// The pieces that an adjustment is split into do not add up to it.
        SplitMismatch = "split_mismatch",
        /// What was paid of a document, or is offered and not rejected, is more than its total.
        Overpaid = "overpaid",
        /// A payment was accepted whose amount no message has told: what was paid and what is due is not known until one does.
        AmountMissing = "amount_missing",
        /// The status says that all is paid, and the accepted payments do not come to the total.
        StatusContradictsMoney = "status_contradicts_money",
        /// Two payments name the same bank reference (UTR), which a bank gives to one transfer only.
        UtrReused = "utr_reused",
        /// Amounts of one message are in more than one currency.
        CurrencyMixed = "currency_mixed",
        /// Two messages say what cannot both be true: which of them is, a person decides.
        Conflict = "conflict",
        /// A message is missing: something later says where the document must have been meanwhile.
        Gap = "gap",
        /// The document's beginning was not seen: the first message about it finds it already under way.
        Adopted = "adopted",
        /// A value was told differently by two messages of the same version and time.
        Ambiguous = "ambiguous",
        /// The status word is not one that the contract lists; it counts all the same.
        StatusUnknown = "status_unknown",
        /// The latest message that should say from where to where a document moves does not, or not readably; nothing was moved by it.
        TransitionUnreadable = "transition_unreadable",
        /// The action that a message names is not the one that leads to the status it states.
        ActionContradictsStatus = "action_contradicts_status",
    }
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Info,
    /// Doubtful: somebody should look.
    Warning,
    /// Wrong, or undecidable without a person.
    Error,
}

impl Severity {
    /// Every severity, from the least to the greatest.
    pub const ALL: [Self; 3] = [Self::Info, Self::Warning, Self::Error];

    /// The word that resources and commands use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl FindingCode {
    /// How much findings of this code matter.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::Adopted | Self::StatusUnknown => Severity::Info,
            Self::ContentChanged
            | Self::Ambiguous
            | Self::Gap
            | Self::AmountMissing
            | Self::StatusContradictsMoney
            | Self::TransitionUnreadable
            | Self::ActionContradictsStatus
            | Self::TotalMismatch
            | Self::SplitMismatch => Severity::Warning,
            Self::ResultFailure
            | Self::Overpaid
            | Self::UtrReused
            | Self::CurrencyMixed
            | Self::Conflict => Severity::Error,
        }
    }
}

/// One part of a receipt as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// What became of it.
    pub verdict: Verdict,
    /// Whether the part makes an event (a failure word or changed content makes none).
    pub event: bool,
    /// The violations inside this part, with pointers from the root of the body.
    pub violations: Vec<Violation>,
}

/// What is answered to the provider: a status and the exact bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body, to the byte.
    pub body: Bytes,
}

/// A SHA-256 over something that identifies a message.
pub type Digest = [u8; 32];
