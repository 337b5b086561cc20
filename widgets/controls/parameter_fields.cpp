// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/parameter_fields.h"

#include "widgets/controls/number_field.h"
#include "widgets/theme/tokens.h"

#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <algorithm>

namespace oodscope {

ParameterFields::ParameterFields(QWidget* parent) : QWidget(parent) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  hide();
}

void ParameterFields::setFields(const std::vector<ParameterField>& fields) {
  const bool same = std::ranges::equal(fields, m_rows, {}, &ParameterField::name, &Row::name);
  if (!same) rebuild(fields);
  for (std::size_t i = 0; i < fields.size(); ++i) m_rows[i].field->setShown(fields[i].value);
  setVisible(!fields.empty());
}

NumberField* ParameterFields::field(const QString& name) const {
  const auto found = std::ranges::find(m_rows, name, &Row::name);
  return found == m_rows.end() ? nullptr : found->field;
}

void ParameterFields::rebuild(const std::vector<ParameterField>& fields) {
  m_rows.clear();
  if (m_content != nullptr) {
    m_content->hide();
    m_content->deleteLater();  // one of its fields may be what is being edited
  }
  m_content = new QWidget;
  const Metrics m(this);
  auto* grid = new QGridLayout(m_content);
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(m.px(12));
  grid->setVerticalSpacing(m.px(6));
  grid->setColumnStretch(1, 1);
  for (const ParameterField& parameter : fields) {
    auto* field = new NumberField;
    field->setObjectName(parameter.name);
    field->setAccessibleName(parameter.name);
    field->setToolTip(parameter.explanation);
    field->setDecimals(parameter.decimals);
    field->setSingleStep(parameter.step);
    field->setRange(parameter.low, parameter.high);
    connect(field, &NumberField::valueEdited, this,
            [this, name = parameter.name](double value) { Q_EMIT valueEdited(name, value); });
    auto* label = new QLabel(parameter.name);
    label->setBuddy(field);
    label->setToolTip(parameter.explanation);
    const int row = static_cast<int>(m_rows.size());
    grid->addWidget(label, row, 0);
    grid->addWidget(field, row, 1);
    m_rows.push_back({parameter.name, field});
  }
  layout()->addWidget(m_content);
}

}  // namespace oodscope
