-- What arrives is written once and never changed. Rows cost more than bytes do, so a receipt is one
-- row and one index entry; whatever changes later about it (a release) is a row of another table.

-- Source, operation and verdict of a receipt, as one small number: lists filtered by any of the
-- three are a merge of a few ranges of one index, and a receipt does not repeat the words.
CREATE TABLE classes (
    id        INTEGER PRIMARY KEY,
    source    TEXT NOT NULL,
    operation TEXT NOT NULL,
    verdict   TEXT NOT NULL CHECK (verdict IN ('accepted', 'duplicate', 'quarantined')),
    UNIQUE (source, operation, verdict)
) STRICT;

-- The id rises with time, so rows are only ever appended. What lists and duplicates read comes
-- first; the body comes last, so that reading the rest of a large receipt never reads its body.
-- JSON columns are NULL where the list is empty (parts: NULL is the one plain part that most
-- receipts have, and '[]' is none).
CREATE TABLE receipts (
    id           INTEGER PRIMARY KEY,
    class        INTEGER NOT NULL,  -- classes.id
    received_at  INTEGER NOT NULL,  -- nanoseconds since 1970
    status       INTEGER NOT NULL,  -- of the answer
    duplicate_of INTEGER,           -- receipts.id of the one that said it first
    edition      TEXT,
    content      BLOB NOT NULL,     -- SHA-256 of the canonical content: duplicates compare it
    answer       BLOB NOT NULL,     -- to the byte, for the duplicates to come
    violations   TEXT,
    findings     TEXT,
    parts        TEXT,
    headers      TEXT,
    body         BLOB NOT NULL      -- to the byte, as it came
) STRICT;

-- The only index on receipts. The row id is its second column by nature, so this is (class, id):
-- each class is one run of entries in the order of time, and insertion appends to a few runs.
CREATE INDEX receipts_by_class ON receipts (class);

-- Claims: sixteen bytes of a SHA-256, held by one receipt for ever (identity, changed content,
-- content in quarantine). The keys are random, so inserting them one by one would dirty one page
-- for each; they are journalled in claim_batches first and merged here in sorted slices.
CREATE TABLE claims (
    key     BLOB PRIMARY KEY,
    receipt INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The journal of claims: one row for each commit, with key and receipt of each new claim, 24 bytes
-- each. Rows go when all they hold is in claims; a start reads what is left into memory.
CREATE TABLE claim_batches (
    id      INTEGER PRIMARY KEY,
    entries BLOB NOT NULL
) STRICT;

-- A decision to apply what was in quarantine: the whole receipt (part -1) or one part. Identity and
-- content are those under which it is applied; a corrected contract may see others than before.
CREATE TABLE releases (
    receipt      INTEGER NOT NULL,
    part         INTEGER NOT NULL,
    at           INTEGER NOT NULL,  -- nanoseconds since 1970
    identity     BLOB NOT NULL,
    content      BLOB NOT NULL,
    duplicate_of INTEGER,           -- the receipt that said the same: nothing was left to apply
    changed_from INTEGER,           -- the receipt that claimed the identity with other content
    PRIMARY KEY (receipt, part)
) STRICT, WITHOUT ROWID;

-- Bodies whose credential failed, for an hour: a rotated key must not destroy data.
CREATE TABLE rejected (
    id          INTEGER PRIMARY KEY,
    source      TEXT NOT NULL,
    operation   TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    bytes       INTEGER NOT NULL,
    released_as INTEGER,
    headers     TEXT,
    body        BLOB NOT NULL
) STRICT;

-- Age, number and size are bounded from this alone, without reading a body.
CREATE INDEX rejected_by_age ON rejected (received_at, bytes);

-- How many failed, by source and minute, so that an attack is seen after its bodies are gone.
CREATE TABLE refusals (
    minute INTEGER NOT NULL,        -- nanoseconds since 1970
    source TEXT NOT NULL,
    count  INTEGER NOT NULL,
    PRIMARY KEY (minute, source)
) STRICT, WITHOUT ROWID;

-- A probe writes here and takes it back in the same transaction.
CREATE TABLE probe (
    id INTEGER PRIMARY KEY
) STRICT;
