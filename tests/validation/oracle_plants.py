"""What is planted into the sound ledger, and every rule that it breaks: the table of expectations."""

from __future__ import annotations

from tests.validation.oracle_defects import POSTGRESQL, SQLITE, Breaks, Plant, one
from tests.validation.oracle_plants_of_dates import DATES, PEOPLE, TEXTS

LINES = '$S."Order Lines"'
OF_ENTRIES = '"Buchung_id" IN ({ids})'
ONE_OF_ENTRIES = f'id IN (SELECT min(id) FROM {LINES} WHERE {OF_ENTRIES} GROUP BY "Buchung_id")'
OTHER_OF_ENTRIES = f'id IN (SELECT max(id) FROM {LINES} WHERE {OF_ENTRIES} GROUP BY "Buchung_id")'

UNBALANCED = (
    Breaks(check="double-entry", subject=LINES),
    # What does not add up does not add up on its day either.
    Breaks(check="posting-date-balance", subject=f"{LINES}.booked_on"),
)


FIRST_LEDGER = (
    Plant(
        what="a leg with a unit too much",
        count=17,
        pool="entry",
        sql=f"UPDATE {LINES} SET amount = round(amount + 1, 4) WHERE {ONE_OF_ENTRIES}",
        breaks=UNBALANCED,
    ),
    Plant(
        what="a leg with a cent too much",
        count=3,
        pool="entry EUR",
        sql=f"UPDATE {LINES} SET amount = round(amount + 0.01, 2) WHERE {ONE_OF_ENTRIES}",
        breaks=UNBALANCED,
    ),
    Plant(
        what="a leg without an amount",
        count=5,
        pool="entry",
        sql=f"UPDATE {LINES} SET amount = NULL WHERE {ONE_OF_ENTRIES}",
        breaks=(*UNBALANCED, *one("amount-missing", f"{LINES}.amount", "have no amount")),
    ),
    Plant(
        what="both legs without an amount",
        count=2,
        pool="entry",
        sql=f"UPDATE {LINES} SET amount = NULL WHERE {OF_ENTRIES}",
        breaks=one("amount-missing", f"{LINES}.amount", "have no amount", 2),
    ),
    Plant(
        what="a leg without a currency, whose account has one",
        count=8,
        pool="entry",
        sql=f"UPDATE {LINES} SET currency = NULL WHERE {ONE_OF_ENTRIES}",
        breaks=one("amount-missing", f"{LINES}.currency", "without currency"),
    ),
    Plant(
        what="NaN in both legs",
        count=3,
        pool="entry",
        sql=f"UPDATE {LINES} SET amount = 'NaN' WHERE {OF_ENTRIES}",
        breaks=one("amount-not-a-number", f"{LINES}.amount", times=2),
    ),
    Plant(
        what="Infinity in one leg, so that the other stands alone",
        count=4,
        pool="entry",
        sql=f"UPDATE {LINES} SET amount = 'Infinity' WHERE {ONE_OF_ENTRIES}",
        breaks=(*UNBALANCED, *one("amount-not-a-number", f"{LINES}.amount")),
    ),
    Plant(
        what="a tenth of a cent on both sides",
        count=6,
        pool="entry USD",
        sql=f"UPDATE {LINES} SET amount = round(amount + 0.001, 3) WHERE {ONE_OF_ENTRIES};"
        f"UPDATE {LINES} SET amount = round(amount - 0.001, 3) WHERE {OTHER_OF_ENTRIES}",
        breaks=one("amount-precision", f"{LINES}.amount", times=2),
    ),
    Plant(
        what="a hundred-thousandth of a unit of account too much, which nobody could book",
        count=1,
        pool="entry CLF",
        sql=f"UPDATE {LINES} SET amount = round(amount + 0.00004, 5) WHERE {ONE_OF_ENTRIES}",
        breaks=one("amount-precision", f"{LINES}.amount"),
    ),
    Plant(
        what="an entry in another currency than its accounts",
        count=7,
        pool="entry EUR",
        sql=f"UPDATE {LINES} SET currency = 'USD' WHERE {OF_ENTRIES}",
        breaks=one("currency-of-account", f"{LINES}.currency", times=2),
    ),
    Plant(
        what="an entry booked twice",
        count=9,
        pool="entry",
        sql=f'INSERT INTO {LINES} SELECT id + 100000, "Buchung_id", "Konto_id", amount, currency, booked_on'
        f" FROM {LINES} WHERE {OF_ENTRIES}",
        breaks=one("duplicate-entries", LINES, times=2),
    ),
    Plant(
        what="an entry over nothing",
        count=10,
        pool="entry",
        sql=f"UPDATE {LINES} SET amount = 0 WHERE {OF_ENTRIES}",
        breaks=one("zero-amount", f"{LINES}.amount", times=2),
    ),
    Plant(
        what="an entry of which one leg of zero is left",
        count=14,
        pool="entry",
        sql=f"DELETE FROM {LINES} WHERE {ONE_OF_ENTRIES}; UPDATE {LINES} SET amount = 0 WHERE {OF_ENTRIES}",
        breaks=(*one("single-leg", LINES), *one("zero-amount", f"{LINES}.amount")),
    ),
    Plant(
        what="legs of an entry on two days",
        count=11,
        pool="entry",
        sql=f"UPDATE {LINES} SET booked_on = '2019-02-28' WHERE {ONE_OF_ENTRIES}",
        breaks=one("posting-date-balance", f"{LINES}.booked_on", times=2),
    ),
    Plant(
        what="an entry without legs",
        count=12,
        sql='INSERT INTO $S."Buchungen" (id) VALUES ' + ", ".join(f"({9000 + n})" for n in range(12)),
        breaks=one("transaction-without-legs", '$S."Buchungen"'),
    ),
    Plant(
        what="an account that nothing is booked on",
        count=13,
        sql='INSERT INTO $S."Konten" ("Nr", currency) VALUES ' + ", ".join(f"({9000 + n}, 'EUR')" for n in range(13)),
        breaks=one("unused-account", '$S."Konten"'),
    ),
)

RUNNING = "public.postings.balance_after"

SECOND_LEDGER = (
    Plant(
        what="an account with another balance than its legs",
        count=3,
        pool="account",
        sql="UPDATE accounts SET balance = balance + 1 WHERE id IN ({ids})",
        breaks=one("cached-balance", "public.accounts.balance"),
    ),
    Plant(
        what="a leg in the middle with another balance after it, so that the next does not follow either",
        count=4,
        pool="posting",
        sql="UPDATE postings SET balance_after = balance_after + 5000.5 WHERE id IN ({ids})",
        breaks=one("running-balance", RUNNING, times=2),
    ),
    Plant(
        what="an account in the red that may not be",
        count=5,
        pool="account in the red",
        sql="UPDATE accounts SET overdraft_limit = 0 WHERE id IN ({ids})",
        breaks=one("overdraft", "public.accounts.balance"),
    ),
    Plant(
        what="an account closed the day before its last leg",
        count=6,
        pool="account",
        sql="UPDATE accounts SET closed_on = '2021-03-09' WHERE id IN ({ids})",
        breaks=one("closed-account", "public.postings.booked_on", "after it was closed"),
    ),
    Plant(
        what="an account opened after its first leg",
        count=7,
        pool="account",
        sql="UPDATE accounts SET opened_on = '2020-01-02' WHERE id IN ({ids})",
        breaks=one("closed-account", "public.postings.booked_on", "before it was opened"),
    ),
    Plant(
        what="a negative amount on the other side: the same movement, said wrongly",
        count=8,
        pool="posting",
        sql="UPDATE postings SET amount = -amount, direction = CASE direction WHEN 'S' THEN 'H' ELSE 'S' END"
        " WHERE id IN ({ids})",
        breaks=one("sign-of-direction", "public.postings.amount"),
    ),
    Plant(
        what="a currency with a leg of no transaction",
        count=2,
        sql="INSERT INTO accounts VALUES (901, 'CHF', 7, 0, NULL, NULL), (902, 'SEK', 9, 0, NULL, NULL);"
        "INSERT INTO postings VALUES (9001, NULL, 901, 7, 'S', 'CHF', '2020-01-01', 7),"
        " (9002, NULL, 902, 9, 'S', 'SEK', '2020-01-01', 9)",
        breaks=one("trial-balance", "public.postings"),
    ),
    Plant(
        what="a last statement that closes with another balance",
        count=4,
        pool="statement",
        sql="UPDATE statements SET closing_balance = closing_balance + 1 WHERE account_id IN ({ids})"
        " AND day = (SELECT max(day) FROM statements)",
        breaks=(
            *one("balance-assertion", "public.statements.closing_balance"),
            *one("statement-movement", "public.statements.closing_balance"),
        ),
    ),
    Plant(
        what="a statement with another movement",
        count=5,
        pool="statement",
        sql="UPDATE statements SET movement = movement + 1 WHERE account_id IN ({ids})"
        " AND day = (SELECT min(day) FROM statements)",
        breaks=one("statement-movement", "public.statements.closing_balance"),
    ),
    Plant(
        what="a statement in the middle that opens with another balance",
        count=3,
        pool="statement",
        sql="UPDATE statements SET opening_balance = opening_balance + 1 WHERE account_id IN ({ids})"
        " AND day NOT IN ((SELECT min(day) FROM statements), (SELECT max(day) FROM statements))",
        breaks=(
            *one("statement-chain", "public.statements.opening_balance"),
            *one("statement-movement", "public.statements.closing_balance"),
        ),
    ),
    Plant(
        what="a statement in the middle that closes with another balance, so that the next does not open with it",
        count=2,
        pool="statement",
        sql="UPDATE statements SET closing_balance = closing_balance + 1 WHERE account_id IN ({ids})"
        " AND day NOT IN ((SELECT min(day) FROM statements), (SELECT max(day) FROM statements))",
        breaks=(
            *one("balance-assertion", "public.statements.closing_balance"),
            *one("statement-chain", "public.statements.opening_balance"),
            *one("statement-movement", "public.statements.closing_balance"),
        ),
    ),
    Plant(
        what="a leg without a side, like the other of its entry: the entry adds up to nothing known",
        count=2,
        sql="INSERT INTO accounts VALUES (903, 'EUR', 0, 0, NULL, NULL), (904, 'EUR', NULL, NULL, NULL, NULL);"
        "INSERT INTO postings VALUES (9003, 1, 903, 7, NULL, 'EUR', '2020-01-01', 7),"
        " (9004, 1, 904, 7, NULL, 'EUR', '2020-01-01', 7)",
        breaks=one("sign-of-direction", "public.postings.direction", "have no direction"),
    ),
    Plant(
        what="a transfer from an account to itself",
        count=9,
        pool="transfer",
        sql="UPDATE transfers SET to_account_id = from_account_id WHERE id IN ({ids})",
        breaks=one("same-account-twice", "public.transfers"),
    ),
)


def payment(what: str, count: int, change: str, check: str, column: str, says: str = "") -> Plant:  # noqa: PLR0917
    """A change of single rows of payments."""
    return Plant(
        what=what,
        count=count,
        pool="payment",
        sql=f"UPDATE payments SET {change} WHERE id IN ({{ids}})",
        breaks=one(check, f"public.payments.{column}", says),
    )


PAYMENTS = (
    payment("a code that never was", 3, "currency = 'EUX'", "currency-code", "currency", "an unknown currency"),
    payment("a code in small letters", 4, "currency = 'eur', amount = 5", "currency-code", "currency", "lower case"),
    payment("a code with a blank", 5, "currency = 'EUR ', amount = 5", "currency-code", "currency", "with blanks"),
    payment("marks after the euro", 6, "currency = 'DEM'", "currency-withdrawn", "currency"),
    payment("no currency", 2, "currency = 'XXX'", "currency-not-money", "currency", "no currency at all"),
    payment("gold", 3, "currency = 'XAU'", "currency-not-money", "currency", "a metal"),
    payment("half a cent", 7, "currency = 'USD', amount = 3.005", "amount-precision", "amount"),
    payment("half a yen", 2, "currency = 'JPY', amount = 3.5", "amount-precision", "amount"),
    payment("NaN", 4, "amount = 'NaN'", "amount-not-a-number", "amount"),
    payment("a broken IBAN", 2, "iban = 'DE88370400440532013000'", "identifier-check-digits", "iban"),
    payment("a broken BIC", 3, "bic = 'DEUT1EFF'", "identifier-check-digits", "bic"),
    payment("a broken LEI", 4, "lei = '5493001KJTIIGC8Y1R21'", "identifier-check-digits", "lei"),
    payment("a broken ISIN", 5, "isin = 'US0378331006'", "identifier-check-digits", "isin"),
    payment(
        "a card in a text", 6, "reference = 'card 4929 1234 5678 9015'", "card-number-stored", "reference", "looks like"
    ),
    payment(
        "a test card", 3, "reference = '4242424242424242 from docs'", "card-number-stored", "reference", "test card"
    ),
    payment("a card", 4, "card_number = '4929123456789015'", "card-number-stored", "card_number", "looks like"),
    payment("a card's code", 5, "cvv = '123'", "card-secret-stored", "cvv"),
    payment(
        "a card's stripe",
        2,
        "remark = '%B1234567890123456^DOE/JANE^27121015432112345678?'",
        "card-secret-stored",
        "remark",
    ),
    payment("lost letters", 2, "remark = 'M\ufffdller'", "text-broken", "remark", "lost"),
    payment("mojibake", 3, "remark = 'M\u00c3\u00bcller'", "text-broken", "remark", "wrong encoding"),
    payment("a bell", 4, "remark = 'a\u0007b'", "text-broken", "remark", "control characters"),
    Plant(
        what="an amount that fills its type",
        count=3,
        pool="payment",
        sql="UPDATE payments SET amount = 999999999999, currency = 'EUR' WHERE id IN ({ids})",
        breaks=one("extreme-amount", "public.payments.amount"),
        dialects=POSTGRESQL,
    ),
    Plant(
        what="a request carried out twice",
        count=5,
        pool="payment",
        sql="INSERT INTO payments (id, amount, currency, idempotency_key)"
        " SELECT id + 100000, amount, currency, idempotency_key FROM payments WHERE id IN ({ids})",
        breaks=one("idempotency-key", "public.payments.idempotency_key", "more than once"),
    ),
    Plant(
        what="a key used for two requests",
        count=4,
        pool="payment",
        sql="INSERT INTO payments (id, amount, currency, idempotency_key)"
        " SELECT id + 100000, round(amount + 1, 3), currency, idempotency_key FROM payments WHERE id IN ({ids})",
        breaks=one("idempotency-key", "public.payments.idempotency_key", "different amounts"),
    ),
    Plant(
        what="more posted than was pending",
        count=6,
        pool="resolving",
        sql="UPDATE payments SET amount = round(amount + 1, 4) WHERE id IN ({ids})",
        breaks=one("pending-resolved", "public.payments.amount", "more than was pending"),
    ),
    Plant(
        what="a pending payment resolved a second time",
        count=7,
        pool="resolving",
        sql="INSERT INTO payments (id, amount, currency, pending_id)"
        " SELECT id + 100000, 1, currency, pending_id FROM payments WHERE id IN ({ids})",
        breaks=one("pending-resolved", "public.payments.pending_id", "more than once"),
    ),
)

OTHERS = (
    Plant(
        what="a rate of zero",
        count=2,
        pool="rate",
        sql="UPDATE fx_rates SET rate = 0 WHERE id IN ({ids})",
        breaks=one("exchange-rate", "public.fx_rates.rate", "zero or below"),
    ),
    Plant(
        what="a second rate of a pair and day",
        count=3,
        pool="rate",
        sql="INSERT INTO fx_rates SELECT id + 100000, base_currency, quote_currency, rate_date, rate * 1.01"
        " FROM fx_rates WHERE id IN ({ids})",
        breaks=one("exchange-rate", "public.fx_rates.rate", "several rates"),
    ),
    Plant(
        what="a rate turned round",
        count=4,
        pool="rate of a pair",
        sql="UPDATE fx_rates SET rate = 1 / rate WHERE id IN ({ids})",
        breaks=one("rate-consistency", "public.fx_rates.rate", "there and back"),
    ),
    Plant(
        what="a rate with its point in the wrong place",
        count=5,
        pool="rate of a triangle",
        sql="UPDATE fx_rates SET rate = rate * 10 WHERE id IN ({ids})",
        breaks=one("rate-consistency", "public.fx_rates.rate", "direct one"),
    ),
    Plant(
        what="what floating point left behind",
        count=6,
        pool="import",
        sql="UPDATE imports SET amount = 0.30000000000000004 WHERE id IN ({ids})",
        # PostgreSQL's numeric has more digits than a cent; SQLite allows for the noise there.
        breaks=(*one("float-noise", "public.imports.amount"), *one("amount-precision", "public.imports.amount")),
        dialects=POSTGRESQL,
    ),
    Plant(
        what="what floating point left behind",
        count=6,
        pool="import",
        sql="UPDATE imports SET amount = 0.1 + 0.2 WHERE id IN ({ids})",
        breaks=one("float-noise", "public.imports.amount"),
        dialects=SQLITE,
    ),
    Plant(
        what="amounts whose first digits nobody's are",
        count=1,
        sql="UPDATE budgets SET amount = round(amount * 5, 2) WHERE substr(CAST(amount AS text), 1, 1) = '1'",
        breaks=one("first-digits", "public.budgets.amount"),
    ),
    Plant(
        what="an amount far beyond all others",
        count=4,
        pool="budget",
        sql="UPDATE budgets SET amount = 5000000000 WHERE id IN ({ids})",
        breaks=one("far-amount", "public.budgets.amount"),
    ),
    Plant(
        what="a deal settled before it was made",
        count=4,
        pool="deal",
        sql="UPDATE deals SET settlement_date = '2023-12-27' WHERE id IN ({ids})",
        breaks=one("settlement-before-trade", "public.deals.settlement_date", "before trade_date"),
    ),
    Plant(
        what="a deal settled on a Sunday",
        count=5,
        pool="deal",
        sql="UPDATE deals SET settlement_date = '2026-01-04' WHERE id IN ({ids})",
        breaks=one("settlement-before-trade", "public.deals.settlement_date", "a weekend"),
    ),
    Plant(
        what="terms that end before they begin",
        count=3,
        pool="product",
        sql="UPDATE terms SET valid_to = '2019-01-01' WHERE product_id IN ({ids}) AND valid_from = '2022-01-01'",
        breaks=one("validity-range", "public.terms.valid_to", "end before they begin"),
    ),
    Plant(
        what="terms that overlap the next",
        count=6,
        pool="product",
        sql="UPDATE terms SET valid_to = '2021-01-02' WHERE product_id IN ({ids}) AND valid_from = '2020-01-01'",
        breaks=one("validity-range", "public.terms.valid_to", "still valid"),
    ),
    Plant(
        what="a voucher posted in a batch that is a draft",
        count=7,
        pool="draft voucher",
        sql="UPDATE vouchers SET status = 'Posted ' WHERE id IN ({ids})",
        breaks=one("draft-state", "public.vouchers.status"),
    ),
    Plant(
        what="a total that is a cent off",
        count=3,
        pool="invoice",
        sql="UPDATE invoices SET total = total + 0.01 WHERE id IN ({ids})",
        breaks=one("rounding-drift", "public.invoices.total", "by rounding"),
    ),
    Plant(
        what="a total that is ten off",
        count=4,
        pool="invoice",
        sql="UPDATE invoices SET total = total + 10 WHERE id IN ({ids})",
        breaks=one("rounding-drift", "public.invoices.total", "more than rounding"),
    ),
    Plant(
        what="a link of the chain taken out",
        count=5,
        pool="link",
        sql="DELETE FROM log WHERE id IN ({ids})",
        breaks=one("hash-chain", "public.log.previous_hash"),
    ),
    Plant(
        what="a child without its parent",
        count=7,
        sql="INSERT INTO children VALUES " + ", ".join(f"({900 + n}, {900 + n})" for n in range(7)),
        breaks=one("orphan-rows", "public.children"),
    ),
    Plant(
        what="a key that was never validated, under which the children have no parents",
        count=1,
        sql="ALTER TABLE children ADD CONSTRAINT fk FOREIGN KEY (parent_id) REFERENCES parents NOT VALID",
        breaks=one("constraint-not-valid", "public.children.fk"),
        dialects=POSTGRESQL,
    ),
    Plant(
        what="a check that was never validated",
        count=1,
        sql='ALTER TABLE $S."Zähler" ADD CONSTRAINT "n > 0" CHECK ("n%" > 0) NOT VALID',
        breaks=one("constraint-not-valid", '$S."Zähler".n > 0'),
        dialects=POSTGRESQL,
    ),
    Plant(
        what="a sequence behind",
        count=1,
        sql='INSERT INTO $S."Zähler" (id) VALUES (77)',
        breaks=one("sequence-behind", '$S."Zähler_id_seq"'),
        dialects=POSTGRESQL,
    ),
    Plant(
        what="an identity behind",
        count=1,
        sql="INSERT INTO tickets (id) VALUES (77)",
        breaks=one("sequence-behind", "public.tickets_id_seq"),
        dialects=POSTGRESQL,
    ),
    Plant(
        what="an index that no partition has",
        count=1,
        sql="CREATE INDEX months_id ON ONLY months (id)",
        breaks=one("index-invalid", "public.months_id"),
        dialects=POSTGRESQL,
    ),
    Plant(
        what="money in floating point",
        count=1,
        sql="ALTER TABLE payments ADD COLUMN fee double precision",
        breaks=one("amount-float", "public.payments.fee"),
    ),
    Plant(
        what="prices in floating point, of a table without rows",
        count=1,
        sql='ALTER TABLE "Leer" ADD COLUMN "Fee" real',
        breaks=one("amount-float", 'public."Leer".Fee'),
    ),
)

PLANTS = (*FIRST_LEDGER, *SECOND_LEDGER, *PAYMENTS, *OTHERS, *DATES, *TEXTS, *PEOPLE)

WITHOUT_PLANT: dict[str, str] = {}
"""Invariants that nothing is planted for, and why."""
