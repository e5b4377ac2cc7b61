"""Studies that say something wrong: one sentence with the file, the place in it, the value, and what to do."""

import pytest

from coldspin import InvalidInputError
from coldspin.inputs.study_files import read_study

IN_THE_STUDY = {
    "an unknown model": (
        '"dark-rate"',
        '"dark"',
        "fit.data[1].model = 'dark' is unknown; did you mean dark-rate?",
    ),
    "an option of another model": (
        'x = "B"',
        'form = "stretched"\nx = "B"',
        "form is no option of the model dark-rate",
    ),
    "an unknown ordinate": (
        'x = "B"',
        'ordinate = "rate"\nx = "B"',
        "ordinate = 'rate' is unknown; known here: relaxation_time and",
    ),
    "no such file": ('"t1.csv"', '"t2.csv"', "t2.csv"),
    "no such column": ('x = "B"', 'x = "Bz"', "no column is named 'Bz'; did you mean B?"),
    "no column of errors": ('error = "T1_err"', 'error = "err"', "no column is named 'err'"),
    "a wrong dimension": ('y = "T1"', 'y = "B"', "y = 'B' has the unit 'G', but dark-rate is in"),
    "an error that is no share": (
        'error = "T1_err"',
        'error = "five %"',
        "error = 'five %' must be a share such as \"5 %\"",
    ),
    "an error without a unit": ('error = "T1_err"', "error = 0.2", "error = 0.2 must be a column"),
    "an error of another dimension": (
        'error = "T1_err"',
        'error = ".2 V"',
        "error = 0.2 V has the wrong dimension",
    ),
    "an error below 0": (
        'error = "T1_err"',
        'error = "-0.2 s"',
        "row 3 has no error above 0 for 'T1'",
    ),
    "an error of 0": ('error = "T1_err"', 'error = "0 %"', "row 3 has no error above 0 for 'T1'"),
    "a range without units": (
        'x = "B"',
        'range = ["0", "5"]\nx = "B"',
        "fit.data[1].range needs a unit",
    ),
    "a range the wrong way": (
        'x = "B"',
        'range = ["5 G", "0 G"]\nx = "B"',
        "range must have the smaller value first",
    ),
    "a range of one": (
        'x = "B"',
        'range = ["5 G"]\nx = "B"',
        "range must be two values with units",
    ),
    "a range without data": (
        'x = "B"',
        'range = ["50 G", "60 G"]\nx = "B"',
        "no row is left to fit",
    ),
    "a bad name": (
        'name = "t1"',
        'name = "T1 (dark)"',
        "name of a measurement must be letters, digits",
    ),
    "an unknown key": ('x = "B"', 'xx = "B"', "fit.data[1].xx is unknown"),
    "an unknown parameter": (
        "filling = {}",
        "fillling = {}",
        "fit.parameters.fillling is a parameter of no model here",
    ),
    "a key of a parameter": ("filling = {}", "filling = { begin = 1e-4 }", "begin is unknown"),
    "a bare number": (
        "filling = {}",
        "filling = {}\nlocal_field_ = 3",
        "fit.parameters.local_field_ is a parameter of no",
    ),
    "a value without a unit": (
        "local_field = {}",
        "local_field = 4e-5",
        'fit.parameters.local_field needs a unit, as in "150 G", "15 mT", not 4e-05',
    ),
    "a start without a unit": (
        "local_field = {}",
        "local_field = { start = 4e-5 }",
        "fit.parameters.local_field.start needs",
    ),
    "a unit too many": (
        "filling = {}",
        'filling = { start = "3 G" }',
        "filling.start must be a number, not '3 G'",
    ),
    "true for a value": (
        "filling = {}",
        "filling = true",
        "filling must be a value, or a table such as",
    ),
    "a value for one measurement": (
        "filling = {}",
        '"filling@t1" = 3e-5',
        "give it in fixed of its [[fit.data]]",
    ),
    "fixed and unknown": (
        'x = "B"',
        'x = "B"\nfixed = { tau = 3 }',
        "tau is no parameter of its model",
    ),
    "private and unknown": (
        'x = "B"',
        'x = "B"\nprivate = ["tau"]',
        "tau is no parameter of its model",
    ),
    "no data": ("[[fit.data]]", "[[fit.dat]]", "fit.dat is unknown; did you mean data?"),
    "no attempts": (
        "[[fit.data]]",
        "[fit]\nattempts = 0\n[[fit.data]]",
        "fit.attempts must be 1 or more, not 0",
    ),
    "half a sample": (
        "[[fit.data]]",
        "[fit]\nbootstrap = 1.5\n[[fit.data]]",
        "fit.bootstrap must be a whole number",
    ),
}


@pytest.mark.parametrize("case", IN_THE_STUDY)
def test_in_the_study(case, spoil):
    old, new, sentence = IN_THE_STUDY[case]
    spoil(old, new)
    with pytest.raises(InvalidInputError) as refused:
        read_study("t1.toml")
    message = str(refused.value)
    assert sentence in message
    assert "\n" not in message


def test_nothing_varies(spoil):
    spoil("filling = {}\n", "filling = 1e-4\n")
    spoil("local_field = {}", 'local_field = "0.4 G"')
    spoil('correlation_time = { low = "0.1 ns", high = "1 us" }', 'correlation_time = "9 ns"')
    with pytest.raises(InvalidInputError, match=r"t1\.toml: fit\.parameters lets nothing vary"):
        read_study("t1.toml")


def test_a_model_that_needs_a_site(folder):
    (folder / "bare.toml").write_text(
        '[[fit.data]]\nfile = "t1.csv"\nmodel = "dark-rate"\nx = "B"\ny = '
        '"T1"\n[fit.parameters]\nfilling = {}\n'
    )
    with pytest.raises(
        InvalidInputError, match=r"fit\.data\[1\]: the model dark-rate needs the table \[site\]"
    ):
        read_study("bare.toml")


def test_a_column_without_a_unit_is_told_where_to_have_one(folder):
    data = folder / "t1.csv"
    data.write_text(data.read_text(encoding="utf-8").replace("T1 (s)", "T1"), encoding="utf-8")
    with pytest.raises(
        InvalidInputError,
        match=r'column \'T1\' has no unit; write it into the header, as in "T1 \(',
    ):
        read_study("t1.toml")


def test_a_study_of_another_kind(folder):
    with pytest.raises(
        InvalidInputError, match=r"plan\.toml has no table \[fit\]; give \[\[fit\.data\]\]"
    ):
        read_study("plan.toml")
    with pytest.raises(InvalidInputError, match=r"t1\.toml has no table \[design\]; give model"):
        read_study("t1.toml", what="design")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("[[stage]]\nkind = 'dark'\n", "is a protocol, with [[stage]]; use coldspin run bad.toml"),
        ("[crystal]\n", "is a material file; name it as material in [site] of a sample file"),
        ("[fit]\n", "fit.data is missing; fit.parameters is missing too"),
        ("fit = 3\n", "fit must be a table, not 3"),
    ],
)
def test_files_of_another_kind(content, sentence, folder):
    (folder / "bad.toml").write_text(content)
    with pytest.raises(InvalidInputError) as refused:
        read_study("bad.toml")
    assert sentence in str(refused.value)
