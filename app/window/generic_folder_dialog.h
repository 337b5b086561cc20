// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"
#include "analysis/datasets/imported_scores.h"
#include "app/desk/coalescing_job.h"

#include <QDialog>
#include <QString>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>

class QLabel;
class QLineEdit;
class QPushButton;
class QTableWidget;
class QVBoxLayout;

namespace oodscope {

/// Globs that probably fit a folder: sub-folders named like images and like masks. Cost: one folder listing.
[[nodiscard]] GenericLayout guessedLayout(const std::filesystem::path& root);

/// What would be found in a folder, and what its masks hold.
struct FolderFindings {
  struct Held {
    std::uint64_t pixels = 0;
    std::size_t masks = 0;
  };
  QString summary;
  std::size_t masks = 0, masksRead = 0;
  std::map<int, Held> values = {};  ///< of the masks that were looked at
};

/// Asks how a folder that no known layout fits is to be read, and says at every edit what would be found and which
/// values the masks hold, with pixels. Not modal.
class GenericFolderDialog : public QDialog {
  Q_OBJECT

public:
  GenericFolderDialog(std::filesystem::path root, const QString& why, QWidget* parent);
  [[nodiscard]] GenericLayout edited() const;

Q_SIGNALS:
  void layoutChosen(const oodscope::GenericLayout& layout);
  /// `polarity`: as was chosen beside the button; none: as the files' form says.
  void scoresChosen(std::optional<oodscope::Polarity> polarity);

private:
  void addValues(QVBoxLayout& column);
  void addButtons(QVBoxLayout& column);
  void addValue(int value, int meaning);
  void look();
  void showFindings(const FolderFindings& findings);
  /// Rows for what the masks hold and the table does not list: void until the user says otherwise.
  void addUnlisted(const FolderFindings& findings);
  [[nodiscard]] bool holdsMeaning(const FolderFindings& findings) const;

  std::filesystem::path m_root;
  QLineEdit *m_images = nullptr, *m_masks = nullptr;
  QTableWidget* m_values = nullptr;
  QLabel* m_found = nullptr;
  QPushButton* m_open = nullptr;
  CoalescingJob<GenericLayout, FolderFindings> m_job;
};

}  // namespace oodscope
