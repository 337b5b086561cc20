// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"
#include "app/desk/coalescing_job.h"

#include <QDialog>
#include <QString>

#include <filesystem>

class QLabel;
class QLineEdit;
class QPushButton;
class QTableWidget;
class QVBoxLayout;

namespace oodscope {

/// Globs that probably fit a folder: sub-folders named like images and like masks. Cost: one folder listing.
[[nodiscard]] GenericLayout guessedLayout(const std::filesystem::path& root);

/// Asks how a folder that no known layout fits is to be read, and says at every edit what would be found. Not modal.
class GenericFolderDialog : public QDialog {
  Q_OBJECT

public:
  GenericFolderDialog(std::filesystem::path root, const QString& why, QWidget* parent);
  [[nodiscard]] GenericLayout edited() const;

Q_SIGNALS:
  void layoutChosen(const oodscope::GenericLayout& layout);
  void scoresChosen();

private:
  void addValues(QVBoxLayout& column);
  void addButtons(QVBoxLayout& column);
  void look();

  std::filesystem::path m_root;
  QLineEdit *m_images = nullptr, *m_masks = nullptr;
  QTableWidget* m_values = nullptr;
  QLabel* m_found = nullptr;
  QPushButton* m_open = nullptr;
  CoalescingJob<GenericLayout, QString> m_job;
};

}  // namespace oodscope
