// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/workspace.h"

#include "analysis/core/failure_text.h"
#include "app/desk/background_priority.h"
#include "app/desk/inference_runner.h"
#include "app/desk/missing_items.h"
#include "app/desk/post_to.h"
#include "app/desk/session_model.h"
#include "app/session/labels.h"
#include "app/session/set_opening.h"

#include <algorithm>
#include <utility>

namespace oodscope {
namespace {

/// The item that a name means: one that is called so, looked for first because it is asked for at every tick of a
/// slider, else itemCalled().
template <class Item, class LabelOf, class NameOf>
const Item* called(const QString& name, const std::vector<Item>& items, const LabelOf& labelOf, const NameOf& nameOf) {
  const std::string label = name.toStdString();
  const auto exact = std::ranges::find(items, label, labelOf);
  if (exact != items.end() && !label.empty()) return &*exact;
  std::vector<NamedItem> named;
  std::vector<std::string> labels;
  for (const Item& item : items) {
    named.push_back(nameOf(item));
    labels.push_back(labelOf(item));
  }
  const auto found = itemCalled(label, named, labels);
  return found ? &items[*found] : nullptr;
}

}  // namespace

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
    for (const auto& live : m_live) tellWarnings(*live);
  });
}

Workspace::~Workspace() {
  m_openers.clear();  // joins: what is being opened ends first
  m_runner.reset();
}

template <class T>
void Workspace::inBackground(std::function<T()> work, std::function<void(T)> done, const std::filesystem::path& file) {
  ++m_opening;
  m_failures.erase(file);
  if (!m_endsBatch) {
    m_endsBatch = true;
    postTo(this, [this] {
      m_endsBatch = false;
      ++m_batch;
    });
  }
  const auto awaited = std::make_shared<Awaited>(Awaited{m_batch, std::type_index(typeid(T)), {}});
  m_awaited.push_back(awaited);
  m_openers.emplace_back([this, work = std::move(work), done = std::move(done), file, awaited] {
    nameThread("opening");
    std::shared_ptr<T> value;
    QString failure;
    try {
      value = std::make_shared<T>(work());
    } catch (const std::exception& error) {
      failure = QString::fromStdString(failureText(error));
    }
    postTo(this, [this, value, failure, done, file, awaited] {
      awaited->deliver = [this, value, failure, done, file] {
        if (value) {
          done(std::move(*value));
        } else {
          m_failures[file] = failure;
          Q_EMIT message(Severity::Error, failure, QString::fromStdString(file.string()));
        }
      };
      deliverArrived();
    });
  });
}

void Workspace::deliverArrived() {
  const auto isNext = [this](const std::shared_ptr<Awaited>& one) {
    if (!one->deliver) return false;
    const auto same = [&](const auto& other) { return other->batch == one->batch && other->kind == one->kind; };
    return *std::ranges::find_if(m_awaited, same) == one;
  };
  for (;;) {
    const auto next = std::ranges::find_if(m_awaited, isNext);
    if (next == m_awaited.end()) return;
    const auto deliver = std::move((*next)->deliver);
    m_awaited.erase(next);
    deliver();
    if (--m_opening == 0) {
      m_openers.clear();
      Q_EMIT openingFinished();
    }
  }
}

namespace {

struct Opening {
  std::vector<OpenSet> sets;
  QString unknown;  // why no layout fits
  bool scores = false;
};

struct ModelOpening {
  std::shared_ptr<Model> model;
  ChosenStatistics chosen = {};
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
  for (const auto& live : m_live) m_runner->forget(live);
  m_live.clear();
  m_impossible.clear();
  const std::vector<OpenModel> models = m_models;
  for (const OpenModel& model : models) openModel(model.entry);
  Q_EMIT storeChanged();
}

void Workspace::openSet(const SetEntry& entry) {
  inBackground<Opening>(
      [entry] {
        Opening opening;
        std::vector<OpenSet>& opened = opening.sets;
        try {
          opened.push_back({entry, std::make_shared<const DataSet>(openSetOf(entry))});
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
        if (opening.sets.empty()) {
          m_failures[entry.path] = opening.unknown;
          Q_EMIT folderUnknown(entry.path, opening.unknown, opening.scores);
        }
        for (OpenSet& set : opening.sets) {
          if (set.entry.path != entry.path) m_session.removeSet(entry.path);  // its sub-folders stand for it
          addSet(std::move(set));
        }
      },
      entry.path);
}

void Workspace::addSet(OpenSet set) {
  set.id = setIdOf(*set.set);
  set.labels = std::make_shared<SetLabels>(set.set);
  const auto twin = std::ranges::find(m_sets, set.id, &OpenSet::id);
  if (twin != m_sets.end()) {
    Q_EMIT message(Severity::Info, tr("The set %1 is open already.").arg(QString::fromStdString(twin->set->name)),
                   QString());
    if (twin->entry.path != set.entry.path) m_session.removeSet(set.entry.path);  // the twin stands for it
    Q_EMIT setKnown(QString::fromStdString(twin->set->name));
    return;
  }
  m_session.addSet(set.entry);
  m_sets.push_back(std::move(set));
  nameSets();
  const DataSet& opened = *m_sets.back().set;
  const QString name = QString::fromStdString(opened.name);
  for (const std::string& remark : opened.remarks)
    Q_EMIT message(Severity::Info, name + ": " + QString::fromStdString(remark),
                   QString::fromStdString(opened.root.string()));
  for (const std::string& warning : opened.warnings) tellOnce(name, warning, opened.root);
  for (const Skipped& skipped : opened.skipped)
    Q_EMIT message(Severity::Warning, name + ": " + tr("skipped: ") + QString::fromStdString(skipped.reason),
                   QString::fromStdString(skipped.file.string()));
  Q_EMIT setOpened(name);
}

void Workspace::nameSets() {
  std::vector<NamedItem> items;
  for (const OpenSet& open : m_sets) items.push_back(namedItem(*open.set));
  const std::vector<std::string> labels = distinctLabels(items);
  for (std::size_t i = 0; i < m_sets.size(); ++i) {
    OpenSet& open = m_sets[i];
    if (open.set->name == labels[i]) continue;
    const QString from = QString::fromStdString(open.set->name), to = QString::fromStdString(labels[i]);
    auto renamed = std::make_shared<DataSet>(*open.set);
    renamed->name = labels[i];
    dropLiveSets(open.id, {}, from);
    open.set = std::move(renamed);
    open.labels = std::make_shared<SetLabels>(open.set);
    if (i + 1 < m_sets.size()) Q_EMIT setRenamed(from, to);  // the last one was not known yet
  }
}

void Workspace::openModel(const ModelEntry& entry) {
  const NetworkUse use{.device = m_options.device, .threads = m_options.threads, .store = m_options.store};
  inBackground<ModelOpening>(
      [entry, use] {
        ModelOpening opening{.model = oodscope::openModel(entry, use)};
        try {
          opening.chosen = chooseStatistics(entry.statistics, opening.model->info());
        } catch (const Error& error) {  // the network can be looked at without them
          opening.chosen.warning = std::string("the statistics are not used: ") + error.what();
        }
        return opening;
      },
      [this, entry](const ModelOpening& opening) {
        OpenModel open{entry, opening.model, opening.model->info()};
        open.statistics = opening.chosen.statistics;
        open.id = sourceIdOf({.label = {}, .model = open.model, .statistics = open.statistics});
        addModel(std::move(open));
        if (!opening.chosen.warning.empty())
          Q_EMIT message(Severity::Warning, QString::fromStdString(opening.chosen.warning),
                         QString::fromStdString(entry.path.string()));
      },
      entry.path);
}

void Workspace::addModel(OpenModel model) {
  const std::string path = folderIdOf(model.entry.path);
  const auto same = [&](const OpenModel& other) { return folderIdOf(other.entry.path) == path; };
  auto known = std::find_if(m_models.begin(), m_models.end(), same);
  if (known != m_models.end()) {
    dropLiveSets({}, known->id, known->name());
    model.label = known->label;
    *known = std::move(model);
  } else {
    known = m_models.insert(m_models.end(), std::move(model));
    nameSources();
  }
  const OpenModel open = *known;
  m_session.addModel(open.entry);
  for (const std::string& assumption : open.info->assumptions)
    Q_EMIT message(Severity::Info, open.name() + ": " + QString::fromStdString(assumption),
                   QString::fromStdString(open.entry.path.string()));
  for (const std::string& warning : open.info->warnings) tellOnce(open.name(), warning, open.entry.path);
  Q_EMIT modelOpened(open.name());
}

void Workspace::nameSources() {
  std::vector<std::filesystem::path> models;
  for (const OpenModel& model : m_models) models.push_back(model.entry.path);
  const SourceLabels labels = sourceLabels(models, scoreFolders());
  std::vector<std::pair<QString, QString>> renamed;
  const auto rename = [&](auto& source, const std::string& label) {
    const std::string from = std::exchange(source.label, label);
    if (from.empty() || from == label) return;
    dropLiveSets({}, source.id, QString::fromStdString(from));
    renamed.emplace_back(QString::fromStdString(from), source.name());
  };
  for (std::size_t i = 0; i < m_models.size(); ++i) rename(m_models[i], labels.models[i]);
  for (std::size_t i = 0; i < m_scores.size(); ++i) rename(m_scores[i], labels.folders[i]);
  for (const auto& [from, to] : renamed) Q_EMIT sourceRenamed(from, to);
}

void Workspace::openScores(const std::filesystem::path& folder) {
  const auto polarity = polarityOf(m_session.session().polarities, folder);
  const SourceId id = sourceIdOf({.label = {}, .folder = folder, .polarity = polarity});
  const auto same = [&](const OpenScores& open) { return folderIdOf(open.path) == folderIdOf(folder); };
  if (const auto known = std::ranges::find_if(m_scores, same); known != m_scores.end()) {
    Q_EMIT scoresKnown(known->name());
    return;
  }
  std::error_code unknown;
  if (!std::filesystem::exists(folder, unknown)) {
    Q_EMIT message(Severity::Error, tr("There is no such folder of score maps."),
                   QString::fromStdString(folder.string()));
    return;
  }
  m_session.addScores(folder);
  m_scores.push_back({.path = folder, .id = id, .polarity = polarity});
  nameSources();
  Q_EMIT scoresOpened(m_scores.back().name());
  const auto file = statisticsOf(m_session.session().folderStatistics, folder);
  if (file) readFolderStatistics(folder, *file);
}

void Workspace::reread(OpenScores& open) {
  dropLiveSets({}, open.id, open.name());
  open.id = sourceIdOf({.label = {}, .folder = open.path, .polarity = open.polarity, .statistics = open.statistics});
  Q_EMIT scoresOpened(open.name());
}

void Workspace::readFolderStatistics(const std::filesystem::path& folder, const std::filesystem::path& file) {
  using Read = std::shared_ptr<const FittedStatistics>;
  inBackground<Read>([file] { return readStatistics(file); },
                     [this, folder, file](const Read& read) {
                       const auto open = std::ranges::find(m_scores, folder, &OpenScores::path);
                       if (open == m_scores.end()) return;  // closed meanwhile
                       m_session.setStatistics(folder, file);
                       open->statistics = read;
                       reread(*open);
                     },
                     file);
}

void Workspace::setPolarity(const QString& name, std::optional<Polarity> polarity) {
  const OpenScores* found = findScores(name);
  if (found == nullptr || found->polarity == polarity) return;
  OpenScores& open = m_scores[static_cast<std::size_t>(found - m_scores.data())];
  open.polarity = polarity;
  m_session.setPolarity(open.path, polarity);
  reread(open);
}

std::vector<std::filesystem::path> Workspace::scoreFolders() const {
  std::vector<std::filesystem::path> out;
  for (const OpenScores& scores : m_scores) out.push_back(scores.path);
  return out;
}

void Workspace::reopenModel(const QString& name, const Preprocessing& preprocessing, const OutputMeaning& outputs) {
  const OpenModel* open = findModel(name);
  if (open == nullptr) return;
  ModelEntry entry = open->entry;
  entry.preprocessing = preprocessing;
  entry.outputs = outputs;
  openModel(entry);
}

void Workspace::setStatistics(const QString& name, const std::optional<std::filesystem::path>& file) {
  if (const OpenModel* model = findModel(name)) {
    ModelEntry entry = model->entry;
    entry.statistics = file;
    return openModel(entry);
  }
  const OpenScores* found = findScores(name);
  if (found == nullptr) return;
  if (file) return readFolderStatistics(found->path, *file);
  OpenScores& open = m_scores[static_cast<std::size_t>(found - m_scores.data())];
  m_session.setStatistics(open.path, std::nullopt);
  open.statistics = nullptr;
  reread(open);
}

void Workspace::tellOnce(const QString& about, const std::string& text, const std::filesystem::path& file) {
  if (m_reported.emplace(about, text).second)
    Q_EMIT message(Severity::Warning, about + QStringLiteral(": ") + QString::fromStdString(text),
                   QString::fromStdString(file.string()));
}

void Workspace::tellWarnings(const LiveSet& live) {
  const QString about = QString::fromStdString(live.dataSet().name + ", " + live.source().name());
  for (const std::string& text : live.source().warnings()) tellOnce(about, text, {});
}

void Workspace::dropLiveSets(const std::string& set, const SourceId& source, const QString& name) {
  // What is opened again is warned of again.
  std::erase_if(m_reported, [&](const auto& told) {
    return told.first == name || told.first.startsWith(name + QStringLiteral(", ")) ||
           told.first.endsWith(QStringLiteral(", ") + name);
  });
  const auto isOf = [&](const RunSpec& run) {
    return run.set == set || std::ranges::find(run.score, source, &ScoreTerm::source) != run.score.end();
  };
  std::erase_if(m_impossible, [&](const Impossible& known) { return isOf(known.run); });
  std::erase_if(m_live, [&](const std::shared_ptr<LiveSet>& live) {
    const bool drop = isOf(live->run({}, Protocol()));
    if (drop) m_runner->forget(live);
    return drop;
  });
}

void Workspace::closeSet(const QString& name) {
  const OpenSet* open = findSet(name);
  if (open == nullptr) return;
  const std::string id = open->id;
  const QString label = QString::fromStdString(open->set->name);
  dropLiveSets(id, {}, label);
  m_session.removeSet(open->entry.path);
  std::erase_if(m_sets, [&](const OpenSet& set) { return set.id == id; });
  Q_EMIT setClosed(label);
}

void Workspace::closeModel(const QString& name) {
  const OpenModel* open = findModel(name);
  if (open == nullptr) return;
  const std::string label = open->label;
  dropLiveSets({}, open->id, open->name());
  m_session.removeModel(open->entry.path);
  std::erase_if(m_models, [&](const OpenModel& model) { return model.label == label; });
  Q_EMIT modelClosed(QString::fromStdString(label));
}

void Workspace::closeAll() {
  while (!m_sets.empty()) closeSet(QString::fromStdString(m_sets.back().set->name));
  while (!m_models.empty()) closeModel(m_models.back().name());
  for (const OpenScores& scores : m_scores) m_session.removeScores(scores.path);
  m_scores.clear();
  m_impossible.clear();
  m_reported.clear();
}

void Workspace::openAll() {
  const Session session = m_session.session();  // opening changes it
  for (const SetEntry& set : session.sets) openSet(set);
  for (const ModelEntry& model : session.models) openModel(model);
  for (const auto& folder : session.scores) openScores(folder);
}

void Workspace::openAt(ItemKind kind, const std::filesystem::path& path) {
  const Session& session = m_session.session();
  const auto isThere = [&](const auto& entry) { return entry.path == path; };
  if (kind == ItemKind::Set) {
    const auto set = std::ranges::find_if(session.sets, isThere);
    openSet(set != session.sets.end() ? *set : SetEntry{.path = path});
  } else if (kind == ItemKind::Model) {
    const auto model = std::ranges::find_if(session.models, isThere);
    openModel(model != session.models.end()
                  ? *model
                  : ModelEntry{.path = path, .preprocessing = {}, .outputs = {}, .sha256 = {}});
  } else {
    openScores(path);
  }
}

std::vector<MissingItem> Workspace::missing() const { return missingItems(m_session.session(), *this); }

QString Workspace::failureOf(const std::filesystem::path& path) const {
  const auto found = m_failures.find(path);
  return found == m_failures.end() ? QString() : found->second;
}

const OpenSet* Workspace::findSet(const QString& name) const {
  return called(
      name, m_sets, [](const OpenSet& open) -> const std::string& { return open.set->name; },
      [](const OpenSet& open) { return namedItem(*open.set); });
}

const OpenModel* Workspace::findModel(const QString& name) const {
  return called(
      name, m_models, [](const OpenModel& open) -> const std::string& { return open.label; },
      [](const OpenModel& open) { return namedItem(open.entry.path); });
}

const OpenScores* Workspace::findScores(const QString& name) const {
  return called(
      name, m_scores, [](const OpenScores& open) -> const std::string& { return open.label; },
      [](const OpenScores& open) { return namedItem(open.path); });
}

QString Workspace::titleOf(const OpenModel& model) const {
  if (!model.info) return model.name();
  const int outputs = model.info->channels;
  return tr("%1 · %2 %3 %4")
      .arg(model.name(), QString::fromStdString(model.info->architecture))
      .arg(outputs)
      .arg(outputs == 1 ? tr("output") : tr("outputs"));
}

ViewState Workspace::named(ViewState view) const {
  const auto name = [](std::string& label, const auto* open, const auto& labelOf) {
    if (open != nullptr) label = labelOf(*open);
  };
  const auto source = [&](std::string& model, ScoreChoice& score) {
    name(model, findModel(QString::fromStdString(model)), [](const OpenModel& open) { return open.label; });
    if (score.imported)
      name(*score.imported, findScores(QString::fromStdString(*score.imported)),
           [](const OpenScores& open) { return open.label; });
  };
  for (std::string* set : {&view.set, &view.pinSet})
    if (!set->empty())
      name(*set, findSet(QString::fromStdString(*set)), [](const OpenSet& open) { return open.set->name; });
  source(view.model, view.score);
  if (view.other) source(view.other->model, view.other->score);
  return view;
}

std::optional<SourceItem> Workspace::itemOf(const ViewState& view, SourceId& id) const {
  if (view.score.imported) {
    const OpenScores* scores = findScores(QString::fromStdString(*view.score.imported));
    if (scores == nullptr) return std::nullopt;
    id = scores->id;
    return SourceItem{
        .label = scores->label, .folder = scores->path, .polarity = scores->polarity, .statistics = scores->statistics};
  }
  const OpenModel* model = findModel(QString::fromStdString(view.model));
  if (model == nullptr || !model->info) return std::nullopt;
  id = model->id;
  SourceItem item{.label = model->label, .model = model->model, .statistics = model->statistics};
  item.passes = passesFor(item, {view.score.method}, view.score.passes);
  return item;
}

std::shared_ptr<LiveSet> Workspace::liveSet(const QString& set, const ViewState& view) {
  QString reason;
  auto live = liveSet(set, view, reason);
  if (live) return live;
  const auto untold = std::find_if(m_impossible.begin(), m_impossible.end(),
                                   [&](const Impossible& known) { return !known.isTold && known.reason == reason; });
  if (untold == m_impossible.end()) return nullptr;
  untold->isTold = true;  // asked for again at every look: said once
  Q_EMIT message(Severity::Error, reason, QString());
  return nullptr;
}

std::shared_ptr<LiveSet> Workspace::liveSet(const QString& set, const ViewState& view, QString& reason) {
  reason.clear();
  const OpenSet* open = findSet(set);
  const EnsembleEntry* ensemble = view.score.imported ? findEnsemble(*view.score.imported) : nullptr;
  if (open != nullptr && ensemble != nullptr) return liveEnsemble(*open, view, *ensemble, reason);
  SourceId id;
  const auto item = itemOf(view, id);
  if (open == nullptr) reason = tr("the set is not open");
  if (open != nullptr && !item) reason = tr("the model or folder of scores is not open");
  if (!reason.isEmpty()) return nullptr;
  const RunSpec wanted{.set = open->id,
                       .score = {{.source = id, .channels = {.all = view.allChannels}}},
                       .resolution = measuredAt(view.resolution, view.protocol)};
  const Method method = view.score.method;
  // What runs a network further is not waited for by methods that need none of it.
  const auto serves = [&](const LiveSet& live) {
    if (item->passes.empty()) return live.source().passesPerFrame() == 1;
    const std::vector<ScoreTerm> terms = live.source().terms({std::string(method.name()), method, std::nullopt});
    return terms.front().pass == passText(item->passes.front());
  };
  const auto known = std::find_if(m_live.begin(), m_live.end(), [&](const std::shared_ptr<LiveSet>& live) {
    if (live->source().takesMethods()) return live->holds(wanted) && serves(*live);
    RunSpec any = wanted;  // finished maps have no channels to choose from
    any.score.front().channels = {};
    return live->holds(any);
  });
  if (known != m_live.end()) return *known;
  const auto impossible = std::find_if(m_impossible.begin(), m_impossible.end(),
                                       [&](const Impossible& failed) { return failed.run == wanted; });
  if (impossible != m_impossible.end()) {
    reason = impossible->reason;
    return nullptr;
  }
  try {
    auto live =
        std::make_shared<LiveSet>(open->set, openSource(open->set, *item, wanted.score.front().channels, m_store),
                                  wanted.resolution, LiveOptions{.pool = m_pool, .labels = open->labels});
    m_live.push_back(live);
    tellWarnings(*live);
    return live;
  } catch (const Error& error) {
    reason = QString::fromUtf8(error.what());
    m_impossible.push_back({wanted, reason});
    return nullptr;
  }
}

bool Workspace::isOpen(const std::shared_ptr<LiveSet>& live) const {
  return std::find(m_live.begin(), m_live.end(), live) != m_live.end();
}

bool Workspace::holdsLogits(ViewState view, const std::string& folder) {
  view.score.imported = folder;
  const auto live = liveSet(QString::fromStdString(view.set), view);
  return view.score.imported && live && live->source().takesMethods();
}

}  // namespace oodscope
