// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sources/imported_source.h"

#include "analysis/core/sha256.h"
#include "analysis/core/size_text.h"
#include "analysis/datasets/cityscapes.h"
#include "analysis/imaging/resize.h"
#include "analysis/scores/map_facts.h"
#include "analysis/scores/method_kinds.h"
#include "inference/models/known_channels.h"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace oodscope {
namespace {

constexpr std::size_t kOpenedLogits = 4;

std::string sidesText(Size size) {
  return std::to_string(size.height) + " high, " + std::to_string(size.width) + " wide";
}

std::string valueText(double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

Size imageSize(const Frame& frame) {
  try {
    return readPictureSize(frame.image);
  } catch (const Error&) {
    return {};  // scores can be evaluated without images
  }
}

MapReading readingOf(const ImportedScores& scores, const ImportedFile& file) {
  return {.isNormalHigh = scores.polarity == Polarity::NormalHigh, .areBins = file.isBravo};
}

bool hasClasses(const std::optional<ImportedFile>& file) { return file && file->classes; }

/// The frame's anomalous pixels among `scores`, distinct, added to `anchors`.
void addAnchors(const Grid<double>& scores, const LabelMap& label, std::vector<double>& anchors) {
  std::vector<double> own;
  for (std::size_t i = 0; i < scores.values().size(); ++i)
    if (label.values()[i] == kAnomaly) own.push_back(scores.values()[i]);
  std::erase_if(own, [](double score) { return score != score; });
  std::sort(own.begin(), own.end());
  anchors.insert(anchors.end(), own.begin(), std::unique(own.begin(), own.end()));
}

}  // namespace

std::string importedReading(const std::string& arrayName, std::optional<Polarity> polarity) {
  if (!polarity) return arrayName;
  return arrayName + "\n" + std::string(polarityName(*polarity));  // no array's name has a line's end
}

ImportedSource::ImportedSource(std::string label, std::shared_ptr<const DataSet> set,
                               const std::filesystem::path& folder, const std::string& arrayName,
                               std::shared_ptr<LogitsStore> store, ChannelChoice channels,
                               std::optional<Polarity> polarity)
    : LogitsSource(std::move(label), std::move(channels)),
      m_set(std::move(set)),
      m_scores(openImportedScores(folder, *m_set, arrayName, polarity)),
      m_id({folderIdOf(m_scores.root), importedReading(arrayName, polarity)}),
      m_store(std::move(store)),
      m_sizes(m_set->frames.size()),
      m_frameSizes(m_set->frames.size()),
      m_held(m_set->frames.size()),
      m_opened(m_set->frames.size()) {
  for (const auto& file : m_scores.files) {
    if (!file) continue;
    const bool isLogits = file->content == ImportedFile::Content::Logits;
    m_holdsLogits = m_holdsLogits || isLogits;
    m_isDouble = m_isDouble || (!isLogits && file->type && !scoresAreFloats(*file->type, readingOf(m_scores, *file)));
  }
  if (!m_holdsLogits && std::any_of(m_scores.files.begin(), m_scores.files.end(), hasClasses))
    m_classNames = cityscapesNames();
  if (m_holdsLogits && m_scores.polarity == Polarity::NormalHigh)
    throw Error({.what = "logits are no confidences",
                 .expected = "maps of height x width where --polarity is normal-high",
                 .found = "files of logits, from which methods make scores",
                 .file = m_scores.root});
}

std::optional<std::size_t> ImportedSource::framesWithoutFile() const {
  return static_cast<std::size_t>(
      std::count_if(m_scores.files.begin(), m_scores.files.end(), [](const auto& file) { return !file.has_value(); }));
}

void ImportedSource::prepare(std::size_t frame) {
  const auto& file = m_scores.files[frame];
  if (!file)
    throw Error(ErrorParts{.what = "the method has no file for the frame",
                           .expected = "a score map or logits named like " + m_set->frames[frame].name,
                           .file = m_scores.root});
  if (m_sizes[frame].area() > 0) return;
  m_frameSizes[frame] = imageSize(m_set->frames[frame]);
  if (file->content == ImportedFile::Content::Logits)
    judge(frame, *logits(frame));
  else
    judge(frame, map(frame));
}

void ImportedSource::judgeShape(std::size_t frame, Size found, const char* what) {
  const Size expected = m_frameSizes[frame];
  if (expected.area() > 0) {
    const ShapeFit fit = shapeFit(found, expected);
    if (fit == ShapeFit::Transposed)
      throw Error(ErrorParts{.what = std::string(what) + " transposed",
                             .expected = "the frame's shape, " + sidesText(expected),
                             .found = sidesText(found) + ": exchange the two axes (in NumPy: scores.T)",
                             .file = m_scores.files[frame]->file});
    if (fit == ShapeFit::OtherAspect)
      m_findings.add(ScoreFinding::OtherAspect, m_set->frames[frame].name,
                     sizeText(found) + " for " + sizeText(expected));
  }
  m_sizes[frame] = found;
}

void ImportedSource::judge(std::size_t frame, const StoredMap& map) {
  const std::string& name = m_set->frames[frame].name;
  judgeShape(frame, map.size, "score map is");
  if (map.isMatlab) m_findings.add(ScoreFinding::MatlabAxes, name, "read as " + sidesText(map.size));
  m_findings.addPrecision(std::string(npyTypeName(map.type())));
  const bool fits = map.isFloat();
  const ValueFacts facts = fits ? valueFacts(map.asFloat().values()) : valueFacts(map.asDouble().values());
  if (!facts.fitFloat && !m_isDouble) m_findings.add(ScoreFinding::RoundedScores, name);
  constexpr double kMostWhole = 0x1p53;
  const bool isWide = map.type() == NpyType::Int64 || map.type() == NpyType::UInt64;
  if (isWide && std::max(-facts.low, facts.high) > kMostWhole) m_findings.add(ScoreFinding::HugeIntegers, name);
  const auto finding = findingOf(facts.kind);
  if (!finding) return;
  std::string detail;
  if (facts.kind != ValueKind::None) detail = valueText(facts.low);
  if (facts.high != facts.low) detail += " to " + valueText(facts.high);
  m_findings.add(*finding, name, detail);
}

void ImportedSource::judge(std::size_t frame, const ImportedLogits& logits) {
  const std::string& name = m_set->frames[frame].name;
  const LogitsView view = logits.logits.view();
  judgeShape(frame, view.size(), "logits are");
  m_findings.addPrecision(view.half != nullptr ? "float16" : "float32");
  if (logits.wereChannelsLast)
    m_findings.add(
        ScoreFinding::ChannelsLast, name,
        std::to_string(view.height) + "x" + std::to_string(view.width) + "x" + std::to_string(view.channels));
  if (logits.areByMatlab) m_findings.add(ScoreFinding::MatlabAxes, name, "read as " + sidesText(view.size()));
  if (logits.areRounded) m_findings.add(ScoreFinding::RoundedLogits, name);
  if (areProbabilities(view)) m_findings.add(ScoreFinding::Probabilities, name);
}

StoredMap ImportedSource::map(std::size_t frame) const {
  const ImportedFile& file = m_scores.files[frame].value();
  StoredMap map = readStoredMap(file.file, m_scores.arrayName, readingOf(m_scores, file));
  // MATLAB's axes were turned round; whoever had permuted them before already gets them as they were.
  const Size turned{map.size.height, map.size.width};
  if (!map.isMatlab || turned == map.size || turned != imageSize(m_set->frames[frame])) return map;
  map.array = withAxesReversed(map.array);
  map.size = turned;
  map.isMatlab = false;
  return map;
}

ImportedSource::Logits ImportedSource::held(std::size_t frame) const {
  const std::scoped_lock lock(m_logitsMutex);
  Held& held = m_held[frame];
  if (held.logits && !held.logits->logits.isIntact()) held = {};
  return held.logits ? held.logits : m_opened[frame].lock();
}

void ImportedSource::hold(std::size_t frame, const Logits& logits) const {
  auto share = m_store->share(logits->logits);
  const std::scoped_lock lock(m_logitsMutex);
  m_opened[frame] = logits;
  if (share) {
    m_held[frame] = {logits, std::move(share)};
    return;
  }
  m_lastOpened.push_back(logits);
  if (m_lastOpened.size() > kOpenedLogits) m_lastOpened.pop_front();
}

ImportedSource::Logits ImportedSource::logits(std::size_t frame) const {
  if (Logits known = held(frame)) return known;
  auto opened = std::make_shared<const ImportedLogits>(
      openImportedLogits(m_scores.files[frame].value().file, m_frameSizes[frame], m_scores.arrayName));
  ++m_filesOpened;
  hold(frame, opened);
  return opened;
}

DoubleRanking ImportedSource::makeRanking() const {
  std::vector<double> anchors;
  bool fitFloat = true;
  std::mutex mutex;
  // Isolated: a thread that waits here must not begin what waits for this ranking.
  tbb::this_task_arena::isolate([&] {
    tbb::parallel_for(std::size_t{0}, m_scores.files.size(), [&](std::size_t frame) {
      const auto& file = m_scores.files[frame];
      if (!file || file->content == ImportedFile::Content::Logits || !m_set->frames[frame].label) return;
      try {
        const Grid<double> own = map(frame).asDouble();
        const LabelMap label = readLabel(*m_set, m_set->frames[frame]);
        std::vector<double> found;
        bool fits = valueFacts(own.values()).fitFloat;
        if (own.size() == label.size()) {
          addAnchors(own, label, found);
        } else {  // either may be asked for, and both must rank by one rule
          addAnchors(own, resizePilNearest(label, own.size()), found);
          addAnchors(resizeBilinear(own, label.size()), label, found);
          fits = false;
        }
        const std::scoped_lock lock(mutex);
        anchors.insert(anchors.end(), found.begin(), found.end());
        fitFloat = fitFloat && fits;
      } catch (const Error&) {
        return;  // told when the frame is prepared or its label read
      }
    });
  });
  return fitFloat ? DoubleRanking() : DoubleRanking(std::move(anchors));
}

const DoubleRanking& ImportedSource::ranking() const {
  const std::scoped_lock lock(m_rankingMutex);
  if (!m_ranking) m_ranking = std::make_unique<const DoubleRanking>(makeRanking());
  return *m_ranking;
}

double ImportedSource::exactScore(float value) const {
  return m_isDouble ? ranking().toDouble(value) : static_cast<double>(value);
}

float ImportedSource::rankedScore(double score) const {
  return m_isDouble ? ranking().toFloat(score) : static_cast<float>(score);
}

std::string ImportedSource::polarity() const {
  return m_holdsLogits ? std::string() : std::string(polarityName(m_scores.polarity));
}

std::optional<ClassMap> ImportedSource::predictedClasses(std::size_t frame) const {
  const auto& file = m_scores.files[frame].value();
  return file.classes ? std::optional(readImportedClasses(*file.classes)) : std::nullopt;
}

std::vector<std::string> ImportedSource::warnings() const {
  auto out = m_scores.warnings;
  for (auto& sentence : m_findings.sentences()) out.push_back(std::move(sentence));
  return out;
}

Size ImportedSource::ownSize(std::size_t frame) const {
  require(m_sizes[frame].area() > 0, "ImportedSource: prepare(frame) comes first");
  return m_sizes[frame];
}

ScoreParameters ImportedSource::scoreParameters(const Configuration& configuration, int channels) const {
  ScoreParameters parameters{.method = configuration.method.value(),
                             .temperature = configuration.temperature.value_or(1.0F),
                             .channels = LogitsSource::channels().list,
                             .voidChannel = assumedVoidChannel(channels)};
  if (parameters.channels.empty()) {
    parameters.channels = knownChannels(channels, LogitsSource::channels().all ? -1 : parameters.voidChannel);
  }
  const ScoreInputs inputs{.isNetwork = false, .channels = channels, .voidChannel = parameters.voidChannel};
  if (const auto lack = parameters.method.whyNot(inputs))
    throw Error(
        ErrorParts{.what = lack->what, .expected = lack->expected, .found = lack->found, .file = m_scores.root});
  const int last = *std::max_element(parameters.channels.begin(), parameters.channels.end());
  if (last >= channels)
    throw Error(ErrorParts{.what = "a channel asked for is not in the logits",
                           .expected = "channels 0 to " + std::to_string(channels - 1),
                           .found = std::to_string(last),
                           .file = m_scores.root});
  return parameters;
}

std::optional<FrameLogits> ImportedSource::frameLogits(std::size_t frame) const {
  if (m_scores.files[frame].value().content != ImportedFile::Content::Logits) return std::nullopt;
  const auto opened = logits(frame);
  return FrameLogits{opened->logits.view(), opened, opened->logits.saturated(),
                     [opened] { opened->logits.requireIntact(); }};
}

bool ImportedSource::hasLogits(std::size_t frame) const {
  return m_scores.files[frame].value().content == ImportedFile::Content::Logits;
}

ScoreMap ImportedSource::floatMap(std::size_t frame, Size target) const {
  ScoreMap scores = map(frame).asFloat();
  return scores.size() == target ? std::move(scores) : resizeBilinear(scores, target);
}

ScoreMap ImportedSource::values(std::size_t frame, const Configuration& configuration, Size target) const {
  return hasLogits(frame) ? score(frame, configuration, target) : floatMap(frame, target);
}

ScoreMap ImportedSource::finishedMap(std::size_t frame, Size target) const {
  if (!m_isDouble) return floatMap(frame, target);
  const DoubleRanking& rule = ranking();
  Grid<double> scores = map(frame).asDouble();
  if (scores.size() != target) scores = resizeBilinear(scores, target);
  ScoreMap out(target);
  rule.toFloat(scores.values(), out.values());
  return out;
}

std::vector<std::pair<std::string, std::string>> ImportedSource::provenance() const {
  Sha256 digest;
  std::error_code unknown;
  for (const auto& file : m_scores.files)
    if (file && std::filesystem::is_regular_file(file->file, unknown))  // a pipe would be waited for
      digest.add(file->file.filename().string()).add(sha256OfFile(file->file));
  std::vector<std::pair<std::string, std::string>> facts = {{"scores", name()}, {"scores_sha256", digest.hex()}};
  if (!m_scores.arrayName.empty()) facts.emplace_back("scores_array", m_scores.arrayName);
  if (!m_holdsLogits)
    facts.emplace_back("scores_polarity",
                       polarity() + (m_scores.isPolarityChosen ? ", as asked for" : ", by the form"));
  const auto classes = std::count_if(m_scores.files.begin(), m_scores.files.end(), hasClasses);
  if (classes > 0) facts.emplace_back("class_maps", std::to_string(classes));
  return facts;
}

}  // namespace oodscope
