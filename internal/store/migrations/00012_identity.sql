-- +goose Up
-- Persons of the ledger whose statements changed since they were last compared
-- with others.
CREATE TABLE identity_work (
	person_key BYTEA  NOT NULL PRIMARY KEY,
	since      BIGINT NOT NULL
);
CREATE INDEX identity_work_by_since ON identity_work (since);

-- What persons are looked for by: keyed digests of several fields together, so
-- that none is as common as a name.
CREATE TABLE identity_token (
	token      BYTEA NOT NULL,
	person_key BYTEA NOT NULL,
	PRIMARY KEY (token, person_key)
);
CREATE INDEX identity_token_by_person ON identity_token (person_key);

-- Two persons who may be one, or of whom an officer said that they are or are
-- not: one row under each of the two. Both go when one has no open record left.
CREATE TABLE identity_pair (
	person_key      BYTEA  NOT NULL,
	other_key       BYTEA  NOT NULL,
	id              TEXT   NOT NULL, -- keyed digest of both: it tells nothing
	points          BIGINT NOT NULL,
	custodian       TEXT   NOT NULL, -- of the first's last record
	other_custodian TEXT   NOT NULL,
	opened          BIGINT NOT NULL,
	verdict         TEXT   NOT NULL DEFAULT '' CONSTRAINT identity_pair_verdict CHECK (verdict IN ('', 'same', 'different')),
	basis           TEXT   NOT NULL DEFAULT '',
	officer         TEXT   NOT NULL DEFAULT '',
	decided         BIGINT,
	PRIMARY KEY (person_key, other_key),
	CONSTRAINT identity_pair_two CHECK (person_key <> other_key),
	CONSTRAINT identity_pair_decided CHECK ((verdict = '') = (decided IS NULL) AND (verdict = '') = (officer = ''))
);
CREATE INDEX identity_pair_by_custodian ON identity_pair (custodian, verdict, points);
CREATE INDEX identity_pair_by_id ON identity_pair (id);

-- +goose Down
DROP TABLE identity_pair;
DROP TABLE identity_token;
DROP TABLE identity_work;
