// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/start_page.h"

#include "widgets/panels/empty_state.h"
#include "widgets/panels/scroll_pane.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/style_paint.h"
#include "widgets/theme/tokens.h"

#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QMimeData>
#include <QPainter>
#include <QPushButton>
#include <QStackedLayout>

#include <algorithm>
#include <array>

namespace oodscope {
namespace {

class DropZone : public QWidget {
public:
  DropZone() { setFixedHeight(Metrics(this).px(132)); }
  void setActive(bool active) {
    m_active = active;
    update();
  }

protected:
  void paintEvent(QPaintEvent*) override {
    const Tokens& t = tokensFor(this);
    const Metrics m(this);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QPen pen(m_active ? t.focus : t.strong, m_active ? 2.0 : 1.0);
    pen.setDashPattern({4.0, 3.0});
    painter.setPen(pen);
    painter.setBrush(t.plot);
    painter.drawRoundedRect(QRectF(rect()).adjusted(1.0, 1.0, -1.0, -1.0), 3.0, 3.0);
    const QFont big = [this] {
      QFont face(font());
      face.setPointSizeF(face.pointSizeF() * 1.1);
      return face;
    }();
    const QString first = StartPage::tr("Drop a folder, a model file or a session here");
    const QString second =
        StartPage::tr("Folder of images and masks · .pth .pt · .npy .npz .hdf5 score maps · .oodscope session");
    const QFont small = tableFont(font());
    const int width =
        std::max(QFontMetrics(big).horizontalAdvance(first), QFontMetrics(small).horizontalAdvance(second));
    const int picture = m.px(32);
    const int left = std::max(m.px(16), (this->width() - width - picture - m.px(18)) / 2);
    const int middle = height() / 2;
    painter.drawPixmap(left, middle - picture / 2,
                       iconPixmap(QStringLiteral("drop"), t.focus, picture, devicePixelRatioF()));
    const int text = left + picture + m.px(18);
    painter.setPen(t.text);
    painter.setFont(big);
    painter.drawText(QRect(text, middle - m.px(20), this->width() - text, m.px(20)), Qt::AlignVCenter, first);
    painter.setPen(t.text2);
    painter.setFont(small);
    painter.drawText(QRect(text, middle + m.px(1), this->width() - text, m.px(18)), Qt::AlignVCenter, second);
  }

private:
  bool m_active = false;
};

/// A wide button: picture, text left, shortcut right.
class StartButton : public QPushButton {
public:
  StartButton(const QString& picture, const QString& text, const QString& shortcut, bool primary)
      : m_picture(picture), m_text(text), m_shortcut(shortcut), m_primary(primary) {
    setProperty("primary", primary);
    setMinimumWidth(Metrics(this).px(124));
    setFixedHeight(Metrics(this).px(34));
    nameControl(this, text, shortcut);
  }

protected:
  void paintEvent(QPaintEvent* event) override {
    QPushButton::paintEvent(event);
    const Tokens& t = tokensFor(this);
    const Metrics m(this);
    QPainter painter(this);
    const QColor text = m_primary ? t.onAccent : t.text;
    const int size = m.px(15);
    painter.drawPixmap(m.px(12), (height() - size) / 2, iconPixmap(m_picture, text, size, devicePixelRatioF()));
    painter.setPen(text);
    painter.drawText(rect().adjusted(m.px(34), 0, 0, 0), Qt::AlignVCenter, m_text);
    const int used = m.px(34) + painter.fontMetrics().horizontalAdvance(m_text) + m.px(20);
    painter.setFont(captionFont(font()));
    if (used + painter.fontMetrics().horizontalAdvance(m_shortcut) > width()) return;  // the tool tip has it
    painter.setPen(m_primary ? t.onAccent : t.text2);
    painter.drawText(rect().adjusted(0, 0, -m.px(12), 0), static_cast<int>(Qt::AlignVCenter | Qt::AlignRight),
                     m_shortcut);
  }

private:
  QString m_picture, m_text, m_shortcut;
  bool m_primary;
};

/// What is recognised: three columns of text, all left-aligned.
class RecognisedTable : public QWidget {
public:
  RecognisedTable() {
    m_rows = {{StartPage::tr("set"), StartPage::tr("layout"), StartPage::tr("labels")},
              {StartPage::tr("Road Anomaly, RoadAnomaly21, RoadObsticle21"), StartPage::tr("course bundle or SMIYC"),
               QStringLiteral("0 1 2 255")},
              {StartPage::tr("Fishyscapes Lost and Found, Static"), StartPage::tr("labels, images by id"),
               QStringLiteral("0 1 255")},
              {StartPage::tr("Lost and Found"), StartPage::tr("scene folders, disparity"), QStringLiteral("labelIds")},
              {StartPage::tr("StreetHazards"), QStringLiteral("test/t5, test/t6"), StartPage::tr("class 13")},
              {StartPage::tr("Cityscapes val"), StartPage::tr("closed-set mIoU"), StartPage::tr("19 classes")},
              {StartPage::tr("Score maps of other methods"), QStringLiteral("npy, npz, hdf5, tiff, png 16"),
               QStringLiteral("–")},
              {StartPage::tr("Any folder"), StartPage::tr("images and masks by stem"), StartPage::tr("set once")}};
    const Metrics m(this);
    setMinimumSize(m.px(240), static_cast<int>(m_rows.size()) * m.row());
    setAccessibleName(StartPage::tr("Recognised sets"));
    QStringList all;
    for (const auto& row : m_rows) all << row[0] + QStringLiteral(": ") + row[1] + QStringLiteral(", ") + row[2];
    setAccessibleDescription(all.mid(1).join(QStringLiteral("; ")));
  }

protected:
  void paintEvent(QPaintEvent*) override {
    const Tokens& t = tokensFor(this);
    const Metrics m(this);
    QPainter painter(this);
    painter.fillRect(rect(), t.panel);
    const QFont face = tableFont(font());
    std::array<int, 3> widths{};
    for (const auto& row : m_rows)
      for (std::size_t i = 0; i < 3; ++i)
        widths[i] = std::max(widths[i], QFontMetrics(face).horizontalAdvance(row[i]) + m.px(16));
    widths[0] = std::min(widths[0], std::max(m.px(90), width() - m.px(8) - widths[1] - widths[2]));
    for (std::size_t r = 0; r < m_rows.size(); ++r) {
      const QRect line(0, static_cast<int>(r) * m.row(), width(), m.row());
      if (r > 0 && r % 2 == 0) painter.fillRect(line, t.alt);
      painter.setFont(r == 0 ? captionFont(font()) : face);
      int x = m.px(8);
      for (std::size_t i = 0; i < 3; ++i) {
        painter.setPen(r == 0 || i > 0 ? t.text2 : t.text);
        const QRect cell(x, line.top(), std::min(widths[i], width() - x) - m.px(8), line.height());
        if (cell.width() > 0)
          painter.drawText(cell, Qt::AlignVCenter,
                           painter.fontMetrics().elidedText(m_rows[r][i], Qt::ElideRight, cell.width()));
        x += widths[i];
      }
      if (r == 0) painter.fillRect(QRect(0, line.bottom(), width(), 1), t.line);
    }
  }

private:
  std::vector<std::array<QString, 3>> m_rows;
};

}  // namespace

StartPage::StartPage(QWidget* parent) : QWidget(parent), m_zone(new DropZone), m_recent(new QListWidget) {
  setAcceptDrops(true);
  const Metrics m(this);
  auto* title = new QLabel(tr("Open a set, a model or a session"));
  title->setFont(titleFont(font()));
  auto* subtitle =
      new QLabel(tr("Layout, label values and model kind are recognised. What is skipped is listed with the reason."));
  subtitle->setForegroundRole(kSecondaryRole);
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(m.px(10));
  const auto add = [&](const QString& picture, const QString& text, const QString& keys, bool primary,
                       void (StartPage::*fact)()) {
    auto* button = new StartButton(picture, text, keys, primary);
    connect(button, &QPushButton::clicked, this, fact);
    buttons->addWidget(button, 1);
    m_demo = button;
  };
  add(QStringLiteral("folder"), tr("Open folder…"), QStringLiteral("Ctrl+O"), false, &StartPage::openFolderRequested);
  add(QStringLiteral("cube"), tr("Open model…"), QStringLiteral("Ctrl+M"), false, &StartPage::openModelRequested);
  add(QStringLiteral("file"), tr("Open session…"), QStringLiteral("Ctrl+Shift+O"), false,
      &StartPage::openSessionRequested);
  add(QStringLiteral("play"), tr("Open the demo"), QStringLiteral("Ctrl+D"), true, &StartPage::openDemoRequested);
  auto* note = new QLabel(tr("The demo needs no files: a small rendered set, a small model, all methods."));
  note->setForegroundRole(kSecondaryRole);
  note->setFont(tableFont(font()));
  note->setAlignment(Qt::AlignRight);
  const auto heading = [&](const QString& text) {
    auto* label = new QLabel(text);
    label->setFont(strongFont(tableFont(font())));
    return label;
  };
  m_recent->setFrameShape(QFrame::NoFrame);
  m_recent->setIconSize({m.px(16), m.px(16)});
  m_recent->setAccessibleName(tr("Recent"));
  m_recent->viewport()->setBackgroundRole(kPanelRole);
  auto* recentArea = new QWidget;
  m_recentStack = new QStackedLayout(recentArea);
  m_recentStack->addWidget(new EmptyState(
      tr("Nothing opened yet"), tr("Sets, models and sessions appear here. Missing paths stay listed and say so.")));
  m_recentStack->addWidget(m_recent);
  auto* lower = new QGridLayout;
  lower->setHorizontalSpacing(m.px(24));
  lower->setVerticalSpacing(m.px(6));
  lower->addWidget(heading(tr("Recent")), 0, 0);
  lower->addWidget(heading(tr("Recognised")), 0, 1);
  lower->addWidget(recentArea, 1, 0);
  auto* table = new RecognisedTable;
  lower->addWidget(table, 1, 1);
  lower->setColumnStretch(0, 5);
  lower->setColumnStretch(1, 8);
  auto* column = new QWidget;
  column->setMaximumWidth(m.px(900));
  auto* layout = new QVBoxLayout(column);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(m.px(8));
  layout->addWidget(title);
  layout->addWidget(subtitle);
  layout->addSpacing(m.px(8));
  layout->addWidget(m_zone);
  layout->addSpacing(m.px(4));
  layout->addLayout(buttons);
  layout->addWidget(note);
  layout->addSpacing(m.px(12));
  layout->addLayout(lower);
  layout->addStretch(1);
  auto* page = new QWidget;
  auto* outer = new QHBoxLayout(page);
  outer->setContentsMargins(m.px(24), m.px(32), m.px(24), m.px(24));
  outer->addStretch(1);
  outer->addWidget(column, 30);
  outer->addStretch(1);
  auto* pane = new ScrollPane(page);
  for (QWidget* part : {pane->viewport(), page}) part->setAutoFillBackground(false);
  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->addWidget(pane);
  connect(m_recent, &QListWidget::itemActivated, this,
          [this](const QListWidgetItem* item) { Q_EMIT recentActivated(item->data(Qt::UserRole).toString()); });
}

void StartPage::focusDemo() { m_demo->setFocus(Qt::OtherFocusReason); }

void StartPage::setRecent(const std::vector<RecentEntry>& recent) {
  m_recent->clear();
  for (const RecentEntry& entry : recent) {
    auto* item = new QListWidgetItem(entry.isMissing ? tr("%1 · %2 · missing").arg(entry.name, entry.kind)
                                                     : tr("%1 · %2").arg(entry.name, entry.kind));
    item->setData(Qt::UserRole, entry.path);
    item->setToolTip(entry.path);
    const char* picture = entry.kind == QLatin1String("model")     ? "cube"
                          : entry.kind == QLatin1String("session") ? "file"
                                                                   : "folder";
    item->setIcon(icon(QLatin1String(picture)));
    if (entry.isMissing) item->setFlags(item->flags() & ~Qt::ItemIsEnabled);
    m_recent->addItem(item);
  }
  m_recentStack->setCurrentIndex(recent.empty() ? 0 : 1);
}

void StartPage::paintEvent(QPaintEvent*) { QPainter(this).fillRect(rect(), tokensFor(this).view); }

void StartPage::dragEnterEvent(QDragEnterEvent* event) {
  if (!event->mimeData()->hasUrls()) return;
  event->acceptProposedAction();
  static_cast<DropZone*>(m_zone)->setActive(true);
}

void StartPage::dragLeaveEvent(QDragLeaveEvent*) { static_cast<DropZone*>(m_zone)->setActive(false); }

void StartPage::dropEvent(QDropEvent* event) {
  static_cast<DropZone*>(m_zone)->setActive(false);
  QStringList paths;
  for (const QUrl& url : event->mimeData()->urls())
    if (url.isLocalFile()) paths << url.toLocalFile();
  if (paths.isEmpty()) return;
  event->acceptProposedAction();
  Q_EMIT dropped(paths);
}

}  // namespace oodscope
