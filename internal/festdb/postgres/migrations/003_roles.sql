-- Roles to grant to the accounts of servers (festd_reader) and of imports
-- (festd_importer); the account that migrates owns the schema. Where this
-- account may not make roles, or grant them, that is somebody else's to do:
-- docs/adr/0006 has the statements. Nothing depends on the names.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['festd_reader', 'festd_importer'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
            WHEN insufficient_privilege THEN RAISE NOTICE 'role % was not made: this account may not make roles', wanted;
        END;
    END LOOP;
    IF to_regrole('festd_reader') IS NOT NULL THEN
        GRANT USAGE ON SCHEMA fest TO festd_reader;
        GRANT SELECT ON ALL TABLES IN SCHEMA fest TO festd_reader;
    END IF;
    IF to_regrole('festd_importer') IS NOT NULL THEN
        GRANT USAGE ON SCHEMA fest TO festd_importer;
        GRANT SELECT ON ALL TABLES IN SCHEMA fest TO festd_importer;
        GRANT INSERT ON fest.release, fest.audit, fest.frame, fest.entry, fest.content TO festd_importer;
        GRANT UPDATE ON fest.store, fest.entry, fest.content TO festd_importer;
        GRANT DELETE ON fest.entry, fest.content TO festd_importer;
    END IF;
END
$$;
---- create above / drop below ----
DO $$
BEGIN
    IF to_regrole('festd_reader') IS NOT NULL THEN
        REVOKE ALL ON ALL TABLES IN SCHEMA fest FROM festd_reader;
        REVOKE ALL ON SCHEMA fest FROM festd_reader;
    END IF;
    IF to_regrole('festd_importer') IS NOT NULL THEN
        REVOKE ALL ON ALL TABLES IN SCHEMA fest FROM festd_importer;
        REVOKE ALL ON SCHEMA fest FROM festd_importer;
    END IF;
END
$$;
