// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QStringList>
#include <QWidget>

#include <array>
#include <vector>

class QAction;
class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;
class QStackedLayout;
class QToolButton;

namespace oodscope {

class ValueGrid;

/// What was assumed of a network and may be wrong: all of it can be edited.
struct ModelAssumptions {
  int width = 1024, height = 512;
  bool plainBilinear = false;  ///< else antialiased as PIL does
  double scale = 1.0 / 255.0;
  std::array<double, 3> mean{0.0, 0.0, 0.0};
  std::array<double, 3> deviation{1.0, 1.0, 1.0};
  bool bgr = false;
  int output = 0;
  int knownClasses = 19;
  int voidChannel = -1;  ///< -1: none
  QStringList channelNames = {};
  friend bool operator==(const ModelAssumptions&, const ModelAssumptions&) = default;
};

/// One open network as the panel shows it.
struct ModelCard {
  QString name;   ///< what the signals call it
  QString title;  ///< "ERFNet 20"
  int channels = 0;
  bool hasNamedStatistics = false;                 ///< of a file that was chosen, not of the one beside it
  std::vector<std::pair<QString, QString>> facts;  ///< "parameters", "2.06 M"
  QStringList remarks;                             ///< what was assumed and said
  QStringList warnings;
  ModelAssumptions assumptions;
};

/// A network that a session lists and that is not to be found.
struct MissingModel {
  QString name, path, why;
  friend bool operator==(const MissingModel&, const MissingModel&) = default;
};

/// The Model dock: what was loaded, and every assumption about it as an editable field. Edits apply together. What is
/// missing is listed with the open ones; choosing it asks where it lies.
class ModelPanel : public QWidget {
  Q_OBJECT

public:
  explicit ModelPanel(QWidget* parent = nullptr);

  /// `current`: the name of the one that is scored with. Fields being edited survive while its assumptions stay.
  void setModels(std::vector<ModelCard> models, const QString& current);
  void setMissing(std::vector<MissingModel> missing);
  /// "135 ms, 2 threads"; empty: not measured.
  void setLatency(const QString& text, bool measuring);
  /// "frame 3 of 60" while statistics are fitted; empty: nothing is.
  void setFitting(const QString& text);
  /// What the fields say now.
  [[nodiscard]] ModelAssumptions edited() const;

  /// The choice of the open models, whose items' data are their names, and of the missing ones behind them, without.
  [[nodiscard]] QComboBox* choice() const { return m_choice; }

Q_SIGNALS:
  void currentEdited(const QString& name);
  void assumptionsEdited(const QString& name, const oodscope::ModelAssumptions& assumptions);
  void openRequested();
  void closeRequested(const QString& name);
  void latencyRequested(const QString& name);
  void statisticsFileRequested(const QString& name);
  /// Those of the file beside the model, where there is one.
  void statisticsForgotten(const QString& name);
  void fitRequested(const QString& name);
  void fitCancelled();
  void locateRequested(const QString& path);

private:
  [[nodiscard]] QWidget* makeChoice();
  void buildStatistics();
  void choose(int index);
  void fillChoice(const QString& name);
  void buildFields(QWidget* content);
  void showCurrent();
  void showEdited();
  [[nodiscard]] const ModelCard* current() const;

  std::vector<ModelCard> m_models;
  std::vector<MissingModel> m_missing;
  QString m_latency;
  QStackedLayout* m_stack = nullptr;
  QWidget* m_top = nullptr;
  QComboBox* m_choice = nullptr;
  int m_shown = -1;  ///< its item whose model is shown
  QToolButton* m_close = nullptr;
  ValueGrid* m_facts = nullptr;
  QLabel *m_remarks = nullptr, *m_warnings = nullptr;
  QSpinBox *m_width = nullptr, *m_height = nullptr, *m_output = nullptr, *m_known = nullptr, *m_void = nullptr;
  QComboBox *m_resize = nullptr, *m_order = nullptr;
  QDoubleSpinBox* m_scale = nullptr;
  std::array<QDoubleSpinBox*, 3> m_mean{}, m_deviation{};
  QPlainTextEdit* m_names = nullptr;
  QPushButton *m_apply = nullptr, *m_revert = nullptr, *m_measure = nullptr, *m_statistics = nullptr;
  QAction *m_fit = nullptr, *m_cancelFit = nullptr, *m_forget = nullptr;
};

}  // namespace oodscope
