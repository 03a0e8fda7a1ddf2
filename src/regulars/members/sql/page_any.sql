-- Who is on a page of the member list, in any order: reads everybody.
page AS MATERIALIZED (
    SELECT m.id, {key} AS key
    FROM members_member AS m
    LEFT JOIN ledger_account AS a ON a.program_id = m.program_id AND a.member_id = m.id
    WHERE {which} AND {after}
    ORDER BY {key} {way}, m.id {way}
    LIMIT {limit}
)
