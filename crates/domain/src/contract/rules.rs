//! The rules of one operation, compiled: what its body changes, and what identifies it.

use std::sync::Arc;

use super::pointer::Pointer;

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
    Move(Pointer),
    /// Always this word on the leg `status`.
    Set(String),
    /// One word per leg.
    Legs(Named),
    /// A word of the body, translated.
    By {
        at: Pointer,
        means: Vec<(String, String)>,
    },
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
