// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/ensembles/expression.h"

#include "analysis/core/numbers.h"

#include <cctype>
#include <cmath>

namespace oodscope {
namespace {

constexpr std::string_view kOperators = "+*()";

/// Reads one expression from left to right.
class EnsembleReader {
public:
  explicit EnsembleReader(std::string_view text) : m_text(text) {}

  EnsembleExpression read() {
    EnsembleExpression out;
    const bool isGroup = beginsWithGroup();
    if (isGroup) ++m_at;
    do {
      out.terms.push_back(term());
    } while (take('+'));
    if (isGroup) {
      if (!take(')')) refuse("')' behind the sum", rest());
      out.filters = filters();
    }
    if (m_at != m_text.size()) refuse(isGroup ? "'+' and a filter" : "'+' or '*' between scores", rest());
    return out;
  }

private:
  [[noreturn]] void refuse(const std::string& expected, std::string_view found) const {
    throw Error({.what = "the ensemble '" + std::string(m_text) + "' cannot be read",
                 .expected = expected,
                 .found = found.empty() ? "nothing" : "'" + std::string(found) + "'"});
  }
  [[nodiscard]] std::string_view rest() const { return m_text.substr(m_at); }
  bool take(char character) {
    if (m_at >= m_text.size() || m_text[m_at] != character) return false;
    ++m_at;
    return true;
  }

  /// Whether the first bracket holds a sum: brackets of a score with its filters hold no '*'.
  [[nodiscard]] bool beginsWithGroup() const {
    if (!m_text.starts_with('(')) return false;
    bool isQuoted = false;
    for (const char character : m_text.substr(1)) {
      if (character == '"') isQuoted = !isQuoted;
      if (isQuoted) continue;
      if (character == '*' || character == '(') return true;
      if (character == ')') return false;
    }
    return false;
  }

  /// Those behind a sum in brackets: "+gaussian+dilated".
  FilterChain filters() {
    FilterChain out;
    while (take('+')) {
      const std::size_t end = std::min(m_text.find_first_of(kOperators, m_at), m_text.size());
      const std::string_view name = m_text.substr(m_at, end - m_at);
      const auto filter = Filter::named(name);
      if (!filter) refuse("a filter behind '+', one of " + filterNames(), name);
      out.push_back(*filter);
      m_at = end;
    }
    return out;
  }

  EnsembleTerm term() {
    EnsembleTerm out;
    bool first = true;
    do {
      const auto number = weight();
      if (number && first)
        out.weight = *number;
      else if (number)
        refuse("the weight before the scores of its term", rest());
      else
        out.factors.push_back(factor());
      first = false;
    } while (take('*'));
    if (out.factors.empty()) refuse("a score behind the weight, as 0.5*msp", rest());
    return out;
  }

  /// The number that stands here before a '*', signs and exponents included; nothing where a score does.
  std::optional<double> weight() {
    const std::size_t star = m_text.find('*', m_at);
    const std::string_view word = m_text.substr(m_at, star == std::string_view::npos ? star : star - m_at);
    const bool isNumeric = !word.empty() && (std::isdigit(static_cast<unsigned char>(word[0])) != 0 || word[0] == '-' ||
                                             word[0] == '+' || word[0] == '.');
    if (!isNumeric) return std::nullopt;
    const auto number = numberFromText(word);
    if (!number) refuse("a finite number before '*'", word);
    m_at += word.size();
    return number;
  }

  EnsembleFactor factor() {
    EnsembleFactor out;
    if (take('(')) {
      const std::size_t end = m_text.find(')', m_at);
      if (end == std::string_view::npos) refuse("')' behind a score with its filters", rest());
      out.score = parseFilteredName(m_text.substr(m_at, end - m_at));
      m_at = end + 1;
    } else {
      const std::size_t end = std::min(m_text.find_first_of("+*()@", m_at), m_text.size());
      out.score.base = m_text.substr(m_at, end - m_at);
      if (out.score.base.empty()) refuse("a score", rest());
      m_at = end;
    }
    if (take('@')) out.source = label();
    return out;
  }

  std::string label() {
    std::string out;
    if (take('"')) {
      const std::size_t end = m_text.find('"', m_at);
      if (end == std::string_view::npos) refuse("'\"' behind a source's label", rest());
      out = m_text.substr(m_at, end - m_at);
      m_at = end + 1;
    } else {
      const std::size_t end = std::min(m_text.find_first_of(kOperators, m_at), m_text.size());
      out = m_text.substr(m_at, end - m_at);
      m_at = end;
    }
    if (out.empty()) refuse("a source's label behind '@'", rest());
    return out;
  }

  std::string_view m_text;
  std::size_t m_at = 0;
};

}  // namespace

bool isEnsemble(std::string_view item) {
  bool isQuoted = false;
  for (const char character : item) {
    if (character == '"') isQuoted = !isQuoted;
    if (character == '*' && !isQuoted) return true;
  }
  return false;
}

EnsembleExpression parseEnsemble(std::string_view text) { return EnsembleReader(text).read(); }

std::string textOf(const EnsembleFactor& factor) {
  std::string out = textOf(factor.score);
  if (!factor.score.filters.empty()) out = "(" + out + ")";
  if (factor.source.empty()) return out;
  const bool isQuoted = factor.source.find_first_of(kOperators) != std::string::npos;
  return out + (isQuoted ? "@\"" + factor.source + "\"" : "@" + factor.source);
}

std::string textOf(const EnsembleExpression& expression) {
  std::string out;
  for (const EnsembleTerm& term : expression.terms) {
    out.append(out.empty() ? "" : "+").append(roundTripText(term.weight));
    for (const EnsembleFactor& factor : term.factors) out.append("*").append(textOf(factor));
  }
  if (expression.filters.empty()) return out;
  out.insert(0, "(").append(")");
  for (const Filter filter : expression.filters) out.append("+").append(filter.name());
  return out;
}

}  // namespace oodscope
