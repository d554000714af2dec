"""Each recipe prints what the page shows, with the tool that it is for."""

import pytest

from support.library.pages import SITE, run_page, sections

PAGE = SITE / "recipes.md"
START, *RECIPES = sections(PAGE)


def test_setup_is_tested(reader):
    """The packages that the page installs are those of this environment."""
    run_page(PAGE, sections(PAGE)[START], programs=True)
    assert reader.asked == []


@pytest.mark.parametrize("recipe", RECIPES)
def test_recipe_runs(recipe, reader):
    """The blocks of a recipe run, and have requested calls."""
    try:
        run_page(PAGE, sections(PAGE)[recipe], programs=True)
    except AssertionError as error:
        # After 30 s, a constant of Ray. Its node waits for two agents in Python: 6 s at a load of 2 per core.
        if "node timed out during startup" in str(error):
            pytest.skip("this machine is too busy for Ray to start")
        raise
    assert {path for _, path in reader.asked} == {"/v3/conversations/calls"}
