// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/session/session.h"

#include <QObject>
#include <QStringList>

#include <filesystem>
#include <optional>

class QMenu;
class QWidget;

namespace oodscope {

class MissingFlow;
class Newcomers;
class Notices;
class PlacesFlow;
class RecoveryFlow;
class StartPage;
class WindowActions;
struct Desk;

/// What the command line asked for, on top of the session.
struct WindowRequest {
  std::optional<std::filesystem::path> session;
  std::vector<SetEntry> sets;
  std::vector<ModelEntry> models;
  std::vector<std::filesystem::path> scores;
  std::optional<ScoreChoice> score;
  std::optional<float> threshold;
  std::optional<Protocol> protocol;
  std::string frame;
  std::optional<ScoreChoice> compare;  ///< run B; its model is A's
  QString tab;                         ///< the analysis tab to open, by its title
  QStringList remarks = {};            ///< what the user must see: preferences that could not be used
};

/// Opening: from dialogs, drops, the start page, the recent entries and the command line; what is looked at once
/// something came or went.
class OpenFlow : public QObject {
  Q_OBJECT

public:
  OpenFlow(Desk& desk, Notices& notices, StartPage& start, WindowActions& actions, QWidget& window);

  void open(const WindowRequest& request);
  /// Opens whatever the paths are: set folders, models, sessions, folders of score maps.
  void openPaths(const QStringList& paths);
  /// What earlier windows left, and places that nothing can be kept in: asked about above the views.
  void offerLeftWork();
  /// Questions that wait for an answer, to stand above the views.
  [[nodiscard]] QWidget* questions() const { return m_questions; }
  [[nodiscard]] MissingFlow& missing() const { return *m_missing; }
  /// A set, a frame and a model to look at, where the session names none that is open.
  void chooseDefaults();

Q_SIGNALS:
  /// What is open is another than before.
  void openChanged();
  void saved(const QString& file);

private:
  enum class Kind { Folder, Model, Scores, Session };

  void connectActions(WindowActions& actions);
  void connectStart(StartPage& start, WindowActions& actions);
  void connectWorkspace();
  void addBanners(QWidget& window);
  void openPath(const QString& text);
  void openRecent(const QString& path);
  void openDialog(Kind kind);
  void openScoresDialog();
  /// `polarity`: what high values mean; none: as the files' form says, or as was chosen for the folder before.
  void openScores(const std::filesystem::path& folder, std::optional<Polarity> polarity = {});
  void openDemo();
  void askAboutFolder(const std::filesystem::path& folder, const QString& why, bool scores);
  void setOpened(const QString& name);
  void remember(const QString& path, const QString& kind);
  void showRecent();

  Desk& m_desk;
  Notices& m_notices;
  StartPage& m_start;
  QMenu& m_recent;
  QWidget& m_window;
  QWidget* m_questions = nullptr;
  MissingFlow* m_missing = nullptr;
  RecoveryFlow* m_recovery = nullptr;
  PlacesFlow* m_places = nullptr;
  Newcomers* m_newcomers;
};

}  // namespace oodscope
