-- What the ledger holds, in one short text that changes whenever it does. Facts and entries are only ever added and
-- counted per account; tiers and balances move without either when time passes. A sum of hashes asks for no order. They
-- are hashes of text: PostgreSQL's hash of a row is linear in its columns, and forgets in a sum which went with which.
SELECT md5(concat_ws(' ', count(*), sum(hashtextextended(
    concat_ws(' ', member_id, fact_seq, entry_seq, available, pending, held, deficit, tier), 0
)))) AS version
FROM ledger_account
WHERE program_id = {program}
