// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sources/imported_source.h"

#include "analysis/core/sha256.h"
#include "analysis/core/size_text.h"
#include "analysis/datasets/cityscapes.h"
#include "analysis/formats/array_file.h"
#include "analysis/imaging/resize.h"
#include "analysis/scores/map_facts.h"
#include "analysis/scores/method_kinds.h"
#include "inference/models/known_channels.h"
#include "inference/models/sidecar.h"

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
/// Each file of a frame once.
std::vector<std::filesystem::path> filesOf(const std::optional<ImportedFile>& file) {
  std::vector<std::filesystem::path> out;
  if (!file) return out;
  out.push_back(file->file);
  for (const ImportedArray& array : file->outputs)
    if (std::ranges::find(out, array.file) == out.end()) out.push_back(array.file);
  return out;
}

/// How many classes the outputs tell apart; 0: they tell none.
int classCount(const OutputsView& outputs) {
  if (outputs.has(Output::Logits)) return outputs[Output::Logits].channels;
  if (outputs.hasQueries()) return outputs.knownClasses;
  return outputs[Output::Membership].channels;
}

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

std::string importedReading(const std::string& arrayName, std::optional<Polarity> polarity,
                            const FittedStatistics* statistics) {
  std::string out = arrayName;
  if (polarity) out += "\n" + std::string(polarityName(*polarity));  // no array's name has a line's end
  if (statistics != nullptr) out += "\nstatistics " + statistics->digest;
  return out;
}

ImportedSource::ImportedSource(std::string label, std::shared_ptr<const DataSet> set,
                               const std::filesystem::path& folder, const std::string& arrayName,
                               std::shared_ptr<LogitsStore> store, ChannelChoice channels,
                               std::optional<Polarity> polarity, std::shared_ptr<const FittedStatistics> statistics,
                               bool readsFeatures)
    : LogitsSource(std::move(label), std::move(channels)),
      m_set(std::move(set)),
      m_scores(openImportedScores(folder, *m_set, arrayName, polarity)),
      m_id({folderIdOf(m_scores.root), importedReading(arrayName, polarity, statistics.get())}),
      m_statistics(std::move(statistics)),
      m_readsFeatures(readsFeatures || (m_statistics && m_statistics->features)),
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
  if (m_holdsLogits) m_knownClasses = readFolderSidecar(folder).knownClasses.value_or(kCityscapesTrainClasses);
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
    judge(frame, *outputs(frame));
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
  auto finding = findingOf(facts.kind);
  if (!finding) return;
  const bool areFloats =
      map.type() == NpyType::Float16 || map.type() == NpyType::Float32 || map.type() == NpyType::Float64;
  if (finding == ScoreFinding::ClassIds && areFloats) finding = ScoreFinding::FewLevels;
  std::string detail;
  if (facts.kind != ValueKind::None) detail = valueText(facts.low);
  if (facts.high != facts.low) detail += " to " + valueText(facts.high);
  m_findings.add(*finding, name, detail);
}

void ImportedSource::judge(std::size_t frame, const OpenedOutputs& outputs) {
  const std::string& name = m_set->frames[frame].name;
  const OutputsView all = outputs.view();
  judgeShape(frame, all.size(), "logits are");
  for (std::size_t i = 0; i < outputs.arrays.size(); ++i) {
    const ImportedLogits& array = outputs.arrays[i];
    const LogitsView view = array.logits.view();
    m_findings.addPrecision(view.half != nullptr ? "float16" : "float32");
    if (array.wereChannelsLast)
      m_findings.add(
          ScoreFinding::ChannelsLast, name,
          std::to_string(view.height) + "x" + std::to_string(view.width) + "x" + std::to_string(view.channels));
    if (array.areByMatlab) m_findings.add(ScoreFinding::MatlabAxes, name, "read as " + sidesText(view.size()));
    if (array.areRounded) m_findings.add(ScoreFinding::RoundedLogits, name);
    if (outputs.which[i] == Output::Logits && areProbabilities(view)) m_findings.add(ScoreFinding::Probabilities, name);
  }
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

OutputsView ImportedSource::OpenedOutputs::view() const {
  OutputsView out;
  for (std::size_t i = 0; i < arrays.size(); ++i) out[which[i]] = arrays[i].logits.view();
  out.knownClasses = knownClasses;
  return out;
}

bool ImportedSource::OpenedOutputs::isIntact() const {
  return std::ranges::all_of(arrays, [](const ImportedLogits& array) { return array.logits.isIntact(); });
}

void ImportedSource::OpenedOutputs::requireIntact() const {
  for (const ImportedLogits& array : arrays) array.logits.requireIntact();
}

ImportedSource::Outputs ImportedSource::held(std::size_t frame) const {
  const std::scoped_lock lock(m_logitsMutex);
  Held& held = m_held[frame];
  if (held.outputs && !held.outputs->isIntact()) held = {};
  return held.outputs ? held.outputs : m_opened[frame].lock();
}

void ImportedSource::hold(std::size_t frame, const Outputs& outputs) const {
  Held holding{.outputs = outputs};
  for (const ImportedLogits& array : outputs->arrays) {
    auto share = m_store->share(array.logits);
    if (!share) break;
    holding.shares.push_back(std::move(share));
  }
  const std::scoped_lock lock(m_logitsMutex);
  m_opened[frame] = outputs;
  if (holding.shares.size() == outputs->arrays.size()) {
    m_held[frame] = std::move(holding);
    return;
  }
  m_lastOpened.push_back(outputs);
  if (m_lastOpened.size() > kOpenedLogits) m_lastOpened.pop_front();
}

/// Arrays that are there together, of one frame's file or files.
void ImportedSource::requireWhole(std::size_t frame, const OpenedOutputs& outputs) const {
  const OutputsView view = outputs.view();
  const auto refuse = [&](const std::string& what, const std::string& expected, const std::string& found) {
    throw Error(
        ErrorParts{.what = what, .expected = expected, .found = found, .file = m_scores.files[frame].value().file});
  };
  if (view.has(Output::ClassLogits) != view.has(Output::MaskLogits))
    refuse("the frame has one array of a mask network's two", "\"class_logits\" and \"mask_logits\"",
           view.has(Output::ClassLogits) ? "class_logits" : "mask_logits");
  if (!view.hasQueries()) return;
  const LogitsView& classes = view[Output::ClassLogits];
  if (classes.channels != view[Output::MaskLogits].channels)
    refuse("class_logits and mask_logits are of different queries",
           std::to_string(classes.channels) + " x h x w mask logits",
           std::to_string(view[Output::MaskLogits].channels));
  if (classes.width != m_knownClasses + 1 && classes.width != m_knownClasses + 2)
    refuse("class_logits do not fit the known classes",
           std::to_string(m_knownClasses + 1) + " or " + std::to_string(m_knownClasses + 2) +
               " columns (known_classes " + std::to_string(m_knownClasses) + ": the folder's sidecar says another)",
           std::to_string(classes.channels) + " x " + std::to_string(classes.width));
}

ImportedSource::OpenedOutputs ImportedSource::openedOutputs(std::size_t frame) const {
  const ImportedFile& file = m_scores.files[frame].value();
  OpenedOutputs out{.which = {}, .arrays = {}, .knownClasses = m_knownClasses};
  for (const ImportedArray& array : file.outputs) {
    if (array.output == Output::Features && file.outputs.size() > 1 && !m_readsFeatures)
      continue;  // large, and without what is fitted for them no method reads them
    out.which.push_back(array.output);
    out.arrays.push_back(openImportedOutput(array.output, array.file, m_frameSizes[frame], array.name));
  }
  if (file.outputs.empty()) {
    out.which.push_back(Output::Logits);
    out.arrays.push_back(openImportedLogits(file.file, m_frameSizes[frame], m_scores.arrayName));
  }
  requireWhole(frame, out);
  return out;
}

ImportedSource::Outputs ImportedSource::outputs(std::size_t frame) const {
  if (Outputs known = held(frame)) return known;
  auto opened = std::make_shared<const OpenedOutputs>(openedOutputs(frame));
  ++m_filesOpened;
  hold(frame, opened);
  return opened;
}

/// What headers say; of a file that cannot be read, nothing.
ScoreInputs ImportedSource::firstInputs() const {
  ScoreInputs out{.isNetwork = false};
  const auto first = std::ranges::find_if(m_scores.files, [](const auto& file) { return file.has_value(); });
  if (first == m_scores.files.end() || !m_holdsLogits) return out;
  const auto frame = static_cast<std::size_t>(first - m_scores.files.begin());
  const ImportedFile& file = **first;
  std::vector<ImportedArray> arrays = file.outputs;
  if (arrays.empty()) arrays.push_back({Output::Logits, file.file, m_scores.arrayName});
  OutputsView shapes;
  shapes.knownClasses = m_knownClasses;
  for (const ImportedArray& array : arrays) {
    try {
      const std::vector<std::size_t> shape = chosenArray(arraysIn(array.file), array.name, array.file).usefulShape();
      const Size frameSize = imageSize(m_set->frames[frame]);
      const bool isLast =
          shape.size() == 3 && frameSize.area() > 0 && axisOrder(shape, frameSize) == AxisOrder::ChannelsLast;
      const std::size_t channels = shape.size() == 2 && array.output != Output::ClassLogits ? 1 : shape[isLast ? 2 : 0];
      shapes[array.output] = {.channels = static_cast<int>(channels), .width = static_cast<int>(shape.back())};
    } catch (const Error&) {
      continue;  // told when the frame is prepared
    }
  }
  out = inputsOf(shapes);
  out.isNetwork = false;
  out.voidChannel = assumedVoidChannel(out.channels);
  addStatistics(m_statistics.get(), usedChannels(out.channels, out.voidChannel), out);
  return out;
}

/// Those that were chosen, else the known ones of so many; none without logits.
std::vector<int> ImportedSource::usedChannels(int classes, int voidChannel) const {
  const ChannelChoice chosen = LogitsSource::channels();
  if (!chosen.list.empty() || classes == 0) return chosen.list;
  return knownChannels(classes, chosen.all ? -1 : voidChannel);
}

ScoreInputs ImportedSource::inputs() const {
  std::call_once(m_looked, [this] { m_inputs = firstInputs(); });
  return m_inputs;
}

void ImportedSource::requirePossible(Method method) const {
  ScoreInputs lenient = inputs();
  if (lenient.channels > 0) lenient.voidChannel = 0;
  if (const auto lack = method.whyNot(lenient))
    throw Error(
        ErrorParts{.what = lack->what, .expected = lack->expected, .found = lack->found, .file = m_scores.root});
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

std::vector<std::string> ImportedSource::warnings() const { return warningsWith(m_findings.sentences()); }

std::vector<std::string> ImportedSource::warningsOfTerm() const { return warningsWith(m_findings.sentencesOfTerm()); }

std::vector<std::string> ImportedSource::warningsWith(std::vector<std::string> findings) const {
  auto out = m_scores.warnings;
  for (auto& sentence : findings) out.push_back(std::move(sentence));
  if (const PassKind* const missing = m_missedPass)
    out.push_back(std::string("the files hold no pass ").append(missing->title) +
                  ", so the score that averages over it is of the image alone");
  return out;
}

Size ImportedSource::ownSize(std::size_t frame) const {
  require(m_sizes[frame].area() > 0, "ImportedSource: prepare(frame) comes first");
  return m_sizes[frame];
}

ScoreParameters ImportedSource::scoreParameters(const Configuration& configuration, const OutputsView& outputs) const {
  if (!configuration.method)
    throw Error(ErrorParts{.what = "these files hold logits, which a method makes scores of",
                           .expected = "a run with a method",
                           .found = "one of finished scores",
                           .file = m_scores.root});
  ScoreInputs inputs = inputsOf(outputs);
  inputs.isNetwork = false;
  inputs.voidChannel = assumedVoidChannel(inputs.channels);
  const int classes = classCount(outputs);
  ScoreParameters parameters{
      .method = *configuration.method,
      .temperature = configuration.temperature.value_or(1.0F),
      .channels = inputs.channels > 0 ? usedChannels(classes, inputs.voidChannel) : LogitsSource::channels().list,
      .voidChannel = inputs.voidChannel};
  addStatistics(m_statistics.get(), parameters.channels, inputs);
  addStatistics(m_statistics.get(), parameters);
  if (const auto lack = parameters.method.whyNot(inputs))
    throw Error(
        ErrorParts{.what = lack->what, .expected = lack->expected, .found = lack->found, .file = m_scores.root});
  if (parameters.method.kind().passesRead == PassesRead::Mean) m_missedPass = parameters.method.kind().pass;
  if (parameters.channels.empty() || classes == 0) return parameters;
  const int last = *std::max_element(parameters.channels.begin(), parameters.channels.end());
  if (last >= classes)
    throw Error(ErrorParts{.what = "a channel asked for is not in the logits",
                           .expected = "channels 0 to " + std::to_string(classes - 1),
                           .found = std::to_string(last),
                           .file = m_scores.root});
  return parameters;
}

std::optional<FrameOutputs> ImportedSource::frameOutputs(std::size_t frame) const {
  if (m_scores.files[frame].value().content != ImportedFile::Content::Logits) return std::nullopt;
  const auto opened = outputs(frame);
  std::uint64_t saturated = 0;
  for (const ImportedLogits& array : opened->arrays) saturated += array.logits.saturated();
  return FrameOutputs{opened->view(), opened, saturated, [opened] { opened->requireIntact(); }};
}

bool ImportedSource::hasOutputs(std::size_t frame) const {
  return m_scores.files[frame].value().content == ImportedFile::Content::Logits;
}

ScoreMap ImportedSource::floatMap(std::size_t frame, Size target) const {
  ScoreMap scores = map(frame).asFloat();
  return scores.size() == target ? std::move(scores) : resizeBilinear(scores, target);
}

ScoreMap ImportedSource::values(std::size_t frame, const Configuration& configuration, Size target) const {
  if (hasOutputs(frame)) return score(frame, configuration, target);
  return filteredMap(frame, configuration, floatMap(frame, target));
}

/// What floats merely rank like cannot be averaged: filtered are the scores themselves.
ScoreMap ImportedSource::score(std::size_t frame, const Configuration& configuration, Size target) const {
  if (!configuration.filters.empty() && !hasOutputs(frame)) return values(frame, configuration, target);
  return LogitsSource::score(frame, configuration, target);
}

bool ImportedSource::givesClasses() const {
  if (m_holdsLogits) return LogitsSource::givesClasses();
  return std::ranges::all_of(m_scores.files, [](const auto& file) { return !file || hasClasses(file); });
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
    for (const std::filesystem::path& each : filesOf(file))
      if (std::filesystem::is_regular_file(each, unknown))  // a pipe would be waited for
        digest.add(each.filename().string()).add(sha256OfFile(each));
  std::vector<std::pair<std::string, std::string>> facts = {{"scores", name()}, {"scores_sha256", digest.hex()}};
  if (m_statistics)
    for (auto& fact : m_statistics->facts()) facts.push_back(std::move(fact));
  if (!m_scores.arrayName.empty()) facts.emplace_back("scores_array", m_scores.arrayName);
  if (!m_holdsLogits)
    facts.emplace_back("scores_polarity",
                       polarity() + (m_scores.isPolarityChosen ? ", as asked for" : ", by the form"));
  const auto classes = std::count_if(m_scores.files.begin(), m_scores.files.end(), hasClasses);
  if (classes > 0) facts.emplace_back("class_maps", std::to_string(classes));
  return facts;
}

}  // namespace oodscope
