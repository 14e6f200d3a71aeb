import os

import psycopg
import pytest


@pytest.fixture
def connection():
    """A connection in a transaction that is rolled back; those that a test begins in it are savepoints."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection, connection.transaction(force_rollback=True):
        yield connection
