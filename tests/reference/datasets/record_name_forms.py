#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes analysis/datasets/name_forms_table.cpp: the pairs that Unicode composes into one character and the combining
classes of the marks up to U+30FF, from Python's unicodedata. Usage: record_name_forms.py > name_forms_table.cpp"""
import sys
import unicodedata

LAST = 0x1FFFF


def pairs():
    for code in range(0xC0, LAST + 1):
        char = chr(code)
        if 0xAC00 <= code <= 0xD7A3 or unicodedata.normalize("NFC", char) != char:
            continue  # Hangul is composed by rule; the rest are the excluded ones
        parts = unicodedata.decomposition(char).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            yield int(parts[0], 16), int(parts[1], 16), code


def classes():
    runs = []
    for code in range(0x300, 0x3100):
        value = unicodedata.combining(chr(code))
        if value and runs and runs[-1][1] == code - 1 and runs[-1][2] == value:
            runs[-1][1] = code
        elif value:
            runs.append([code, code, value])
    return runs


def table(name, kind, rows):
    text = [f"const std::array<{kind}, {len(rows)}> {name} = {{{{"]
    line = "    "
    for row in rows:
        entry = "{" + ", ".join(row) + "}, "
        if len(line) + len(entry) > 121:
            text.append(line.rstrip())
            line = "    "
        line += entry
    text.append(line.rstrip().rstrip(","))
    text.append("}};")
    return "\n".join(text)


def main():
    composed = [[f"0x{value:X}" for value in row] for row in sorted(pairs())]
    ordered = [[f"0x{first:X}", f"0x{last:X}", str(value)] for first, last, value in classes()]
    print("// SPDX-License-Identifier: GPL-3.0-or-later")
    print("// Written by tests/reference/datasets/record_name_forms.py from the Unicode character database",
          unicodedata.unidata_version + ".")
    print('#include "analysis/datasets/name_forms_table.h"\n\nnamespace oodscope {\n\n// clang-format off')
    print(table("kCompositions", "Composition", composed) + "\n")
    print(table("kCombiningClasses", "CombiningClass", ordered))
    print("// clang-format on\n\n}  // namespace oodscope")
    print(len(composed), len(ordered), file=sys.stderr)


main()
