"""The embedded PostgreSQL: a real server from a wheel, started by ourselves, reached through a Unix socket only.

layout.py says where it lies and whom it runs as, binaries.py finds the programs, access.py says who may enter,
cluster.py starts, joins and stops. Decision record: docs/adr/0002-embedded-postgresql.md.
"""
