-- Who may do what in the database. Run by `fengcun migrate` after the schema's
-- steps, each time, so that it always is what stands here. Roles belong to the
-- whole server and have no password: an administrator makes logins that are
-- members of one, for example
--     CREATE ROLE fengcun_serve LOGIN PASSWORD '…' IN ROLE fengcun_web;
--
--   fengcun_web       serves, with the vault in a process of its own: it writes
--                     what the vault encrypts and cannot read contents back
--   fengcun_vault     is that process: it reads contents, and writes nothing
--   fengcun_registry  serves with the vault in the same process: both at once
--   fengcun_keys      in addition to fengcun_registry: re-wraps keys when they rotate
--   fengcun_auditor   reads the trail and the lifecycle: no person's record

DO $$
DECLARE
	r TEXT;
BEGIN
	FOREACH r IN ARRAY ARRAY['fengcun_web', 'fengcun_vault', 'fengcun_registry', 'fengcun_keys', 'fengcun_auditor'] LOOP
		IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = r) THEN
			CONTINUE;
		END IF;
		BEGIN
			EXECUTE format('CREATE ROLE %I NOLOGIN', r);
		EXCEPTION
			WHEN duplicate_object OR unique_violation THEN NULL; -- another database of this server was faster
			WHEN insufficient_privilege THEN
				RAISE EXCEPTION 'role % is missing and this login may not make it', r
					USING HINT = 'let an administrator run once: CREATE ROLE fengcun_web NOLOGIN; CREATE ROLE fengcun_vault NOLOGIN; '
						'CREATE ROLE fengcun_registry NOLOGIN; CREATE ROLE fengcun_keys NOLOGIN; CREATE ROLE fengcun_auditor NOLOGIN;';
		END;
	END LOOP;
END
$$;

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, fengcun_web, fengcun_vault, fengcun_registry, fengcun_keys, fengcun_auditor;
GRANT USAGE ON SCHEMA public TO fengcun_web, fengcun_vault, fengcun_registry, fengcun_keys, fengcun_auditor;
GRANT SELECT ON goose_db_version TO fengcun_web, fengcun_registry;

-- Who takes part.
GRANT SELECT, INSERT, UPDATE ON agency, officer, account, passkey, enrolment TO fengcun_web, fengcun_registry;
GRANT SELECT, INSERT, UPDATE, DELETE ON session TO fengcun_web, fengcun_registry;

-- Evidence, decisions, packs: added, never changed or taken away.
GRANT SELECT, INSERT ON delivery, intake, lifecycle, approval, ruling, enactment, early_void TO fengcun_web, fengcun_registry;

-- The ledger: sealing deletes from it.
GRANT SELECT, INSERT, DELETE, UPDATE (waits) ON person_record TO fengcun_web, fengcun_registry;
GRANT SELECT, INSERT, DELETE ON alias, holding, turn, case_link TO fengcun_web, fengcun_registry;
GRANT SELECT, INSERT, UPDATE, DELETE ON person, slip TO fengcun_web, fengcun_registry;
GRANT SELECT, INSERT, DELETE ON identity_work, identity_token TO fengcun_web, fengcun_registry;
GRANT SELECT, INSERT, UPDATE, DELETE ON identity_pair TO fengcun_web, fengcun_registry;
GRANT SELECT, INSERT, UPDATE, DELETE ON quality_look, quality_item TO fengcun_web, fengcun_registry;
GRANT SELECT, INSERT, UPDATE ON quality_lag TO fengcun_web, fengcun_registry; -- counts: they outlive the sealing

-- The lifecycle and what hangs on it.
GRANT SELECT, INSERT, UPDATE ON record, review, notice, letter, fact TO fengcun_web, fengcun_registry;
GRANT DELETE ON fact TO fengcun_web, fengcun_registry; -- of a record that came to count with another
GRANT SELECT, INSERT, UPDATE (state) ON query TO fengcun_web, fengcun_registry;
GRANT SELECT, INSERT, UPDATE (hash, leaf, prepared, expires, redeemed) ON ticket TO fengcun_web, fengcun_registry;
GRANT SELECT, INSERT, UPDATE (withdrawn) ON certificate TO fengcun_web, fengcun_registry;

-- Waves of history: counts, and how far they got.
GRANT SELECT, INSERT, UPDATE ON history_file, wave, wave_count TO fengcun_web, fengcun_registry;
GRANT SELECT, UPDATE (holder, until) ON wave_lease TO fengcun_web, fengcun_registry;

-- The trail: append only, but for its head, its lease and what names the keys.
GRANT SELECT, INSERT ON trail_entry, trail_hash, trail_epoch, trail_checkpoint, trail_cosigned TO fengcun_web, fengcun_registry;
GRANT SELECT, UPDATE (size, edge) ON trail_head TO fengcun_web, fengcun_registry;
GRANT SELECT, UPDATE (holder, fence, until) ON trail_lease TO fengcun_web, fengcun_registry;
GRANT SELECT, UPDATE (seen) ON platform_clock TO fengcun_web, fengcun_registry;
GRANT SELECT, UPDATE (generation) ON key_state TO fengcun_web, fengcun_registry; -- FOR SHARE wants it

-- The vault. What unsealing releases is deleted; nothing else is changed but
-- the capsule, which events for a sealed record extend. The web's role sees
-- indexes, the capsules and the record numbers behind agencies' numbers, all of
-- them ciphertext of the weighing key, which it has not; contents it never sees.
GRANT INSERT, DELETE ON vault_record, vault_item TO fengcun_web, fengcun_registry;
GRANT INSERT ON vault_original TO fengcun_web, fengcun_registry;
GRANT SELECT (record_key, custodian, sealed) ON vault_record TO fengcun_web;
GRANT SELECT (record_key, event_key) ON vault_item TO fengcun_web;
GRANT SELECT (source, event_key) ON vault_original TO fengcun_web;
GRANT SELECT, INSERT, DELETE, UPDATE (capsule) ON vault_person TO fengcun_web, fengcun_registry;
GRANT SELECT, INSERT, DELETE ON vault_alias TO fengcun_web, fengcun_registry;
GRANT SELECT ON vault_record, vault_item TO fengcun_vault, fengcun_registry;
GRANT SELECT ON vault_original TO fengcun_registry;
GRANT SELECT ON officer, passkey TO fengcun_vault;

-- Rotation: wrapped keys and the ledger's ciphertexts are put under newer keys.
GRANT SELECT, INSERT, UPDATE ON rotation TO fengcun_keys;
GRANT SELECT ON rotation TO fengcun_web, fengcun_registry;
GRANT SELECT ON vault_record, vault_item, vault_original TO fengcun_keys;
GRANT UPDATE (wrapped) ON vault_record, vault_item, vault_original TO fengcun_keys;
GRANT UPDATE (body) ON query, approval, certificate, ruling TO fengcun_keys;

-- The auditor: all of the trail, all changes of status, who asked and who
-- approved; no ledger, no vault, no text that names a person.
GRANT SELECT ON trail_entry, trail_hash, trail_head, trail_epoch, trail_checkpoint, trail_cosigned, record, lifecycle, case_link, agency, enactment TO fengcun_auditor;
GRANT SELECT (id, agency, name, duty, verify_key) ON officer TO fengcun_auditor;
GRANT SELECT (id, purpose, officer, agency, approver, filed, expires, state, digest) ON query TO fengcun_auditor;
GRANT SELECT (query, officer, agency, verdict, at, expires, signature) ON approval TO fengcun_auditor;
GRANT SELECT (query, leaf, prepared, expires, redeemed) ON ticket TO fengcun_auditor;
