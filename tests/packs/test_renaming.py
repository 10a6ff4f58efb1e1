"""The demo under other names is the same enterprise."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from ecp.packs.importer import silent
from ecp.packs.loader import load_pack
from ecp.packs.warehouse import load_warehouse
from tests.packs.test_warehouse import ask
from tests.support.renamed import Renaming, rename_pack
from tests.support.vocabulary import DEMO, all_words, words_of

SEEDS = (1, 7, 2024)
TODAY = date(2019, 12, 31)
FIGURES = (
    "select c.country_key, p.product_key, count(*), sum(f.net_amount), sum(f.gross_amount), sum(f.invoices) "
    "from halyard.fct_revenue_daily f join halyard.dim_country c using (country_code) "
    "join halyard.dim_product p using (product_code) group by 1, 2 order by 1, 2",
    "select sum(annualised_amount), count(*) from halyard.fct_budget_quarterly",
    "select sum(employees), count(*) from halyard.fct_headcount_daily",
)


@pytest.fixture(scope="session")
def renamed(tmp_path_factory):
    folders = {seed: tmp_path_factory.mktemp(f"renamed{seed}") for seed in SEEDS}
    return {seed: (folder, rename_pack(DEMO, folder, seed)) for seed, folder in folders.items()}


@pytest.fixture(scope="session")
def true_figures(new_database):
    dsn = new_database()
    load_warehouse(DEMO / "warehouse", dsn, seed="1", today=TODAY, reader=None, progress=silent)
    return [ask(dsn, query) for query in FIGURES]


def texts_of(folder: Path) -> str:
    return "\n".join(p.read_text() for p in sorted(folder.rglob("*")) if p.is_file())


@pytest.mark.parametrize("seed", SEEDS)
def test_the_copy_is_a_valid_pack_of_the_same_shape(renamed, seed):
    folder, _ = renamed[seed]
    assert load_pack(folder).counts == load_pack(DEMO).counts


@pytest.mark.parametrize("seed", SEEDS)
def test_the_copy_has_the_same_figures(renamed, seed, new_database, true_figures):
    folder, renaming = renamed[seed]
    dsn = new_database()
    load_warehouse(folder / "warehouse", dsn, seed="1", today=TODAY, reader=None, progress=silent)
    assert [ask(dsn, renaming.text(query)) for query in FIGURES] == true_figures


@pytest.mark.parametrize("seed", SEEDS)
def test_no_word_of_the_demo_is_left_in_the_copy(renamed, seed):
    folder, _ = renamed[seed]
    kept = {"region"}  # in the contract's own `allowed_regions`
    words, left = all_words() - kept, set()
    for line in texts_of(folder).replace("allowed_regions", "").splitlines():
        key, _, value = line.partition(": ")
        left |= set(words_of(value or key)) & words
    assert left == set()


@pytest.mark.parametrize("seed", SEEDS)
def test_every_reference_of_the_copy_still_leads_somewhere(renamed, seed):
    folder, renaming = renamed[seed]
    assert {a.id for a in load_pack(folder).assets} == {renaming.text(a.id) for a in load_pack(DEMO).assets}
    questions = yaml.safe_load((folder / "questions.yaml").read_text())
    asked = {metric for q in questions for metric in q["expected"].get("metrics", ())}
    assert asked <= {a.id for a in load_pack(folder).assets}


def test_the_same_seed_gives_the_same_names_and_another_gives_others(renamed, tmp_path):
    again = rename_pack(DEMO, tmp_path, SEEDS[0])
    assert again == renamed[SEEDS[0]][1]
    assert texts_of(tmp_path) == texts_of(renamed[SEEDS[0]][0])
    assert set(again.values()).isdisjoint(renamed[SEEDS[1]][1].values())


def test_case_plural_and_codes_survive():
    renaming = Renaming({"unit": "bavdok", "apex": "golmin"}, {"IN": "ZUR"})
    assert renaming.text("Units in APEX, IN unit_costs and UnitLoads") == (
        "Bavdoks in GOLMIN, ZUR bavdok_costs and BavdokLoads"
    )


def test_without_words_nothing_changes():
    assert Renaming().value({"a": ["b", 1, None]}) == {"a": ["b", 1, None]}
