-- Facts and entries into 16 hash partitions by member: for installations of some hundred million entries, see
-- docs/adr/0018-no-partitions-on-one-machine.md. Nothing runs this by itself. As the owner, with every server stopped:
--   psql --single-transaction --set=ON_ERROR_STOP=1 -f src/regulars/ledger/sql/partitions.sql "$DATABASE_OWNER_URL"
-- The old tables stay as ledger_fact_before and ledger_entry_before until `regulars verify` has said that all is well.
DO $$
DECLARE
    grown text;
    number integer;
    granted record;
    before bigint;
    after bigint;
BEGIN
    FOREACH grown IN ARRAY ARRAY['ledger_fact', 'ledger_entry'] LOOP
        EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', grown);
        EXECUTE format('ALTER TABLE %I RENAME TO %I', grown, grown || '_before');
        EXECUTE format(
            'CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS, PRIMARY KEY (program_id, member_id, seq)) '
            'PARTITION BY HASH (member_id)', grown, grown || '_before');
        FOR number IN 0..15 LOOP
            EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES WITH (MODULUS 16, REMAINDER %s)',
                grown || '_' || number, grown, number);
        END LOOP;
        -- What tables are given when they are made is more than these may have: only what the old one had.
        FOR granted IN SELECT DISTINCT grantee FROM information_schema.role_table_grants
            WHERE table_schema = current_schema() AND (table_name = grown OR table_name LIKE grown || '\_%')
                AND grantee <> current_user
        LOOP
            EXECUTE format('REVOKE ALL ON %I FROM %I', grown, granted.grantee);
            FOR number IN 0..15 LOOP
                EXECUTE format('REVOKE ALL ON %I FROM %I', grown || '_' || number, granted.grantee);
            END LOOP;
        END LOOP;
        FOR granted IN SELECT grantee, privilege_type FROM information_schema.role_table_grants
            WHERE table_schema = current_schema() AND table_name = grown || '_before' AND grantee <> current_user
        LOOP
            EXECUTE format('GRANT %s ON %I TO %I', granted.privilege_type, grown, granted.grantee);
        END LOOP;
        EXECUTE format('INSERT INTO %I SELECT * FROM %I', grown, grown || '_before');
        EXECUTE format('SELECT count(*) FROM %I', grown || '_before') INTO before;
        EXECUTE format('SELECT count(*) FROM %I', grown) INTO after;
        ASSERT before = after, format('%s has %s rows, and had %s', grown, after, before);
        EXECUTE format('ANALYZE %I', grown);
    END LOOP;
END $$;
