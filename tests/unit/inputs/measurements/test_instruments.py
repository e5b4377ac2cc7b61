"""Files as instruments and plotting programs write them: text beside the numbers does not refuse the file."""

import numpy as np
import pytest

from coldspin import InvalidInputError
from coldspin.inputs.measurements import read_measurements
from coldspin.quantities import FIELD, RATE, TIME

LABVIEW = """LabVIEW Measurement\t
Writer_Version\t2
Reader_Version\t2
Separator\tTab
Decimal_Separator\t,
Multi_Headings\tNo
X_Columns\tOne
Time_Pref\tAbsolute
Operator\tlab
Date\t2024/01/09
Time\t12:31:07,1184
***End_of_Header***\t
\t
Channels\t2\t\t
Samples\t3\t3\t
Date\t2024/01/09\t2024/01/09\t
Y_Unit_Label\tVolts\tVolts\t
X0\t0,0000000000000000E+0\t0,0000000000000000E+0\t
Delta_X\t0,001000\t0,001000\t
***End_of_Header***\t\t\t
X_Value\tVoltage\tFiltered\tComment
0,000000\t0,914018\t0,5\tfield on
0,001000\t0,826543\t0,25
0,002000\t0,705841\t0,125\tlight off
"""

QUANTUM_DESIGN = """[Header]
TITLE,PPMS ACMS
INFO,sample 12,NAME
BYAPP,MultiVu,1.5
[Data]
Comment,Time Stamp (sec),Temperature (K),Magnetic Field (Oe),Status (code)
,3.81e9,4.2,-100.0,ok
settled,3.82e9,4.2,0.0,ok
,3.83e9,4.2,2500.0,ramp
"""

ORIGIN = """Field\tT1\tT1 error
mT\ts\ts
up\tsample A, dark\t
\tcooled at 4 G\t
0.5\t12.5\t0.5
1\t14.25\t0.75
"""

LOG = """time B (mT) T1 (s) state
12:00:01 0.5 10 ok
12:05:01 1.0 12 warming
12:10:01 1.5 NaN ok
"""

GERMAN = """Datum;B (Oe);T1 (us);Bemerkung
09.01.2024 12:00;1,5;2,25;gut
09.01.2024 12:05;2,5;3,5;"Licht; an, aus"
"""

IGOR = "wave0\twave1\ttextWave0\r0.1\t5\tfirst\r0.2\t4\tsecond\r"


def read(tmp_path, text, encoding="utf-8", **options):
    path = tmp_path / "data.txt"
    path.write_bytes(text.encode(encoding))
    return read_measurements(path, **options)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    ("text", "numbers", "words"),
    [
        (
            LABVIEW,
            {
                "X_Value": [0, 0.001, 0.002],
                "Voltage": [0.914018, 0.826543, 0.705841],
                "Filtered": [0.5, 0.25, 0.125],
            },
            ["Comment"],
        ),
        (
            QUANTUM_DESIGN,
            {"Temperature": [4.2] * 3, "Magnetic Field": [-100, 0, 2500]},
            ["Comment", "Status"],
        ),
        (ORIGIN, {"Field": [0.5, 1], "T1": [12.5, 14.25], "T1 error": [0.5, 0.75]}, []),
        (LOG, {"B": [0.5, 1, 1.5], "T1": [10, 12, np.nan]}, ["time", "state"]),
        (GERMAN, {"B": [1.5, 2.5], "T1": [2.25, 3.5]}, ["Datum", "Bemerkung"]),
        (IGOR, {"wave0": [0.1, 0.2], "wave1": [5, 4]}, ["textWave0"]),
    ],
    ids=["LabVIEW", "Quantum Design", "Origin", "log", "semicolons", "Igor"],
)
def test_text_beside_numbers(tmp_path, text, encoding, numbers, words):
    table = read(tmp_path, text, encoding)
    for name, values in numbers.items():
        np.testing.assert_array_equal(table.column(name).values, values)
    for name in words:
        with pytest.raises(InvalidInputError, match=r"data.txt: .* is not a number"):
            table.column(name)


def test_units_of_instruments(tmp_path):
    np.testing.assert_allclose(
        read(tmp_path, QUANTUM_DESIGN).quantity("Magnetic Field", FIELD), [-0.01, 0, 0.25]
    )
    np.testing.assert_allclose(read(tmp_path, GERMAN).quantity("T1", TIME), [2.25e-6, 3.5e-6])
    units = "a (kOe);b (Gs);c (\u00b5T);d (\u03bcT);e, s-1;f [1/s];g (ms-1);h (Oersted)\n1;1;1;1;1;1;1;1\n"
    table = read(tmp_path, units)
    assert [float(table.quantity(name, FIELD)[0]) for name in "abcdh"] == pytest.approx(
        [0.1, 1e-4, 1e-6, 1e-6, 1e-4]
    )
    assert [float(table.quantity(name, RATE)[0]) for name in "efg"] == pytest.approx([1, 1, 1000])
    with pytest.raises(InvalidInputError, match="prefix M, mega; write mT for milli"):
        read(tmp_path, "B (MT)\n1\n").quantity("B", FIELD)
    assert read(tmp_path, "T2/T1,R-1\n1,2\n").names == ("T2/T1", "R-1")


def test_names_given_for_rows_that_begin_with_text(tmp_path):
    table = read(tmp_path, "monday,0.5,10\ntuesday,1,12\n", columns=["day", "B (mT)", "T1 (s)"])
    np.testing.assert_array_equal(table.column("B").values, [0.5, 1])


def test_a_cell_that_is_no_number_refuses_its_column_alone(tmp_path):
    table = read(tmp_path, "B (mT),T1 (s)\n1,2\n2,OVERLOAD\n3,x\n")
    np.testing.assert_array_equal(table.column("B").values, [1, 2, 3])
    with pytest.raises(
        InvalidInputError, match=r"'OVERLOAD' in row 3, column 2 \(T1\) is not a number"
    ):
        table.quantity("T1", TIME)


def test_a_row_that_ends_early_refuses_columns_of_numbers(tmp_path):
    table = read(tmp_path, "B (mT),T1 (s)\n1,2\n2\n3,4\n")
    np.testing.assert_array_equal(table.column("B").values, [1, 2, 3])
    with pytest.raises(
        InvalidInputError, match="row 3 has 1 cell, but the header in row 1 has 2 names"
    ):
        table.column("T1")


def test_two_layouts_with_text_are_asked_about(tmp_path):
    with pytest.raises(
        InvalidInputError, match=r"'1,500' in row 2, column 1 \(B\) may be 1.500 or 1500"
    ):
        read(tmp_path, 'B (mT);note\n1,500;"a, b"\n2,500;c\n')
    with pytest.raises(InvalidInputError, match="give one of them"):
        read(tmp_path, "1,5\tx\n2,5\ty\n", columns=["B", "note"])


def test_several_segments_of_labview_are_refused(tmp_path):
    with pytest.raises(
        InvalidInputError, match="holds 2 segments with headers; save each in a file of its own"
    ):
        read(tmp_path, LABVIEW + "***End_of_Header***\nX_Value\tVoltage\n1\t2\n")
