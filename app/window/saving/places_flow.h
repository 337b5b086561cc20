// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QObject>
#include <QString>

#include <filesystem>
#include <vector>

class QWidget;

namespace oodscope {

class ChoiceBanner;
class Notices;
struct Desk;

/// Why nothing can be made or written in a folder, as the system says it; empty: it can. Makes the folder.
[[nodiscard]] QString whyNoPlace(const std::filesystem::path& folder);

/// Places where the program keeps things between runs and that it cannot use: the window works without them, says what
/// is lost by it and asks for another one, which is remembered where preferences can be.
class PlacesFlow : public QObject {
  Q_OBJECT

public:
  PlacesFlow(Desk& desk, Notices& notices, ChoiceBanner& banner, QWidget& window);
  /// Tries all of them.
  void check();

private:
  enum class Kept { Autosaves, Logits };
  struct Problem {
    Kept kept;
    QString text;
  };
  void add(Kept kept, const QString& text);
  void askNext();
  void answer(const QString& name);
  void useFolder(Kept kept, const QString& folder);

  Desk& m_desk;
  Notices& m_notices;
  ChoiceBanner& m_banner;
  QWidget& m_window;
  std::vector<Problem> m_problems;  ///< the first one is asked about
};

}  // namespace oodscope
