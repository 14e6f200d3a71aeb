from datetime import date
from decimal import Decimal

import pytest

from report import Debt, Refused, debts, pay

MARCH = date(2025, 3, 1)


def owed(connection):
    return {debt.customer: debt.total for debt in debts(connection, MARCH)}


def test_everybody_who_owes_something(connection):
    assert owed(connection) == {"Ada Lovelace": 110, "Bob Cratchit": 30}


def test_the_largest_debt_comes_first(connection):
    connection.execute("UPDATE invoice SET total = 500 WHERE number = '3'")
    assert [debt.customer for debt in debts(connection, MARCH)] == ["Bob Cratchit", "Ada Lovelace"]


@pytest.mark.parametrize(
    "day, not_due, late, very_late",
    [
        (date(2025, 1, 10), 110, 0, 0),  # the day itself is not late
        (date(2025, 1, 11), 50, 60, 0),
        (date(2025, 2, 9), 50, 60, 0),
        (date(2025, 2, 10), 50, 0, 60),
        (date(2025, 3, 1), 0, 50, 60),
    ],
)
def test_debts_by_how_late_they_are(connection, day, not_due, late, very_late):
    assert debts(connection, day)[0] == Debt("Ada Lovelace", not_due, late, very_late)


def test_a_payment_reduces_the_debt(connection):
    assert pay(connection, "1", Decimal("60"), "BANK-3") == 0
    assert owed(connection) == {"Ada Lovelace": 50, "Bob Cratchit": 30}


def test_who_has_paid_everything_is_not_listed(connection):
    pay(connection, "3", Decimal("29.99"), "BANK-3")
    assert owed(connection)["Bob Cratchit"] == Decimal("0.01")
    pay(connection, "3", Decimal("0.01"), "BANK-4")
    assert "Bob Cratchit" not in owed(connection)


def test_a_payment_is_noted_once(connection):
    pay(connection, "1", Decimal("10"), "BANK-3")
    with pytest.raises(Refused, match="BANK-3 was noted before"):
        pay(connection, "1", Decimal("10"), "BANK-3")
    assert owed(connection)["Ada Lovelace"] == 100


def test_nobody_pays_more_than_is_outstanding(connection):
    with pytest.raises(Refused, match="only 60.00 is outstanding"):
        pay(connection, "1", Decimal("60.01"), "BANK-3")
    assert connection.execute("SELECT count(*) FROM payment").fetchone() == (2,)


def test_an_unknown_invoice_is_refused(connection):
    with pytest.raises(Refused, match="no invoice 99"):
        pay(connection, "99", Decimal("1"), "BANK-3")
