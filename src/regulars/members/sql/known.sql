SELECT external_id, id
FROM members_member
WHERE program_id = %(program_id)s AND external_id <> '' AND external_id = ANY (%(external_ids)s)
