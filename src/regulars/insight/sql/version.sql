-- What the ledger holds, in one short text that changes whenever it does. Facts and entries are only ever added and
-- counted per account, so their sums move with every change; tiers move without either when time passes.
SELECT md5(string_agg(concat_ws(' ', tier, accounts, facts, entries), ',' ORDER BY tier)) AS version
FROM (
    SELECT tier, count(*) AS accounts, sum(fact_seq) AS facts, sum(entry_seq) AS entries
    FROM ledger_account
    WHERE program_id = {program}
    GROUP BY tier
) AS by_tier
