// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/region_panel.h"

#include "widgets/panels/empty_state.h"
#include "widgets/panels/value_grid.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/tokens.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QStackedLayout>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace oodscope {
namespace {

constexpr std::size_t kClassesShown = 4;

GridCell shown(const std::optional<double>& value, int decimals, const QString& unit, const QString& reason = {}) {
  if (!value) return {.text = kNotDefinedSign, .tone = Tone::Tertiary, .toolTip = reason};
  return {.text = numberText(*value, decimals) + unit};
}

std::vector<GridRow> factRows(const RegionView& view) {
  const QString percent = QStringLiteral(" %");
  const GridCell last = view.isMissed ? shown(view.recall, 1, percent)
                                      : GridCell{.text = !view.touchesTruth   ? QString(kNotDefinedSign)
                                                         : *view.touchesTruth ? RegionPanel::tr("yes")
                                                                              : RegionPanel::tr("no")};
  std::vector<GridRow> rows;
  rows.push_back({.cells = {nameCell(RegionPanel::tr("Area")),
                            {.text = groupedText(view.area) + RegionPanel::tr(" px"), .strong = true},
                            nameCell(RegionPanel::tr("Share of set")),
                            shown(view.shareOfSet, 1, percent)}});
  rows.push_back({.cells = {nameCell(RegionPanel::tr("Peak")),
                            {.text = scoreText(view.peak)},
                            nameCell(RegionPanel::tr("Margin")),
                            {.text = signedScoreText(view.margin)}}});
  rows.push_back({.cells = {nameCell(RegionPanel::tr("Mean")),
                            {.text = scoreText(view.mean)},
                            nameCell(view.isMissed ? RegionPanel::tr("Found") : RegionPanel::tr("Touches GT")),
                            last}});
  rows.push_back({.cells = {nameCell(view.isMissed ? RegionPanel::tr("All lost at δ") : RegionPanel::tr("Gone at δ")),
                            {.text = scoreText(view.goneAt)},
                            nameCell(RegionPanel::tr("TPR there")),
                            shown(view.rateThere, 1, percent)}});
  rows.push_back({.cells = {nameCell(RegionPanel::tr("Distance")),
                            shown(view.distance, 1, RegionPanel::tr(" m"), view.distanceReason),
                            {},
                            {}}});
  return rows;
}

}  // namespace

RegionPanel::RegionPanel(QWidget* parent)
    : QWidget(parent),
      m_stack(new QStackedLayout(this)),
      m_facts(new ValueGrid),
      m_classes(new ClassBars),
      m_others(new QLabel),
      m_tags(new QLineEdit),
      m_note(new QLineEdit),
      m_previous(new QToolButton),
      m_next(new QToolButton) {
  usePanelBackground(this);
  const Metrics m(this);
  m_stack->addWidget(new EmptyState(tr("No region"), tr("Choose a failure in the lists, or step with J and K.")));
  auto* content = new QWidget;
  usePanelBackground(content);
  auto* layout = new QVBoxLayout(content);
  layout->setContentsMargins(0, m.px(4), 0, m.px(8));
  layout->setSpacing(m.px(4));
  m_facts->setAccessibleName(tr("Region"));
  m_facts->setColumns({3, 2, 1});
  layout->addWidget(m_facts);
  m_classes->setStyleOf(ClassBars::Text::Percent, ClassBars::Colour::A);
  m_classes->setAccessibleName(tr("Predicted classes of the region"));
  auto* bars = new QVBoxLayout;
  bars->setContentsMargins(m.px(12), 0, m.px(12), 0);
  bars->setSpacing(0);
  bars->addWidget(m_classes);
  m_others->setFont(captionFont(font()));
  m_others->setForegroundRole(kSecondaryRole);
  bars->addWidget(m_others);
  layout->addLayout(bars);
  m_tags->setPlaceholderText(tr("tags, separated by commas"));
  m_tags->setAccessibleName(tr("Tags"));
  m_tags->addAction(icon(QStringLiteral("tag")), QLineEdit::LeadingPosition);
  m_note->setPlaceholderText(tr("note"));
  m_note->setAccessibleName(tr("Note"));
  m_note->addAction(icon(QStringLiteral("note")), QLineEdit::LeadingPosition);
  nameControl(m_previous, tr("Previous failure"), QStringLiteral("K"));
  nameControl(m_next, tr("Next failure"), QStringLiteral("J"));
  m_previous->setIcon(icon(QStringLiteral("previous")));
  m_next->setIcon(icon(QStringLiteral("next")));
  auto* row = new QHBoxLayout;
  row->setContentsMargins(m.px(10), m.px(2), m.px(10), 0);
  row->setSpacing(m.px(6));
  row->addWidget(m_tags, 1);
  row->addWidget(m_previous);
  row->addWidget(m_next);
  auto* noteRow = new QHBoxLayout;
  noteRow->setContentsMargins(m.px(10), 0, m.px(10), 0);
  noteRow->addWidget(m_note);
  layout->addLayout(row);
  layout->addLayout(noteRow);
  layout->addStretch(1);
  m_stack->addWidget(content);
  connect(m_tags, &QLineEdit::editingFinished, this, &RegionPanel::commit);
  connect(m_note, &QLineEdit::editingFinished, this, &RegionPanel::commit);
  for (QLineEdit* field : {m_tags, m_note}) field->installEventFilter(this);
  connect(m_previous, &QToolButton::clicked, this, [this] { Q_EMIT stepRequested(-1); });
  connect(m_next, &QToolButton::clicked, this, [this] { Q_EMIT stepRequested(1); });
}

void RegionPanel::setView(const RegionView& view) {
  m_view = view;
  m_stack->setCurrentIndex(1);
  m_facts->setVisible(view.isRegion);
  m_classes->setVisible(view.isRegion && !view.classes.empty());
  if (view.isRegion) m_facts->setRows(factRows(view));
  std::vector<ClassShare> classes = view.classes;
  double rest = 0.0;
  for (std::size_t i = kClassesShown; i < classes.size(); ++i) rest += classes[i].share;
  const std::size_t others = classes.size() > kClassesShown ? classes.size() - kClassesShown : 0;
  classes.resize(std::min(classes.size(), kClassesShown));
  m_classes->setShares(std::move(classes));
  m_others->setVisible(others > 0);
  m_others->setText(tr("%n more, %1 %", nullptr, static_cast<int>(others)).arg(numberText(100.0 * rest, 1)));
  if (!m_tags->hasFocus()) m_tags->setText(view.tags.join(QStringLiteral(", ")));
  if (!m_note->hasFocus()) m_note->setText(view.note);
}

void RegionPanel::clear() {
  m_view = {};
  m_tags->clear();
  m_note->clear();
  m_stack->setCurrentIndex(0);
}

void RegionPanel::editTags() {
  if (m_stack->currentIndex() == 0) return;
  m_tags->setFocus(Qt::ShortcutFocusReason);
  m_tags->selectAll();
}

void RegionPanel::commit() {
  QStringList tags;
  for (const QString& part : m_tags->text().split(QLatin1Char(','), Qt::SkipEmptyParts))
    if (const QString tag = part.simplified(); !tag.isEmpty() && !tags.contains(tag)) tags << tag;
  if (tags != m_view.tags) {
    m_view.tags = tags;
    Q_EMIT tagsEdited(tags);
  }
  if (const QString note = m_note->text().trimmed(); note != m_view.note) {
    m_view.note = note;
    Q_EMIT noteEdited(note);
  }
}

bool RegionPanel::eventFilter(QObject* watched, QEvent* event) {
  // Escape gives a field its old text back; it must not reach the window, where it clears the brush.
  if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
    event->accept();
    return true;
  }
  if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
    m_tags->setText(m_view.tags.join(QStringLiteral(", ")));
    m_note->setText(m_view.note);
    static_cast<QWidget*>(watched)->clearFocus();
    return true;
  }
  return QWidget::eventFilter(watched, event);
}

}  // namespace oodscope
