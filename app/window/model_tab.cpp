// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/model_tab.h"

#include "analysis/core/error.h"
#include "app/desk/missing_items.h"
#include "app/desk/post_to.h"
#include "app/studies/fit_statistics.h"
#include "app/window/item_menus.h"
#include "inference/models/verdicts.h"
#include "widgets/theme/number_text.h"

#include <thread>

namespace oodscope {
namespace {

constexpr int kMeasuredRuns = 5;

QString sizeText(Size size) { return QStringLiteral("%1 × %2").arg(size.width).arg(size.height); }

QString largeText(double value) {
  if (value >= 1e9) return numberText(value / 1e9, 2) + QStringLiteral(" G");
  if (value >= 1e6) return numberText(value / 1e6, 2) + QStringLiteral(" M");
  return groupedText(static_cast<qint64>(value));
}

}  // namespace

ModelAssumptions assumptionsOf(const Preprocessing& preprocessing, const OutputMeaning& outputs) {
  ModelAssumptions a;
  a.width = preprocessing.input.width;
  a.height = preprocessing.input.height;
  a.plainBilinear = preprocessing.resize == ResizeRule::Bilinear;
  a.scale = preprocessing.scale;
  a.mean = preprocessing.mean;
  a.deviation = preprocessing.deviation;
  a.bgr = preprocessing.bgr;
  a.output = outputs.output;
  a.knownClasses = outputs.knownClasses;
  a.voidChannel = outputs.voidChannel;
  for (const std::string& name : outputs.channelNames) a.channelNames << QString::fromStdString(name);
  return a;
}

Preprocessing preprocessingOf(const ModelAssumptions& a) {
  return {.input = {a.width, a.height},
          .resize = a.plainBilinear ? ResizeRule::Bilinear : ResizeRule::PilBilinear,
          .scale = a.scale,
          .mean = a.mean,
          .deviation = a.deviation,
          .bgr = a.bgr};
}

OutputMeaning outputsOf(const ModelAssumptions& a) {
  OutputMeaning outputs{
      .output = a.output, .channelNames = {}, .knownClasses = a.knownClasses, .voidChannel = a.voidChannel};
  for (const QString& name : a.channelNames) outputs.channelNames.push_back(name.toStdString());
  return outputs;
}

ModelCard modelCard(const Workspace& workspace, const OpenModel& model) {
  ModelCard card;
  card.name = model.name();
  card.title = workspace.titleOf(model);
  if (!model.info) return card;
  const ModelInfo& info = *model.info;
  card.channels = info.channels;
  card.facts = {
      {ModelTab::tr("kind"),
       info.kind == ModelKind::TorchScript ? ModelTab::tr("TorchScript") : ModelTab::tr("state dict")},
      {ModelTab::tr("architecture"), QString::fromStdString(architectureText(info))},
      {ModelTab::tr("arrangement"), QString::fromStdString(info.arrangement)},
      {ModelTab::tr("input"), QStringLiteral("3 × ") + sizeText(info.preprocessing.input)},
      {ModelTab::tr("logits"), QStringLiteral("%1 × %2").arg(info.channels).arg(sizeText(info.output))},
      {ModelTab::tr("parameters"),
       info.parameters > 0 ? largeText(static_cast<double>(info.parameters)) : QString(kNotDefinedSign)},
      {ModelTab::tr("multiply–adds a frame"),
       info.multiplyAdds > 0 ? largeText(static_cast<double>(info.multiplyAdds)) : QString(kNotDefinedSign)},
      {ModelTab::tr("FLOPs a frame, 2 a multiply–add"),
       info.multiplyAdds > 0 ? largeText(2.0 * static_cast<double>(info.multiplyAdds)) : QString(kNotDefinedSign)},
      {ModelTab::tr("SHA-256"), QString::fromStdString(info.fingerprint.substr(0, 16))}};
  card.hasNamedStatistics = model.entry.statistics.has_value();
  if (model.statistics) {
    const QString file = QString::fromStdString(model.statistics->file.filename().string());
    const QString set = QString::fromStdString(model.statistics->set);
    card.facts.emplace_back(ModelTab::tr("statistics"),
                            set.isEmpty() ? file : ModelTab::tr("%1, of %2").arg(file, set));
  }
  for (const std::string& text : info.assumptions) card.remarks << QString::fromStdString(text);
  for (const std::string& text : info.warnings) card.warnings << QString::fromStdString(text);
  card.assumptions = assumptionsOf(info.preprocessing, info.outputs);
  return card;
}

ModelTab::ModelTab(Workspace& workspace, ModelPanel& panel)
    : QObject(&panel),
      m_workspace(workspace),
      m_panel(panel),
      m_job(
          this, JobPriority::Background,
          [](const Request& request, const std::stop_token&) {
            return Model::load(request.file, request.options).measureLatency(kMeasuredRuns);
          },
          [this](const Request& request, const Outcome<double>& outcome) {
            if (outcome.isFailure())
              Q_EMIT failed(QString::fromStdString(outcome.failure()), QString::fromStdString(request.file.string()));
            const int threads = request.options.threads > 0 ? request.options.threads
                                                            : static_cast<int>(std::thread::hardware_concurrency());
            m_panel.setLatency(outcome.hasValue() ? tr("%1 ms · %2")
                                                        .arg(numberText(1e3 * outcome.value(), 0),
                                                             countedText(threads, tr("thread"), tr("threads")))
                                                  : QString(),
                               false);
          }),
      m_fit(
          this, JobPriority::Background,
          [this](const FitRequest& request, const std::stop_token& stop) { return fitted(request, stop); },
          [this](const FitRequest& request, const Outcome<std::filesystem::path>& outcome) {
            m_panel.setFitting(QString());
            if (outcome.isFailure())
              Q_EMIT failed(QString::fromStdString(outcome.failure()),
                            QString::fromStdString(request.entry.path.string()));
            if (outcome.hasValue()) m_workspace.setStatistics(request.name, std::nullopt);
          }) {
  connectStatistics();
  connect(&panel, &ModelPanel::assumptionsEdited, this, [this](const QString& name, const ModelAssumptions& a) {
    m_workspace.reopenModel(name, preprocessingOf(a), outputsOf(a));
  });
  connect(&panel, &ModelPanel::closeRequested, this, [this](const QString& name) { m_workspace.closeModel(name); });
  connect(&panel, &ModelPanel::latencyRequested, this, [this](const QString& name) {
    const OpenModel* model = m_workspace.findModel(name);
    if (model == nullptr || !model->info) return;
    m_panel.setLatency(QString(), true);
    m_job.request({name, model->entry.path,
                   ModelOptions{.device = m_workspace.options().device,
                                .threads = m_workspace.options().threads,
                                .preprocessing = model->info->preprocessing,
                                .outputs = model->info->outputs,
                                .memory = arrangementMemory(m_workspace.options().store.folder,
                                                            m_workspace.options().store.temporary)}});
  });
}

void ModelTab::connectStatistics() {
  connect(&m_panel, &ModelPanel::statisticsFileRequested, this, [this](const QString& name) {
    const OpenModel* model = m_workspace.findModel(name);
    if (model == nullptr) return;
    const QString file = chosenStatisticsFile(&m_panel, name, model->entry.path.parent_path());
    if (!file.isEmpty()) m_workspace.setStatistics(name, std::filesystem::path(file.toStdString()));
  });
  connect(&m_panel, &ModelPanel::statisticsForgotten, this,
          [this](const QString& name) { m_workspace.setStatistics(name, std::nullopt); });
  connect(&m_panel, &ModelPanel::fitRequested, this, &ModelTab::fit);
  connect(&m_panel, &ModelPanel::fitCancelled, this, [this] { m_fit.cancel(); });
}

void ModelTab::fit(const QString& name) {
  const OpenModel* model = m_workspace.findModel(name);
  const OpenSet* set = m_workspace.findSet(m_set);
  if (model == nullptr || !model->info || m_fit.isBusy()) return;
  if (set == nullptr) {
    Q_EMIT failed(tr("Statistics are fitted on a set: open one first."), QString());
    return;
  }
  m_panel.setFitting(tr("begins"));
  m_fit.request({name, model->entry,
                 ModelOptions{.device = m_workspace.options().device,
                              .threads = m_workspace.options().threads,
                              .preprocessing = model->info->preprocessing,
                              .outputs = model->info->outputs,
                              .memory = arrangementMemory(m_workspace.options().store.folder,
                                                          m_workspace.options().store.temporary)},
                 set->set, m_workspace.sharedStore()});
}

std::filesystem::path ModelTab::fitted(const FitRequest& request, const std::stop_token& stop) {
  const SourceItem item{.label = request.name.toStdString(),
                        .model = std::make_shared<Model>(Model::load(request.entry.path, request.options))};
  const auto source = openSource(request.set, item, {}, request.store);
  const auto progress = [this](const Progress& now) {
    postTo(this, [this, now] { m_panel.setFitting(tr("frame %1 of %2").arg(now.done + 1).arg(now.total)); });
  };
  const FittedSet fitted = fitStatistics(*request.set, *source, {}, progress, stop);
  std::filesystem::path file = statisticsBeside(request.entry.path);
  if (fitted.cancelled) return file;  // published as such
  if (!fitted.failures.empty()) {
    const FailedFrame& first = fitted.failures.front();
    throw Error(ErrorParts{.what = "statistics were not fitted: a frame cannot be read",
                           .expected = "all frames of " + request.set->name,
                           .found = "frame " + first.frame + ": " + first.message,
                           .file = request.entry.path});
  }
  writeStatistics(file, fitted,
                  {.set = request.set->name, .model = item.model->info().fingerprint, .facts = source->provenance()},
                  {});
  return file;
}

void ModelTab::show(const std::string& current, const std::string& set) {
  m_set = QString::fromStdString(set);
  std::vector<ModelCard> cards;
  for (const OpenModel& model : m_workspace.models()) cards.push_back(modelCard(m_workspace, model));
  m_panel.setModels(std::move(cards), QString::fromStdString(current));
  std::vector<MissingModel> missing;
  for (const MissingItem& item : m_workspace.missing())
    if (item.kind == ItemKind::Model)
      missing.push_back({item.name, QString::fromStdString(item.path.string()), item.why});
  // While something opens nobody knows what will be missing.
  if (!m_workspace.isOpening()) m_panel.setMissing(std::move(missing));
}

}  // namespace oodscope
