// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/figures/report_grids.h"

#include "analysis/tables/number_text.h"
#include "widgets/theme/utf8_text.h"

#include <QObject>

#include <algorithm>
#include <set>

namespace oodscope {
namespace {

const QString kNotDefined = QStringLiteral("–");
const QString kPartMark = QStringLiteral("†");  // behind a number of a part of the frames

QString percent(const std::optional<double>& value) { return value ? qs(percentText(*value)) : kNotDefined; }
QString score(const std::optional<double>& value) { return value ? qs(typesetText(shortText(*value))) : kNotDefined; }

struct Key {
  std::string model, method, title;
  std::optional<double> temperature;
  friend bool operator==(const Key&, const Key&) = default;
};

Key keyOf(const ResultRow& row) { return {row.model, row.method, methodText(row), row.temperature}; }

template <class T>
void addOnce(std::vector<T>& seen, const T& value) {
  if (std::find(seen.begin(), seen.end(), value) == seen.end()) seen.push_back(value);
}

const ResultRow* rowFor(const ResultTable& table, const Key& key, const std::string& set) {
  for (const ResultRow& row : table.rows)
    if (row.set == set && keyOf(row) == key) return &row;
  return nullptr;
}

/// A percent of a row; of a part of the frames it is marked, and takes no place among others.
QString percentOf(const ResultRow* row, std::optional<double> ResultRow::*value) {
  if (row == nullptr || !(row->*value)) return kNotDefined;
  return percent(row->*value) + (row->complete ? QString() : kPartMark);
}

/// Marks the best and the second of a column of percents as printed.
void rank(std::vector<std::vector<ReportCell>>& rows, std::size_t column, bool rising) {
  if (rows.size() < 2) return;
  const auto ranks = [](const QString& text) { return text != kNotDefined && !text.endsWith(kPartMark); };
  std::set<double> places;
  for (const auto& row : rows)
    if (ranks(row[column].text)) places.insert(row[column].text.toDouble() * (rising ? -1.0 : 1.0));
  for (auto& row : rows) {
    if (!ranks(row[column].text)) continue;
    const auto place = std::distance(places.begin(), places.find(row[column].text.toDouble() * (rising ? -1.0 : 1.0)));
    row[column].bold = place == 0;
    row[column].underlined = place == 1;
  }
}

}  // namespace

ReportGrid metricGrid(const ResultTable& table, const QString& caption) {
  std::vector<std::string> sets, models;
  std::vector<Key> keys;
  for (const ResultRow& row : table.rows) {
    addOnce(sets, row.set);
    addOnce(models, row.model);
    addOnce(keys, keyOf(row));
  }
  const bool several = models.size() > 1;
  ReportGrid grid;
  grid.caption = caption;
  if (std::any_of(table.rows.begin(), table.rows.end(), [](const ResultRow& row) { return !row.complete; }))
    grid.caption += QObject::tr(" †: of a part of the frames, not the set's number and without a place.");
  if (several) grid.header << QObject::tr("Model");
  grid.header << QObject::tr("Method") << QStringLiteral("T");
  grid.isNumber.assign(static_cast<std::size_t>(grid.header.size()), false);
  grid.isNumber.back() = true;
  for (std::size_t i = 0; i < grid.isNumber.size(); ++i) grid.groups.emplace_back(QString(), 1);
  const std::size_t lead = grid.isNumber.size();
  for (const std::string& set : sets) {
    grid.groups.emplace_back(qs(set), 2);
    grid.header << QStringLiteral("AP") << QStringLiteral("FPR95");
    grid.isNumber.insert(grid.isNumber.end(), {true, true});
  }
  for (const Key& key : keys) {
    std::vector<ReportCell> cells;
    if (several) cells.push_back({qs(key.model)});
    cells.push_back({qs(key.title)});
    cells.push_back({score(key.temperature)});
    for (const std::string& set : sets) {
      const ResultRow* row = rowFor(table, key, set);
      cells.push_back({percentOf(row, &ResultRow::ap)});
      cells.push_back({percentOf(row, &ResultRow::fpr95)});
    }
    grid.rows.push_back(std::move(cells));
  }
  for (std::size_t s = 0; s < sets.size(); ++s) {
    rank(grid.rows, lead + 2 * s, true);
    rank(grid.rows, lead + 2 * s + 1, false);
  }
  return grid;
}

ReportGrid componentGrid(const ResultTable& table, const QString& caption) {
  std::vector<std::string> models;
  for (const ResultRow& row : table.rows) addOnce(models, row.model);
  const bool several = models.size() > 1;
  ReportGrid grid;
  grid.caption = caption;
  grid.header << QObject::tr("Set");
  if (several) grid.header << QObject::tr("Model");
  grid.header << QObject::tr("Method") << QObject::tr("AUROC") << QObject::tr("Best F1") << QObject::tr("Threshold")
              << QObject::tr("sIoU") << QObject::tr("PPV") << QObject::tr("F1*") << QObject::tr("Frames");
  grid.isNumber.assign(static_cast<std::size_t>(grid.header.size()), true);
  std::fill_n(grid.isNumber.begin(), several ? 3 : 2, false);
  for (const ResultRow& row : table.rows) {
    std::vector<ReportCell> cells{{qs(row.set)}};
    if (several) cells.push_back({qs(row.model)});
    const auto& c = row.components;
    cells.push_back({qs(methodText(row))});
    cells.push_back({percentOf(&row, &ResultRow::auroc)});
    cells.push_back({percentOf(&row, &ResultRow::bestF1)});
    cells.push_back({score(row.bestF1Threshold)});
    cells.push_back({percent(c ? c->siou : std::nullopt)});
    cells.push_back({percent(c ? c->ppv : std::nullopt)});
    cells.push_back({percent(c ? c->f1Star : std::nullopt)});
    cells.push_back({qs(framesText(row))});
    grid.rows.push_back(std::move(cells));
  }
  return grid;
}

ReportGrid plainGrid(const Table& table, const std::vector<std::string>& without) {
  ReportGrid grid;
  grid.caption = qs(table.caption);
  std::vector<std::size_t> kept;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const Table::Column& column = table.columns[c];
    const auto isNamed = [&](const std::string& name) { return name == column.title; };
    if (column.title.empty() || std::any_of(without.begin(), without.end(), isNamed)) continue;
    kept.push_back(c);
    grid.header << qs(table.columns[c].title);
    grid.isNumber.push_back(table.columns[c].kind != Table::Kind::Text);
  }
  for (const Value::Array& row : table.rows) {
    std::vector<ReportCell> cells;
    cells.reserve(kept.size());
    for (const std::size_t c : kept) cells.push_back({qs(cellText(row[c], table.columns[c].kind))});
    grid.rows.push_back(std::move(cells));
  }
  return grid;
}

}  // namespace oodscope
