"""What is planted into dates, texts and the data of people, and every rule that it breaks."""

from __future__ import annotations

from tests.validation.oracle_defects import POSTGRESQL, Breaks, Plant, one

WRITTEN = '"created At"'

DATES = (
    Plant(
        what="an account written after its entries, whose own times are those of their headers",
        count=3,
        pool="account of the first ledger",
        sql=f'UPDATE $S."Konten" SET {WRITTEN} = \'2016-06-01 10:00:00\' WHERE "Nr" IN ({{ids}})',
        breaks=one("entry-time", '$S."Buchungen".created At', "entries that were written before the account was"),
    ),
    Plant(
        what="an entry written before the one before it",
        count=4,
        pool="numbered entry",
        # It gets the time of the third before it.
        sql=f'UPDATE $S."Buchungen" SET {WRITTEN} = (SELECT min(o.{WRITTEN}) FROM $S."Buchungen" o'
        f' WHERE o.id >= $S."Buchungen".id - 3) WHERE id IN ({{ids}})',
        breaks=one("entry-time", '$S."Buchungen".created At', "more than a day before that of the row before"),
    ),
    Plant(
        what="a customer written in two hundred years",
        count=5,
        pool="customer's date",
        sql="UPDATE customers SET created_at = '2204-03-01 10:00:00' WHERE id IN ({ids})",
        breaks=one("date-in-future", "public.customers.created_at"),
    ),
    Plant(
        what="a deal made in two hundred years",
        count=2,
        pool="deal not settled",
        sql="UPDATE deals SET trade_date = '2204-03-01' WHERE id IN ({ids})",
        breaks=one("date-in-future", "public.deals.trade_date"),
    ),
    Plant(
        what="an entry of which both legs are booked in two hundred years",
        count=3,
        pool="entry",
        sql='UPDATE $S."Order Lines" SET booked_on = \'2204-03-01\' WHERE "Buchung_id" IN ({ids})',
        breaks=one("date-in-future", '$S."Order Lines".booked_on', times=2),
    ),
    Plant(
        what="a time of 0",
        count=3,
        pool="customer's date",
        sql="UPDATE customers SET created_at = '1970-01-01 01:00:00' WHERE id IN ({ids})",
        breaks=one("date-sentinel", "public.customers.created_at", "1970-01-01"),
    ),
    Plant(
        what="a beginning that never comes",
        count=2,
        pool="customer's date",
        sql="UPDATE customers SET created_at = '9999-12-31 00:00:00' WHERE id IN ({ids})",
        breaks=one("date-sentinel", "public.customers.created_at", "the year 9999"),
    ),
    Plant(
        what="a beginning at infinity",
        count=4,
        pool="customer's date",
        sql="UPDATE customers SET created_at = 'infinity' WHERE id IN ({ids})",
        breaks=one("date-sentinel", "public.customers.created_at", "the year 9999"),
        dialects=POSTGRESQL,
    ),
    Plant(
        what="a call in 1900",
        count=6,
        pool="customer's date",
        sql="UPDATE customers SET called_at = '1900-01-01 00:00:00' WHERE id IN ({ids})",
        breaks=one("date-sentinel", "public.customers.called_at"),
    ),
    Plant(
        what="a deal of the year 1",
        count=3,
        pool="deal not settled",
        sql="UPDATE deals SET trade_date = '0001-01-01' WHERE id IN ({ids})",
        breaks=one("date-sentinel", "public.deals.trade_date"),
    ),
    Plant(
        what="terms that never begin",
        count=4,
        pool="product",
        sql="UPDATE terms SET valid_from = '9999-06-30' WHERE product_id IN ({ids}) AND valid_from = '2022-01-01'",
        breaks=one("date-sentinel", "public.terms.valid_from"),
    ),
    Plant(
        what="a load that put its own time over that of its rows",
        count=1,
        sql="INSERT INTO visits SELECT id + 1000, '2024-07-01 12:00:00', '/' FROM budgets WHERE id <= 900",
        breaks=one("time-spike", "public.visits.seen_at", "2024-07-01 12:00:00"),
    ),
    Plant(
        what="a time that no clock in Berlin showed",
        count=5,
        pool="visit",
        sql="UPDATE visits SET seen_at = '2024-03-31 02:30:00' WHERE id IN ({ids})",
        breaks=one("time-skipped", "public.visits.seen_at"),
    ),
    Plant(
        what="a visit older than visits are kept",
        count=6,
        pool="visit",
        sql="UPDATE visits SET seen_at = '1961-05-05 10:00:00' WHERE id IN ({ids})",
        breaks=one("retention-exceeded", "public.visits.seen_at", "older than 50 years"),
    ),
)

TEXTS = (
    Plant(
        what="a reference with a blank before it",
        count=4,
        pool="payment",
        sql="UPDATE payments SET reference = ' R 1' WHERE id IN ({ids})",
        breaks=one("identifier-blanks", "public.payments.reference"),
    ),
    Plant(
        what="an IBAN with a blank behind it, of which check digits make nothing",
        count=2,
        pool="payment",
        sql="UPDATE payments SET iban = 'DE89370400440532013000 ' WHERE id IN ({ids})",
        breaks=one("identifier-blanks", "public.payments.iban"),
    ),
    Plant(
        what="an IBAN with a no-break space behind it, which is no character of an IBAN",
        count=3,
        pool="payment",
        sql="UPDATE payments SET iban = 'DE89370400440532013000\u00a0' WHERE id IN ({ids})",
        breaks=(
            *one("identifier-blanks", "public.payments.iban"),
            *one("identifier-check-digits", "public.payments.iban"),
        ),
    ),
    Plant(
        what="a key with a tab behind it, which makes it another key",
        count=5,
        pool="payment",
        sql="UPDATE payments SET idempotency_key = idempotency_key || '\t' WHERE id IN ({ids})",
        breaks=one("identifier-blanks", "public.payments.idempotency_key"),
    ),
    Plant(
        what="codes of accounts filled up with blanks, all of them, and those without entries; equal to those of legs",
        count=40 + 13,
        sql='ALTER TABLE $S."Konten" ALTER COLUMN currency TYPE char(5)',
        breaks=one("identifier-blanks", '$S."Konten".currency', "filled up with blanks"),
        dialects=POSTGRESQL,
    ),
    Plant(
        what="a code that filled its type cut short, so that blanks fill up all",
        count=50,
        sql="UPDATE products SET code = 'P1' WHERE id = 1",
        breaks=one("identifier-blanks", "public.products.code", "filled up with blanks"),
        dialects=POSTGRESQL,
    ),
    Plant(
        what="an address in a remark",
        count=3,
        pool="payment",
        sql="UPDATE payments SET remark = 'write to anna.k@bank.co.uk' WHERE id IN ({ids})",
        breaks=one("personal-data-in-text", "public.payments.remark", "e-mail"),
    ),
    Plant(
        what="a number of social security in a remark",
        count=2,
        pool="payment",
        sql="UPDATE payments SET remark = 'her SSN is 536-90-4399.' WHERE id IN ({ids})",
        breaks=one("personal-data-in-text", "public.payments.remark", "identity number"),
    ),
    Plant(
        what="both in a note",
        count=4,
        pool="customer's date",
        sql="UPDATE customers SET note = 'DNI 12345678Z, anna.k@bank.co.uk' WHERE id IN ({ids})",
        breaks=(
            *one("personal-data-in-text", "public.customers.note", "e-mail"),
            *one("personal-data-in-text", "public.customers.note", "identity number"),
        ),
    ),
)

PEOPLE = (
    Plant(
        what="a customer past the last day, who can still be told",
        count=3,
        pool="customer",
        sql="UPDATE customers SET retention_until = '2024-06-30' WHERE id IN ({ids})",
        breaks=one("retention-exceeded", "public.customers.retention_until"),
    ),
    Plant(
        what="a customer who withdrew consent and can still be told",
        count=4,
        pool="customer",
        sql="UPDATE customers SET consent_withdrawn_at = '2024-02-01 10:00:00' WHERE id IN ({ids})",
        breaks=one("consent", "public.customers.consent_withdrawn_at", "though consent was withdrawn"),
    ),
    Plant(
        what="a customer who withdrew consent, kept past the last day that was set: a breach of that day alone",
        count=2,
        pool="customer",
        sql="UPDATE customers SET consent_withdrawn_at = '2024-02-01 10:00:00', retention_until = '2024-06-30'"
        " WHERE id IN ({ids})",
        breaks=one("retention-exceeded", "public.customers.retention_until"),
    ),
    Plant(
        what="a subscriber who refused",
        count=5,
        pool="subscriber",
        sql="UPDATE subscribers SET agreed = 'No' WHERE id IN ({ids})",
        breaks=one("consent", "public.subscribers.agreed", "have no consent"),
    ),
    Plant(
        what="a subscriber who left, of whom nothing says that they agreed",
        count=3,
        pool="subscriber",
        sql="UPDATE subscribers SET agreed = NULL, left_on = '2024-02-01' WHERE id IN ({ids})",
        breaks=(
            Breaks(check="consent", subject="public.subscribers.agreed", says="have no consent"),
            Breaks(check="consent", subject="public.subscribers.left_on", says="though consent was withdrawn"),
        ),
    ),
)
