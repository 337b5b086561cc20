// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/missing_panel.h"

#include "widgets/theme/icon.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace oodscope {
namespace {

constexpr int kRowsInView = 3;

/// One line that gives way in its middle; the tool tip has all of it.
class ShortenedLabel : public QWidget {
public:
  explicit ShortenedLabel(const QString& text) : m_text(text) {
    setToolTip(text);
    setAccessibleName(text);
    setFont(tableFont(font()));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  }
  [[nodiscard]] QSize sizeHint() const override {
    return {fontMetrics().horizontalAdvance(m_text), fontMetrics().height()};
  }
  [[nodiscard]] QSize minimumSizeHint() const override { return {Metrics(this).px(60), fontMetrics().height()}; }

protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.setPen(tokensFor(this).text2);
    painter.drawText(rect(), Qt::AlignVCenter, fontMetrics().elidedText(m_text, Qt::ElideMiddle, width()));
  }

private:
  QString m_text;
};

QPushButton* rowButton(const QString& text, const QString& name, const QString& about) {
  auto* button = new QPushButton(text);
  button->setObjectName(name);
  button->setAccessibleName(about);
  return button;
}

}  // namespace

MissingPanel::MissingPanel(QWidget* parent) : QWidget(parent), m_heading(new QLabel), m_area(new QScrollArea) {
  const Metrics m(this);
  setObjectName(QStringLiteral("missing"));
  m_heading->setFont(strongFont(tableFont(font())));
  auto* close = new QToolButton;
  close->setObjectName(QStringLiteral("hide-missing"));
  close->setIcon(icon(QStringLiteral("close")));
  close->setIconSize({m.px(12), m.px(12)});
  close->setAutoRaise(true);
  nameControl(close, tr("Hide what is missing"), QString());
  connect(close, &QToolButton::clicked, this, &QWidget::hide);
  auto* head = new QHBoxLayout;
  head->addWidget(m_heading, 1);
  head->addWidget(close);
  m_area->setFrameShape(QFrame::NoFrame);
  m_area->setWidgetResizable(true);
  m_area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_area->setAccessibleName(tr("Missing"));
  m_area->viewport()->setBackgroundRole(kPanelRole);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(m.px(14), m.px(4), m.px(6), m.px(5));
  column->setSpacing(m.px(2));
  column->addLayout(head);
  column->addWidget(m_area);
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  hide();
}

void MissingPanel::setRows(const std::vector<MissingRow>& rows) {
  if (rows == m_rows) return;
  m_rows = rows;
  fill();
  setVisible(!m_rows.empty());
}

void MissingPanel::fill() {
  auto* content = new QWidget;
  usePanelBackground(content);
  auto* grid = new QGridLayout(content);
  const Metrics m(this);
  grid->setContentsMargins(0, 0, m.px(6), 0);
  grid->setHorizontalSpacing(m.px(8));
  grid->setVerticalSpacing(m.px(3));
  grid->setColumnStretch(2, 1);
  for (int row = 0; row < static_cast<int>(m_rows.size()); ++row) {
    const MissingRow& item = m_rows[static_cast<std::size_t>(row)];
    auto* picture = new QLabel;
    picture->setPixmap(iconPixmap(QStringLiteral("warning"), tokensFor(this).warn, m.px(14), devicePixelRatioF()));
    auto* name = new QLabel(item.name);
    name->setFont(tableFont(font()));
    auto* text = new ShortenedLabel(tr("%1 · %2 · %3").arg(item.kind, item.path, item.why));
    auto* locate = rowButton(tr("Locate…"), QStringLiteral("locate-%1").arg(row), tr("Locate %1").arg(item.name));
    auto* remove = rowButton(tr("Remove"), QStringLiteral("remove-%1").arg(row), tr("Remove %1").arg(item.name));
    remove->setToolTip(tr("Takes it out of the session; its files stay where they are."));
    connect(locate, &QPushButton::clicked, this, [this, row] { Q_EMIT locateRequested(row); });
    connect(remove, &QPushButton::clicked, this, [this, row] { Q_EMIT removeRequested(row); });
    int at = 0;
    for (QWidget* part : std::initializer_list<QWidget*>{picture, name, text, locate, remove})
      grid->addWidget(part, row, at++);
  }
  if (QWidget* before = m_area->takeWidget()) before->deleteLater();  // a button of it may have been pressed
  m_area->setWidget(content);
  const int rowHeight = m.control() + m.px(3);
  m_area->setFixedHeight(std::min<int>(kRowsInView, static_cast<int>(m_rows.size())) * rowHeight);
  const QString count = countedText(static_cast<qint64>(m_rows.size()), tr("item"), tr("items"));
  m_heading->setText(
      tr("%1 of the session cannot be opened. Saving keeps them; locate what has been moved.").arg(count));
  setAccessibleName(m_heading->text());
}

void MissingPanel::changeEvent(QEvent* event) {
  QWidget::changeEvent(event);
  if (event->type() == QEvent::PaletteChange && !m_rows.empty()) fill();  // icons are drawn in the theme's colours
}

void MissingPanel::paintEvent(QPaintEvent*) {
  const Tokens& t = tokensFor(this);
  QPainter painter(this);
  painter.fillRect(rect(), t.panel);
  painter.fillRect(QRect(0, height() - 1, width(), 1), t.border);
  painter.fillRect(QRect(0, 0, 3, height()), t.warn);
}

}  // namespace oodscope
