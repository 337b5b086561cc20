// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/workspace.h"

#include "analysis/core/failure_text.h"
#include "analysis/core/thread_supply.h"
#include "app/desk/post_to.h"
#include "app/evaluation/evaluate.h"
#include "app/evaluation/imported_source.h"
#include "app/window/inference_runner.h"
#include "app/window/session_model.h"
#include "inference/models/verdicts.h"

#include <algorithm>
#include <numeric>

namespace oodscope {

Workspace::Workspace(SessionModel& session, WorkOptions options, QObject* parent)
    : QObject(parent),
      m_session(session),
      m_options(std::move(options)),
      m_store(std::make_shared<LogitsStore>(m_options.store)),
      m_pool(std::make_shared<MapPool>(m_options.memoryBudget)),
      m_runner(std::make_unique<InferenceRunner>()) {
  const auto tell = [this](const std::shared_ptr<LiveSet>& live) { tellWarnings(*live); };
  connect(m_runner.get(), &InferenceRunner::frameReady, this, tell);
  connect(m_runner.get(), &InferenceRunner::frameFailed, this, tell);
  connect(m_runner.get(), &InferenceRunner::finished, this, [this] {
    for (const auto& live : m_live) tellWarnings(*live.second);
  });
}

Workspace::~Workspace() {
  m_openers.clear();  // joins: what is being opened ends first
  m_runner.reset();
}

template <class T>
void Workspace::inBackground(std::function<T()> work, std::function<void(T)> done, const std::filesystem::path& file) {
  ++m_opening;
  m_openers.emplace_back([this, work = std::move(work), done = std::move(done), file] {
    std::shared_ptr<T> value;
    QString failure;
    try {
      value = std::make_shared<T>(work());
    } catch (const std::exception& error) {
      failure = QString::fromStdString(failureText(error));
    }
    postTo(this, [this, value, failure, done, file] {
      if (value)
        done(std::move(*value));
      else
        Q_EMIT message(Severity::Error, failure, QString::fromStdString(file.string()));
      if (--m_opening == 0) {
        m_openers.clear();
        Q_EMIT settled();
      }
    });
  });
}

namespace {

struct Opening {
  std::vector<OpenSet> sets;
  QString unknown;  // why no layout fits
  bool scores = false;
};

bool holdsScores(const std::filesystem::path& folder) {
  constexpr int kLookedAt = 500;
  int looked = 0;
  std::error_code error;
  for (auto it = std::filesystem::recursive_directory_iterator(folder, error);
       it != std::filesystem::recursive_directory_iterator() && looked < kLookedAt; it.increment(error), ++looked) {
    const std::string ending = it->path().extension().string();
    if (ending == ".npy" || ending == ".npz" || ending == ".hdf5" || ending == ".h5" || ending == ".tiff" ||
        ending == ".tif")
      return true;
  }
  return false;
}

}  // namespace

void Workspace::setOptions(WorkOptions options) {
  m_options = std::move(options);
  m_store = std::make_shared<LogitsStore>(m_options.store);
  m_pool = std::make_shared<MapPool>(m_options.memoryBudget);
  for (const auto& live : m_live) m_runner->forget(live.second);
  m_live.clear();
  m_impossible.clear();
  const std::vector<OpenModel> models = m_models;
  for (const OpenModel& model : models) openModel(model.entry);
}

void Workspace::openSet(const SetEntry& entry) {
  inBackground<Opening>(
      [entry] {
        Opening opening;
        std::vector<OpenSet>& opened = opening.sets;
        try {
          opened.push_back({entry, std::make_shared<const DataSet>(openDataSet(entry.path, entry.generic))});
        } catch (const Error& error) {
          if (entry.generic || !std::filesystem::is_directory(entry.path)) throw;
          for (const auto& root : findDataSets(entry.path))
            opened.push_back({SetEntry{root}, std::make_shared<const DataSet>(openDataSet(root))});
          if (opened.empty()) {
            opening.unknown = QString::fromUtf8(error.what());
            opening.scores = holdsScores(entry.path);
          }
        }
        return opening;
      },
      [this, entry](Opening opening) {
        if (opening.sets.empty()) Q_EMIT folderUnknown(entry.path, opening.unknown, opening.scores);
        for (OpenSet& set : opening.sets) {
          const QString name = QString::fromStdString(set.set->name);
          if (findSet(name) != nullptr) {
            Q_EMIT message(Severity::Info, tr("A set named %1 is open already.").arg(name), QString());
            continue;
          }
          for (const std::string& remark : set.set->remarks)
            Q_EMIT message(Severity::Info, name + ": " + QString::fromStdString(remark),
                           QString::fromStdString(set.set->root.string()));
          for (const std::string& warning : set.set->warnings) tellOnce(name, warning, set.set->root);
          for (const Skipped& skipped : set.set->skipped)
            Q_EMIT message(Severity::Warning, name + ": " + tr("skipped: ") + QString::fromStdString(skipped.reason),
                           QString::fromStdString(skipped.file.string()));
          if (set.entry.path != entry.path) m_session.removeSet(entry.path);  // its sub-folders stand for it
          m_session.addSet(set.entry);
          m_sets.push_back(std::move(set));
          Q_EMIT setOpened(name);
        }
      },
      entry.path);
}

void Workspace::openModel(const ModelEntry& entry) {
  const ModelOptions options{.device = m_options.device,
                             .threads = m_options.threads,
                             .preprocessing = entry.preprocessing,
                             .outputs = entry.outputs,
                             .memory = arrangementMemory(m_options.store.folder, m_options.store.temporary)};
  inBackground<std::shared_ptr<Model>>(
      [entry, options] {
        requireThreads(options.threads);
        auto model = std::make_shared<Model>(Model::load(entry.path, options));
        requireFits(entry, model->info());
        if (entry.sha256 && *entry.sha256 != model->info().fingerprint)
          throw Error(ErrorParts{.what = "the model is not the one the session was made with",
                                 .expected = "SHA-256 " + *entry.sha256,
                                 .found = model->info().fingerprint,
                                 .file = entry.path});
        return model;
      },
      [this, entry](const std::shared_ptr<Model>& model) {
        OpenModel open{entry, model, model->info()};
        const QString name = open.name();
        const auto same = [&](const OpenModel& other) { return other.name() == name; };
        if (const auto known = std::find_if(m_models.begin(), m_models.end(), same); known != m_models.end()) {
          dropLiveSets(name);
          *known = std::move(open);
        } else {
          m_models.push_back(std::move(open));
        }
        m_session.addModel(entry);
        for (const std::string& assumption : model->info().assumptions)
          Q_EMIT message(Severity::Info, name + ": " + QString::fromStdString(assumption),
                         QString::fromStdString(entry.path.string()));
        for (const std::string& warning : model->info().warnings) tellOnce(name, warning, entry.path);
        Q_EMIT modelOpened(name);
      },
      entry.path);
}

void Workspace::openScores(const std::filesystem::path& folder) {
  if (std::find(m_scores.begin(), m_scores.end(), folder) != m_scores.end()) return;
  m_scores.push_back(folder);
  m_session.addScores(folder);
  Q_EMIT scoresOpened(QString::fromStdString(folder.filename().string()));
}

void Workspace::reopenModel(const QString& name, const Preprocessing& preprocessing, const OutputMeaning& outputs) {
  const OpenModel* open = findModel(name);
  if (open == nullptr) return;
  ModelEntry entry = open->entry;
  entry.preprocessing = preprocessing;
  entry.outputs = outputs;
  openModel(entry);
}

void Workspace::tellOnce(const QString& about, const std::string& text, const std::filesystem::path& file) {
  if (m_told.emplace(about, text).second)
    Q_EMIT message(Severity::Warning, about + QStringLiteral(": ") + QString::fromStdString(text),
                   QString::fromStdString(file.string()));
}

void Workspace::tellWarnings(const LiveSet& live) {
  const QString about = QString::fromStdString(live.dataSet().name + ", " + live.source().name());
  for (const std::string& text : live.source().warnings()) tellOnce(about, text, {});
}

void Workspace::dropLiveSets(const QString& setOrSource) {
  // What is opened again is warned of again.
  std::erase_if(m_told, [&](const auto& told) {
    return told.first == setOrSource || told.first.startsWith(setOrSource + QStringLiteral(", ")) ||
           told.first.endsWith(QStringLiteral(", ") + setOrSource);
  });
  std::erase_if(m_impossible, [&](const LiveKey& key) { return key.set == setOrSource || key.source == setOrSource; });
  std::erase_if(m_live, [&](const auto& item) {
    const bool drop = item.first.set == setOrSource || item.first.source == setOrSource;
    if (drop) m_runner->forget(item.second);
    return drop;
  });
}

void Workspace::closeSet(const QString& name) {
  dropLiveSets(name);
  const OpenSet* open = findSet(name);
  if (open == nullptr) return;
  m_session.removeSet(open->entry.path);
  m_sets.erase(m_sets.begin() + (open - m_sets.data()));
  Q_EMIT setClosed(name);
}

void Workspace::closeModel(const QString& name) {
  dropLiveSets(name);
  const OpenModel* open = findModel(name);
  if (open == nullptr) return;
  m_session.removeModel(open->entry.path);
  m_models.erase(m_models.begin() + (open - m_models.data()));
  Q_EMIT modelClosed(name);
}

void Workspace::closeAll() {
  while (!m_sets.empty()) closeSet(QString::fromStdString(m_sets.back().set->name));
  while (!m_models.empty()) closeModel(m_models.back().name());
  for (const auto& folder : m_scores) m_session.removeScores(folder);
  m_scores.clear();
  m_impossible.clear();
  m_told.clear();
}

void Workspace::openAll() {
  const Session session = m_session.session();  // opening changes it
  for (const SetEntry& set : session.sets) openSet(set);
  for (const ModelEntry& model : session.models) openModel(model);
  for (const auto& folder : session.scores) openScores(folder);
}

const OpenSet* Workspace::findSet(const QString& name) const {
  const auto found = std::find_if(m_sets.begin(), m_sets.end(),
                                  [&](const OpenSet& set) { return QString::fromStdString(set.set->name) == name; });
  return found == m_sets.end() ? nullptr : &*found;
}

const OpenModel* Workspace::findModel(const QString& name) const {
  const auto found =
      std::find_if(m_models.begin(), m_models.end(), [&](const OpenModel& model) { return model.name() == name; });
  return found == m_models.end() ? nullptr : &*found;
}

std::vector<int> Workspace::channelsOf(const OpenModel& model, bool allChannels) const {
  if (!allChannels) return knownChannels(model.info->outputs, model.info->channels);
  std::vector<int> channels(static_cast<std::size_t>(model.info->channels));
  std::iota(channels.begin(), channels.end(), 0);
  return channels;
}

std::shared_ptr<LiveSet> Workspace::liveSet(const QString& set, const ViewState& view) {
  const OpenSet* open = findSet(set);
  if (open == nullptr) return nullptr;
  const Resolution resolution =
      view.resolution == Resolution::ByProtocol ? defaultResolution(view.protocol) : view.resolution;
  const QString source = QString::fromStdString(view.score.imported.value_or(view.model));
  const LiveKey key{set, source, resolution, view.allChannels};
  const auto known = std::find_if(m_live.begin(), m_live.end(), [&](const auto& item) { return item.first == key; });
  if (known != m_live.end()) return known->second;

  if (std::find(m_impossible.begin(), m_impossible.end(), key) != m_impossible.end()) return nullptr;
  std::shared_ptr<ScoreSource> made;
  try {
    if (view.score.imported) {
      const auto folder = std::find_if(m_scores.begin(), m_scores.end(), [&](const std::filesystem::path& path) {
        return path.filename().string() == *view.score.imported;
      });
      if (folder == m_scores.end()) return nullptr;
      made = std::make_shared<ImportedSource>(open->set, *folder, ImportedChannels{});
    } else {
      const OpenModel* model = findModel(source);
      if (model == nullptr || !model->info) return nullptr;
      made = std::make_shared<ModelScores>(open->set, model->model, m_store, channelsOf(*model, view.allChannels));
    }
  } catch (const Error& error) {
    m_impossible.push_back(key);  // asked for again at every look: said once
    Q_EMIT message(Severity::Error, QString::fromUtf8(error.what()), QString());
    return nullptr;
  }
  auto live = std::make_shared<LiveSet>(open->set, std::move(made), resolution, LiveOptions{.pool = m_pool});
  m_live.emplace_back(key, live);
  tellWarnings(*live);
  return live;
}

bool Workspace::holdsLogits(ViewState view, const std::string& folder) {
  view.score.imported = folder;
  const auto live = liveSet(QString::fromStdString(view.set), view);
  const auto* imported = live ? dynamic_cast<const ImportedSource*>(&live->source()) : nullptr;
  return imported != nullptr && imported->holdsLogits();
}

}  // namespace oodscope
