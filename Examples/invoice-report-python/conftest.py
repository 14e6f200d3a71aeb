import os

import psycopg
import pytest


@pytest.fixture
def connection():
    """A connection in a transaction that is rolled back, so that the next test finds the seeds again."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        yield connection
        connection.rollback()
