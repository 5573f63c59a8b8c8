//! What must hold of documents, whatever the order in which messages come.
