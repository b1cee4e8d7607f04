-- +goose Up
-- Who guards the key in officer.verify_key: '' the officer's own system,
-- 'software' the demonstration.
ALTER TABLE officer ADD COLUMN key_kind TEXT NOT NULL DEFAULT '';

-- Passkeys of officers (a reference table, like officer): public halves only.
CREATE TABLE passkey (
	officer TEXT   NOT NULL REFERENCES officer (id),
	id      BYTEA  NOT NULL, -- credential id
	public  BYTEA  NOT NULL, -- COSE_Key
	label   TEXT   NOT NULL,
	counter BIGINT NOT NULL CONSTRAINT passkey_counter CHECK (counter >= 0),
	added   BIGINT NOT NULL,
	used    BIGINT NOT NULL DEFAULT 0, -- 0: never
	revoked BIGINT NOT NULL DEFAULT 0, -- 0: good
	PRIMARY KEY (officer, id)
);
CREATE UNIQUE INDEX passkey_by_id ON passkey (id);

-- One-time codes with which an officer enrols the first passkey.
CREATE TABLE enrolment (
	hash    BYTEA  NOT NULL PRIMARY KEY, -- of the code: the table cannot enrol
	officer TEXT   NOT NULL REFERENCES officer (id),
	issued  BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	closed  BIGINT NOT NULL DEFAULT 0 -- when it was used, or replaced by another
);
CREATE INDEX enrolment_by_officer ON enrolment (officer, closed);

-- What an officer ruled on a proposed sealing, as it was signed.
CREATE TABLE ruling (
	code      TEXT   NOT NULL,
	review    TEXT   NOT NULL,
	officer   TEXT   NOT NULL,
	at        BIGINT NOT NULL,
	body      BYTEA  NOT NULL, -- as signed, encrypted
	signature BYTEA  NOT NULL,
	PRIMARY KEY (code, review)
);

-- +goose Down
DROP TABLE ruling;
DROP TABLE enrolment;
DROP TABLE passkey;
ALTER TABLE officer DROP COLUMN key_kind;
