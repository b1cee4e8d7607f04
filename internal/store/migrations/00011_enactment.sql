-- +goose Up
-- The lists of packs in force, each as it took the place of the one before: what
-- was in force stays so over a restart. The packs themselves are folders.
CREATE TABLE enactment (
	n     BIGINT NOT NULL PRIMARY KEY,
	noted BIGINT NOT NULL,
	terms BYTEA  NOT NULL
);
DROP TABLE pack;

-- +goose Down
CREATE TABLE pack (
	digest TEXT   NOT NULL PRIMARY KEY,
	id     TEXT   NOT NULL,
	loaded BIGINT NOT NULL,
	files  BYTEA  NOT NULL
);
DROP TABLE enactment;
