-- +goose Up
-- The latest time that any program on this database has seen: what has expired
-- stays so though a clock be set back.
CREATE TABLE platform_clock (
	id   BIGINT NOT NULL PRIMARY KEY CONSTRAINT platform_clock_one CHECK (id = 1),
	seen BIGINT NOT NULL
);
INSERT INTO platform_clock (id, seen) VALUES (1, 0);

-- +goose Down
DROP TABLE platform_clock;
