-- +goose Up
-- History is taken in before anything of it is decided. A record that waits
-- keeps policy from all records of its person until the wave has come to them.
-- The mark goes with the row when the record is sealed.
ALTER TABLE person_record ADD COLUMN waits BIGINT NOT NULL DEFAULT 0;
CREATE INDEX person_record_waiting ON person_record (person_key) WHERE waits = 1;

-- Files of history, known by a keyed digest of agency and content.
CREATE TABLE history_file (
	digest   TEXT   NOT NULL PRIMARY KEY,
	agency   TEXT   NOT NULL,
	began    BIGINT NOT NULL,
	finished BIGINT,          -- NULL: lines after the cursor are still to be read
	line     BIGINT NOT NULL, -- the cursor: up to this line all is answered and told
	accepted BIGINT NOT NULL,
	repeated BIGINT NOT NULL,
	refused  BIGINT NOT NULL
);

-- Waves: one walk over persons of the ledger, in the order of their keys.
CREATE TABLE wave (
	id       TEXT   NOT NULL PRIMARY KEY,
	kind     TEXT   NOT NULL CONSTRAINT wave_kind CHECK (kind IN ('waiting', 'open')),
	began    BIGINT NOT NULL,
	finished BIGINT,
	reached  BYTEA  NOT NULL, -- the first bytes of the next person's key, where that has to be kept
	persons  BIGINT NOT NULL,
	records  BIGINT NOT NULL
);

-- What a wave did, counted: no person, no case.
CREATE TABLE wave_count (
	wave  TEXT   NOT NULL,
	topic TEXT   NOT NULL,
	key   TEXT   NOT NULL,
	n     BIGINT NOT NULL,
	PRIMARY KEY (wave, topic, key)
);

-- One wave at a time.
CREATE TABLE wave_lease (
	id     BIGINT NOT NULL PRIMARY KEY CONSTRAINT wave_lease_one CHECK (id = 1),
	holder TEXT   NOT NULL,
	until  BIGINT NOT NULL
);
INSERT INTO wave_lease (id, holder, until) VALUES (1, '', 0);

-- A letter to one agency about many records: a draft while the wave writes it,
-- issued as a whole. Its lines are rows of notice, encrypted under the letter's
-- key, which is wrapped to the agency.
CREATE TABLE letter (
	agency   TEXT   NOT NULL,
	id       TEXT   NOT NULL,
	kind     TEXT   NOT NULL CONSTRAINT letter_kind CHECK (kind IN ('seal', 'unseal')),
	began    BIGINT NOT NULL,
	touched  BIGINT NOT NULL,
	issued   BIGINT, -- NULL: a draft
	due      BIGINT, -- civil day
	records  BIGINT NOT NULL,
	answered BIGINT NOT NULL DEFAULT 0, -- of its records, one by one
	wrapped  BYTEA  NOT NULL,
	acked    BIGINT,
	acked_by TEXT   NOT NULL DEFAULT '',
	PRIMARY KEY (agency, id),
	CONSTRAINT letter_issued CHECK ((issued IS NULL) = (due IS NULL) AND (acked IS NULL OR issued IS NOT NULL))
);
CREATE INDEX letter_draft ON letter (touched) WHERE issued IS NULL;
ALTER TABLE notice ADD COLUMN letter TEXT NOT NULL DEFAULT ''; -- the letter it is a line of
CREATE INDEX notice_by_letter ON notice (agency, letter) WHERE letter <> '';
-- An inbox lists letters and not their lines, of which there are a thousand times as many.
DROP INDEX notice_by_answer;
CREATE INDEX notice_by_answer ON notice (agency, acked, issued) WHERE letter = '';

-- +goose Down
DROP INDEX notice_by_answer;
CREATE INDEX notice_by_answer ON notice (agency, acked, issued);
DROP INDEX notice_by_letter;
ALTER TABLE notice DROP COLUMN letter;
DROP TABLE letter;
DROP TABLE wave_lease;
DROP TABLE wave_count;
DROP TABLE wave;
DROP TABLE history_file;
DROP INDEX person_record_waiting;
ALTER TABLE person_record DROP COLUMN waits;
