// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/published_reference.h"

#include "app/documents/published_numbers.h"

#include <QCoreApplication>

namespace oodscope {

std::optional<ReferenceNumbers> PublishedReference::find(const std::string& set, const std::string& architecture,
                                                         const Configuration& configuration, Protocol protocol) {
  if (!configuration.method) return std::nullopt;
  if (!m_isRead) {
    m_isRead = true;
    try {
      m_values = PublishedValues::read(m_file);
    } catch (const Error&) {
      return std::nullopt;
    }
  }
  if (!m_values) return std::nullopt;
  const auto value = publishedValue(*m_values, set, architecture, configuration, protocol);
  if (!value) return std::nullopt;
  const auto fraction = [](const std::optional<double>& percent) {
    return percent ? std::optional(*percent / 100.0) : std::nullopt;
  };
  ReferenceNumbers numbers;
  numbers.name = QCoreApplication::translate("presenters", "published");
  numbers.source = QString::fromStdString(value->source());
  if (!value->authors.empty()) numbers.source += QStringLiteral("\n") + QString::fromStdString(value->authors);
  if (!value->note.empty()) numbers.source += QStringLiteral("\n") + QString::fromStdString(value->note);
  numbers.reason = QCoreApplication::translate("presenters", "not in the source: %1").arg(numbers.source);
  numbers.ap = fraction(value->ap);
  numbers.fpr95 = fraction(value->fpr95);
  if (const auto auroc = value->other.find("auroc"); auroc != value->other.end()) numbers.auroc = auroc->second / 100.0;
  return numbers;
}

}  // namespace oodscope
