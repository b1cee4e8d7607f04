CREATE TABLE IF NOT EXISTS lot (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    source   TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    read_to  INTEGER NOT NULL DEFAULT 0,
    complete BOOLEAN NOT NULL DEFAULT 0,
    refusal  TEXT    NOT NULL DEFAULT '',
    CONSTRAINT lot_name UNIQUE (source, name)
);
CREATE TABLE IF NOT EXISTS item (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    lot        INTEGER NOT NULL REFERENCES lot (id),
    row        INTEGER NOT NULL,
    raw        BLOB,
    cells      BLOB,
    event_id   TEXT    NOT NULL DEFAULT '',
    outcome    TEXT    NOT NULL DEFAULT '',
    code       TEXT    NOT NULL DEFAULT '',
    leaf       INTEGER,
    faults     BLOB,
    not_before INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT item_row UNIQUE (lot, row),
    CONSTRAINT item_outcome CHECK (outcome IN ('', 'accepted', 'repeated', 'refused', 'faulty')),
    CONSTRAINT item_raw CHECK ((outcome = '') = (raw IS NOT NULL))
);
CREATE INDEX IF NOT EXISTS item_waits ON item (seq) WHERE outcome = '';
CREATE INDEX IF NOT EXISTS item_waits_of ON item (lot) WHERE outcome = '';
CREATE TABLE IF NOT EXISTS position (
    source TEXT PRIMARY KEY,
    at     BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS seen (
    source TEXT    NOT NULL,
    digest BLOB    NOT NULL,
    poll   INTEGER NOT NULL,
    PRIMARY KEY (source, digest)
);
