// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/result_file.h"

#include "analysis/core/error.h"
#include "analysis/formats/file_bytes.h"
#include "analysis/formats/file_kind.h"
#include "analysis/tables/number_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostBytes = std::uint64_t{64} << 20;

std::string inLowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

std::string joinedNames(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out.append(out.empty() ? "" : ", ").append(name);
  return out;
}

/// What parts the first line's values.
char separatorOf(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  char best = ',';
  for (const char candidate : {';', '\t'})
    if (std::count(line.begin(), line.end(), candidate) > std::count(line.begin(), line.end(), best)) best = candidate;
  return best;
}

/// A line's values and where it began, 1 the first.
struct CsvLine {
  std::vector<std::string> values;
  std::size_t number = 1;
};

class CsvReader {
public:
  CsvReader(std::string_view text, fs::path file) : m_text(text), m_file(std::move(file)) {
    if (m_text.starts_with("\xEF\xBB\xBF")) m_text.remove_prefix(3);
    skipRemarks();
    m_separator = separatorOf(m_text.substr(m_at));
  }

  /// The next line that holds something; nothing at the end.
  std::optional<CsvLine> next() {
    skipRemarks();
    if (m_at >= m_text.size()) return std::nullopt;
    CsvLine out{.values = {}, .number = m_line};
    for (bool more = true; more;) out.values.push_back(value(more));
    return out;
  }

private:
  /// Steps over empty lines and those that begin with #.
  void skipRemarks() {
    while (m_at < m_text.size()) {
      const std::size_t end = std::min(m_text.find('\n', m_at), m_text.size());
      const std::string line = trimmed(std::string(m_text.substr(m_at, end - m_at)));
      if (!line.empty() && line.front() != '#') return;
      m_at = std::min(end + 1, m_text.size());
      ++m_line;
    }
  }

  std::string value(bool& more) {
    std::string out;
    const std::size_t begun = m_line;
    if (m_at < m_text.size() && m_text[m_at] == '"') {
      ++m_at;
      while (!(m_text.substr(m_at, 1) == "\"" && m_text.substr(m_at + 1, 1) != "\"")) {
        if (m_at >= m_text.size())
          throw Error({.what = "table has a quote that is never closed",
                       .expected = "\" at the end of the value",
                       .found = "line " + std::to_string(begun),
                       .file = m_file});
        if (m_text[m_at] == '"') ++m_at;
        m_line += m_text[m_at] == '\n' ? 1U : 0U;
        out += m_text[m_at++];
      }
      ++m_at;
    } else {
      while (m_at < m_text.size() && m_text[m_at] != m_separator && m_text[m_at] != '\n') out += m_text[m_at++];
      out = trimmed(out);
    }
    while (m_at < m_text.size() && m_text[m_at] != m_separator && m_text[m_at] != '\n') ++m_at;  // blanks and \r
    more = m_at < m_text.size() && m_text[m_at] == m_separator;
    if (m_at < m_text.size() && m_text[m_at] == '\n') ++m_line;
    m_at = std::min(m_at + 1, m_text.size());
    return out;
  }

  std::string_view m_text;
  fs::path m_file;
  std::size_t m_at = 0, m_line = 1;
  char m_separator = ',';
};

void requireNames(const std::vector<std::string>& columns, const fs::path& file) {
  if (columns.size() < 2)
    throw Error({.what = "file is no table of results",
                 .expected = "a first line of two column names or more, parted by commas, semicolons or tabs",
                 .found = columns.empty() ? "nothing" : "one: " + columns.front().substr(0, 80),
                 .file = file});
  std::set<std::string> seen;
  for (const std::string& name : columns)
    if (!seen.insert(name).second)
      throw Error(
          {.what = "table has two columns of one name", .expected = "names of their own", .found = name, .file = file});
}

/// Values of the group columns, "msp, course".
std::string labelOf(const std::vector<std::string>& row, const std::vector<std::size_t>& groups) {
  std::string out;
  for (const std::size_t column : groups)
    out.append(out.empty() ? "" : ", ").append(row[column].empty() ? "–" : row[column]);
  return out;
}

struct Collected {
  std::string place;
  std::vector<double> values;
  std::size_t without = 0;
};

ResultPoint pointOf(const Collected& collected) {
  ResultPoint out;
  out.place = collected.place;
  out.runs = collected.values.size();
  out.without = collected.without;
  const auto& values = collected.values;
  if (values.empty()) return out;
  double sum = 0.0;
  for (const double value : values) sum += value;
  const double mean = sum / static_cast<double>(values.size());
  out.mean = mean;
  out.least = *std::min_element(values.begin(), values.end());
  out.most = *std::max_element(values.begin(), values.end());
  if (values.size() < 2) return out;
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  out.deviation = std::sqrt(squares / static_cast<double>(values.size() - 1));
  return out;
}

std::optional<double> plainNumber(const std::string& text) {
  try {
    return numberIn(text, {});
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// Gives places their numbers and their order, where all of them are numbers.
void orderByNumber(std::vector<ResultSeries>& series) {
  for (const ResultSeries& each : series)
    for (const ResultPoint& point : each.points)
      if (!plainNumber(point.place)) return;
  for (ResultSeries& each : series) {
    for (ResultPoint& point : each.points) point.number = plainNumber(point.place);
    std::stable_sort(each.points.begin(), each.points.end(),
                     [](const ResultPoint& a, const ResultPoint& b) { return *a.number < *b.number; });
  }
}

}  // namespace

std::size_t ResultFile::column(const std::string& name) const {
  const auto exact = std::find(columns.begin(), columns.end(), name);
  if (exact != columns.end()) return static_cast<std::size_t>(exact - columns.begin());
  std::vector<std::size_t> alike;
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (inLowerCase(columns[i]) == inLowerCase(name)) alike.push_back(i);
  if (alike.size() == 1) return alike.front();
  throw Error(
      {.what = "table has no such column", .expected = "one of " + joinedNames(columns), .found = name, .file = file});
}

ResultFile readResultFile(const fs::path& file) {
  const std::vector<std::uint8_t> bytes = readFileBytes(file, kMostBytes);
  const FileKind kind = sniffBytes(bytes);
  if (kind != FileKind::Text)
    throw Error({.what = "file is no table of results",
                 .expected = "comma-separated text (CSV)",
                 .found = describeBytes(bytes),
                 .file = file});
  return parseResultFile({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, file);
}

ResultFile parseResultFile(std::string_view text, const fs::path& file) {
  CsvReader reader(text, file);
  ResultFile out{.file = file, .columns = {}, .rows = {}};
  if (auto head = reader.next()) out.columns = std::move(head->values);
  // pandas writes its index as a first column without a name.
  if (!out.columns.empty() && out.columns.front().empty()) out.columns.front() = "index";
  requireNames(out.columns, file);
  if (std::find(out.columns.begin(), out.columns.end(), "") != out.columns.end())
    throw Error({.what = "table has a column without a name",
                 .expected = "a name for each",
                 .found = joinedNames(out.columns),
                 .file = file});
  while (auto line = reader.next()) {
    if (line->values.size() != out.columns.size())
      throw Error({.what = "table has a line of another length",
                   .expected = std::to_string(out.columns.size()) + " values as its first line has names",
                   .found = std::to_string(line->values.size()) + " in line " + std::to_string(line->number),
                   .file = file});
    out.rows.push_back(std::move(line->values));
  }
  if (out.rows.empty())
    throw Error({.what = "table of results is empty",
                 .expected = "a line of values a run",
                 .found = "names alone",
                 .file = file});
  return out;
}

std::optional<double> numberIn(const std::string& cell, const std::string& where) {
  constexpr std::array<std::string_view, 7> kNone = {"", "nan", "none", "null", "-", "–", "n/a"};
  std::string text = inLowerCase(trimmed(cell));
  if (std::find(kNone.begin(), kNone.end(), text) != kNone.end()) return std::nullopt;
  if (text.ends_with('%')) text = trimmed(text.substr(0, text.size() - 1));
  if (text.starts_with('+')) text.erase(0, 1);
  double value = 0.0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure == std::errc() && end == text.data() + text.size() && std::isfinite(value)) return value;
  throw Error({.what = "value is no number", .expected = "a number", .found = "\"" + cell + "\"" + where, .file = {}});
}

std::vector<ResultSeries> resultSeries(const ResultFile& file, const ResultQuery& query) {
  const std::size_t metric = file.column(query.metric), against = file.column(query.against);
  std::vector<std::size_t> groups;
  for (const std::string& name : query.groups) groups.push_back(file.column(name));
  std::vector<std::pair<std::size_t, const ResultQuery::Filter*>> filters;
  for (const ResultQuery::Filter& filter : query.filters) filters.emplace_back(file.column(filter.column), &filter);
  std::vector<std::pair<std::string, std::vector<Collected>>> collected;
  for (std::size_t r = 0; r < file.rows.size(); ++r) {
    const auto& row = file.rows[r];
    const bool counts = std::all_of(filters.begin(), filters.end(), [&](const auto& filter) {
      const auto& values = filter.second->values;
      return std::find(values.begin(), values.end(), row[filter.first]) != values.end();
    });
    if (!counts) continue;
    const std::string label = groups.empty() ? file.columns[metric] : labelOf(row, groups);
    auto series =
        std::find_if(collected.begin(), collected.end(), [&](const auto& each) { return each.first == label; });
    if (series == collected.end()) series = collected.insert(collected.end(), {label, {}});
    auto& points = series->second;
    auto point =
        std::find_if(points.begin(), points.end(), [&](const auto& each) { return each.place == row[against]; });
    if (point == points.end()) point = points.insert(points.end(), Collected{.place = row[against], .values = {}});
    std::optional<double> value;
    try {
      value = numberIn(row[metric], " in column " + file.columns[metric] + ", row " + std::to_string(r + 1));
    } catch (const Error& error) {
      ErrorParts parts = error.parts();
      parts.file = file.file;
      throw Error(parts);
    }
    if (value)
      point->values.push_back(*value);
    else
      ++point->without;
  }
  if (collected.empty())
    throw Error({.what = "no row of the table is left",
                 .expected = "rows that pass every --where",
                 .found = "none of " + std::to_string(file.rows.size()),
                 .file = file.file});
  std::vector<ResultSeries> out;
  for (const auto& [label, points] : collected) {
    ResultSeries& series = out.emplace_back(ResultSeries{.label = label, .points = {}});
    for (const Collected& point : points) series.points.push_back(pointOf(point));
  }
  orderByNumber(out);
  return out;
}

bool hasNumbers(const std::vector<ResultSeries>& series) {
  return std::all_of(series.begin(), series.end(), [](const ResultSeries& each) {
    return std::all_of(each.points.begin(), each.points.end(),
                       [](const ResultPoint& p) { return p.number.has_value(); });
  });
}

Table tableOf(const std::vector<ResultSeries>& series, const ResultQuery& query) {
  Table table;
  table.caption = query.metric + " against " + query.against + ": mean and deviation over runs.";
  const std::string group = query.groups.empty() ? "series" : joinedNames(query.groups);
  table.columns = {{group, "series"},
                   {query.against, "place"},
                   {query.metric, {}},
                   {{}, "mean", Table::Kind::Score},
                   {{}, "deviation", Table::Kind::Score},
                   {{}, "least", Table::Kind::Score},
                   {{}, "most", Table::Kind::Score},
                   {"Runs", "runs", Table::Kind::Count},
                   {{}, "without", Table::Kind::Count}};
  const auto orNull = [](const std::optional<double>& value) { return value ? Value(*value) : Value(); };
  for (const ResultSeries& each : series)
    for (const ResultPoint& point : each.points)
      table.rows.push_back({each.label, point.place, point.mean ? Value(meanText(point)) : Value(), orNull(point.mean),
                            orNull(point.deviation), orNull(point.least), orNull(point.most),
                            static_cast<std::int64_t>(point.runs), static_cast<std::int64_t>(point.without)});
  table.provenance = {{"metric", query.metric}, {"against", query.against}};
  for (const ResultQuery::Filter& filter : query.filters)
    table.provenance.push_back({"where " + filter.column, joinedNames(filter.values)});
  return table;
}

std::string meanText(const ResultPoint& point) {
  if (!point.mean) return "–";
  std::string out = shortText(*point.mean);
  if (point.deviation) out += " ± " + shortText(*point.deviation) + " (" + std::to_string(point.runs) + ")";
  return out;
}

}  // namespace oodscope
