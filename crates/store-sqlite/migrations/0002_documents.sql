-- What receipts say about documents, and what that makes of them. The changes are the truth; every
-- other table here is a function of them and of the decisions, and `documents rebuild` computes it
-- again. A new document is appended everywhere; only what must be looked up by something random
-- (names, parties, numbers) is written in sorted slices.

-- A claim is now held by a receipt or, where it is the claim on a name, by a document.
ALTER TABLE claims RENAME COLUMN receipt TO holder;

-- What one accepted receipt, or one release, says about documents. The row of a receipt has the
-- receipt's own id, that of a release an id of its own, so rows stand in the order of application.
CREATE TABLE changes (
    id      INTEGER PRIMARY KEY,
    receipt INTEGER NOT NULL,
    class   INTEGER NOT NULL,  -- classes.id of the receipt
    events  TEXT,              -- the parts that make an event, with commas; NULL for none
    entries TEXT NOT NULL      -- the changes, as JSON
) STRICT;

-- The rows of releases, which have other ids than their receipts. Those of receipts are found as
-- the receipts are: receipts_by_class has the runs of ids of which lists of events are merged.
CREATE INDEX releases_by_receipt ON changes (receipt) WHERE receipt <> id;
CREATE INDEX releases_by_class ON changes (class) WHERE receipt <> id;

-- Namespace, kind and status word of a document, as one small number: see classes.
CREATE TABLE document_classes (
    id        INTEGER PRIMARY KEY,
    namespace TEXT NOT NULL,
    kind      TEXT NOT NULL,
    status    TEXT NOT NULL,  -- '' where none was told
    UNIQUE (namespace, kind, status)
) STRICT;

-- The id is the order in which documents were first told of. Rows and links, which can be many,
-- stand in tables of their own, so that a message costs the same however many there are.
CREATE TABLE documents (
    id         INTEGER PRIMARY KEY,
    class      INTEGER NOT NULL,  -- document_classes.id
    name       TEXT NOT NULL,     -- the provider's own id; claims finds it
    created_at INTEGER NOT NULL,  -- nanoseconds since 1970, of the first receipt
    updated_at INTEGER NOT NULL,  -- of the last one
    state      TEXT NOT NULL      -- as JSON
) STRICT;

CREATE INDEX documents_by_class ON documents (class);

-- One row of a document: a payment of an invoice, a line of an inbound.
CREATE TABLE document_rows (
    document INTEGER NOT NULL,
    name     TEXT NOT NULL,
    key      TEXT NOT NULL,
    cells    TEXT NOT NULL,  -- as JSON
    PRIMARY KEY (document, name, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE document_links (
    document INTEGER NOT NULL,
    name     TEXT NOT NULL,
    target   TEXT NOT NULL,
    PRIMARY KEY (document, name, target)
) STRICT, WITHOUT ROWID;

-- Which changes a document has. The same change told again is an entry of its own.
CREATE TABLE timeline (
    document INTEGER NOT NULL,
    change   BLOB NOT NULL,     -- the change's id
    row      INTEGER NOT NULL,  -- changes.id
    place    INTEGER NOT NULL,  -- in its entries
    outcome  INTEGER NOT NULL,  -- what the change was to the document when it arrived
    PRIMARY KEY (document, change, row, place)
) STRICT, WITHOUT ROWID;

-- What documents are looked up by: eight bytes of a hash, then the document. They are random, so
-- they are journalled in label_batches and merged here in sorted slices, as claims are.
CREATE TABLE labels (
    entry BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE label_batches (
    id      INTEGER PRIMARY KEY,
    entries BLOB NOT NULL
) STRICT;

-- What the writer's filters of claims and labels know, between a clean end and the next start: a
-- start takes it out before anything is written, so that it can never be older than the tables.
CREATE TABLE filters (
    name  TEXT PRIMARY KEY,
    words BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What does not add up. A finding that follows from a document's state closes by itself.
CREATE TABLE findings (
    id        INTEGER PRIMARY KEY,
    document  INTEGER,
    receipt   INTEGER NOT NULL,  -- the one with which it opened
    code      TEXT NOT NULL,
    about     TEXT NOT NULL,
    message   TEXT NOT NULL,
    opened_at INTEGER NOT NULL,  -- nanoseconds since 1970
    closed_at INTEGER
) STRICT;

-- Open ones are closed by what they are about; closed ones are only listed.
CREATE INDEX findings_open_of ON findings (document, code, about) WHERE closed_at IS NULL;
CREATE INDEX findings_closed_of ON findings (document) WHERE closed_at IS NOT NULL;
CREATE INDEX findings_open ON findings (code) WHERE closed_at IS NULL;
CREATE INDEX findings_closed ON findings (code) WHERE closed_at IS NOT NULL;

-- What people decided about findings. change is NULL where a finding was only noted.
CREATE TABLE decisions (
    id       INTEGER PRIMARY KEY,
    document INTEGER,
    finding  INTEGER NOT NULL,
    change   BLOB,
    picked   INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    reason   TEXT NOT NULL
) STRICT;

CREATE INDEX decisions_by_document ON decisions (document);
