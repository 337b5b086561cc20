// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/preferences_dialog.h"

#include "app/window/presenters.h"
#include "widgets/controls/decimal_box.h"
#include "widgets/theme/colour_map.h"
#include "widgets/theme/number_text.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>
#include <thread>
#include <vector>

namespace oodscope {
namespace {

template <class Box>
Box* named(Box* box, const QString& name) {
  box->setAccessibleName(name);
  return box;
}

}  // namespace

PreferencesDialog::PreferencesDialog(const Preferences& now, QWidget* parent) : QDialog(parent), m_before(now) {
  setObjectName(QStringLiteral("preferences"));
  setWindowTitle(tr("Preferences"));
  setModal(false);
  usePanelBackground(this);
  const Metrics m(this);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(m.px(16), m.px(12), m.px(16), m.px(12));
  column->setSpacing(m.px(8));
  const std::vector<QFormLayout*> forms{
      addGroup(*column, tr("Work")), addGroup(*column, tr("Logits kept between runs")), addGroup(*column, tr("Window")),
      addGroup(*column, tr("New sessions begin with"))};
  fillWork(*forms[0]);
  fillCache(*forms[1]);
  fillLooks(*forms[2]);
  fillDefaults(*forms[3]);
  alignLabels(forms);
  addButtons(*column);
}

QFormLayout* PreferencesDialog::addGroup(QVBoxLayout& column, const QString& title) {
  const Metrics m(this);
  auto* heading = new QLabel(title);
  heading->setFont(strongFont(font()));
  column.addWidget(heading);
  auto* form = new QFormLayout;
  form->setHorizontalSpacing(m.px(12));
  form->setVerticalSpacing(m.px(5));
  form->setContentsMargins(m.px(8), 0, 0, m.px(8));
  column.addLayout(form);
  return form;
}

void PreferencesDialog::fillWork(QFormLayout& work) {
  m_device = named(new QComboBox, tr("Device"));
  m_device->addItems(hasCuda() ? QStringList{tr("CPU"), tr("CUDA")} : QStringList{tr("CPU")});
  m_device->setCurrentIndex(m_before.work.device == Device::Cuda && hasCuda() ? 1 : 0);
  if (!hasCuda()) m_device->setToolTip(tr("No CUDA device was found."));
  m_threads = named(new QSpinBox, tr("Threads"));
  m_threads->setRange(0, 4 * std::max(1, static_cast<int>(std::thread::hardware_concurrency())));
  m_threads->setSpecialValueText(tr("all cores (%1)").arg(std::thread::hardware_concurrency()));
  m_threads->setValue(m_before.work.threads);
  m_memory = named(new QSpinBox, tr("Memory for score maps"));
  m_memory->setRange(50, 65536);
  m_memory->setSuffix(tr(" MB"));
  m_memory->setValue(static_cast<int>(m_before.work.memoryBudget >> 20U));
  work.addRow(tr("Device"), m_device);
  work.addRow(tr("Threads"), m_threads);
  work.addRow(tr("Memory for score maps"), m_memory);
}

void PreferencesDialog::fillCache(QFormLayout& cache) {
  const Metrics m(this);
  m_folder = named(new QLineEdit(QString::fromStdString(m_before.work.store.folder.string())), tr("Cache folder"));
  m_folder->setPlaceholderText(QString::fromStdString(LogitsStore::defaultFolder().string()));
  m_folder->setMinimumWidth(m.px(300));
  auto* browse = new QPushButton(tr("Choose…"));
  auto* folderRow = new QHBoxLayout;
  folderRow->setSpacing(m.px(8));
  folderRow->addWidget(m_folder, 1);
  folderRow->addWidget(browse);
  m_size = named(new DecimalBox, tr("At most"));
  m_size->setRange(0.1, 10000.0);
  m_size->setDecimals(1);
  m_size->setSuffix(tr(" GB"));
  m_size->setValue(static_cast<double>(m_before.work.store.maxBytes) / 1e9);
  m_precision = named(new QComboBox, tr("Precision of stored logits"));
  m_precision->addItems({tr("float16: half the size, numbers are exact on what is stored"),
                         tr("float32 (single): as the network gave them")});
  m_precision->setCurrentIndex(m_before.work.store.precision == StorePrecision::Single ? 1 : 0);
  m_used = new QLabel;
  auto* clear = new QPushButton(tr("Clear the cache"));
  auto* usedRow = new QHBoxLayout;
  usedRow->addWidget(m_used, 1);
  usedRow->addWidget(clear);
  cache.addRow(tr("Folder"), folderRow);
  cache.addRow(tr("At most"), m_size);
  cache.addRow(tr("Precision"), m_precision);
  cache.addRow(tr("In use"), usedRow);
  connect(clear, &QPushButton::clicked, this, &PreferencesDialog::clearCacheRequested);
  connect(browse, &QPushButton::clicked, this, [this] {
    const QString chosen = QFileDialog::getExistingDirectory(this, tr("Cache folder"), m_folder->text());
    if (!chosen.isEmpty()) m_folder->setText(chosen);
  });
}

void PreferencesDialog::fillLooks(QFormLayout& looks) {
  m_theme = named(new QComboBox, tr("Theme"));
  m_theme->addItems({tr("Light"), tr("Dark"), tr("As the system")});
  m_theme->setCurrentIndex(static_cast<int>(m_before.theme));
  looks.addRow(tr("Theme"), m_theme);
}

void PreferencesDialog::fillDefaults(QFormLayout& defaults) {
  m_method = named(new QComboBox, tr("Method"));
  for (const Method method : allMethods()) m_method->addItem(methodTitle(method), methodKey(method));
  m_method->setCurrentIndex(m_method->findData(methodKey(m_before.defaults.method)));
  m_protocol = named(new QComboBox, tr("Protocol"));
  for (const Protocol protocol : allProtocols()) m_protocol->addItem(protocolTitle(protocol), protocolKey(protocol));
  m_protocol->setCurrentIndex(m_protocol->findData(protocolKey(m_before.defaults.protocol)));
  m_map = named(new QComboBox, tr("Colour map"));
  for (const ColourMap map : allColourMaps()) m_map->addItem(colourMapTitle(map), colourMapName(map));
  m_map->setCurrentIndex(std::max(0, m_map->findData(QString::fromStdString(m_before.defaults.colourMap))));
  defaults.addRow(tr("Method"), m_method);
  defaults.addRow(tr("Protocol"), m_protocol);
  defaults.addRow(tr("Colour map"), m_map);
}

void PreferencesDialog::alignLabels(const std::vector<QFormLayout*>& forms) {
  // One column of labels for all groups.
  int widest = 0;
  const auto eachLabel = [&forms](const auto& visit) {
    for (const QFormLayout* form : forms)
      for (int row = 0; row < form->rowCount(); ++row) visit(*form->itemAt(row, QFormLayout::LabelRole)->widget());
  };
  eachLabel([&](const QWidget& label) { widest = std::max(widest, label.sizeHint().width()); });
  eachLabel([&](QWidget& label) { label.setMinimumWidth(widest); });
}

void PreferencesDialog::addButtons(QVBoxLayout& column) {
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Apply | QDialogButtonBox::Cancel);
  column.addWidget(buttons);
  const auto apply = [this] {
    m_before = edited();
    Q_EMIT accepted(m_before);
  };
  connect(buttons->button(QDialogButtonBox::Apply), &QPushButton::clicked, this, apply);
  connect(buttons->button(QDialogButtonBox::Ok), &QPushButton::clicked, this, [this, apply] {
    apply();
    close();
  });
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
}

Preferences PreferencesDialog::edited() const {
  Preferences out = m_before;
  out.work.device = m_device->currentIndex() == 1 ? Device::Cuda : Device::Cpu;
  out.work.threads = m_threads->value();
  out.work.memoryBudget = static_cast<std::uint64_t>(m_memory->value()) << 20U;
  out.work.store.folder = m_folder->text().trimmed().toStdString();
  out.work.store.maxBytes = static_cast<std::uint64_t>(m_size->value() * 1e9);
  out.work.store.precision = m_precision->currentIndex() == 1 ? StorePrecision::Single : StorePrecision::Half;
  out.theme = static_cast<ThemeChoice>(m_theme->currentIndex());
  out.defaults.method = methodOfKey(m_method->currentData());
  out.defaults.protocol = protocolOfKey(m_protocol->currentData());
  out.defaults.colourMap = m_map->currentData().toString().toStdString();
  return out;
}

void PreferencesDialog::setCacheBytes(std::uint64_t bytes) {
  m_used->setText(tr("%1 GB").arg(numberText(static_cast<double>(bytes) / 1e9, 2)));
}

}  // namespace oodscope
