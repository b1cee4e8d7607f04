-- +goose Up
-- The lists that officers page through: the latest change first, what waits
-- for an answer first.
CREATE INDEX record_by_since ON record (since);
CREATE INDEX record_by_custodian_since ON record (custodian, since);
CREATE INDEX review_by_opened ON review (outcome, opened);
CREATE INDEX review_by_kind ON review (outcome, kind, opened);
CREATE INDEX notice_by_answer ON notice (agency, acked, issued);
DROP INDEX notice_by_agency;
-- A record has at most one open proposal of a kind; every change of a record
-- looks for it.
CREATE UNIQUE INDEX review_open ON review (code, seq, kind) WHERE outcome = '';

-- +goose Down
DROP INDEX review_open;
CREATE INDEX notice_by_agency ON notice (agency, issued);
DROP INDEX notice_by_answer;
DROP INDEX review_by_kind;
DROP INDEX review_by_opened;
DROP INDEX record_by_custodian_since;
DROP INDEX record_by_since;
