-- Who is on a page of the member list, whoever bought last first: their accounts in the order of an index, and those who
-- never bought only where the page reaches beyond them. It finds whom page_any.sql finds.
bought AS MATERIALIZED (
    SELECT m.id, {key} AS key
    FROM ledger_account AS a
    JOIN members_member AS m ON m.id = a.member_id
    WHERE a.program_id = %(program_id)s AND a.last_order_at IS NOT NULL AND {which}
        AND {after_order}
    ORDER BY a.last_order_at DESC, a.member_id DESC
    LIMIT {limit}
), others AS MATERIALIZED (
    SELECT m.id, {key} AS key
    FROM members_member AS m
    LEFT JOIN ledger_account AS a ON a.program_id = m.program_id AND a.member_id = m.id
    WHERE {which} AND a.last_order_at IS NULL AND {after}
    ORDER BY m.id DESC
    LIMIT {limit} - (SELECT count(*) FROM bought)
), page AS (SELECT * FROM bought UNION ALL SELECT * FROM others)
