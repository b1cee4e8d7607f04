-- +goose Up
-- On SQLite the vault lies in a file of its own, which every connection attaches
-- as "vault"; statements that do not name a schema find its tables there.
CREATE TABLE vault.vault_record (
	record_key BYTEA  NOT NULL PRIMARY KEY,
	custodian  TEXT   NOT NULL,
	sealed     BIGINT NOT NULL,
	wrapped    BYTEA  NOT NULL,
	body       BYTEA  NOT NULL
);
INSERT INTO vault.vault_record (record_key, custodian, sealed, wrapped, body) SELECT record_key, custodian, sealed, wrapped, body FROM main.vault_record;
DROP TABLE main.vault_record;
CREATE TABLE vault.vault_item (
	record_key BYTEA NOT NULL,
	event_key  BYTEA NOT NULL,
	wrapped    BYTEA NOT NULL,
	body       BYTEA NOT NULL,
	PRIMARY KEY (record_key, event_key)
);
INSERT INTO vault.vault_item (record_key, event_key, wrapped, body) SELECT record_key, event_key, wrapped, body FROM main.vault_item;
DROP TABLE main.vault_item;
DROP INDEX main.vault_person_by_record;
CREATE TABLE vault.vault_person (
	person_key BYTEA NOT NULL,
	record_key BYTEA NOT NULL,
	capsule    BYTEA NOT NULL,
	PRIMARY KEY (person_key, record_key)
);
INSERT INTO vault.vault_person (person_key, record_key, capsule) SELECT person_key, record_key, capsule FROM main.vault_person;
DROP TABLE main.vault_person;
CREATE INDEX vault.vault_person_by_record ON vault_person (record_key);
DROP INDEX main.vault_alias_by_record;
CREATE TABLE vault.vault_alias (
	alias_key  BYTEA NOT NULL,
	record_key BYTEA NOT NULL,
	body       BYTEA NOT NULL,
	PRIMARY KEY (alias_key, record_key)
);
INSERT INTO vault.vault_alias (alias_key, record_key, body) SELECT alias_key, record_key, body FROM main.vault_alias;
DROP TABLE main.vault_alias;
CREATE INDEX vault.vault_alias_by_record ON vault_alias (record_key);
CREATE TABLE vault.vault_original (
	source    TEXT  NOT NULL,
	event_key BYTEA NOT NULL,
	wrapped   BYTEA NOT NULL,
	body      BYTEA NOT NULL,
	PRIMARY KEY (source, event_key)
);
INSERT INTO vault.vault_original (source, event_key, wrapped, body) SELECT source, event_key, wrapped, body FROM main.vault_original;
DROP TABLE main.vault_original;

-- +goose Down
CREATE TABLE main.vault_record (
	record_key BYTEA  NOT NULL PRIMARY KEY,
	custodian  TEXT   NOT NULL,
	sealed     BIGINT NOT NULL,
	wrapped    BYTEA  NOT NULL,
	body       BYTEA  NOT NULL
);
INSERT INTO main.vault_record (record_key, custodian, sealed, wrapped, body) SELECT record_key, custodian, sealed, wrapped, body FROM vault.vault_record;
DROP TABLE vault.vault_record;
CREATE TABLE main.vault_item (
	record_key BYTEA NOT NULL,
	event_key  BYTEA NOT NULL,
	wrapped    BYTEA NOT NULL,
	body       BYTEA NOT NULL,
	PRIMARY KEY (record_key, event_key)
);
INSERT INTO main.vault_item (record_key, event_key, wrapped, body) SELECT record_key, event_key, wrapped, body FROM vault.vault_item;
DROP TABLE vault.vault_item;
DROP INDEX vault.vault_person_by_record;
CREATE TABLE main.vault_person (
	person_key BYTEA NOT NULL,
	record_key BYTEA NOT NULL,
	capsule    BYTEA NOT NULL,
	PRIMARY KEY (person_key, record_key)
);
INSERT INTO main.vault_person (person_key, record_key, capsule) SELECT person_key, record_key, capsule FROM vault.vault_person;
DROP TABLE vault.vault_person;
CREATE INDEX main.vault_person_by_record ON vault_person (record_key);
DROP INDEX vault.vault_alias_by_record;
CREATE TABLE main.vault_alias (
	alias_key  BYTEA NOT NULL,
	record_key BYTEA NOT NULL,
	body       BYTEA NOT NULL,
	PRIMARY KEY (alias_key, record_key)
);
INSERT INTO main.vault_alias (alias_key, record_key, body) SELECT alias_key, record_key, body FROM vault.vault_alias;
DROP TABLE vault.vault_alias;
CREATE INDEX main.vault_alias_by_record ON vault_alias (record_key);
CREATE TABLE main.vault_original (
	source    TEXT  NOT NULL,
	event_key BYTEA NOT NULL,
	wrapped   BYTEA NOT NULL,
	body      BYTEA NOT NULL,
	PRIMARY KEY (source, event_key)
);
INSERT INTO main.vault_original (source, event_key, wrapped, body) SELECT source, event_key, wrapped, body FROM vault.vault_original;
DROP TABLE vault.vault_original;
