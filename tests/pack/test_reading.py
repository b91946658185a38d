import nbformat
import pytest
import sample_charts
import sample_pages as sample

from toolkit.findings import Checks, Finding
from toolkit.language import Sentence
from toolkit.pack.reading import (
    CheckList,
    Drawing,
    Picture,
    Plain,
    Said,
    Words,
    checks_of,
    finding_of,
    story_of,
)
from toolkit.shown import Grid


def kinds(section) -> list[str]:
    return [type(b).__name__ for b in section.blocks]


def test_headings_make_sections_and_details_are_closed():
    story = story_of(sample.notebook(sample_charts.causes()))
    assert story.title == "Which spring e-mail should customers get?"
    assert [(s.title, s.closed) for s in story.sections] == [
        ("", False),
        ("What happened", False),
        ("Should we believe it?", False),
        ("What follows", False),
        ("By segment", True),
        ("Definitions", True),
        ("By month", True),
    ]
    assert kinds(story.sections[1]) == ["Drawing", "Words", "Drawing"]
    assert kinds(story.sections[2]) == ["CheckList"]
    assert kinds(story.sections[3]) == ["Said"]
    assert kinds(story.sections[4]) == ["Grid"]


def test_the_main_finding_is_the_headline():
    story = story_of(sample.notebook())
    assert story.main.id == "ab_test/spring_mail/spend/mens" and len(story.findings) == 5


@pytest.mark.parametrize("finding", list(sample.findings()), ids=lambda f: f.id)
def test_a_finding_comes_back_from_its_json(finding):
    assert finding_of(finding.to_json()).to_json() == finding.to_json()
    assert isinstance(finding_of(finding.to_json()), Finding)


def test_checks_are_known_by_their_words():
    found = checks_of(sample.checks().grid())
    assert isinstance(found, CheckList)
    assert [result for result, _, _ in found.rows] == [
        "Doubt",
        "Holds",
        "Holds",
        "Holds",
        "For information",
    ]
    assert found.doubts == 1
    assert checks_of(sample_charts.by_segment()) is None
    assert checks_of(Checks(()).grid()) is None


def notebook(*cells) -> nbformat.NotebookNode:
    made = nbformat.v4.new_notebook()
    made.cells = list(cells)
    return made


def code(source: str, *outputs, tags=()) -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell(source, outputs=list(outputs), metadata={"tags": list(tags)})


def data(**media) -> nbformat.NotebookNode:
    return nbformat.v4.new_output(
        "display_data", {k.replace("_", "/"): v for k, v in media.items()}
    )


def test_hidden_and_parameter_cells_are_not_shown():
    out = data(text_plain="7")
    story = story_of(
        notebook(
            nbformat.v4.new_markdown_cell("## What happened"),
            code("a", out, tags=["parameters"]),
            code("b", out, tags=["hidden"]),
            code("c", out),
        )
    )
    assert story.code == ("a", "c")
    assert story.sections[0].blocks == [Plain("7")]


def test_a_heading_in_fenced_code_is_code():
    story = story_of(
        notebook(nbformat.v4.new_markdown_cell("## What happened\n\n```\n## no section\n```"))
    )
    assert [s.title for s in story.sections] == ["What happened"]
    assert "## no section" in story.sections[0].blocks[0].markdown


def test_markup_from_elsewhere_is_left_out_and_its_text_taken():
    story = story_of(
        notebook(
            nbformat.v4.new_markdown_cell("## What happened"),
            code("frame", data(text_html="<table onclick=x>", text_plain="a  1")),
            code("plot", data(**{"image/png": "aGk="})),
            code(
                "print(1)",
                nbformat.v4.new_output("stream", name="stdout", text="1\n"),
                nbformat.v4.new_output("stream", name="stderr", text="warning\n"),
            ),
        )
    )
    assert story.sections[0].blocks == [Plain("a  1"), Picture("image/png", "aGk="), Plain("1\n")]


def test_a_chart_comes_with_its_words_and_table():
    chart = sample_charts.effects()
    story = story_of(sample.notebook())
    drawing = story.sections[1].blocks[0]
    assert isinstance(drawing, Drawing)
    assert (drawing.title, drawing.alt, drawing.table) == (chart.title, chart.alt, chart.table)
    assert isinstance(drawing.table, Grid) and isinstance(drawing.title, Sentence)
    assert isinstance(story.sections[1].blocks[1], Words) and isinstance(
        story.sections[3].blocks[0], Said
    )
