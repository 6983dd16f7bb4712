EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")


def pre_init_hook(env):
    """Create the PostgreSQL extensions that the ledger and the searches need.

    All three are trusted extensions: the owner of the database may create them
    without being superuser (PostgreSQL 13 and later).
    """
    for extension in EXTENSIONS:
        env.cr.execute(f'CREATE EXTENSION IF NOT EXISTS "{extension}"')
