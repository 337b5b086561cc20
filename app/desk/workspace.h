// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/severity.h"
#include "app/live/live_set.h"
#include "app/live/map_cache.h"
#include "app/session/relocation.h"
#include "app/session/session.h"
#include "app/sources/open_source.h"
#include "inference/logits/logits_store.h"

#include <QObject>
#include <QString>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <typeindex>
#include <vector>

namespace oodscope {

class InferenceRunner;
class SessionModel;
struct MissingItem;

/// A set that is open, with what the user gave to read it.
struct OpenSet {
  SetEntry entry;
  std::shared_ptr<const DataSet> set;      ///< its name is a label that no other open set has
  std::string id = {};                     ///< setIdOf()
  std::shared_ptr<SetLabels> labels = {};  ///< decoded once for all live sets of it
};

/// A network that is open, or being opened (info absent then).
struct OpenModel {
  ModelEntry entry;
  std::shared_ptr<Model> model;
  std::optional<ModelInfo> info;
  SourceId id = {};
  std::string label = {};                                   ///< no other open model or folder has it
  std::shared_ptr<const FittedStatistics> statistics = {};  ///< that its methods may measure by; null: none
  [[nodiscard]] QString name() const { return QString::fromStdString(label); }
};

/// A folder of score maps or logits that is open.
struct OpenScores {
  std::filesystem::path path;
  SourceId id = {};
  std::string label = {};                                   ///< no other open model or folder has it
  std::optional<Polarity> polarity = {};                    ///< as the user said; none: as the files' form says
  std::shared_ptr<const FittedStatistics> statistics = {};  ///< that its methods may measure by; null: none
  [[nodiscard]] QString name() const { return QString::fromStdString(label); }
};

/// How work is done, from the preferences.
struct WorkOptions {
  Device device = Device::Cpu;
  int threads = 0;
  LogitsStore::Options store;
  std::uint64_t memoryBudget = std::uint64_t{600} << 20;  ///< score maps of all open sets together
  friend bool operator==(const WorkOptions& a, const WorkOptions& b) {
    return a.device == b.device && a.threads == b.threads && a.memoryBudget == b.memoryBudget &&
           a.store.folder == b.store.folder && a.store.maxBytes == b.store.maxBytes &&
           a.store.precision == b.store.precision && a.store.temporary == b.store.temporary;
  }
};

/// Everything that is open, as the session lists it, and the only owner of it. Lives in the GUI thread; opening happens
/// in a worker and is reported by signals. Sets, models and folders are what their ids say and are called by labels:
/// two of one name have different ones. A label that was written while other things were open is understood.
class Workspace : public QObject {
  Q_OBJECT

public:
  /// `session` lists what is open, and what was to be but could not be opened; it outlives this.
  Workspace(SessionModel& session, WorkOptions options, QObject* parent = nullptr);
  ~Workspace() override;

  /// Sniffs what `path` is (set folder, folder of sets, model, session is not its business) and opens it in the
  /// background.
  void openSet(const SetEntry& entry);
  void openModel(const ModelEntry& entry);
  void openScores(const std::filesystem::path& folder);
  /// Reads a folder's maps so from now on: what was scored of it is scored anew.
  void setPolarity(const QString& name, std::optional<Polarity> polarity);
  void closeSet(const QString& name);
  void closeModel(const QString& name);
  /// Loads the model again with edited assumptions; logits made under the old ones are not used.
  void reopenModel(const QString& name, const Preprocessing& preprocessing, const OutputMeaning& outputs);
  /// The model is opened again with what a file says was fitted for it; none: with the file beside it, where there is
  /// one. A folder is measured by the file from now on; none: by nothing. A file that cannot be read, or is of another
  /// network, is told and not used.
  void setStatistics(const QString& name, const std::optional<std::filesystem::path>& file);
  void closeAll();
  /// Opens what was said to lie there, as the session has it by now.
  void openAt(ItemKind kind, const std::filesystem::path& path);
  /// Opens what the session lists.
  void openAll();

  [[nodiscard]] const std::vector<OpenSet>& sets() const { return m_sets; }
  [[nodiscard]] const std::vector<OpenModel>& models() const { return m_models; }
  [[nodiscard]] const std::vector<OpenScores>& scores() const { return m_scores; }
  [[nodiscard]] std::vector<std::filesystem::path> scoreFolders() const;
  /// The session's ensembles, whose names no model or folder has.
  [[nodiscard]] const std::vector<EnsembleEntry>& ensembles() const;
  [[nodiscard]] const EnsembleEntry* findEnsemble(const std::string& name) const;
  /// Everything that scores of an ensemble can be of: open models, then folders.
  [[nodiscard]] std::vector<SourceItem> sourceItems() const;
  /// One of the ensemble's live sets with all of its scores at another temperature; empty where none of them has one.
  /// To be called from any thread, while the set stays open. Throws Error where the ensemble cannot be made.
  using Retempering =
      std::function<std::shared_ptr<LiveSet>(const LiveSet& like, double temperature, const std::stop_token& stop)>;
  [[nodiscard]] Retempering retempering(const EnsembleEntry& ensemble) const;
  /// The ensemble from now on, in place of the one of its name. Throws Error where it cannot be made of what is open;
  /// nothing is changed then.
  void putEnsemble(const EnsembleEntry& ensemble);
  /// Takes it out of the session; what was scored by it is dropped.
  void closeEnsemble(const QString& name);
  [[nodiscard]] const OpenSet* findSet(const QString& name) const;
  [[nodiscard]] const OpenModel* findModel(const QString& name) const;
  [[nodiscard]] const OpenScores* findScores(const QString& name) const;
  /// "weights.pth · ERFNet 20 outputs": the label, which no other has, and what it is.
  [[nodiscard]] QString titleOf(const OpenModel& model) const;
  /// The view in the labels of today, as far as what it names is open.
  [[nodiscard]] ViewState named(ViewState view) const;
  /// Why what the session lists at that place could not be opened; empty where nothing failed.
  [[nodiscard]] QString failureOf(const std::filesystem::path& path) const;
  /// missingItems() of the session.
  [[nodiscard]] std::vector<MissingItem> missing() const;
  [[nodiscard]] bool isOpening() const { return m_opening > 0; }

  /// The set scored as `view` asks for (its model or imported folder, its resolution), made at the first call; nullptr
  /// where what it names is not open (yet). Its frames become ready through runner().
  [[nodiscard]] std::shared_ptr<LiveSet> liveSet(const QString& set, const ViewState& view);
  /// The same without a word; why there is none is put into `reason`.
  [[nodiscard]] std::shared_ptr<LiveSet> liveSet(const QString& set, const ViewState& view, QString& reason);
  /// Whether it is still what its set and source are scored by: not once these were closed, renamed or opened anew.
  [[nodiscard]] bool isOpen(const std::shared_ptr<LiveSet>& live) const;
  /// Whether `folder` holds logits, which methods and temperatures apply to, for the set of `view`.
  [[nodiscard]] bool holdsLogits(ViewState view, const std::string& folder);
  [[nodiscard]] InferenceRunner& runner() const { return *m_runner; }
  [[nodiscard]] LogitsStore& store() { return *m_store; }
  [[nodiscard]] const std::shared_ptr<LogitsStore>& sharedStore() const { return m_store; }
  /// Works with these from now on: models are loaded again, what was scored is scored anew.
  void setOptions(WorkOptions options);
  [[nodiscard]] const WorkOptions& options() const { return m_options; }

Q_SIGNALS:
  void setOpened(const QString& name);
  void setClosed(const QString& name);
  /// Another of its name was opened: it is called otherwise from now on. What it was scored to is made again.
  void setRenamed(const QString& from, const QString& to);
  void sourceRenamed(const QString& from, const QString& to);
  void modelOpened(const QString& name);
  /// What was to be opened is open already.
  void setKnown(const QString& name);
  void scoresKnown(const QString& name);
  void modelClosed(const QString& name);
  void scoresOpened(const QString& name);
  void ensemblePut(const QString& name);
  void ensembleClosed(const QString& name);
  /// Something to tell; `file` may be empty.
  void message(oodscope::Severity severity, const QString& text, const QString& file);
  /// No known layout fits a folder; `why` says what was looked for. `scores`: it holds what score maps are kept in.
  void folderUnknown(const std::filesystem::path& folder, const QString& why, bool scores);
  /// Nothing is being opened any more.
  void openingFinished();
  /// Logits are kept elsewhere or otherwise from now on.
  void storeChanged();

private:
  template <class T>
  void inBackground(std::function<T()> work, std::function<void(T)> done, const std::filesystem::path& file);
  void deliverArrived();
  void addSet(OpenSet set);
  /// Of the session's, in the background; told where they cannot be read.
  void readFolderStatistics(const std::filesystem::path& folder, const std::filesystem::path& file);
  /// The folder is another source from now on: what was scored of it is dropped.
  void reread(OpenScores& open);
  void addModel(OpenModel model);
  void nameSets();
  void nameSources();
  /// Drops the live sets of a set or source, by its id, and what was told of it by its name.
  void dropLiveSets(const std::string& set, const SourceId& source, const QString& name);
  void dropEnsemble(const std::string& name);
  [[nodiscard]] EnsemblePlan planOf(const EnsembleEntry& ensemble) const;
  [[nodiscard]] std::shared_ptr<LiveSet> liveEnsemble(const OpenSet& set, const ViewState& view,
                                                      const EnsembleEntry& ensemble, QString& reason);
  [[nodiscard]] std::optional<SourceItem> itemOf(const ViewState& view, SourceId& id) const;
  /// Says what a source has found to warn of and what was not said yet.
  void tellWarnings(const LiveSet& live);
  void tellOnce(const QString& about, const std::string& text, const std::filesystem::path& file);

  SessionModel& m_session;
  WorkOptions m_options;
  std::shared_ptr<LogitsStore> m_store;
  std::shared_ptr<MapPool> m_pool;  ///< one bound for the score maps of every set that is open
  std::vector<OpenSet> m_sets;
  std::vector<OpenModel> m_models;
  std::vector<OpenScores> m_scores;
  std::vector<std::shared_ptr<LiveSet>> m_live;
  struct Impossible {
    RunSpec run;
    QString reason;
    bool isTold = false;
  };
  std::vector<Impossible> m_impossible;                  ///< scores that do not fit their set: said once
  std::set<std::pair<QString, std::string>> m_reported;  ///< warnings by set or source
  std::unique_ptr<InferenceRunner> m_runner;
  std::vector<std::jthread> m_openers;
  int m_opening = 0;
  /// What is being opened. Of what was asked for in one go, sets arrive in the order asked, and so do models: which of
  /// them is shown, and the order of lists, must not depend on which was read sooner.
  struct Awaited {
    int batch;
    std::type_index kind;
    std::function<void()> deliver;  ///< once it is there
  };
  std::vector<std::shared_ptr<Awaited>> m_awaited;
  int m_batch = 0;
  bool m_endsBatch = false;  ///< the loop's next turn begins another
  std::map<std::filesystem::path, QString> m_failures;
};

}  // namespace oodscope
