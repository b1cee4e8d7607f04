-- +goose Up
-- Every process that writes compares the generation of its key ring with this
-- one first, so that after a rotation nothing is written under an old key.
CREATE TABLE key_state (
	id         BIGINT NOT NULL PRIMARY KEY CONSTRAINT key_state_one CHECK (id = 1),
	generation BIGINT NOT NULL
);
INSERT INTO key_state (id, generation) VALUES (1, 0);

-- One row for each key that was ever rotated: how far its last rotation got.
CREATE TABLE rotation (
	target   TEXT   NOT NULL PRIMARY KEY, -- 'ledger', or 'custodian ' and the agency
	version  BIGINT NOT NULL, -- under which everything is to lie
	began    BIGINT NOT NULL,
	finished BIGINT, -- when nothing was left under an earlier version
	floor    BIGINT NOT NULL, -- versions below it are destroyed, or about to be
	worker   TEXT   NOT NULL, -- who works on it until the lease ends; '': nobody
	lease    BIGINT NOT NULL,
	CONSTRAINT rotation_floor CHECK (floor <= version)
);

-- +goose Down
DROP TABLE rotation;
DROP TABLE key_state;
