// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/latex.h"

#include "analysis/tables/cells.h"
#include "analysis/tables/number_text.h"
#include "analysis/tables/table_writers.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace oodscope {
namespace {

constexpr const char* kNotDefined = "--";

std::string oneLine(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text;
}

std::string comments(const Table& table) {
  std::string out;
  for (const std::string& remark : table.remarks) out.append("% ").append(oneLine(remark)).append("\n");
  for (const Member& member : table.provenance)
    out.append("% ").append(oneLine(member.key + ": " + member.value.json())).append("\n");
  return out;
}

/// "$-$0.5", "5$\\cdot10^{-5}$": a hyphen is no minus.
std::string latexNumber(const std::string& plain) {
  const std::size_t exponent = plain.find('e');
  std::string out = plain.substr(0, exponent);
  if (out.starts_with('-')) out.replace(0, 1, "$-$");
  if (exponent == std::string::npos) return out;
  return out + "$\\cdot10^{" + std::to_string(std::stoi(plain.substr(exponent + 1))) + "}$";
}

std::string cell(const Value& value, Table::Kind kind) {
  if (!isDefined(value, kind)) return kNotDefined;
  const std::string plain = plainCellText(value, kind);
  return numberOf(value) ? latexNumber(plain) : latexEscaped(plain);
}

char alignment(const Table::Column& column) { return column.kind == Table::Kind::Text ? 'l' : 'r'; }

/// The columns' alignments, head and lines of a table that is as it is.
struct Body {
  std::string alignments, head, lines;
};

Body plainBody(const Table& table) {
  const std::vector<std::size_t> columns = columnsForPeople(table);
  Body body;
  std::vector<std::string> cells;
  for (const std::size_t c : columns) {
    body.alignments += alignment(table.columns[c]);
    cells.push_back(latexEscaped(table.columns[c].title));
  }
  body.head = "    " + joined(cells, " & ") + " \\\\\n";
  for (const Value::Array& row : table.rows) {
    cells.clear();
    for (const std::size_t c : columns) cells.push_back(cell(row[c], table.columns[c].kind));
    body.lines += "    " + joined(cells, " & ") + " \\\\\n";
  }
  return body;
}

template <class T>
std::size_t indexIn(std::vector<T>& seen, const T& value) {
  const auto found = std::find(seen.begin(), seen.end(), value);
  if (found != seen.end()) return static_cast<std::size_t>(found - seen.begin());
  seen.push_back(value);
  return seen.size() - 1;
}

/// The rows of a table arranged by its crossing.
class Crossed {
public:
  explicit Crossed(const Table& table) : m_table(table), m_crossing(*table.crossing) {
    for (const Value::Array& row : table.rows) {
      indexIn(m_groups, row[m_crossing.across]);
      indexIn(m_keys, keyOf(row));
    }
    m_rows.assign(m_groups.size() * m_keys.size(), table.rows.size());
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
      const Value::Array& row = table.rows[r];
      m_rows[indexIn(m_keys, keyOf(row)) * m_groups.size() + indexIn(m_groups, row[m_crossing.across])] = r;
    }
    for (std::size_t k = 0; k < m_crossing.keys.size(); ++k) {
      const bool differ = std::any_of(m_keys.begin(), m_keys.end(),
                                      [&](const Value::Array& key) { return !(key[k] == m_keys.front()[k]); });
      if (differ || m_crossing.keys[k].evenIfSame) m_shown.push_back(k);
    }
  }

  [[nodiscard]] Body body() const {
    Body out;
    std::vector<std::string> titles;
    for (const std::size_t k : m_shown) {
      out.alignments += alignment(m_table.columns[m_crossing.keys[k].column]);
      titles.push_back(m_crossing.keys[k].title);
    }
    const std::size_t lead = m_shown.size(), width = m_crossing.metrics.size();
    std::string groups(4, ' '), rules(4, ' ');
    for (std::size_t k = 1; k < lead; ++k) groups += "& ";
    groups.pop_back();
    rules.pop_back();
    for (std::size_t g = 0; g < m_groups.size(); ++g) {
      out.alignments.append(width, 'r');
      groups += " & \\multicolumn{" + std::to_string(width) + "}{c}{" + latexEscaped(textOf(m_groups[g])) + '}';
      const std::size_t first = lead + 1 + width * g;
      rules += " \\cmidrule(lr){" + std::to_string(first) + '-' + std::to_string(first + width - 1) + '}';
      for (const auto& metric : m_crossing.metrics) titles.push_back(m_table.columns[metric.column].title);
    }
    out.head = groups + " \\\\\n" + rules + "\n    " + joined(titles, " & ") + " \\\\\n";
    out.lines = lines();
    return out;
  }

private:
  [[nodiscard]] Value::Array keyOf(const Value::Array& row) const {
    Value::Array key;
    for (const auto& each : m_crossing.keys) key.push_back(row[each.column]);
    return key;
  }

  [[nodiscard]] std::string lines() const {
    std::vector<std::vector<std::string>> columns;
    for (std::size_t g = 0; g < m_groups.size(); ++g)
      for (const auto& metric : m_crossing.metrics) columns.push_back(ranked(g, metric));
    std::string out;
    for (std::size_t k = 0; k < m_keys.size(); ++k) {
      std::vector<std::string> cells;
      for (const std::size_t key : m_shown)
        cells.push_back(cell(m_keys[k][key], m_table.columns[m_crossing.keys[key].column].kind));
      for (const auto& column : columns) cells.push_back(column[k]);
      out += "    " + joined(cells, " & ") + " \\\\\n";
    }
    return out;
  }

  /// Hundredths of a percent, as printed, so that equal prints rank equally; not defined and of a part ranks nowhere.
  [[nodiscard]] std::optional<long long> printed(std::size_t row, std::size_t column) const {
    if (row == m_table.rows.size() || exactnessOf(m_table, row) == Table::Exactness::Part) return std::nullopt;
    const auto value = numberOf(m_table.rows[row][column]);
    if (!value) return std::nullopt;
    return std::llround(numberFromText(percentText(*value)).value() * 100.0);
  }

  /// Cells of one column, best bold and second underlined.
  [[nodiscard]] std::vector<std::string> ranked(std::size_t group, const Table::Crossing::Metric& metric) const {
    const auto rowAt = [&](std::size_t key) { return m_rows[key * m_groups.size() + group]; };
    std::set<long long> places;
    for (std::size_t k = 0; k < m_keys.size(); ++k)
      if (const auto value = printed(rowAt(k), metric.column)) places.insert(metric.rising ? -*value : *value);
    std::vector<std::string> out;
    for (std::size_t k = 0; k < m_keys.size(); ++k) {
      const std::size_t row = rowAt(k);
      if (row == m_table.rows.size() || !numberOf(m_table.rows[row][metric.column])) {
        out.emplace_back(kNotDefined);
        continue;
      }
      std::string text = percentText(*numberOf(m_table.rows[row][metric.column]));
      const auto value = printed(row, metric.column);
      if (!value) {
        out.push_back(text + "$^\\dagger$");
        continue;
      }
      const auto place = std::distance(places.begin(), places.find(metric.rising ? -*value : *value));
      if (m_keys.size() > 1 && place == 0) text.insert(0, "\\textbf{").append("}");
      if (m_keys.size() > 1 && place == 1) text.insert(0, "\\underline{").append("}");
      if (exactnessOf(m_table, row) == Table::Exactness::Estimated) text.insert(0, "$\\approx$");
      out.push_back(std::move(text));
    }
    return out;
  }

  const Table& m_table;
  const Table::Crossing& m_crossing;
  Value::Array m_groups;
  std::vector<Value::Array> m_keys;
  std::vector<std::size_t> m_rows;   ///< keys x groups; the count of rows where there is none
  std::vector<std::size_t> m_shown;  ///< keys that are printed
};

/// A booktabs table. Remarks and provenance are given as comments.
std::string writeLatex(const Table& table, bool document) {
  const Body body = table.crossing ? Crossed(table).body() : plainBody(table);
  std::string out = comments(table);
  if (!document) out.insert(0, "% For \\input; the document needs \\usepackage{booktabs}.\n");
  if (document)
    out +=
        "\\documentclass{article}\n\\usepackage[T1]{fontenc}\n\\usepackage[utf8]{inputenc}\n\\usepackage{booktabs}\n"
        "\\usepackage{graphicx}\n\\begin{document}\n";
  out += "\\begin{table}[t]\n  \\centering\n  \\caption{" + latexEscaped(table.caption) + "}\n";
  if (document) out += "  \\resizebox{\\ifdim\\width>\\linewidth \\linewidth\\else\\width\\fi}{!}{%\n";
  out += "  \\begin{tabular}{" + body.alignments + "}\n    \\toprule\n" + body.head + "    \\midrule\n" + body.lines +
         "    \\bottomrule\n  \\end{tabular}";
  out += document ? "%\n  }\n\\end{table}\n\\end{document}\n" : "\n\\end{table}\n";
  return out;
}

std::string writeDocument(const Table& table) { return writeLatex(table, true); }
std::string writeFragment(const Table& table) { return writeLatex(table, false); }

}  // namespace

std::string latexEscaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\textbackslash{}";
        break;
      case '~':
        out += "\\textasciitilde{}";
        break;
      case '^':
        out += "\\textasciicircum{}";
        break;
      case '<':
        out += "\\textless{}";
        break;
      case '>':
        out += "\\textgreater{}";
        break;
      case '|':
        out += "\\textbar{}";
        break;
      case '"':
        out += "\\char34{}";
        break;
      case '&':
      case '%':
      case '$':
      case '#':
      case '_':
      case '{':
      case '}':
        out += '\\';
        out += c;
        break;
      case '\n':
      case '\r':
      case '\t':
        out += ' ';
        break;
      default:
        out += c;
    }
  }
  return out;
}

extern const TableWriter kLatexTables, kLatexFragments;
const TableWriter kLatexTables{.name = "latex",
                               .title = "LaTeX (booktabs)",
                               .help = "a whole document that compiles as it is",
                               .ending = ".tex",
                               .write = writeDocument};
const TableWriter kLatexFragments{.name = "latex-fragment",
                                  .title = "LaTeX, the table alone",
                                  .help = "the table alone, for \\input; needs the package booktabs",
                                  .suffix = "_fragment",
                                  .ending = ".tex",
                                  .write = writeFragment};

}  // namespace oodscope
