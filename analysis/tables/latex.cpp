// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/number_text.h"
#include "analysis/tables/result_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace oodscope {
namespace {

/// What is equal in all sets of one printed row.
struct RowKey {
  std::string model, method, protocol;
  std::optional<double> temperature;
  friend bool operator==(const RowKey&, const RowKey&) = default;
};

RowKey keyOf(const ResultRow& row) { return {row.model, row.method, row.protocol, row.temperature}; }

template <class T>
std::size_t indexIn(std::vector<T>& seen, const T& value) {
  const auto found = std::find(seen.begin(), seen.end(), value);
  if (found != seen.end()) return static_cast<std::size_t>(found - seen.begin());
  seen.push_back(value);
  return seen.size() - 1;
}

struct Layout {
  std::vector<std::string> sets;
  std::vector<RowKey> keys;
  std::vector<const ResultRow*> cells;  // keys x sets; null where a set was not evaluated
  [[nodiscard]] const ResultRow* at(std::size_t key, std::size_t set) const { return cells[key * sets.size() + set]; }
};

Layout arranged(const ResultTable& table) {
  Layout layout;
  for (const ResultRow& row : table.rows) {
    indexIn(layout.sets, row.set);
    indexIn(layout.keys, keyOf(row));
  }
  layout.cells.assign(layout.sets.size() * layout.keys.size(), nullptr);
  for (const ResultRow& row : table.rows)
    layout.cells[indexIn(layout.keys, keyOf(row)) * layout.sets.size() + indexIn(layout.sets, row.set)] = &row;
  return layout;
}

using Metric = std::optional<double> ResultRow::*;

/// Hundredths of a percent, as printed, so that equal prints rank equally; not defined ranks nowhere.
std::optional<long long> printed(const ResultRow* row, Metric metric) {
  if (row == nullptr || !row->complete || !(row->*metric) || !std::isfinite(*(row->*metric))) return std::nullopt;
  return std::llround(numberFromText(percentText(*(row->*metric))).value() * 100.0);
}

/// Cells of one column, best bold and second underlined; larger is better where `rising`.
std::vector<std::string> column(const Layout& layout, std::size_t set, Metric metric, bool rising) {
  std::set<long long> places;
  for (std::size_t k = 0; k < layout.keys.size(); ++k)
    if (const auto value = printed(layout.at(k, set), metric)) places.insert(rising ? -*value : *value);
  std::vector<std::string> out;
  for (std::size_t k = 0; k < layout.keys.size(); ++k) {
    const ResultRow* row = layout.at(k, set);
    if (row == nullptr || !(row->*metric) || !std::isfinite(*(row->*metric))) {
      out.emplace_back("--");
      continue;
    }
    std::string text = percentText(*(row->*metric));
    const auto value = printed(row, metric);
    if (!value) {
      out.push_back(text + "$^\\dagger$");
      continue;
    }
    const auto place = std::distance(places.begin(), places.find(rising ? -*value : *value));
    if (layout.keys.size() > 1 && place == 0) text.insert(0, "\\textbf{").append("}");
    if (layout.keys.size() > 1 && place == 1) text.insert(0, "\\underline{").append("}");
    if (!row->exact) text.insert(0, "$\\approx$");
    out.push_back(std::move(text));
  }
  return out;
}

bool differ(const std::vector<RowKey>& keys, std::string RowKey::*part) {
  return std::any_of(keys.begin(), keys.end(), [&](const RowKey& k) { return k.*part != keys.front().*part; });
}

std::string defaultCaption(const Layout& layout, bool modelsDiffer, bool protocolsDiffer) {
  std::string out = "AP (higher is better) and FPR95 (lower is better) in percent";
  if (layout.keys.empty()) return out + ".";
  if (!modelsDiffer && !layout.keys.front().model.empty()) out += ", model " + layout.keys.front().model;
  if (!protocolsDiffer) out += ", protocol " + layout.keys.front().protocol;
  out += ". Best bold, second underlined.";
  if (std::any_of(layout.cells.begin(), layout.cells.end(),
                  [](const ResultRow* r) { return r != nullptr && !r->complete; }))
    out += " Marked with a dagger: of a part of the frames.";
  return out;
}

std::string comments(const ResultTable& table) {
  std::string out;
  const auto add = [&out](const char* lead, const std::vector<std::string>& texts) {
    for (std::string text : texts) {
      std::replace_if(
          text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
      out.append(lead).append(text).append("\n");
    }
  };
  add("% partial, not done: ", table.unfinished);
  add("% warning: ", table.warnings);
  for (const Member& member : table.provenance) {
    std::string line = member.key + ": " + member.value.json();  // JSON text holds no line break
    std::replace(line.begin(), line.end(), '\n', ' ');
    out += "% " + line + '\n';
  }
  return out;
}

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

std::string tableAsLatex(const ResultTable& table, const LatexOptions& options) {
  const Layout layout = arranged(table);
  const bool modelsDiffer = !layout.keys.empty() && differ(layout.keys, &RowKey::model);
  const bool protocolsDiffer = !layout.keys.empty() && differ(layout.keys, &RowKey::protocol);
  const std::size_t lead = 2U + (modelsDiffer ? 1U : 0U) + (protocolsDiffer ? 1U : 0U);

  std::string out = comments(table);
  if (options.document)
    out +=
        "\\documentclass{article}\n\\usepackage[T1]{fontenc}\n\\usepackage[utf8]{inputenc}\n\\usepackage{booktabs}\n"
        "\\usepackage{graphicx}\n\\begin{document}\n";
  out +=
      "\\begin{table}[t]\n  \\centering\n  \\caption{" +
      latexEscaped(options.caption.empty() ? defaultCaption(layout, modelsDiffer, protocolsDiffer) : options.caption) +
      "}\n";
  if (options.document) out += "  \\resizebox{\\ifdim\\width>\\linewidth \\linewidth\\else\\width\\fi}{!}{%\n";
  out += "  \\begin{tabular}{" + std::string(lead - 1, 'l') + 'r';
  for (std::size_t s = 0; s < layout.sets.size(); ++s) out += "rr";
  out += "}\n    \\toprule\n   ";
  if (modelsDiffer) out += " &";
  if (protocolsDiffer) out += " &";
  out += " &";
  for (const std::string& set : layout.sets) out += " & \\multicolumn{2}{c}{" + latexEscaped(set) + '}';
  out += " \\\\\n   ";
  for (std::size_t s = 0; s < layout.sets.size(); ++s) {
    const std::size_t first = lead + 1 + 2 * s;
    out += " \\cmidrule(lr){" + std::to_string(first) + '-' + std::to_string(first + 1) + '}';
  }
  out += std::string("\n    ") + (modelsDiffer ? "Model & " : "") + "Method" + (protocolsDiffer ? " & Protocol" : "") +
         " & $T$";
  for (std::size_t s = 0; s < layout.sets.size(); ++s) out += " & AP & FPR95";
  out += " \\\\\n    \\midrule\n";

  std::vector<std::vector<std::string>> columns;
  for (std::size_t s = 0; s < layout.sets.size(); ++s) {
    columns.push_back(column(layout, s, &ResultRow::ap, true));
    columns.push_back(column(layout, s, &ResultRow::fpr95, false));
  }
  for (std::size_t k = 0; k < layout.keys.size(); ++k) {
    const RowKey& key = layout.keys[k];
    out += "    ";
    if (modelsDiffer) out += (key.model.empty() ? "--" : latexEscaped(key.model)) + " & ";
    out += latexEscaped(key.method);
    if (protocolsDiffer) out += " & " + latexEscaped(key.protocol);
    out += " & " + (key.temperature ? shortText(*key.temperature) : std::string("--"));
    for (const auto& cells : columns) out += " & " + cells[k];
    out += " \\\\\n";
  }
  out += "    \\bottomrule\n  \\end{tabular}";
  if (options.document) out += "%\n  }";
  out += "\n\\end{table}\n";
  if (options.document) out += "\\end{document}\n";
  return out;
}

}  // namespace oodscope
