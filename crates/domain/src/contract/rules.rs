//! The rules of one operation, compiled: what its body changes, and what identifies it.

use std::sync::Arc;

use super::pointer::Pointer;
use crate::receipt::FindingCode;

/// How the changes of one message about one kind of document are read.
#[derive(Clone, Debug)]
pub(super) struct ChangeRule {
    pub(super) document: Arc<str>,
    pub(super) main: bool,
    /// The operation brings the document into being, so that there is no node it leaves.
    pub(super) creates: bool,
    /// The arrays to loop over, at most two deep.
    pub(super) each: Vec<Pointer>,
    /// The pieces of the id, joined by `/`.
    pub(super) id: Vec<IdPointer>,
    pub(super) version: Option<Pointer>,
    pub(super) status: StatusRule,
    /// The pieces of the cause; none: the operation without its last word.
    pub(super) cause: Vec<Pointer>,
    /// The first of these that is there.
    pub(super) at: Vec<Pointer>,
    /// Who is party to the document, by role: the same in every change of the message.
    pub(super) parties: Named,
    pub(super) facts: Named,
    pub(super) money: Named,
    pub(super) rows: Vec<RowRule>,
    pub(super) links: Named,
}

/// A pointer to something that identifies: a message or a document.
#[derive(Clone, Debug)]
pub(super) struct IdPointer {
    pub(super) at: Pointer,
    /// A text is of the right type there.
    pub(super) text: bool,
    /// A number is of the right type there.
    pub(super) number: bool,
}

/// Pointers by name.
pub(super) type Named = Vec<(Arc<str>, Pointer)>;

/// Where the status comes from.
#[derive(Clone, Debug)]
pub(super) enum StatusRule {
    /// Both ends of a move between nodes; the body may also name the action.
    Move {
        at: Pointer,
        action: Option<WordRule>,
    },
    /// Always this word on the leg `status`.
    Set(String),
    /// One word per leg.
    Legs(Named),
    /// A word of the body, translated.
    By(WordRule),
}

/// A word of the body, and which status it means.
#[derive(Clone, Debug)]
pub(super) struct WordRule {
    pub(super) at: Pointer,
    /// Word and status (both folded); `*` is any other word, and the empty text a missing one.
    pub(super) means: Vec<(String, String)>,
}

/// How rows are read.
#[derive(Clone, Debug)]
pub(super) struct RowRule {
    pub(super) name: Arc<str>,
    pub(super) each: Vec<Pointer>,
    pub(super) key: Vec<Pointer>,
    pub(super) facts: Named,
    pub(super) money: Named,
}

/// Something that should hold of the amounts or words of a body.
#[derive(Clone, Debug)]
pub(super) struct TotalRule {
    /// What it is called when it does not hold.
    pub(super) code: FindingCode,
    /// Its place in the list, from 1: what tells it from the others.
    pub(super) place: usize,
    /// Whether it is about one part, and not about what stands around the parts.
    pub(super) inside: bool,
    /// The array to loop over, if any.
    pub(super) each: Vec<Pointer>,
    /// The rows of the main change that the elements of `each` are.
    pub(super) row: Option<RowHome>,
    pub(super) measure: Measure,
}

/// To which row of the main change an element belongs.
#[derive(Clone, Debug)]
pub(super) struct RowHome {
    pub(super) table: Arc<str>,
    pub(super) key: Vec<Pointer>,
}

/// What is compared.
#[derive(Clone, Debug)]
pub(super) enum Measure {
    /// Amounts, added up, should be the amount at `is`.
    Sum { of: Vec<Pointer>, is: Pointer },
    /// The number of elements of an array should be the number at `is`.
    Count { of: Pointer, is: Pointer },
    /// All values should be the same word.
    Same(Vec<Pointer>),
}

/// How a receipt is cut into parts.
#[derive(Clone, Debug)]
pub(super) struct PartRule {
    /// The array whose elements are the parts.
    pub(super) each: Pointer,
    /// The member that holds JSON inside a string, and that a bare string element stands for.
    pub(super) json: Box<str>,
}

/// What tells success from failure.
#[derive(Clone, Debug)]
pub(super) struct ResultRule {
    pub(super) at: Pointer,
    /// The object that holds the result; where it is absent there is no result to judge.
    pub(super) holder: Option<Pointer>,
    pub(super) success: Vec<String>,
    pub(super) failure: Vec<String>,
    /// What to tell of a failure.
    pub(super) detail: Vec<Pointer>,
}
