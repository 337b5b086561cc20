// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/lists/filter_expression.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace oodscope {

/// A condition, or others joined.
struct FilterExpression::Node {
  enum class Kind { And, Or, Not, Number, Tag, Class, Text };
  enum class Comparison { Less, AtMost, More, AtLeast, Equal, NotEqual };
  using Part = std::shared_ptr<const Node>;

  Kind kind = Kind::Text;
  QString text = {};  // a field's name, or what is looked for
  Comparison comparison = Comparison::Equal;
  double value = 0.0;
  std::vector<Part> parts = {};
};

namespace {

using FilterNode = FilterExpression::Node;
using FilterPart = FilterNode::Part;
using Kind = FilterNode::Kind;
using Comparison = FilterNode::Comparison;

QString filterText(const char* text) { return QCoreApplication::translate("FilterExpression", text); }

constexpr std::array<std::pair<QLatin1String, Comparison>, 7> kComparisons{
    {{QLatin1String("<"), Comparison::Less},
     {QLatin1String("<="), Comparison::AtMost},
     {QLatin1String(">"), Comparison::More},
     {QLatin1String(">="), Comparison::AtLeast},
     {QLatin1String("="), Comparison::Equal},
     {QLatin1String("=="), Comparison::Equal},
     {QLatin1String("!="), Comparison::NotEqual}}};

/// What stops the reading: said to the user.
struct FilterError {
  QString text;
  qsizetype at;
};

bool isSign(QChar c) { return c == u'<' || c == u'>' || c == u'=' || c == u'!'; }

/// Reads an expression from left to right, one function a rule of the grammar.
class FilterReader {
public:
  FilterReader(QString text, const std::vector<FilterField>& fields) : m_text(std::move(text)), m_fields(fields) {}

  /// Nothing where there is no condition.
  FilterPart whole() {
    skipBlanks();
    if (m_at == m_text.size()) return nullptr;
    return either();
  }

private:
  static FilterPart joined(Kind kind, std::vector<FilterPart> parts) {
    if (parts.size() == 1) return parts.front();
    return std::make_shared<const FilterNode>(FilterNode{.kind = kind, .parts = std::move(parts)});
  }

  FilterPart either() {
    std::vector<FilterPart> parts{all()};
    while (takeWord("or")) parts.push_back(all());
    return joined(Kind::Or, std::move(parts));
  }

  FilterPart all() {
    std::vector<FilterPart> parts{negated()};
    while (takeWord("and") || (!isAtEnd() && !isAtWord("or"))) parts.push_back(negated());
    return joined(Kind::And, std::move(parts));
  }

  FilterPart negated() {
    if (!takeWord("not")) return single();
    return std::make_shared<const FilterNode>(FilterNode{.kind = Kind::Not, .parts = {negated()}});
  }

  FilterPart single() {
    skipBlanks();
    if (isAtEnd() || isAtWord("and") || isAtWord("or"))
      throw FilterError{m_at == 0 ? filterText("expected a condition")
                                  : filterText("expected a condition after “%1”").arg(lastWord()),
                        m_at};
    if (m_text[m_at] == u'(') return bracketed();
    if (isSign(m_text[m_at]))
      throw FilterError{filterText("expected a field before %1; fields: %2").arg(signs(), fieldNames()), m_at};
    if (const auto number = comparison()) return *number;
    return words();
  }

  FilterPart bracketed() {
    const qsizetype opened = m_at++;
    ++m_depth;
    FilterPart inside = either();
    if (m_at >= m_text.size()) throw FilterError{filterText("this bracket is never closed"), opened};
    ++m_at;
    --m_depth;
    skipBlanks();
    return inside;
  }

  /// A name with a comparison behind it; nothing where it is a word alone.
  std::optional<FilterPart> comparison() {
    const qsizetype begin = m_at;
    qsizetype end = begin;
    if (m_text[end].isLetter())
      while (end < m_text.size() && (m_text[end].isLetterOrNumber() || m_text[end] == u'_')) ++end;
    qsizetype behind = end;
    while (behind < m_text.size() && m_text[behind].isSpace()) ++behind;
    if (end == begin || behind == m_text.size() || !isSign(m_text[behind])) return std::nullopt;
    const QString name = m_text.mid(begin, end - begin).toLower();
    const auto isCalledSo = [&](const FilterField& field) { return field.name == name; };
    if (!m_fields.empty() && std::none_of(m_fields.begin(), m_fields.end(), isCalledSo))
      throw FilterError{filterText("no field %1; fields: %2").arg(name, fieldNames()), begin};
    m_at = behind;
    const QString sign = signs();
    const auto* known = std::find_if(kComparisons.begin(), kComparisons.end(),
                                     [&](const auto& candidate) { return candidate.first == sign; });
    if (known == kComparisons.end())
      throw FilterError{filterText("expected <, <=, >, >=, = or != and a number after %1, found %2").arg(name, sign),
                        behind};
    m_at += sign.size();
    const double value = number(name + QLatin1Char(' ') + sign);
    return std::make_shared<const FilterNode>(
        FilterNode{.kind = Kind::Number, .text = name, .comparison = known->second, .value = value});
  }

  double number(const QString& behind) {
    while (m_at < m_text.size() && m_text[m_at].isSpace()) ++m_at;
    const qsizetype begin = m_at;
    QString digits = word();
    const QString found = digits;
    if (digits.endsWith(u'%')) digits.chop(1);
    bool isNumber = false;
    const double value = digits.remove(u'_').toDouble(&isNumber);
    if (isNumber && std::isfinite(value)) return value;
    throw FilterError{found.isEmpty() ? filterText("expected a number after %1").arg(behind)
                                      : filterText("expected a number after %1, found %2").arg(behind, found),
                      begin};
  }

  /// A text, a tag or a class.
  FilterPart words() {
    FilterNode node;
    const QString rest = m_text.mid(m_at);
    for (const auto& [prefix, kind] :
         {std::pair{QLatin1String("tag:"), Kind::Tag}, std::pair{QLatin1String("class:"), Kind::Class}})
      if (rest.startsWith(prefix, Qt::CaseInsensitive)) {
        node.kind = kind;
        m_at += prefix.size();
      }
    const qsizetype begin = m_at;
    node.text = m_at < m_text.size() && m_text[m_at] == u'"' ? quoted() : word();
    if (node.text.isEmpty())
      throw FilterError{node.kind == Kind::Tag     ? filterText("expected a tag after tag:")
                        : node.kind == Kind::Class ? filterText("expected a class after class:")
                                                   : filterText("expected a condition"),
                        begin};
    skipBlanks();
    return std::make_shared<const FilterNode>(std::move(node));
  }

  QString quoted() {
    const qsizetype begin = m_at + 1;
    const qsizetype end = m_text.indexOf(u'"', begin);
    if (end < 0) throw FilterError{filterText("this quote is never closed"), m_at};
    m_at = end + 1;
    return m_text.mid(begin, end - begin);
  }

  QString word() {
    const qsizetype begin = m_at;
    while (m_at < m_text.size() && !m_text[m_at].isSpace() && m_text[m_at] != u',' &&
           !(m_depth > 0 && m_text[m_at] == u')'))
      ++m_at;
    QString read = m_text.mid(begin, m_at - begin);
    skipBlanks();
    return read;
  }

  QString signs() const {
    qsizetype end = m_at;
    while (end < m_text.size() && isSign(m_text[end])) ++end;
    return m_text.mid(m_at, end - m_at);
  }

  QString lastWord() const {
    const QString before = m_text.left(m_at).trimmed();
    return before.mid(before.lastIndexOf(u' ') + 1);
  }

  [[nodiscard]] QString fieldNames() const {
    QStringList names;
    for (const FilterField& field : m_fields) names << field.name;
    return names.join(QStringLiteral(", "));
  }

  [[nodiscard]] bool isAtEnd() const { return m_at >= m_text.size() || (m_depth > 0 && m_text[m_at] == u')'); }

  [[nodiscard]] bool isAtWord(const char* wanted) const {
    const QLatin1String word(wanted);
    if (m_text.mid(m_at, word.size()).compare(word, Qt::CaseInsensitive) != 0) return false;
    const qsizetype behind = m_at + word.size();
    return behind >= m_text.size() || m_text[behind].isSpace() || m_text[behind] == u'(' || m_text[behind] == u')';
  }

  bool takeWord(const char* wanted) {
    if (!isAtWord(wanted)) return false;
    m_at += QLatin1String(wanted).size();
    skipBlanks();
    return true;
  }

  void skipBlanks() {
    while (m_at < m_text.size() && (m_text[m_at].isSpace() || m_text[m_at] == u',')) ++m_at;
  }

  QString m_text;
  const std::vector<FilterField>& m_fields;
  qsizetype m_at = 0;
  int m_depth = 0;  // of brackets
};

bool anyContains(const QStringList& texts, const QString& part) {
  return std::any_of(texts.begin(), texts.end(),
                     [&](const QString& text) { return text.contains(part, Qt::CaseInsensitive); });
}

bool holdsFor(const FilterNode& node, const FilterExpression::Subject& subject) {
  const auto number = subject.number ? subject.number(node.text) : std::nullopt;
  if (!number || !*number) return false;
  const double value = **number;
  const bool isEqual = std::abs(value - node.value) < 1e-9;
  switch (node.comparison) {
    case Comparison::Less:
      return value < node.value;
    case Comparison::AtMost:
      return value <= node.value;
    case Comparison::More:
      return value > node.value;
    case Comparison::AtLeast:
      return value >= node.value;
    case Comparison::Equal:
      return isEqual;
    case Comparison::NotEqual:
      return !isEqual;
  }
  return false;
}

bool nodeMatches(const FilterNode& node, const FilterExpression::Subject& subject) {
  const auto holds = [&](const FilterPart& part) { return nodeMatches(*part, subject); };
  switch (node.kind) {
    case Kind::And:
      return std::all_of(node.parts.begin(), node.parts.end(), holds);
    case Kind::Or:
      return std::any_of(node.parts.begin(), node.parts.end(), holds);
    case Kind::Not:
      return !holds(node.parts.front());
    case Kind::Number:
      return holdsFor(node, subject);
    case Kind::Tag:
      return anyContains(subject.tags, node.text);
    case Kind::Class:
      return QString(subject.className)
                 .replace(u' ', u'_')
                 .compare(QString(node.text).replace(u' ', u'_'), Qt::CaseInsensitive) == 0;
    case Kind::Text:
      return anyContains({subject.name}, node.text) || anyContains(subject.tags, node.text);
  }
  return false;
}

/// Signs as papers print them, as keyboards have them.
QString withPlainSigns(QString text) {
  return text.replace(QChar(0x2212), QLatin1Char('-'))
      .replace(QChar(0x2264), QLatin1String("<="))
      .replace(QChar(0x2265), QLatin1String(">="))
      .replace(QChar(0x2260), QLatin1String("!="));
}

}  // namespace

FilterExpression::FilterExpression(const QString& text, const std::vector<FilterField>& fields) {
  try {
    m_root = FilterReader(withPlainSigns(text), fields).whole();
  } catch (const FilterError& error) {
    m_error = error.text;
    m_errorAt = error.at;
  }
}

bool FilterExpression::matches(const Subject& subject) const {
  return m_root == nullptr || nodeMatches(*m_root, subject);
}

}  // namespace oodscope
