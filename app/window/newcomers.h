// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QObject>
#include <QString>

#include <filesystem>
#include <vector>

namespace oodscope {

class Notices;
struct DataSet;
struct Desk;

/// What the user opens is looked at: a set becomes the view's, a model or score maps the run's, and the banner says so.
/// What a session or the command line opens is looked at as these say.
class Newcomers : public QObject {
  Q_OBJECT

public:
  Newcomers(Desk& desk, Notices& notices, QObject* parent);

  /// The user asked for what lies there: a set's folder or one that holds sets, a model, a folder of scores.
  void expect(const std::filesystem::path& path);
  /// Nothing is expected any more: another session takes the place of all.
  void forget() { m_expected.clear(); }

  void setArrived(const QString& name);
  void modelArrived(const QString& name);
  void scoresArrived(const QString& name);

private:
  /// Whether the user asked for it; said once.
  [[nodiscard]] bool isExpected(const std::filesystem::path& path);

  Desk& m_desk;
  Notices& m_notices;
  std::vector<std::filesystem::path> m_expected;
};

/// "opened as Course bundle (images/ with labels_masks/): 24 frames, no file left out".
[[nodiscard]] QString openedText(const DataSet& set);

}  // namespace oodscope
