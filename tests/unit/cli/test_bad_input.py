"""Every bad input: one sentence that names the parameter, its value and what to do; exit code 2; nothing written."""

import re

import pytest

from quick import quick

SITE = {
    "an unknown key": (
        "correlation_time =",
        "corelation_time =",
        "site.corelation_time is unknown; did you mean correlation_time?",
    ),
    "a letter of the paper": (
        "local_field =",
        "B_L =",
        "site.B_L is unknown; did you mean local_field?",
    ),
    "an unknown table": ("[electron]", "[elektron]", "elektron is unknown; did you mean electron?"),
    "a key like none": (
        "[electron]",
        "[electron]\ncolour = 1",
        "electron.colour is unknown; known here: spin and optical_axis_angle",
    ),
    "no unit": (
        '"10 ns"',
        '"10"',
        'site.correlation_time needs a unit, as in "10 ns", "2 h", not \'10\'',
    ),
    "a bare number": (
        '"10 ns"',
        "1e-8",
        'site.correlation_time needs a unit, as in "10 ns", "2 h", not 1e-08',
    ),
    "a bare angle": ('"0 deg"', "0", "electron.optical_axis_angle needs a unit"),
    "wrong dimension": (
        '"10 ns"',
        '"10 G"',
        "site.correlation_time = 10 G has the wrong dimension",
    ),
    "a field in ns": ('"1.5 G"', '"10 ns"', "site.local_field = 10 ns has the wrong dimension"),
    "an unknown unit": ('"1.5 G"', '"1.5 Gt"', "site.local_field"),
    "hertz for a": (
        '"1 neV"',
        '"240 kHz"',
        (
            "site.hyperfine_coupling = 240 kHz is in hertz, but an angular frequency is meant: "
            "multiply by 2π"
        ),
    ),
    "1/s for a": (
        '"1 neV"',
        '"1e6 1/s"',
        (
            "site.hyperfine_coupling = 1e+06 1/s has no radian and may be in hertz: multiply by 2π if "
            "it is"
        ),
    ),
    "hertz for γ": (
        '"6.3e7 rad/s/T"',
        '"10 MHz/T"',
        "site.nuclear_gyromagnetic_ratio = 10 MHz/T is in hertz",
    ),
    "NaN": ("= 1e5", "= nan", "site.nuclei must be finite, not nan"),
    "infinity": ("= 1e5", "= inf", "site.nuclei must be finite, not inf"),
    "NaN with a unit": ('"10 ns"', '"nan ns"', "site.correlation_time must be finite, not nan"),
    "zero N": ("= 1e5", "= 0", "site.nuclei must be greater than zero and finite, not 0"),
    "negative N": ("= 1e5", "= -100", "site.nuclei must be greater than zero and finite, not -100"),
    "text for N": ("= 1e5", '= "many"', "site.nuclei must be a number, not 'many'"),
    "true for N": ("= 1e5", "= true", "site.nuclei must be a number, not True"),
    "N beyond floats": ("= 1e5", f"= 1{'0' * 400}", "site.nuclei must be a number, not 1000"),
    "I not a half-integer": (
        "= 1.5 ",
        "= 1.3 ",
        "site.nuclear_spin must be a positive multiple of 1/2 (0.5, 1, 1.5, ...), not 1.3",
    ),
    "zero filling": ("= 0.05", "= 0", "site.filling must lie in (0, 1], not 0"),
    "filling above 1": ("= 0.05", "= 1.5", "site.filling must lie in (0, 1], not 1.5"),
    "zero correlation time": (
        '"10 ns"',
        '"0 ns"',
        "site.correlation_time must be greater than zero and finite, not 0",
    ),
    "negative correlation time": (
        '"10 ns"',
        '"-10 ns"',
        "site.correlation_time must be greater than zero and finite, not -1e-08",
    ),
    "spin above 1/2": (
        "spin = 1e-4",
        "spin = 0.7",
        "electron.spin must lie in [-0.5, 0.5], not 0.7",
    ),
    "no spin": (
        "spin = 1e-4",
        "",
        "there is no electron spin; give --spin 0.01, or spin in [electron] of dot.toml",
    ),
    "zero g": ("= -0.44", "= 0", "site.g_factor must not be 0"),
    "a range for one value": (
        '"1.5 G"',
        '"0:5:3 G"',
        "site.local_field is '0:5:3 G': give one value, not a range, as in",
    ),
    "a decimal comma": (
        '"1.5 G"',
        '"1,5 G"',
        "site.local_field is '1,5 G': use a decimal point and no comma, as in",
    ),
    "two electrons": (
        "= -0.44",
        '= -0.44\nelectron_gyromagnetic_ratio = "1e9 rad/s/T"',
        "disagree; give one",
    ),
    "no electron": (
        "g_factor =",
        "kinetic_local_field = '2 G' #",
        "site.g_factor is missing",
    ),
    "an unknown method": (
        '"closed-form"',
        '"closedform"',
        "method.name = 'closedform' is unknown; did you mean closed-form?",
    ),
    "a number for a method": ('"closed-form"', "7", "method.name must be text in quotes, not 7"),
    "a stray parameter": (
        '"closed-form"',
        '"closed-form"\ntolerance = 1e-6',
        "method.tolerance is no parameter of closed-form",
    ),
    "a bad parameter": (
        '"closed-form"',
        '"semiclassical"\ntolerance = 3',
        "method.tolerance must lie in",
    ),
    "a bare field": ('field = "-10:10:201 mT"', "field = 3", "cool.field needs a unit"),
    "a bare field in a list": (
        'field = "-10:10:201 mT"',
        'field = ["1 G", 2]',
        "cool.field needs a unit",
    ),
    "no fields": ('field = "-10:10:201 mT"', "field = []", "cool.field needs a unit"),
    "a list with a time": (
        'field = "-10:10:201 mT"',
        'field = ["1 G", "2 s"]',
        "cool.field = 2 s has the wrong dimension",
    ),
    "a range without count": (
        'field = "-10:10:201 mT"',
        'field = "-10:10 mT"',
        "cool.field must be a range like",
    ),
    "no field": (
        'field = "-10:10:201 mT"',
        "",
        'there is no field; give --field "-200:200:401 mT", or field in [cool] of dot.toml',
    ),
}

OPTIONS = {
    "a spin that is no number": (
        ["--spin", "abc"],
        "--spin must be a number from -0.5 to 0.5, not 'abc'",
    ),
    "a time": (
        ["--field", "10 ns"],
        '--field = 10 ns has the wrong dimension; give it as in "150 G", "15 mT"',
    ),
    "no unit": (["--field", "150"], "--field needs a unit"),
    "a range without unit": (["--field", "1:2:3"], "--field must be a range like"),
    "one point": (["--field", "1:2:1 T"], "--field needs a count of points from 2 to 10000000"),
    "NaN field": (["--field", "nan T"], "--field must be finite, not nan"),
    "infinite field": (["--field", "1e999 T"], "--field must be finite, not inf"),
    "nothing": (["--field", ""], "--field must start with a number"),
    "spin above 1/2": (["--spin", "0.51"], "--spin must lie in [-0.5, 0.5], not 0.51"),
    "spin below -1/2": (["--spin", "-1"], "--spin must lie in [-0.5, 0.5], not -1"),
    "NaN spin": (["--spin", "nan"], "--spin must lie in [-0.5, 0.5], not nan"),
    "an unknown method": (
        ["--method", "closd-form"],
        "--method = 'closd-form' is unknown; did you mean closed-form?",
    ),
    "a method like none": (["--method", "7"], "known here: closed-form, small-angle"),
    "an unknown suffix": (["--output", "out.txt"], "output out.txt must end in .csv, .json or .nc"),
    "no suffix": (["--output", "out"], "output out must end in"),
    "an unknown figure": (["--plot", "out.gif"], "plot out.gif must end in .png, .pdf or .svg"),
    "no such folder": (
        ["--output", "no/out.csv"],
        "output no/out.csv cannot be written: there is no folder no",
    ),
    "no folder for the figure": (
        ["--plot", "no/out.png"],
        "output no/out.png cannot be written: there is no folder no",
    ),
    "a file for a folder": (["--output", "dot.toml/out.csv"], "there is no folder dot.toml"),
    "a folder for a file": (
        ["--output", "folder.csv"],
        "output folder.csv is a folder; name a file in it",
    ),
    "an existing file": (
        ["--output", "old.csv"],
        "output old.csv exists; give --force to replace it",
    ),
    "an existing figure": (
        ["--plot", "old.png"],
        "output old.png exists; give --force to replace it",
    ),
    "a name too long": (["--output", "x" * 300 + ".csv"], "cannot be written"),
}

BEGUN = b"[site]\nnuclei = 1\nnuclear_spin = 0.5\ng_factor = 1\nhyperfine_coupling = '1 neV'\n"

FILES = {
    "bad TOML": (b"[site\n", "bad.toml is not valid TOML: ", "line 1, column 6"),
    "the same key twice": (
        b"[site]\nnuclei = 1\nnuclei = 2\n",
        "bad.toml is not valid TOML: ",
        "line 3",
    ),
    "not text": (
        b"[site]\nname = '\xff\xfe'\n",
        "bad.toml is not UTF-8 text (line 2)",
        "save it as UTF-8",
    ),
    "an endless number": (b"a = 1" + b"0" * 5000, "bad.toml holds a number too long", ""),
    "an abyss": (b"a = " + b"[" * 20000, "nested too deeply", ""),
    "empty": (b"", "bad.toml: site is missing", ""),
    "no table": (b"site = 3", "bad.toml: site must be a table, not 3", ""),
    "tables": (b"[[site]]\nnuclei = 1", "bad.toml: site must be a table", ""),
    "missing keys": (
        BEGUN + b"filling = 1\n",
        (
            "bad.toml: site.correlation_time is missing; site.local_field and "
            "site.nuclear_gyromagnetic_ratio are missing too"
        ),
        "",
    ),
    "an unknown and a missing key": (
        BEGUN + b"filing = 1\nlocal_field = '1 G'\n",
        "bad.toml: site.filing is unknown; did you mean filling?; ",
        "site.correlation_time and site.nuclear_gyromagnetic_ratio are missing",
    ),
}


def assert_refused(result, folder, before, *words):
    assert result.exit_code == 2
    assert result.stdout == ""
    assert re.fullmatch(r"error: [^\n]+\n", result.stderr), result.stderr
    for word in words:
        assert word in result.stderr
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


@pytest.fixture
def before(folder):
    (folder / "old.csv").write_text("old")
    (folder / "old.png").write_text("old")
    (folder / "folder.csv").mkdir()
    return lambda: {path: path.stat().st_mtime_ns for path in folder.iterdir()}


@pytest.mark.parametrize("case", SITE)
def test_in_the_file(case, run, folder, before, example):
    old, new, sentence = SITE[case]
    assert old in example
    (folder / "dot.toml").write_text(example.replace(old, new, 1), encoding="utf-8")
    assert_refused(
        run("cool", "dot.toml", "--output", "new.csv", "--plot", "new.png"),
        folder,
        before(),
        sentence,
        "dot.toml",
    )


@pytest.mark.parametrize("command", ["cool", "relax", "optimum", "validity"])
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            b"[site]\n[[stage]]\nkind = 'dark'\n",
            "bad.toml is a protocol, with [[stage]]; use coldspin run bad.toml",
        ),
        (
            b"[crystal]\n[[site]]\n",
            "bad.toml is a material file; name it as material in [site] of a sample file",
        ),
    ],
)
def test_files_of_another_kind(command, content, sentence, run, folder, before):
    (folder / "bad.toml").write_bytes(content)
    assert_refused(run(command, "bad.toml"), folder, before(), sentence)


@pytest.mark.parametrize("case", OPTIONS)
def test_on_the_command_line(case, run, folder, before):
    options, sentence = OPTIONS[case]
    assert_refused(run("cool", "dot.toml", *options), folder, before(), sentence)


@pytest.mark.parametrize("case", FILES)
def test_files_that_are_no_sample_files(case, run, folder, before):
    content, *words = FILES[case]
    (folder / "bad.toml").write_bytes(content)
    assert_refused(run("cool", "bad.toml"), folder, before(), *words)


@pytest.mark.parametrize("command", ["cool", "relax", "optimum"])
def test_a_missing_file_and_a_folder(command, run, folder, before):
    assert_refused(
        run(command, "none.toml"), folder, before(), "sample file none.toml does not exist"
    )
    assert_refused(
        run(command, "."), folder, before(), "sample file . is a folder; name a TOML file in it"
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ["--fields", "3 G", "1 G"],
            "--fields must be two fields, the smaller first, not '3 G' and '1 G'",
        ),
        (["--fields", "3 G", "4 s"], "--fields = 4 s has the wrong dimension"),
        (["--fields", "3", "4"], "--fields needs a unit"),
        (["--spin", "0"], "there is no optimum"),
    ],
)
def test_of_optimum(options, sentence, run, folder, before):
    assert_refused(run("optimum", "dot.toml", *options), folder, before(), sentence)


@pytest.mark.parametrize("value", ['"1 G"', '["1 G"]', "[1, 2]", '["1 G", "2 G", "3 G"]'])
def test_fields_in_the_file(value, run, folder, before, example):
    (folder / "dot.toml").write_text(
        example.replace('["-200 mT", "200 mT"]', value), encoding="utf-8"
    )
    assert_refused(
        run("optimum", "dot.toml"),
        folder,
        before(),
        "dot.toml: optimum.fields must be two fields with units",
    )


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["kool"],
        ["cool"],
        ["cool", "dot.toml", "--feild", "1 G"],
        ["cool", "dot.toml", "--spin", "abc"],
        ["cool", "dot.toml", "--unit", "ns"],
        ["optimum", "dot.toml", "--fields", "1 G"],
        ["relax", "dot.toml", "--spin", "0.1"],
        ["paper"],
    ],
)
def test_wrong_usage_is_2_as_well(arguments, run, folder, before):
    files = before()
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert before() == files


@pytest.mark.parametrize(
    ("arguments", "words"),
    quick(
        [
            (["cool", "dot.toml", "--field", "10 ns"], b"wrong dimension"),
            (["cool", "none.toml"], b"does not exist"),
            (["cool", "dot.toml", "--output", "dot.txt"], b"must end in"),
            (["relax", "dot.toml", "--method", "closed"], b"did you mean closed-form?"),
        ],
        0,
    ),
)
def test_as_a_user_sees_it(arguments, words, process):
    done = process(*arguments)
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.startswith(b"error: ")
    assert done.stderr.count(b"\n") == 1
    assert words in done.stderr
