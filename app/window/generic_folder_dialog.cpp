// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/generic_folder_dialog.h"

#include "analysis/core/error.h"
#include "analysis/datasets/label_census.h"
#include "app/window/polarity_choice.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <set>

namespace oodscope {
namespace {

constexpr std::array kMeanings{kNormal, kAnomaly, kVoid};

bool nameHas(const std::string& name, std::initializer_list<const char*> words) {
  const QString lower = QString::fromStdString(name).toLower();
  return std::any_of(words.begin(), words.end(), [&](const char* word) { return lower.contains(QLatin1String(word)); });
}

constexpr int kHeldColumn = 2;
constexpr int kVoidChoice = 2;  // as kMeanings lists them

QComboBox* addRow(QTableWidget& table, int value, int meaning) {
  const int row = table.rowCount();
  table.insertRow(row);
  auto* held = new QTableWidgetItem;
  held->setFlags(Qt::ItemIsEnabled);
  table.setItem(row, kHeldColumn, held);
  table.setItem(row, 0, new QTableWidgetItem(QString::number(value)));
  auto* choice = new QComboBox;
  choice->addItems(
      {GenericFolderDialog::tr("normal"), GenericFolderDialog::tr("anomaly"), GenericFolderDialog::tr("void")});
  choice->setCurrentIndex(meaning);
  choice->setAccessibleName(GenericFolderDialog::tr("Meaning of value %1").arg(value));
  table.setCellWidget(row, 1, choice);
  return choice;
}

}  // namespace

GenericLayout guessedLayout(const std::filesystem::path& root) {
  GenericLayout layout{.images = "images/*", .masks = "masks/*", .encoding = {}};
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(root, error)) {
    if (!entry.is_directory(error)) continue;
    const std::string name = entry.path().filename().string();
    if (nameHas(name, {"mask", "label", "gt", "annot", "truth"}))
      layout.masks = name + "/*";
    else if (nameHas(name, {"image", "img", "rgb", "left", "original"}))
      layout.images = name + "/*";
  }
  return layout;
}

namespace {

QString summaryOf(const DataSet& set) {
  const auto labelled =
      std::count_if(set.frames.begin(), set.frames.end(), [](const Frame& frame) { return frame.label; });
  return GenericFolderDialog::tr("%1, %2 with a mask, %3")
      .arg(countedText(static_cast<qint64>(set.frames.size()), GenericFolderDialog::tr("image"),
                       GenericFolderDialog::tr("images")))
      .arg(labelled)
      .arg(set.skipped.empty()
               ? GenericFolderDialog::tr("no file left out")
               : GenericFolderDialog::tr("%1 left out")
                     .arg(countedText(static_cast<qint64>(set.skipped.size()), GenericFolderDialog::tr("file"),
                                      GenericFolderDialog::tr("files"))));
}

/// What some of the masks hold. Cost: decoding them.
FolderFindings findingsOf(const DataSet& set) {
  constexpr std::size_t kMasksLookedAt = 24;
  FolderFindings out;
  out.summary = summaryOf(set);
  std::vector<std::size_t> labelled;
  for (std::size_t i = 0; i < set.frames.size(); ++i)
    if (set.frames[i].label) labelled.push_back(i);
  out.masks = labelled.size();
  if (labelled.empty()) return out;
  std::vector<std::size_t> looked;
  const std::size_t count = std::min(kMasksLookedAt, labelled.size());
  for (std::size_t i = 0; i < count; ++i) looked.push_back(labelled[i * labelled.size() / count]);
  LabelCensus census;
  countLabels(set, looked, census);
  for (const auto& [file, facts] : census.facts()) {
    ++out.masksRead;
    for (const auto& [value, pixels] : facts.pixels) {
      out.values[value].pixels += pixels;
      ++out.values[value].masks;
    }
  }
  return out;
}

}  // namespace

GenericFolderDialog::GenericFolderDialog(std::filesystem::path root, const QString& why, QWidget* parent)
    : QDialog(parent),
      m_root(std::move(root)),
      m_job(
          this, JobPriority::Estimate,
          [this](const GenericLayout& layout, const std::stop_token&) {
            return findingsOf(openDataSet(m_root, layout));
          },
          [this](const GenericLayout&, const Outcome<FolderFindings>& outcome) {
            if (outcome.hasValue()) showFindings(outcome.value());
            if (outcome.isFailure()) showFindings({.summary = QString::fromStdString(outcome.failure())});
            m_open->setEnabled(outcome.hasValue());
          }) {
  setObjectName(QStringLiteral("generic-folder"));
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("How is this folder to be read?"));
  setModal(false);
  usePanelBackground(this);
  const Metrics m(this);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(m.px(16), m.px(12), m.px(16), m.px(12));
  column->setSpacing(m.px(8));
  auto* heading = new QLabel(QString::fromStdString(m_root.filename().string()));
  heading->setFont(strongFont(font()));
  heading->setToolTip(QString::fromStdString(m_root.string()));
  auto* reason = new QLabel(why);
  reason->setWordWrap(true);
  reason->setForegroundRole(kSecondaryRole);
  const GenericLayout guess = guessedLayout(m_root);
  m_images = new QLineEdit(QString::fromStdString(guess.images));
  m_masks = new QLineEdit(QString::fromStdString(guess.masks));
  m_images->setAccessibleName(tr("Images"));
  m_masks->setAccessibleName(tr("Masks"));
  auto* form = new QFormLayout;
  form->addRow(tr("Images"), m_images);
  form->addRow(tr("Masks"), m_masks);
  column->addWidget(heading);
  column->addWidget(reason);
  column->addLayout(form);
  addValues(*column);
  m_found = new QLabel;
  m_found->setWordWrap(true);
  m_found->setMinimumWidth(m.px(380));
  m_found->setAccessibleName(tr("What would be found"));
  column->addWidget(m_found);
  addButtons(*column);
  for (QLineEdit* line : {m_images, m_masks}) connect(line, &QLineEdit::textChanged, this, &GenericFolderDialog::look);
  look();
}

void GenericFolderDialog::addValues(QVBoxLayout& column) {
  m_values = new QTableWidget(0, 3);
  m_values->setHorizontalHeaderLabels({tr("value"), tr("meaning"), tr("in the masks")});
  m_values->verticalHeader()->hide();
  m_values->horizontalHeader()->setStretchLastSection(true);
  m_values->setFixedHeight(Metrics(this).px(150));
  m_values->setAccessibleName(tr("What the masks' values mean; values not listed are void"));
  addValue(0, 0);
  addValue(1, 1);
  addValue(255, kVoidChoice);
  connect(m_values, &QTableWidget::itemChanged, this, [this](const QTableWidgetItem* item) {
    if (item->column() == 0) look();
  });
  auto* more = new QPushButton(tr("Add a value"));
  connect(more, &QPushButton::clicked, this, [this] { addValue(m_values->rowCount(), kVoidChoice); });
  column.addWidget(m_values);
  column.addWidget(more, 0, Qt::AlignLeft);
}

void GenericFolderDialog::addButtons(QVBoxLayout& column) {
  m_open = new QPushButton(tr("Open as images and masks"));
  m_open->setProperty("primary", true);
  m_open->setEnabled(false);
  auto* scores = new QPushButton(tr("These are score maps"));
  scores->setToolTip(tr("Opens the folder as ready-made scores of the open sets"));
  auto* polarity = new PolarityChoice;
  auto* cancel = new QPushButton(tr("Cancel"));
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(scores);
  buttons->addWidget(polarity);
  buttons->addStretch(1);
  buttons->addWidget(cancel);
  buttons->addWidget(m_open);
  column.addLayout(buttons);
  connect(cancel, &QPushButton::clicked, this, &QDialog::close);
  connect(m_open, &QPushButton::clicked, this, [this] {
    Q_EMIT layoutChosen(edited());
    close();
  });
  connect(scores, &QPushButton::clicked, this, [this, polarity] {
    Q_EMIT scoresChosen(polarity->polarity());
    close();
  });
}

GenericLayout GenericFolderDialog::edited() const {
  GenericLayout layout{.images = m_images->text().trimmed().toStdString(),
                       .masks = m_masks->text().trimmed().toStdString(),
                       .encoding = {}};
  QStringList said;
  for (int row = 0; row < m_values->rowCount(); ++row) {
    bool isNumber = false;
    const int value = m_values->item(row, 0)->text().toInt(&isNumber);
    isNumber = isNumber && value >= -32'768 && value <= 65'535;  // what 16 bits hold
    const auto* choice = static_cast<const QComboBox*>(m_values->cellWidget(row, 1));
    if (!isNumber) continue;
    layout.encoding.meaning[value] = kMeanings[static_cast<std::size_t>(choice->currentIndex())];
    said << QStringLiteral("%1 %2").arg(value).arg(choice->currentText());
  }
  layout.encoding.description = said.join(QStringLiteral(", ")).toStdString();
  return layout;
}

void GenericFolderDialog::look() { m_job.request(edited()); }

void GenericFolderDialog::addValue(int value, int meaning) {
  const QSignalBlocker blocker(m_values);
  connect(addRow(*m_values, value, meaning), &QComboBox::currentIndexChanged, this, &GenericFolderDialog::look);
}

void GenericFolderDialog::showFindings(const FolderFindings& findings) {
  addUnlisted(findings);
  for (int row = 0; row < m_values->rowCount(); ++row) {
    bool isNumber = false;
    const int value = m_values->item(row, 0)->text().toInt(&isNumber);
    const auto held = findings.values.find(value);
    const bool isHeld = isNumber && held != findings.values.end();
    m_values->item(row, kHeldColumn)
        ->setText(isHeld ? tr("%1 px in %2")
                               .arg(groupedText(static_cast<qint64>(held->second.pixels)),
                                    countedText(static_cast<qint64>(held->second.masks), tr("mask"), tr("masks")))
                  : findings.masksRead == 0 ? QString()
                                            : tr("in none of them"));
  }
  QString text = findings.summary;
  if (findings.masksRead > 0) {
    QStringList values;
    for (const auto& [value, held] : findings.values) values << QString::number(value);
    text += QLatin1Char('\n') + tr("%1 looked at: they hold %2.")
                                    .arg(partText(static_cast<qint64>(findings.masksRead),
                                                  static_cast<qint64>(findings.masks), tr("mask"), tr("masks")),
                                         values.join(QStringLiteral(", ")));
    if (!holdsMeaning(findings)) text += QLatin1Char('\n') + tr("All of that is void: say above what the values mean.");
  }
  m_found->setText(text);
}

void GenericFolderDialog::addUnlisted(const FolderFindings& findings) {
  constexpr int kMostRows = 40;
  std::set<int> listed;
  for (int row = 0; row < m_values->rowCount(); ++row) listed.insert(m_values->item(row, 0)->text().toInt());
  for (const auto& [value, held] : findings.values)
    if (!listed.contains(value) && m_values->rowCount() < kMostRows) addValue(value, kVoidChoice);
}

bool GenericFolderDialog::holdsMeaning(const FolderFindings& findings) const {
  const GenericLayout layout = edited();
  return std::ranges::any_of(findings.values, [&](const auto& held) {
    const auto meaning = layout.encoding.meaning.find(held.first);
    return meaning != layout.encoding.meaning.end() && meaning->second != kVoid;
  });
}

}  // namespace oodscope
