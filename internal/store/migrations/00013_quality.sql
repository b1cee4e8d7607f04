-- +goose Up
-- When the quality of what was reported of a record is to be looked at next: at
-- once when something was reported, else when a legal time runs out. Records of
-- the ledger alone.
CREATE TABLE quality_look (
	code TEXT   NOT NULL,
	seq  BIGINT NOT NULL,
	at   BIGINT NOT NULL,
	PRIMARY KEY (code, seq)
);
CREATE INDEX quality_look_by_at ON quality_look (at);
INSERT INTO quality_look (code, seq, at) SELECT code, seq, 0 FROM holding;

-- What is wrong with a record, for the agency at fault: one row for each rule
-- and agency. Records of the ledger alone; sealing takes the rows along.
CREATE TABLE quality_item (
	code    TEXT   NOT NULL,
	seq     BIGINT NOT NULL,
	rule    TEXT   NOT NULL,
	agency  TEXT   NOT NULL,
	id      TEXT   NOT NULL,
	kind    TEXT   NOT NULL CONSTRAINT quality_item_kind CHECK (kind IN ('completeness', 'accuracy')),
	since   BIGINT NOT NULL, -- the day from which it is a fault
	opened  BIGINT NOT NULL,
	state   TEXT   NOT NULL CONSTRAINT quality_item_state CHECK (state IN ('open', 'mended', 'answered')),
	settled BIGINT,
	officer TEXT   NOT NULL, -- who answered
	facts   BYTEA  NOT NULL, -- keyed digest of what it rests on: an answer is good for these
	body    BYTEA  NOT NULL, -- the finding, encrypted
	answer  BYTEA,           -- the officer's words, encrypted
	PRIMARY KEY (code, seq, rule, agency),
	CONSTRAINT quality_item_settled CHECK ((state = 'open') = (settled IS NULL)),
	CONSTRAINT quality_item_answered CHECK ((state = 'answered') = (officer <> '') AND (state = 'answered') = (answer IS NOT NULL))
);
CREATE UNIQUE INDEX quality_item_by_id ON quality_item (code, id);
CREATE INDEX quality_item_by_agency ON quality_item (agency, state, kind, opened);
CREATE INDEX quality_item_by_state ON quality_item (state, kind, opened);

-- How long reports took, counted in classes: a row a day for each source, from
-- the day of the act and from the sender's recording.
CREATE TABLE quality_lag (
	source TEXT   NOT NULL,
	day    BIGINT NOT NULL, -- of the receipt
	basis  TEXT   NOT NULL CONSTRAINT quality_lag_basis CHECK (basis IN ('act', 'recorded')),
	c0     BIGINT NOT NULL,
	c1     BIGINT NOT NULL,
	c2     BIGINT NOT NULL,
	c3     BIGINT NOT NULL,
	c4     BIGINT NOT NULL,
	c5     BIGINT NOT NULL,
	c6     BIGINT NOT NULL,
	c7     BIGINT NOT NULL,
	c8     BIGINT NOT NULL,
	c9     BIGINT NOT NULL,
	c10    BIGINT NOT NULL,
	c11    BIGINT NOT NULL,
	c12    BIGINT NOT NULL,
	PRIMARY KEY (source, day, basis)
);
CREATE INDEX quality_lag_by_day ON quality_lag (day);

-- +goose Down
DROP TABLE quality_lag;
DROP TABLE quality_item;
DROP TABLE quality_look;
