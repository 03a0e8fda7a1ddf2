SELECT count(*)
FROM members_member AS m
LEFT JOIN ledger_account AS a ON a.program_id = m.program_id AND a.member_id = m.id
WHERE {which}
