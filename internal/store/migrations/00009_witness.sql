-- +goose Up
-- Who signs checkpoints: one program at a time. The lease ends by itself; its
-- number tells the holder from one who held it before.
CREATE TABLE trail_lease (
	id     BIGINT NOT NULL PRIMARY KEY CONSTRAINT trail_lease_one CHECK (id = 1),
	holder TEXT   NOT NULL,
	fence  BIGINT NOT NULL,
	until  BIGINT NOT NULL
);
INSERT INTO trail_lease (id, holder, fence, until) VALUES (1, '', 0, 0);

-- Checkpoints with their witnesses' cosignatures: what is published where
-- witnesses are configured. Append only.
CREATE TABLE trail_cosigned (
	size BIGINT NOT NULL PRIMARY KEY,
	note BYTEA  NOT NULL
);

-- +goose Down
DROP TABLE trail_cosigned;
DROP TABLE trail_lease;
