-- +goose Up
-- Ids are made by the program; every primary key begins with its distribution
-- key; times are microseconds since 1970 UTC; dates are civil day numbers.

-- Who takes part (reference tables) ------------------------------------------
CREATE TABLE agency (
	id         TEXT NOT NULL PRIMARY KEY,
	kind       TEXT NOT NULL,
	name       TEXT NOT NULL,
	division   TEXT NOT NULL,
	verify_key TEXT NOT NULL,
	seal_key   TEXT NOT NULL
);

CREATE TABLE officer (
	id         TEXT NOT NULL PRIMARY KEY,
	agency     TEXT NOT NULL REFERENCES agency (id),
	name       TEXT NOT NULL,
	duty       TEXT NOT NULL,
	verify_key TEXT NOT NULL
);

CREATE TABLE account (
	login    TEXT NOT NULL PRIMARY KEY,
	officer  TEXT NOT NULL REFERENCES officer (id),
	password TEXT NOT NULL
);

CREATE TABLE session (
	token  TEXT   NOT NULL PRIMARY KEY,
	data   BYTEA  NOT NULL,
	expiry BIGINT NOT NULL
);

-- Intake: de-duplication by source -------------------------------------------
CREATE TABLE delivery (
	source    TEXT   NOT NULL,
	id        TEXT   NOT NULL,
	signed_at BIGINT NOT NULL,
	received  BIGINT NOT NULL,
	digests   BYTEA  NOT NULL, -- 32 bytes an event, in order: what the signature covers
	signature BYTEA  NOT NULL,
	PRIMARY KEY (source, id)
);

CREATE TABLE intake (
	source    TEXT   NOT NULL,
	event_key BYTEA  NOT NULL, -- keyed index of the event's id
	digest    BYTEA  NOT NULL, -- keyed digest of its bytes: the same id may not change
	delivery  TEXT   NOT NULL,
	received  BIGINT NOT NULL,
	code      TEXT   NOT NULL,
	leaf      BIGINT NOT NULL,
	PRIMARY KEY (source, event_key)
);

-- Ledger 台账 -----------------------------------------------------------------
CREATE TABLE person (
	person_key BYTEA  NOT NULL PRIMARY KEY,
	since      BIGINT NOT NULL,
	touched    BIGINT NOT NULL -- written to take the row's lock
);

CREATE TABLE person_record (
	person_key BYTEA  NOT NULL,
	code       TEXT   NOT NULL,
	seq        BIGINT NOT NULL,
	PRIMARY KEY (person_key, code, seq)
);

CREATE TABLE alias (
	alias_key BYTEA NOT NULL,
	code      TEXT  NOT NULL,
	PRIMARY KEY (alias_key, code)
);
CREATE INDEX alias_by_code ON alias (code);

-- Always empty: transactions that open the same case take turns by it.
CREATE TABLE turn (
	key BYTEA NOT NULL PRIMARY KEY
);

CREATE TABLE slip (
	code      TEXT   NOT NULL,
	seq       BIGINT NOT NULL, -- 0: said of the case, of nobody yet
	event_key BYTEA  NOT NULL,
	body      BYTEA  NOT NULL, -- the event reduced to this person, encrypted
	PRIMARY KEY (code, seq, event_key)
);

CREATE TABLE holding (
	code       TEXT   NOT NULL,
	seq        BIGINT NOT NULL,
	person_key BYTEA  NOT NULL,
	PRIMARY KEY (code, seq)
);

-- The lifecycle: no person, readable for supervisors --------------------------
CREATE TABLE record (
	code      TEXT   NOT NULL,
	seq       BIGINT NOT NULL,
	status    TEXT   NOT NULL CONSTRAINT record_status CHECK (status IN ('open', 'pending', 'sealed', 'unsealed')),
	since     BIGINT NOT NULL,
	custodian TEXT   NOT NULL,
	changes   BIGINT NOT NULL,
	due       BIGINT, -- civil day on which policy must look again
	PRIMARY KEY (code, seq)
);
CREATE INDEX record_by_due ON record (due);
CREATE INDEX record_by_custodian ON record (custodian, status, since);
CREATE INDEX record_by_status ON record (status, since);

CREATE TABLE lifecycle (
	code        TEXT   NOT NULL,
	seq         BIGINT NOT NULL,
	n           BIGINT NOT NULL,
	from_status TEXT   NOT NULL,
	to_status   TEXT   NOT NULL,
	at          BIGINT NOT NULL,
	operator    TEXT   NOT NULL CONSTRAINT lifecycle_operator CHECK (operator <> ''),
	basis       TEXT   NOT NULL CONSTRAINT lifecycle_basis CHECK (basis <> ''),
	reason      TEXT   NOT NULL,
	leaf        BIGINT NOT NULL,
	PRIMARY KEY (code, seq, n)
);

CREATE TABLE review (
	code      TEXT   NOT NULL,
	id        TEXT   NOT NULL,
	seq       BIGINT NOT NULL,
	kind      TEXT   NOT NULL CONSTRAINT review_kind CHECK (kind IN ('seal', 'unseal')),
	custodian TEXT   NOT NULL,
	opened    BIGINT NOT NULL,
	proposal  BYTEA  NOT NULL, -- the decision with every reason, encrypted
	outcome   TEXT   NOT NULL DEFAULT '', -- '', confirmed, rejected, superseded
	closed    BIGINT,
	closed_by TEXT   NOT NULL DEFAULT '',
	note      BYTEA,
	PRIMARY KEY (code, id)
);
CREATE INDEX review_by_custodian ON review (custodian, outcome, opened);

CREATE TABLE notice (
	code     TEXT   NOT NULL,
	id       TEXT   NOT NULL,
	seq      BIGINT NOT NULL,
	kind     TEXT   NOT NULL CONSTRAINT notice_kind CHECK (kind IN ('seal', 'unseal')),
	agency   TEXT   NOT NULL,
	issued   BIGINT NOT NULL,
	due      BIGINT NOT NULL, -- civil day
	body     BYTEA  NOT NULL, -- encrypted to the agency
	acked    BIGINT,
	acked_by TEXT   NOT NULL DEFAULT '',
	PRIMARY KEY (code, id)
);
CREATE INDEX notice_by_agency ON notice (agency, issued);

-- Controlled queries -----------------------------------------------------------
CREATE TABLE query (
	id       TEXT   NOT NULL PRIMARY KEY,
	purpose  TEXT   NOT NULL CONSTRAINT query_purpose CHECK (purpose IN ('inspect', 'unseal')),
	officer  TEXT   NOT NULL,
	agency   TEXT   NOT NULL,
	approver TEXT   NOT NULL DEFAULT '', -- agency asked to approve
	filed    BIGINT NOT NULL,
	expires  BIGINT NOT NULL,
	state    TEXT   NOT NULL CONSTRAINT query_state CHECK (state IN ('filed', 'approved', 'refused', 'opened')),
	digest   BYTEA  NOT NULL,
	body     BYTEA  NOT NULL -- the request with its signature, encrypted
);
CREATE INDEX query_by_officer ON query (officer, filed);
CREATE INDEX query_by_agency ON query (approver, state, filed);

CREATE TABLE approval (
	query     TEXT   NOT NULL,
	officer   TEXT   NOT NULL,
	agency    TEXT   NOT NULL,
	verdict   TEXT   NOT NULL CONSTRAINT approval_verdict CHECK (verdict IN ('approve', 'refuse')),
	at        BIGINT NOT NULL,
	expires   BIGINT NOT NULL,
	body      BYTEA  NOT NULL, -- as signed, encrypted
	signature BYTEA  NOT NULL,
	PRIMARY KEY (query, officer)
);

CREATE TABLE ticket (
	query    TEXT   NOT NULL PRIMARY KEY,
	hash     BYTEA  NOT NULL, -- of the ticket: the table cannot redeem it
	leaf     BIGINT NOT NULL,
	prepared BIGINT NOT NULL,
	expires  BIGINT NOT NULL,
	redeemed BIGINT
);

-- Certificates -------------------------------------------------------------------
CREATE TABLE certificate (
	id         TEXT   NOT NULL PRIMARY KEY,
	person_key BYTEA  NOT NULL,
	issued     BIGINT NOT NULL,
	expires    BIGINT NOT NULL, -- civil day
	officer    TEXT   NOT NULL,
	body       BYTEA  NOT NULL, -- encrypted
	digest     BYTEA  NOT NULL,
	withdrawn  BIGINT
);
CREATE INDEX certificate_by_person ON certificate (person_key, issued);
CREATE INDEX certificate_by_officer ON certificate (officer, issued);

-- Vault 密库: its indexes are keyed otherwise than the ledger's -------------------
CREATE TABLE vault_record (
	record_key BYTEA  NOT NULL PRIMARY KEY,
	custodian  TEXT   NOT NULL,
	sealed     BIGINT NOT NULL,
	wrapped    BYTEA  NOT NULL, -- the record's data key under the custodian's key
	body       BYTEA  NOT NULL
);

CREATE TABLE vault_item (
	record_key BYTEA NOT NULL,
	event_key  BYTEA NOT NULL,
	wrapped    BYTEA NOT NULL,
	body       BYTEA NOT NULL,
	PRIMARY KEY (record_key, event_key)
);

CREATE TABLE vault_person (
	person_key BYTEA NOT NULL,
	record_key BYTEA NOT NULL,
	capsule    BYTEA NOT NULL, -- what policy weighs, without identity, under the weighing key
	PRIMARY KEY (person_key, record_key)
);
CREATE INDEX vault_person_by_record ON vault_person (record_key);

CREATE TABLE vault_alias (
	alias_key  BYTEA NOT NULL,
	record_key BYTEA NOT NULL,
	body       BYTEA NOT NULL, -- the case code, encrypted
	PRIMARY KEY (alias_key, record_key)
);
CREATE INDEX vault_alias_by_record ON vault_alias (record_key);

CREATE TABLE vault_original (
	source    TEXT  NOT NULL,
	event_key BYTEA NOT NULL,
	wrapped   BYTEA NOT NULL,
	body      BYTEA NOT NULL, -- the bytes of an event about several persons
	PRIMARY KEY (source, event_key)
);

-- Trail 留痕: append only ------------------------------------------------------------
CREATE TABLE trail_head (
	id   BIGINT NOT NULL PRIMARY KEY CONSTRAINT trail_head_one CHECK (id = 1),
	size BIGINT NOT NULL,
	edge BYTEA  NOT NULL -- the right edge of the tree: all that appending needs
);
INSERT INTO trail_head (id, size, edge) VALUES (1, 0, '');

CREATE TABLE trail_hash (
	idx  BIGINT NOT NULL PRIMARY KEY,
	hash BYTEA  NOT NULL
);

CREATE TABLE trail_entry (
	seq   BIGINT NOT NULL PRIMARY KEY,
	leaf  BYTEA  NOT NULL, -- the salted commitment: all that is public
	epoch TEXT   NOT NULL,
	body  BYTEA  NOT NULL  -- the private record, encrypted to the auditor
);

CREATE TABLE trail_epoch (
	id      TEXT  NOT NULL PRIMARY KEY,
	wrapped BYTEA NOT NULL
);

CREATE TABLE trail_checkpoint (
	size BIGINT NOT NULL PRIMARY KEY,
	note BYTEA  NOT NULL
);

-- Facts 统计: no person ------------------------------------------------------------
CREATE TABLE fact (
	fact_key BYTEA  NOT NULL PRIMARY KEY,
	year     BIGINT NOT NULL,
	body     BYTEA  NOT NULL
);

-- The packs that were ever in force here, kept whole so that a decision can be replayed
CREATE TABLE pack (
	digest TEXT   NOT NULL PRIMARY KEY,
	id     TEXT   NOT NULL,
	loaded BIGINT NOT NULL,
	files  BYTEA  NOT NULL
);

-- +goose Down
DROP TABLE pack;
DROP TABLE fact;
DROP TABLE trail_checkpoint;
DROP TABLE trail_epoch;
DROP TABLE trail_entry;
DROP TABLE trail_hash;
DROP TABLE trail_head;
DROP TABLE vault_original;
DROP TABLE vault_alias;
DROP TABLE vault_person;
DROP TABLE vault_item;
DROP TABLE vault_record;
DROP TABLE certificate;
DROP TABLE ticket;
DROP TABLE approval;
DROP TABLE query;
DROP TABLE notice;
DROP TABLE review;
DROP TABLE lifecycle;
DROP TABLE record;
DROP TABLE holding;
DROP TABLE slip;
DROP TABLE turn;
DROP TABLE alias;
DROP TABLE person_record;
DROP TABLE person;
DROP TABLE intake;
DROP TABLE delivery;
DROP TABLE session;
DROP TABLE account;
DROP TABLE officer;
DROP TABLE agency;
