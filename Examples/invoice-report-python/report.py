"""Who owes how much, and since when."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from psycopg import Connection, errors
from psycopg.rows import class_row


@dataclass(frozen=True)
class Debt:
    """What a customer owes, by how late it is."""

    customer: str
    not_due: Decimal
    late: Decimal  # by up to 30 days
    very_late: Decimal

    @property
    def total(self) -> Decimal:
        return self.not_due + self.late + self.very_late


class Refused(Exception):
    """A payment that can't be right."""


DEBTS = """
    WITH outstanding AS (
        SELECT customer_id, due, total - coalesce((SELECT sum(amount) FROM payment p WHERE p.number = i.number), 0) AS open
        FROM invoice i
    )
    SELECT c.name AS customer,
        coalesce(sum(open) FILTER (WHERE due >= %(day)s), 0) AS not_due,
        coalesce(sum(open) FILTER (WHERE due < %(day)s AND due >= %(day)s::date - 30), 0) AS late,
        coalesce(sum(open) FILTER (WHERE due < %(day)s::date - 30), 0) AS very_late
    FROM outstanding JOIN customer c ON c.id = customer_id
    GROUP BY c.name HAVING sum(open) > 0
    ORDER BY sum(open) DESC, c.name
"""


def debts(connection: Connection, day: date) -> list[Debt]:
    """Returns everybody who owes something on a day, the largest debt first."""
    with connection.cursor(row_factory=class_row(Debt)) as cursor:
        return cursor.execute(DEBTS, {"day": day}).fetchall()


def pay(connection: Connection, number: str, amount: Decimal, reference: str) -> Decimal:
    """Notes a payment, and returns what is still outstanding of its invoice.

    Raises Refused where there is no such invoice, less is outstanding, or the payment was noted before.
    """
    try:
        # A transaction, or a savepoint in the one that is open: what is refused leaves nothing behind.
        with connection.transaction():
            row = connection.execute("SELECT total FROM invoice WHERE number = %s FOR UPDATE", [number]).fetchone()
            if row is None:
                raise Refused(f"there is no invoice {number}")
            connection.execute("INSERT INTO payment VALUES (%s, %s, %s)", [reference, number, amount])
            paid = connection.execute("SELECT sum(amount) FROM payment WHERE number = %s", [number]).fetchone()
            if paid[0] > row[0]:
                raise Refused(f"only {row[0] - paid[0] + amount} is outstanding")
            return row[0] - paid[0]
    except errors.UniqueViolation:
        raise Refused(f"payment {reference} was noted before") from None
