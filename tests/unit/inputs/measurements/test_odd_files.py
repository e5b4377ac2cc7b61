"""Odd and malformed files, byte by byte: each with its columns, or with the one sentence that says what is wrong."""

from math import nan

import numpy as np
import pytest

from coldspin import InvalidInputError
from coldspin.inputs.measurements import read_measurements

TWO = {"B (mT)": [1.0, 3.0], "T1 (s)": [2.0, 4.0]}
NAMED = {"columns": ["B (mT)", "T1 (s)"]}

WRONG = "is not a number; correct it, or leave the cell empty if nothing was measured"
WITH_UNIT = "is not a number; write numbers alone and their unit in the header"
GROUPED = "has a separator of thousands; remove all such separators"
INFINITE = "is not finite; leave the cell empty if nothing was measured"
NEITHER = "is neither a number nor a unit; write # before rows of comments, or leave them out by skip_rows"
NO_NAME = "begins as a number, but is neither a number nor a name; correct it, or leave the row out by skip_rows = 1"
NO_HEADER = (
    'holds numbers and no header stands above it; give one, as in columns = ["B (mT)", "T1 (s)"]'
)
TWO_NAMES = "but the header in row 1 has 2 names"
MISSING = "in every row, and leave missing cells empty"
SPACES = "mark missing cells by NaN, and put names with spaces in quotes"
UTF16 = ', or give encoding = "utf-16-le" or "utf-16-be" if it is UTF-16'
QUOTE = "has a quote that does not enclose one whole cell; correct it"
GROUPS = b"B;T1\n1,200;3,400\n2,500;1,250\n"

READ = {
    "commas": (
        b"B (mT),T1 (s),T1_err (s)\n1.5,10,0.1\n2,20,.2\n",
        {},
        {"B (mT)": [1.5, 2], "T1 (s)": [10, 20], "T1_err (s)": [0.1, 0.2]},
    ),
    "semicolons and decimal commas": (
        b"B (mT);T1 (s)\n1,5;2,25\n",
        {},
        {"B (mT)": [1.5], "T1 (s)": [2.25]},
    ),
    "tabs, CRLF, square brackets": (
        b"B [mT]\tT1 [s]\r\n1,5\t2\r\n",
        {},
        {"B (mT)": [1.5], "T1 (s)": [2]},
    ),
    "white space in runs, units after slashes": (
        b"B/mT   T1/s\n  1.5 \t 2\n",
        {},
        {"B (mT)": [1.5], "T1 (s)": [2]},
    ),
    "white space, units in brackets": (b"B (mT)   T1 (s)\n  1   2\n 3 4\n", {}, TWO),
    "white space within the brackets": (
        b"B ( mT ) W (1 / s)\n1 2\n",
        {},
        {"B (mT)": [1], "W (1 / s)": [2]},
    ),
    "brackets that do not match between white space": (
        b"B) T1 (s) n\n1 2 3\n",
        {},
        {"B)": [1], "T1 (s)": [2], "n": [3]},
    ),
    "decimal commas between white space": (b"B T1\n1,5 ,25\n", {}, {"B": [1.5], "T1": [0.25]}),
    "quoted names with commas": (b'"B, mT","T1, s"\n1,2\n3,4\n', {}, TWO),
    "names that end in commas between semicolons": (
        b"Signal, dark;a,\n1,5;2\n",
        {},
        {"Signal, dark": [1.5], "a,": [2]},
    ),
    "a quoted name alone, with a comma": (
        b'"T1, dark (s)"\n1,5\n2,5\n',
        {},
        {"T1, dark (s)": [1.5, 2.5]},
    ),
    "a name in brackets": (b"B,(x)\n1,2\n", {}, {"B": [1], "(x)": [2]}),
    "names with commas between semicolons": (
        b"B, mT;T1, s\n1,5;2\n",
        {},
        {"B (mT)": [1.5], "T1 (s)": [2]},
    ),
    "quoted decimal commas between commas": (
        b'B (mT),T1 (s)\n"1,5","2,5"\n',
        {},
        {"B (mT)": [1.5], "T1 (s)": [2.5]},
    ),
    "quotes between white space": (
        b'"the field (mT)" "T1 (s)"\n"1.5" 2\n',
        {},
        {"the field (mT)": [1.5], "T1 (s)": [2]},
    ),
    "quotes in quotes": (
        b'"say ""B"" (mT)","T1 (s)"\n1,2\n',
        {},
        {'say "B" (mT)': [1], "T1 (s)": [2]},
    ),
    "one column": (b"B (mT)\n1.5\n2\n", {}, {"B (mT)": [1.5, 2]}),
    "one column with decimal commas": (b"B (mT)\n1,5\n2,75\n", {}, {"B (mT)": [1.5, 2.75]}),
    "whole numbers between commas": (b"B,T\n1,2\n3,4\n", {}, {"B": [1, 3], "T": [2, 4]}),
    "no line end at the end": (b"B (mT),T1 (s)\n1,2\n3,4", {}, TWO),
    "UTF-8 with a byte-order mark": (b"\xef\xbb\xbfB (mT),T1 (s)\n1,2\n3,4\n", {}, TWO),
    "UTF-16": (b"\xff\xfe" + "B (mT)\tT1 (s)\n1\t2\n3\t4\n".encode("utf-16-le"), {}, TWO),
    "UTF-16, big end first": (
        b"\xfe\xff" + "B (mT)\tT1 (s)\n1\t2\n3\t4\n".encode("utf-16-be"),
        {},
        TWO,
    ),
    "Latin-1": (
        b"E (\xb5eV),T1 (s)\n1,2\n",
        {"encoding": "latin-1"},
        {"E (µeV)": [1], "T1 (s)": [2]},
    ),
    "CR alone": (b"B (mT),T1 (s)\r1,2\r3,4\r", {}, TWO),
    "comments everywhere": (
        b"# a\n  % b\n// c\nB (mT),T1 (s)\n# d\n1,2 # e\n\n3,4\t# f, 5\n# g",
        {},
        TWO,
    ),
    "a comment behind the first row": (b"# B (mT),T1 (s)\n1,2 # first\n3,4\n", {}, TWO),
    "the last comment as header": (b"# on Monday\n# B (mT) T1 (s)\n1.0e0 2.0\n3 4\n", {}, TWO),
    "a comment as header, first row with an empty end": (
        b"#B (mT),T1 (s)\n1,\n3,4\n",
        {},
        {"B (mT)": [1, 3], "T1 (s)": [nan, 4]},
    ),
    "a header beats a comment": (b"# x,y\nB (mT),T1 (s)\n1,2\n3,4\n", {}, TWO),
    "no header but names given": (b"1,2\n3,4\n", NAMED, TWO),
    "names given beat the header": (b"field (T),time\n1,2\n3,4\n", NAMED, TWO),
    "names given beat a row of units": (b"field,time\nT,min\n1,2\n3,4\n", NAMED, TWO),
    "names given beat a comment": (b"# x,y\n1,2\n3,4\n", NAMED, TWO),
    "a row of units": (b"B\tT1\nmT\ts\n1\t2\n3\t4\n", {}, TWO),
    "remarks below a row of units": (b"B\tT1\nmT\ts\nup\tdark\n\tagain\n1\t2\n3\t4\n", {}, TWO),
    "a row of units in brackets": (
        b"B,pol,n\n[mT],(%),\n1,2,3\n",
        {},
        {"B (mT)": [1], "pol (%)": [2], "n": [3]},
    ),
    "a row of units that repeats one": (b"B (mT),T1\nmT,s\n1,2\n3,4\n", {}, TWO),
    "a comment below the header": (b"pol,B (mT)\n% ten,mT\n1,2\n", {}, {"pol": [1], "B (mT)": [2]}),
    "a row of units with an empty cell below a unit": (b"B (mT),T1\n,s\n1,2\n3,4\n", {}, TWO),
    "comments of units above the header and among the data": (
        b"%,s\nB (mT),T1 (s)\n1,2\n%,s\n3,4\n",
        {},
        TWO,
    ),
    "a comment of one unit below the header": (b"B (mT),T1 (s)\n% s\n1,2\n3,4\n", {}, TWO),
    "a quote in a comment below the header": (
        b'B (mT) T1 (s)\n% say "this"that\n1 2\n3 4\n',
        {},
        TWO,
    ),
    "commas of thousands ruled out by one cell": (
        b"B;T1\n1,200;3,400\n2,500;0,250\n",
        {},
        {"B": [1.2, 2.5], "T1": [3.4, 0.25]},
    ),
    "commas of thousands ruled out by the study": (
        GROUPS,
        {"decimal": ","},
        {"B": [1.2, 2.5], "T1": [3.4, 1.25]},
    ),
    "a delimiter chosen by the study": (
        b"1 ,5\n2 ,6\n",
        {"columns": ["B", "T1"], "delimiter": " "},
        {"B": [1, 2], "T1": [0.5, 0.6]},
    ),
    "delimiters at every end": (b"B (mT),T1 (s),,\n1,2,,\n3,4,,\n", {}, TWO),
    "delimiters at every end but that of the header": (b"B (mT);T1 (s)\n1;2;\n3;4;\n", {}, TWO),
    "a delimiter at the end of the header alone": (b"B (mT),T1 (s),\n1,2\n3,4\n", {}, TWO),
    "a column that is missing throughout": (b"B,T1\n1,\n2,\n", {}, {"B": [1, 2], "T1": [nan, nan]}),
    "missing cells": (
        b"B,T1\n,NA\n--,nAn\n1,N/a\n-, \n2,NaN\n",
        {},
        {"B": [nan, nan, 1, nan, 2], "T1": [nan] * 5},
    ),
    "missing cells between tabs": (
        b"a\tb\tc\n1\t\t3\n\t5\t\n",
        {},
        {"a": [1, nan], "b": [nan, 5], "c": [3, nan]},
    ),
    "numbers of every kind": (
        "a;b;c;d\n.5;5.;+1;1e-3\n1E+3;1d-3;−2;-1.5D+02\n".encode(),
        {},
        {"a": [0.5, 1000], "b": [5, 0.001], "c": [1, -2], "d": [0.001, -150]},
    ),
    "exponents with decimal commas": (
        "a;b\n1,5e-3;−2,5D2\n".encode(),
        {},
        {"a": [0.0015], "b": [-250]},
    ),
    "spaces after commas": (b"B (mT), T1 (s)\n1, 2\n3 ,4\n", {}, TWO),
    "rows that are skipped": (
        b"Instrument X\n77 K, dark\nB (mT),T1 (s)\n1,2\n3,4\n",
        {"skip_rows": 2},
        TWO,
    ),
    "a delimiter that a spreadsheet declares": (b"sep=;\nB (mT);T1 (s)\n1;2\n3;4\n", {}, TWO),
    "a delimiter that a spreadsheet declares, and that decides": (
        b"SEP=,\nB, mT\n1,5\n2,5\n",
        {},
        {"B": [1, 2], "mT": [5, 5]},
    ),
    "a column without a name": (b",B (mT),T1 (s)\n0,1,2\n1,3,4\n", {}, {"": [0, 1]} | TWO),
    "brackets that hold no unit": (
        b"f(x),pol (-),I/I0\n1,2,3\n",
        {},
        {"f (x)": [1], "pol": [2], "I/I0": [3]},
    ),
}

REFUSED = {
    "decimal commas or two columns": (
        b"B, mT\n1,5\n2,5\n",
        {},
        (
            'FILE: row 2, column 1 (B) is 1.5 of 1 cell with delimiter = "\\t", but 1 of 2 cells '
            'with delimiter = ","; '
            "give one of them"
        ),
    ),
    "two delimiters": (
        b"1\t,5\n2 ,6\n",
        {"columns": ["B", "T1"]},
        (
            'FILE: row 1, column 2 (T1) is 5 with delimiter = ",", but 0.5 with delimiter = " "; give '
            "one of them"
        ),
    ),
    "thousands or decimals": (
        GROUPS,
        {},
        (
            "FILE: '1,200' in row 2, column 1 (B) may be 1.200 or 1200; "
            'give decimal = "," for 1.200, or remove the separators of thousands'
        ),
    ),
    "thousands or decimals among whole numbers": (
        b"B;T1\n1;3\n2;1,250\n",
        {},
        (
            "FILE: '1,250' in row 3, column 2 (T1) may be 1.250 or 1250; "
            'give decimal = "," for 1.250, or remove the separators of thousands'
        ),
    ),
    "thousands": (GROUPS, {"decimal": "."}, f"FILE: '1,200' in row 2, column 1 (B) {GROUPED}"),
    "many thousands": (
        b"B;T1\n1;2\n3;1.234.567\n",
        {},
        f"FILE: '1.234.567' in row 3, column 2 (T1) {GROUPED}",
    ),
    "thousands and decimals": (
        b"B;T1\n1,234.5;2\n",
        {},
        f"FILE: '1,234.5' in row 2, column 1 (B) {GROUPED}",
    ),
    "thousands by spaces": (
        b"B;T1\n1 234;2\n",
        {},
        f"FILE: '1 234' in row 2, column 1 (B) {GROUPED}",
    ),
    "two decimal marks": (
        b"B;T1\n0.5;1\n1.5;2,5\n",
        {},
        (
            "FILE: '2,5' in row 3, column 2 (T1) is not a number with a decimal point; "
            "write all numbers with the same decimal mark"
        ),
    ),
    "decimal commas between commas": (
        b"B (mT),T1 (s)\n1,5,2,5\n3,5,4,5\n",
        {},
        (
            f"FILE: row 2 has 4 cells, {TWO_NAMES}; set cells apart by semicolons if commas mark "
            f"decimals"
        ),
    ),
    "a short row": (
        b"B (mT),T1 (s)\n1,2\n3\n",
        {},
        f'FILE: row 3 has 1 cell, {TWO_NAMES}; use the delimiter "," {MISSING}',
    ),
    "a long row, counted with blank lines and comments": (
        b"# x\r\n\r\nB\tT1\r\n1\t2\r\n\r\n3\t4\t5\r\n",
        {},
        (
            f'FILE: row 6 has 3 cells, but the header in row 3 has 2 names; use the delimiter "\\t" '
            f"{MISSING}"
        ),
    ),
    "a short row between white space": (
        b"B (mT) T1 (s)\n1 2\n3\n",
        {},
        f"FILE: row 3 has 1 cell, {TWO_NAMES}; {SPACES}",
    ),
    "names with spaces between white space": (
        b"Magnetic field   T1\n1 2\n3 4\n",
        {},
        f"FILE: row 2 has 2 cells, but the header in row 1 has 3 names; {SPACES}",
    ),
    "a header with another delimiter": (
        b"B (mT), T1 (s)\n1.0 2.0\n",
        {},
        f'FILE: row 2 has 1 cell, {TWO_NAMES}; use the delimiter "," {MISSING}',
    ),
    "a delimiter at the end of some rows": (
        b"B,T1\n1,2,\n3,4\n",
        {},
        "FILE: row 3 has 2 cells, but row 2 has 3; end all rows alike",
    ),
    "a foot": (
        b"B,T1\n1,2\nEnd of data\n",
        {},
        f"FILE: row 3 has 1 cell, {TWO_NAMES}; write # before the row if it is a comment",
    ),
    "infinity": (b"B,T1\n1,-Inf\n", {}, f"FILE: '-Inf' in row 2, column 2 (T1) {INFINITE}"),
    "too large": (b"B,T1\n1,1e999\n", {}, f"FILE: '1e999' in row 2, column 2 (T1) {INFINITE}"),
    "a unit in a cell": (
        b"B,T1\n1.5 mT,2\n",
        {},
        f"FILE: '1.5 mT' in row 2, column 1 (B) {WITH_UNIT}",
    ),
    "a unit in a cell of the only column": (
        b"B (mT)\n1\n1.5 mT\n",
        {},
        f"FILE: '1.5 mT' in row 3, column 1 (B) {WITH_UNIT}",
    ),
    "a limit": (
        b"B,T1\n1,2\n3,<0.2\n",
        {},
        "FILE: '<0.2' in row 3, column 2 (T1) is a limit and not a number; leave the cell empty",
    ),
    **{
        what: (
            f"B,T1\n1,2\n3,{cell}\n".encode(),
            {},
            f"FILE: {cell!r} in row 3, column 2 (T1) {WRONG}",
        )
        for what, cell in {
            "a footnote": "1.5*",
            "hexadecimal": "0x10",
            "an underscore": "1_000",
            "a full-width digit": "１",
            "text": "OVERLOAD",
            "an error of a spreadsheet": "#N/A",
            "a point alone": ".",
            "half an exponent": "1e5.5",
            "two signs": "+-1",
            "a date": "2024-01-02",
        }.items()
    },
    "an error of a spreadsheet that looks like a comment": (
        b"B\tT1\n1\t2\n#DIV/0!\t3\n",
        {},
        f"FILE: '#DIV/0!' in row 3, column 1 (B) {WRONG}",
    ),
    "an error of a spreadsheet that looks like a comment at the end": (
        b"B\tT1\n1\t2\n1\t#DIV/0!\n",
        {},
        f"FILE: '#DIV/0!' in row 3, column 2 (T1) {WRONG}",
    ),
    "a comma with no digit behind it": (
        b"B;T1\n1,5;2,\n",
        {},
        f"FILE: '2,' in row 2, column 2 (T1) {WRONG}",
    ),
    "no header": (b"1,2\n3,4\n", {}, f"FILE: row 1 {NO_HEADER}"),
    "a comment with too many names": (
        b"# B (mT),T1 (s),x\n1,2\n",
        {},
        f"FILE: row 2 {NO_HEADER}",
    ),
    "a comment of numbers": (
        b"# 1,2\n3,4\n",
        {},
        f"FILE: row 2 {NO_HEADER}",
    ),
    "a comment of numbers above an empty row": (b"# 1,2\n,\n3,4\n", {}, f"FILE: row 2 {NO_HEADER}"),
    "a number among the names": (
        b"B,T1,77\n1,2,3\n",
        {},
        (
            "FILE: row 1 mixes names and numbers ('77' in column 3); correct it, "
            'or leave it out by skip_rows = 1 and give columns = ["B (mT)", "T1 (s)"]'
        ),
    ),
    "names that begin as numbers": (
        b"300 K,77 K\n1,2\n",
        {},
        f"FILE: '300 K' in row 1, column 1 {NO_NAME}",
    ),
    "a broken first row below given names": (
        b"1.5*,2*\n1,2\n",
        NAMED,
        f"FILE: '1.5*' in row 1, column 1 {NO_NAME}",
    ),
    "a broken cell in the first row below given names": (
        b"1.5,2*\n1,2\n",
        NAMED,
        f"FILE: '2*' in row 1, column 2 (T1) {WRONG}",
    ),
    "fewer names given than in the header": (
        b"B,T1\n1,2\n",
        {"columns": ["B"]},
        "FILE: row 1 has 2 names, but columns has 1; give one for each",
    ),
    "more names given than cells": (
        b"1,2\n3,4\n",
        {"columns": ["B", "T1", "x"]},
        f'FILE: row 1 has 2 cells, but columns has 3 names; use the delimiter "," {MISSING}',
    ),
    "a row of units with another word": (
        b"B\tT1\nmT\tfast\n1\t2\n",
        {},
        f"FILE: 'fast' in row 2, column 2 (T1) {NEITHER}",
    ),
    "a row of units that would take long": (
        b"B\tT1\nmT\ts^9^9^9\n1\t2\n",
        {},
        f"FILE: 's^9^9^9' in row 2, column 2 (T1) {NEITHER}",
    ),
    "more units than names": (
        b"B,T1\nmT,s,K\n1,2\n",
        {},
        f"FILE: row 2 has 3 cells, {TWO_NAMES}; write # before the row if it is a comment",
    ),
    "a word beyond the names": (
        b"B,T1\nmT,s,dark\n1,2\n",
        {},
        f"FILE: 'dark' in row 2, column 3 {NEITHER}",
    ),
    "two units of a column": (
        b"B (mT)\tT1\nT\ts\n1\t2\n",
        {},
        "FILE: row 2, column 1 (B) has the unit 'T', but the header 'mT'; keep one of them",
    ),
    "a unit that looks like a comment": (
        b"pol,B\n%,mT\n1,2\n",
        {},
        (
            "FILE: row 2 may be a comment or a row of units; write # before a comment, or [%] for the "
            "unit"
        ),
    ),
    "a semicolon is no comment": (
        b"; x\nB;T1\n1;2\n",
        {},
        f"FILE: 'T1' in row 2, column 2 (x) {NEITHER}",
    ),
    "a missing cell before a wrong one": (
        b"B,T1\n,2\n3,x\n",
        {},
        f"FILE: 'x' in row 3, column 2 (T1) {WRONG}",
    ),
    "a delimiter declared too late": (
        b"B;T1\nsep=;\n1;2\n",
        {},
        f"FILE: 'sep=' in row 2, column 1 (B) {NEITHER}",
    ),
    "an open quote": (b'B,T1\n"1,2\n3,4\n', {}, f"FILE: row 2 {QUOTE}"),
    "an open quote further down": (b'B,T1\n1,2\n"3",4\n5,"6\n', {}, f"FILE: row 4 {QUOTE}"),
    "an open quote between white space": (
        b'B T1\n"1 2\n',
        {"delimiter": " "},
        f"FILE: row 2 {QUOTE}",
    ),
    "an open quote in the header": (b'"B,T1\n1,2\n', {}, f"FILE: row 1 {QUOTE}"),
    "no text of UTF-8": (
        b"B (mT),T1 (s)\r1,2\r3,\xb5\r",
        {},
        (
            "FILE: byte 0xb5 in row 3 is not UTF-8; "
            'save the file as UTF-8, or give its encoding, as in encoding = "latin-1"'
        ),
    ),
    "no text of the encoding given": (
        b"B,T1\n1,2\n\xb5,3\n",
        {"encoding": "ascii"},
        "FILE: byte 0xb5 in row 3 is not ascii; give another encoding",
    ),
    "no UTF-8 where it is given": (
        b"B,T1\n\xb5,3\n",
        {"encoding": "utf-8"},
        "FILE: byte 0xb5 in row 2 is not utf-8; give another encoding",
    ),
    "half a character of UTF-16": (
        b"\xff\xfeB\0\n\0x",
        {},
        "FILE: byte 0x78 in row 2 is not utf-16; give another encoding",
    ),
    **{
        f"an unknown encoding, {name!r}": (
            b"B,T1\n1,2\n",
            {"encoding": name},
            f'encoding = {name!r} is unknown; give one such as "utf-8", "latin-1" or "cp1252"',
        )
        for name in ("klingon", "rot13", "", "a\0b", 8)
    },
    "UTF-16 without a byte-order mark": (
        "B\tT1\n1\t2\n".encode("utf-16-le"),
        {},
        f"FILE: it is a binary file (a NUL byte in row 1); export it as text{UTF16}",
    ),
    "a NUL byte at the start": (
        b"\0a",
        {},
        f"FILE: it is a binary file (a NUL byte in row 1); export it as text{UTF16}",
    ),
    "a NUL byte at the start of other text": (
        b"\0a",
        {"encoding": "ascii"},
        "FILE: it is a binary file (a NUL byte in row 1); export it as text",
    ),
    "a picture": (
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        {},
        f"FILE: it is a binary file (a NUL byte in row 3); export it as text{UTF16}",
    ),
    "binary": (
        b"B,T1\n1,2\nx\0",
        {"encoding": "latin-1"},
        "FILE: it is a binary file (a NUL byte in row 3); export it as text",
    ),
    "empty": (b"", {}, "FILE: the file is empty; a header and rows of numbers are expected"),
    "blank": (
        b" \n\t\r\n",
        {},
        "FILE: the file is empty; a header and rows of numbers are expected",
    ),
    "comments alone": (
        b"# B (mT)\n",
        {},
        "FILE: the file holds comments alone; a header and rows of numbers are expected",
    ),
    "skipped as a whole": (
        b"B\n1\n",
        {"skip_rows": 9},
        "FILE: the file is empty after the 9 skipped rows; a header and rows of numbers are expected",
    ),
    "a header alone": (
        b"# x\nB,T1\n",
        {},
        "FILE: no numbers follow the header in row 2; give rows of data",
    ),
    "a header and units alone": (
        b"B,T1\nmT,s\n",
        {},
        "FILE: no numbers follow the header in row 1; give rows of data",
    ),
    "an unknown delimiter": (
        b"B|T1\n1|2\n",
        {"delimiter": "|"},
        'FILE: delimiter must be one of "\\t", ";", ",", " ", not \'|\'',
    ),
    "no delimiter": (
        b"B\n1\n",
        {"delimiter": ""},
        'FILE: delimiter must be one of "\\t", ";", ",", " ", not \'\'',
    ),
    "an unknown decimal mark": (
        b"B\n1\n",
        {"decimal": "'"},
        'FILE: decimal must be one of ".", ",", not "\'"',
    ),
    "another delimiter than given": (
        b"B;T1\n1;2\n",
        {"delimiter": "\t"},
        "FILE: row 1 has delimiters that set no names apart; use one delimiter in the whole file",
    ),
    "rows to skip below zero": (
        b"B\n1\n",
        {"skip_rows": -1},
        "skip_rows must be 0 or a positive whole number, not -1",
    ),
    "truth to skip": (
        b"B\n1\n",
        {"skip_rows": True},
        "skip_rows must be 0 or a positive whole number, not True",
    ),
    "half a row to skip": (
        b"B\n1\n",
        {"skip_rows": 0.5},
        "skip_rows must be 0 or a positive whole number, not 0.5",
    ),
    **{
        f"names given as {columns!r}": (
            b"B\n1\n",
            {"columns": columns},
            f'columns must be a list of names such as ["B (mT)", "T1 (s)"], not {columns!r}',
        )
        for columns in ("B", [], [" "], [1])
    },
}


@pytest.fixture
def file(tmp_path):
    def written(content):
        path = tmp_path / "data.csv"
        path.write_bytes(content)
        return path

    return written


@pytest.mark.parametrize(("content", "options", "expected"), READ.values(), ids=READ.keys())
def test_a_file_that_is_odd_but_clear(file, content, options, expected):
    table = read_measurements(file(content), **options)
    read = {
        f"{one.name} ({one.unit})" if one.unit else one.name: one.values for one in table.columns
    }
    assert list(read) == list(expected)
    for name, values in expected.items():
        np.testing.assert_array_equal(read[name], np.array(values, dtype=float), err_msg=name)


def every_column(table):
    """Ask for each column, the last first: a cell that is no number refuses its column alone."""
    for name in reversed(table.names):
        table.column(name)


@pytest.mark.parametrize(("content", "options", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_a_file_that_is_refused(file, content, options, sentence):
    path = file(content)
    with pytest.raises(InvalidInputError) as problem:
        every_column(read_measurements(path, **options))
    assert str(problem.value) == sentence.replace("FILE", str(path))


def test_a_folder_and_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InvalidInputError, match=r"^data file .* is a folder; name a file in it$"):
        read_measurements(tmp_path)
    with pytest.raises(
        InvalidInputError,
        match=r"^data file .*absent\.csv does not exist; check the name and the folder$",
    ):
        read_measurements(str(tmp_path / "absent.csv"))
    with pytest.raises(
        InvalidInputError, match=r"^data file /dev/null is no regular file; name a text file$"
    ):
        read_measurements("/dev/null")


def test_a_file_that_cannot_be_read(tmp_path, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "data.csv").write_bytes(b"B\n1\n")
    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    with pytest.raises(
        InvalidInputError, match=r"^data file .*data\.csv cannot be read: Permission denied$"
    ):
        read_measurements(tmp_path / "data.csv")


def test_a_file_that_is_too_large(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("wb") as stream:
        stream.truncate(256 * 2**20 + 1)
    with pytest.raises(
        InvalidInputError, match=r"^data file .* is larger than 256 MiB; split it, or thin it out$"
    ):
        read_measurements(path)


def test_rows_are_those_of_the_file(file):
    table = read_measurements(file(b"# x\nskipped\n\nB (mT)\n\n1\n# y\n2\n3 # z\n"), skip_rows=2)
    for column in table.columns:
        np.testing.assert_array_equal(column.rows, [6, 8, 9])
