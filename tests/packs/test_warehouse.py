"""The generated warehouse: each value depends on seed, country, product and day alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from ecp.errors import PackInvalid, StoreUnavailable
from ecp.packs.importer import silent
from ecp.packs.warehouse import load_warehouse
from tests.support.vocabulary import DEMO

EARLY, LATE = date(2020, 1, 15), date(2020, 2, 14)
TABLES = {
    "fct_revenue_daily": "day",
    "fct_budget_quarterly": "quarter_start",
    "fct_headcount_daily": "day",
    "fct_executive_pay": "paid_on",
    "fct_arr_movement": "moved_on",
    "fct_account_months": "month_end",
    "fct_cost_monthly": "month_end",
    "fct_issuer_quarterly": "reported_on",
    "dim_billing_account": "opened_on",
}


def generate(dsn: str, today: date, seed: str = "1", reader: str | None = None, folder: Path | None = None) -> None:
    load_warehouse(folder or DEMO / "warehouse", dsn, seed=seed, today=today, reader=reader, progress=silent)


def ask(dsn: str, query: str) -> list[tuple]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(query).fetchall()


def digests(dsn: str, until: date) -> dict[str, tuple]:
    """Rows and a digest of each table's content up to a day."""
    return {
        table: ask(
            dsn,
            f"select count(*), md5(string_agg(t::text, '|' order by t::text)) "
            f"from halyard.{table} t where t.{column} <= '{until}'",
        )[0]
        for table, column in TABLES.items()
    }


@pytest.fixture(scope="session")
def early(new_database) -> str:
    dsn = new_database()
    generate(dsn, EARLY)
    return dsn


@pytest.fixture(scope="session")
def late(new_database) -> str:
    dsn = new_database()
    generate(dsn, LATE)
    return dsn


def test_facts_reach_from_2018_to_the_day_of_generation(early):
    for table in ("fct_revenue_daily", "fct_headcount_daily"):
        assert ask(early, f"select min(day), max(day) from halyard.{table}") == [(date(2018, 1, 1), EARLY)]


def test_a_later_generation_only_adds_days(early, late):
    assert digests(early, EARLY) == digests(late, EARLY)
    assert ask(late, "select max(day) from halyard.fct_revenue_daily") == [(LATE,)]


def test_generation_goes_on_where_it_stopped(new_database, late):
    dsn = new_database()
    generate(dsn, date(2019, 6, 30))
    generate(dsn, LATE)
    generate(dsn, LATE)
    assert digests(dsn, date(2030, 1, 1)) == digests(late, date(2030, 1, 1))


def test_another_seed_is_another_enterprise_and_replaces_the_first(new_database):
    dsn, other = new_database(), new_database()
    generate(dsn, date(2018, 3, 31), seed="1")
    first = digests(dsn, date(2030, 1, 1))
    generate(dsn, date(2018, 3, 31), seed="2")
    generate(other, date(2018, 3, 31), seed="2")
    assert digests(dsn, date(2030, 1, 1)) == digests(other, date(2030, 1, 1))
    assert all(first[table][1] != digests(dsn, date(2030, 1, 1))[table][1] for table in TABLES)


def test_two_weeks_of_november_2019_are_missing_where_the_platform_was_replaced(early):
    missing = ask(
        early,
        """
        select c.country_code, count(*), min(d), max(d)
        from halyard.dim_country c cross join generate_series(timestamp '2018-01-01', '2020-01-15', '1 day') d
        where not exists (
          select from halyard.fct_revenue_daily f where f.country_code = c.country_code and f.day = d::date
        )
        group by 1 order by 1
        """,
    )
    assert {row[0] for row in missing} == {"AU", "CN", "HK", "IN", "JP", "KR", "NZ", "SG", "TH"}
    assert {(row[1], row[2].date(), row[3].date()) for row in missing} == {(14, date(2019, 11, 11), date(2019, 11, 24))}


def test_the_quarter_is_about_fifteen_percent_short(early):
    shares = ask(
        early,
        """
        select sum(net_amount) filter (where extract(year from day) = 2019)
             / sum(net_amount) filter (where extract(year from day) = 2018)
        from halyard.fct_revenue_daily
        where country_code in ('AU', 'CN', 'HK', 'IN', 'JP', 'KR', 'SG') and extract(quarter from day) = 4
          and extract(year from day) in (2018, 2019)
        """,
    )
    grown = 1.06
    assert 0.13 < 1 - float(shares[0][0]) / grown < 0.17


def test_net_is_gross_less_discounts_and_credit_notes(early):
    wrong = "net_amount <> gross_amount - discount_amount - credit_amount or net_amount < 0"
    assert ask(early, f"select count(*) from halyard.fct_revenue_daily where {wrong}") == [(0,)]


def test_the_budget_covers_whole_fiscal_years_beyond_the_present_one(early):
    counted = ask(
        early,
        "select fiscal_year, count(distinct fiscal_quarter) from halyard.fct_budget_quarterly "
        "where fiscal_year > 2018 group by 1 order by 1",
    )
    assert counted == [(2019, 4), (2020, 4), (2021, 4)]
    assert ask(
        early,
        "select distinct fiscal_year, fiscal_quarter from halyard.fct_budget_quarterly "
        "where quarter_start = '2019-10-01'",
    ) == [(2020, 3)]


def test_the_budget_is_plausible_against_what_was_billed(early):
    ratios = ask(
        early,
        """
        select a.net / b.net from
          (select date_trunc('quarter', day)::date q, sum(net_amount) net from halyard.fct_revenue_daily
           where day < '2019-10-01' group by 1) a
          join (select quarter_start q, sum(net_amount) net from halyard.fct_budget_quarterly group by 1) b using (q)
        """,
    )
    assert len(ratios) == 7
    assert all(0.9 < float(ratio) < 1.1 for (ratio,) in ratios)


def test_every_table_says_what_it_holds(early):
    silent_tables = ask(
        early,
        "select relname from pg_class where relnamespace = 'halyard'::regnamespace and relkind = 'r' "
        "and obj_description(oid) is null",
    )
    assert silent_tables == []


def test_load_marks_name_the_newest_day_of_each_dataset(early):
    marks = dict(ask(early, "select dataset, max_day from halyard.load_marks"))
    assert marks["revenue"] == marks["headcount"] == EARLY
    assert set(marks) == {"revenue", "budget", "headcount", "compensation", "recurring", "cost", "issuers", "crm"}


def test_the_reader_may_read_and_no_more(new_database, superuser):
    dsn = new_database()
    with psycopg.connect(superuser) as connection:
        connection.execute("create role looker login")
    reader = make_conninfo(dsn, user="looker")
    generate(dsn, date(2018, 1, 31), reader=reader)
    assert ask(reader, "select count(*) from halyard.fct_headcount_daily")[0][0] > 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(reader, "delete from halyard.fct_headcount_daily returning 1")


def test_a_statement_that_fails_is_named_and_nothing_is_kept(new_database, tmp_path):
    dsn = new_database()
    (tmp_path / "1.sql").write_text("create table kept (a int);")
    (tmp_path / "2.sql").write_text("select 1;\nselect wrong;")
    with pytest.raises(PackInvalid) as raised:
        generate(dsn, EARLY, folder=tmp_path)
    (error,) = raised.value.extra["errors"]
    assert (error["file"].split("/")[1], error["line"]) == ("2.sql", 2)
    assert ask(dsn, "select to_regclass('kept')") == [(None,)]


def test_a_warehouse_that_does_not_answer_is_unavailable(tmp_path):
    with pytest.raises(StoreUnavailable):
        generate(f"host={tmp_path} user=nobody dbname=none", EARLY)
