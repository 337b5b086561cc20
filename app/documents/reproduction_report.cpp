// SPDX-License-Identifier: GPL-3.0-or-later
// What was reproduced as tables: for people, for programs, and recipe beside recipe.
#include "app/documents/reproduce.h"

#include <algorithm>
#include <map>
#include <set>

namespace oodscope {
namespace {

Value orNothing(const std::optional<double>& value) { return value ? Value(*value) : Value(); }

std::string joinedTexts(const std::vector<std::string>& texts, const char* between) {
  std::string out;
  for (const std::string& text : texts) out.append(out.empty() ? "" : between).append(text);
  return out;
}

/// One of the three numbers that a line for people shows.
using Part = std::optional<double> (*)(const ReproducedNumber& number);
struct Line {
  const char* title;
  Part part;
  bool isAlwaysShown = false;
};
constexpr Line kLines[] = {
    {"measured", [](const ReproducedNumber& number) { return number.measured; }, true},
    {"published", [](const ReproducedNumber& number) { return number.published; }},
    {"difference", [](const ReproducedNumber& number) { return number.difference(); }},
};

Value::Array lineNumbers(const ReproducedRow& row, Part part) {
  Value::Array out{orNothing(part(row.miou))};
  for (const ReproducedCell& cell : row.cells) {
    out.push_back(orNothing(part(cell.ap)));
    out.push_back(orNothing(part(cell.fpr95)));
  }
  return out;
}

/// Where a number is missing, gathered by the reason.
class Lacks {
public:
  explicit Lacks(const Reproduction& reproduction) {
    for (const ReproducedRow& row : reproduction.rows) {
      for (const ReproducedCell& cell : row.cells) add(row, cell);
      if (row.miou.measured && !row.miouLack.empty()) m_partial[row.miouLack].insert("mIoU");
      const bool isOfRow = !row.cells.empty() && row.cells.front().lack == row.miouLack;
      if (!row.miou.measured && !row.miouLack.empty() && !isOfRow) m_miou.insert(row.miouLack);
    }
  }

  [[nodiscard]] std::vector<std::string> texts() const {
    std::vector<std::string> out;
    for (const std::string& lack : m_order) out.push_back(subjectOf(m_missing.at(lack)) + ": " + lack);
    for (const auto& [lack, subjects] : m_partial)
      out.push_back(joinedTexts({subjects.begin(), subjects.end()}, ", ") + ": " + lack +
                    ", so no difference is given");
    for (const std::string& lack : m_miou) out.push_back("mIoU: " + lack);
    return out;
  }

private:
  struct Places {
    std::vector<std::string> rows, sets;
    std::size_t count = 0;
  };

  void add(const ReproducedRow& row, const ReproducedCell& cell) {
    const auto insert = [](std::vector<std::string>& list, const std::string& text) {
      if (std::ranges::find(list, text) == list.end()) list.push_back(text);
    };
    insert(m_sets, cell.set);
    if (cell.lack.empty()) return;
    if (cell.ap.measured || cell.fpr95.measured) {
      m_partial[cell.lack].insert(cell.set);
      return;
    }
    if (!m_missing.contains(cell.lack)) m_order.push_back(cell.lack);
    Places& places = m_missing[cell.lack];
    insert(places.rows, row.table + ", " + row.title);
    insert(places.sets, cell.set);
    ++places.count;
  }

  /// The rows alone where it is all their sets, else the sets, of some rows or of all that can be measured.
  [[nodiscard]] std::string subjectOf(const Places& places) const {
    if (places.sets.size() == m_sets.size()) return joinedTexts(places.rows, "; ");
    return joinedTexts(places.sets, ", ");
  }

  std::vector<std::string> m_order, m_sets;
  std::map<std::string, Places> m_missing;
  std::map<std::string, std::set<std::string>> m_partial;
  std::set<std::string> m_miou;
};

std::vector<std::string> remarksOf(const Reproduction& reproduction) {
  std::vector<std::string> out = Lacks(reproduction).texts();
  for (const std::string& text : reproduction.unfinished) out.push_back("partial, not done: " + text);
  for (const std::string& text : reproduction.warnings) out.push_back("warning: " + text);
  return out;
}

void addNumberColumns(const std::string& title, const std::string& key, Table& table) {
  const Table::Kind percent = Table::Kind::Percent;
  table.columns.push_back({title, key, percent});
  table.columns.push_back({title + ", published", key + "_published", percent});
  table.columns.push_back({title + ", difference", key + "_difference", percent});
}

void addNumber(const ReproducedNumber& number, Value::Array& row) {
  row.push_back(orNothing(number.measured));
  row.push_back(orNothing(number.published));
  row.push_back(orNothing(number.difference()));
}

Value::Array textsOf(const std::vector<std::string>& texts) { return {texts.begin(), texts.end()}; }

/// The rows as objects of the columns, with what else programs want to know.
Value::Object documentOf(const Table& table, const Reproduction& reproduction) {
  Value::Array rows;
  for (const Value::Array& row : table.rows) {
    Value::Object object;
    for (std::size_t c = 0; c < table.columns.size(); ++c) object.push_back({table.columns[c].key, row[c]});
    rows.emplace_back(std::move(object));
  }
  return {{"rows", std::move(rows)},
          {"unfinished", textsOf(reproduction.unfinished)},
          {"warnings", textsOf(reproduction.warnings)},
          {"provenance", reproduction.provenance}};
}

}  // namespace

Table tableForPeople(const Reproduction& reproduction) {
  Table out;
  out.caption = "Measured and published AP (higher is better), FPR95 (lower is better) and mIoU in percent.";
  out.columns = {{"Table", "table"}, {"Row", "row"}, {"Weights", "weights"}, {"Value", "value"}};
  out.columns.push_back({"mIoU", "miou", Table::Kind::Percent});
  for (const WantedSet& set : courseSets()) {
    out.columns.push_back({set.name + " AP", "ap_" + set.name, Table::Kind::Percent});
    out.columns.push_back({"FPR95", "fpr95_" + set.name, Table::Kind::Percent});
  }
  for (const ReproducedRow& row : reproduction.rows)
    for (const Line& line : kLines) {
      Value::Array numbers = lineNumbers(row, line.part);
      const bool isEmpty = std::ranges::all_of(numbers, [](const Value& value) { return value == Value(); });
      if (isEmpty && !line.isAlwaysShown) continue;
      Value::Array values{row.table, row.title, row.weights.empty() ? Value() : Value(row.weights), line.title};
      values.insert(values.end(), numbers.begin(), numbers.end());
      out.rows.push_back(std::move(values));
    }
  out.remarks = remarksOf(reproduction);
  out.provenance = reproduction.provenance;
  return out;
}

Table tableForPrograms(const Reproduction& reproduction) {
  Table out;
  out.columns = {{"Table", "table"},     {"Row", "row"},       {"Model", "model"},
                 {"Weights", "weights"}, {"Method", "method"}, {"T", "temperature", Table::Kind::Score},
                 {"Set", "set"},         {"Frames", "frames"}};
  addNumberColumns("AP", "ap", out);
  addNumberColumns("FPR95", "fpr95", out);
  addNumberColumns("mIoU", "miou", out);
  out.columns.push_back({"Why", "why"});
  out.columns.push_back({"Why no mIoU", "miou_why"});
  for (const ReproducedRow& row : reproduction.rows)
    for (const ReproducedCell& cell : row.cells) {
      Value::Array values{row.table, row.title,  row.model, row.weights, row.method, orNothing(row.temperature),
                          cell.set,  cell.frames};
      addNumber(cell.ap, values);
      addNumber(cell.fpr95, values);
      addNumber(row.miou, values);
      values.emplace_back(cell.lack);
      values.emplace_back(row.miouLack);
      out.rows.push_back(std::move(values));
    }
  out.remarks = remarksOf(reproduction);
  out.provenance = reproduction.provenance;
  out.document = documentOf(out, reproduction);
  return out;
}

std::vector<std::string> recipeTexts() {
  std::vector<std::string> out;
  for (const MaskRecipe& recipe : maskRecipes())
    out.push_back("recipe " + std::string(recipe.name) + ": " + std::string(recipe.images) +
                  "; scored: " + std::string(recipe.scored) + "; classes: " + std::string(recipe.classes) +
                  "; RbA: " + std::string(recipe.rbaText));
  return out;
}

Table recipesSideBySide(const Reproduction& reproduction) {
  Table out;
  out.caption = "EoMT by recipe: AP (higher is better) and FPR95 (lower is better) in percent.";
  out.columns = {{"Row", "row"}, {"Set", "set"}};
  std::vector<std::string> tables;
  for (const ReproducedRow& row : reproduction.rows)
    if (std::ranges::find(tables, row.table) == tables.end()) tables.push_back(row.table);
  for (const std::string& table : tables) {
    const std::string recipe = table.substr(table.find('-') + 1);
    out.columns.push_back({recipe + ": AP", "ap_" + recipe, Table::Kind::Percent});
    out.columns.push_back({"FPR95", "fpr95_" + recipe, Table::Kind::Percent});
  }
  std::map<std::pair<std::string, std::string>, std::size_t> places;
  for (const ReproducedRow& row : reproduction.rows)
    for (const ReproducedCell& cell : row.cells) {
      const auto [place, isNew] = places.try_emplace({row.title, cell.set}, out.rows.size());
      if (isNew) {
        Value::Array values(out.columns.size());
        values[0] = row.title;
        values[1] = cell.set;
        out.rows.push_back(std::move(values));
      }
      const auto table = static_cast<std::size_t>(std::ranges::find(tables, row.table) - tables.begin());
      Value::Array& values = out.rows[place->second];
      values[2 + 2 * table] = orNothing(cell.ap.measured);
      values[3 + 2 * table] = orNothing(cell.fpr95.measured);
    }
  out.remarks = recipeTexts();
  for (std::string& text : remarksOf(reproduction)) out.remarks.push_back(std::move(text));
  out.provenance = reproduction.provenance;
  out.document = documentOf(out, reproduction);
  out.document.insert(out.document.begin() + 1, {"recipes", textsOf(recipeTexts())});
  return out;
}

}  // namespace oodscope
