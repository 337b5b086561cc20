// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/number_text.h"
#include "analysis/tables/result_table.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr std::string_view kNotDefined = "–";

std::string cell(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '\\') out += '\\';
    out += c == '\n' || c == '\r' ? ' ' : c;
  }
  return out;
}

std::string number(const std::optional<double>& value, std::string (*text)(double)) {
  return value && std::isfinite(*value) ? text(*value) : std::string(kNotDefined);
}

using Cells = std::vector<std::string>;

std::string line(const Cells& cells) {
  std::string out = "|";
  for (const std::string& c : cells) out += ' ' + c + " |";
  return out + '\n';
}

}  // namespace

std::string tableAsMarkdown(const ResultTable& table) {
  const bool anyComponents =
      std::any_of(table.rows.begin(), table.rows.end(), [](const ResultRow& r) { return r.components.has_value(); });
  Cells header{"Set", "Model", "Method", "T", "Protocol", "Frames", "AP", "FPR95", "AUROC", "Best F1", "at δ"};
  if (anyComponents) header.insert(header.end(), {"Components at δ", "sIoU", "PPV", "F1*"});
  const bool anyNll = std::any_of(table.rows.begin(), table.rows.end(), [](const ResultRow& r) { return r.nll; });
  if (anyNll) header.emplace_back("NLL, nats");
  std::string out = line(header);
  out += '|';
  for (std::size_t i = 0; i < header.size(); ++i) out += i < 3 || i == 4 ? " --- |" : " ---: |";
  out += '\n';
  for (const ResultRow& row : table.rows) {
    const std::string mark(exactnessMark(row));
    const auto percent = [&](const std::optional<double>& v) {
      return v ? mark + number(v, percentText) : number(v, percentText);
    };
    Cells cells{cell(row.set),
                row.model.empty() ? std::string(kNotDefined) : cell(row.model),
                cell(row.method),
                number(row.temperature, shortText),
                cell(row.protocol),
                framesText(row),
                percent(row.ap),
                percent(row.fpr95),
                percent(row.auroc),
                percent(row.bestF1),
                number(row.bestF1Threshold, shortText)};
    if (anyComponents) {
      const auto& c = row.components;
      cells.push_back(number(c ? std::optional(c->threshold) : std::nullopt, shortText));
      cells.push_back(percent(c ? c->siou : std::nullopt));
      cells.push_back(percent(c ? c->ppv : std::nullopt));
      cells.push_back(percent(c ? c->f1Star : std::nullopt));
    }
    if (anyNll) cells.push_back(number(row.nll, shortText));
    out += line(cells);
  }
  if (!table.isComplete() || !table.warnings.empty() || !table.provenance.empty()) out += '\n';
  if (std::any_of(table.rows.begin(), table.rows.end(), [](const ResultRow& row) { return !row.complete; }))
    out += "- † of a part of the frames: not the set's number\n";
  for (const std::string& text : table.unfinished) out += "- partial, not done: " + cell(text) + '\n';
  for (const std::string& text : table.warnings) out += "- warning: " + cell(text) + '\n';
  for (const Member& member : table.provenance) {
    const auto* text = std::get_if<std::string>(&member.value.data());
    out += "- " + cell(member.key) + ": " + cell(text != nullptr ? *text : member.value.json()) + '\n';
  }
  return out;
}

}  // namespace oodscope
