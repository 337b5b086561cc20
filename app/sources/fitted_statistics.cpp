// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sources/fitted_statistics.h"

#include "analysis/core/error.h"
#include "analysis/core/sha256.h"
#include "analysis/formats/hdf5_file.h"
#include "analysis/formats/json_text.h"
#include "analysis/formats/npz.h"
#include "analysis/scores/method_kinds.h"
#include "inference/checkpoints/pickled_numbers.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kLastChannel = 254, kMostDimensions = 1 << 16;
constexpr Range<double> kAnyNumber{-std::numeric_limits<double>::max(), std::numeric_limits<double>::max()};
constexpr Range<double> kAboveZero{std::numeric_limits<double>::min(), std::numeric_limits<double>::max()};

constexpr const char* kMeans = "means";
constexpr const char* kInverses = "inverse";

std::optional<ClassScale> readScale(const JsonValue& json) {
  const auto mean = json.find("mean"), variance = json.find("variance");
  if (!mean || !variance) return std::nullopt;
  return ClassScale{mean->number(kAnyNumber), variance->number(kAboveZero)};
}

FittedStatistics::MaxLogits readMaxLogits(const JsonValue& json) {
  FittedStatistics::MaxLogits out;
  for (const JsonValue& one : json.at("classes").list({1, 255})) {
    const auto channel = static_cast<int>(one.at("channel").integer({0, kLastChannel}));
    if (!out.channels.empty() && channel <= out.channels.back()) one.refuse("channels in ascending order, each once");
    out.channels.push_back(channel);
    out.classes.resize(static_cast<std::size_t>(channel) + 1);
    out.classes.back() = readScale(one);
  }
  if (const auto all = json.find("all_classes")) out.pooled = readScale(*all);
  return out;
}

/// The array, where it has that many axes, or an Error.
NpyArray requireAxes(NpyArray array, const char* name, std::size_t axes, const fs::path& file) {
  if (array.header.shape.size() == axes && array.header.elements() > 0) return array;
  throw Error(ErrorParts{.what = std::string("the array \"") + name + "\" of reference features has another shape",
                         .expected = std::to_string(axes) + " axes",
                         .found = npyText(array.header),
                         .file = file});
}

NpyArray arrayOf(const fs::path& file, const char* name, std::size_t axes) {
  return requireAxes(readNpz(file, name), name, axes, file);
}

void requireDimensions(const NpyArray& array, const std::vector<std::size_t>& expected, const fs::path& file) {
  if (array.header.shape != expected)
    throw Error(ErrorParts{.what = "an array of what was fitted for features has another shape",
                           .expected = npyShapeText(expected),
                           .found = npyShapeText(array.header.shape),
                           .file = file});
}

/// Means, K x D, and inverse covariances, K x D x D.
MahalanobisScore gaussiansOf(const NpyArray& means, const NpyArray& inverses, std::size_t dimensions,
                             const fs::path& file) {
  const std::size_t classes = means.header.shape[0];
  requireDimensions(means, {classes, dimensions}, file);
  requireDimensions(inverses, {classes, dimensions, dimensions}, file);
  const std::vector<double> mean = npyAsDouble(means), inverse = npyAsDouble(inverses);
  const std::size_t square = dimensions * dimensions;
  std::vector<FeatureClass> out(classes);
  for (std::size_t c = 0; c < classes; ++c) {
    const auto from = [](const std::vector<double>& values, std::size_t at, std::size_t count) {
      const auto first = values.begin() + static_cast<std::ptrdiff_t>(at);
      return std::vector<double>(first, first + static_cast<std::ptrdiff_t>(count));
    };
    out[c] = {from(mean, c * dimensions, dimensions), from(inverse, c * square, square)};
  }
  return MahalanobisScore(out);
}

MahalanobisScore readGaussians(const fs::path& file, std::size_t dimensions) {
  return gaussiansOf(arrayOf(file, kMeans, 2), arrayOf(file, kInverses, 3), dimensions, file);
}

NearestFeatures readBank(const fs::path& file, std::size_t dimensions, const JsonValue& neighbours) {
  const NpyArray bank = arrayOf(file, "bank", 2);
  const std::size_t count = bank.header.shape[0];
  requireDimensions(bank, {count, dimensions}, file);
  const std::int64_t k = neighbours.integer({1, static_cast<std::int64_t>(count)});
  ReferenceBank rows{.dimensions = static_cast<int>(dimensions), .values = npyAsFloat(bank)};
  if (!std::ranges::all_of(rows.values, [](float value) { return std::isfinite(value); }))
    throw Error(ErrorParts{.what = "reference features are not finite",
                           .expected = "finite numbers",
                           .found = "NaN or infinity",
                           .file = file});
  return {std::move(rows), static_cast<int>(k)};
}

/// The arrays beside the JSON, which names them and their digest.
std::shared_ptr<const FeatureReference> readFeatures(const JsonValue& json) {
  const fs::path name = json.at("file").text({1, 255});
  if (name != name.filename()) json.at("file").refuse("the name of a file in the same folder");
  const fs::path file = json.file().parent_path() / name;
  const std::string expected = json.at("sha256").text({64, 64}), found = sha256OfFile(file);
  if (found != expected)
    throw Error(ErrorParts{.what = "the arrays are not those that the statistics were written with",
                           .expected = "SHA-256 " + expected,
                           .found = found,
                           .file = file});
  const auto dimensions = static_cast<std::size_t>(json.at("dimensions").integer({1, kMostDimensions}));
  auto out = std::make_shared<FeatureReference>();
  if (json.find("gaussians")) out->gaussians.emplace(readGaussians(file, dimensions));
  if (json.find("bank")) out->neighbours.emplace(readBank(file, dimensions, json.at("neighbours")));
  return out;
}

std::shared_ptr<const FittedStatistics> readJsonStatistics(const fs::path& file) {
  const JsonValue json = readJsonFile(file, "statistics file");
  if (!json.isObject() || !json.find(kStatisticsMember))
    throw Error(ErrorParts{.what = "not a file of statistics",
                           .expected = std::string("an object with member '") + kStatisticsMember +
                                       "', as oodscope-cli fit writes it, the published SET_mean.npy, or an "
                                       "HDF5 file with means and inverse",
                           .found = json.excerpt(),
                           .file = file});
  static_cast<void>(json.at(kStatisticsMember).integer({1, kStatisticsFormat}));
  auto out = std::make_shared<FittedStatistics>();
  out->file = file;
  if (const auto model = json.find("model_sha256")) out->model = model->text({64, 64});
  if (const auto set = json.find("set")) out->set = set->text();
  if (const auto logits = json.find("max_logit")) out->maxLogits = readMaxLogits(*logits);
  if (const auto features = json.find("features")) out->features = readFeatures(*features);
  // The JSON names the digest of the arrays beside it.
  out->digest = sha256OfFile(file);
  return out;
}

/// stats/SET_mean.npy and stats/SET_var.npy.
std::shared_ptr<const FittedStatistics> readPublishedStatistics(const fs::path& file) {
  constexpr std::string_view kMean = "_mean", kVariance = "_var";
  std::string stem = file.stem().string();
  for (const std::string_view end : {kMean, kVariance})
    if (stem.ends_with(end)) {
      stem.resize(stem.size() - end.size());
      break;
    }
  const fs::path means = file.parent_path() / (stem + std::string(kMean) + ".npy");
  const fs::path variances = file.parent_path() / (stem + std::string(kVariance) + ".npy");
  for (const fs::path& one : {means, variances})
    if (!fs::exists(one))
      throw Error(ErrorParts{.what = "statistics of logits are two files of pickled numbers, one is missing",
                             .expected = "NAME_mean.npy and NAME_var.npy in one folder",
                             .found = "no " + one.filename().string(),
                             .file = file});
  const auto mean = readPickledNumbers(means), variance = readPickledNumbers(variances);
  auto out = std::make_shared<FittedStatistics>();
  out->maxLogits = FittedStatistics::MaxLogits{};
  FittedStatistics::MaxLogits& logits = *out->maxLogits;
  for (const auto& [channel, value] : mean) {
    const auto found = variance.find(channel);
    if (found == variance.end() || !(found->second > 0.0))
      throw Error(ErrorParts{.what = "the variances do not fit the means",
                             .expected = "a variance above 0 for class " + std::to_string(channel),
                             .found = found == variance.end() ? std::string("none") : std::to_string(found->second),
                             .file = variances});
    logits.channels.push_back(channel);
    logits.classes.resize(static_cast<std::size_t>(channel) + 1);
    logits.classes.back() = ClassScale{value, found->second};
  }
  out->file = means;
  out->digest = Sha256().add(sha256OfFile(means)).add(sha256OfFile(variances)).hex();
  return out;
}

/// SegmentMeIfYouCan's file of the Mahalanobis baseline.
std::shared_ptr<const FittedStatistics> readHdf5Statistics(const fs::path& file) {
  const Hdf5File hdf5(file);
  const NpyArray means = requireAxes(hdf5.read(kMeans), kMeans, 2, file);
  const NpyArray inverses = requireAxes(hdf5.read(kInverses), kInverses, 3, file);
  const std::size_t dimensions = means.header.shape[1];
  if (dimensions > static_cast<std::size_t>(kMostDimensions))
    throw Error(ErrorParts{.what = "features of more dimensions than are read",
                           .expected = std::to_string(kMostDimensions) + " at most",
                           .found = std::to_string(dimensions),
                           .file = file});
  auto features = std::make_shared<FeatureReference>();
  features->gaussians.emplace(gaussiansOf(means, inverses, dimensions, file));
  auto out = std::make_shared<FittedStatistics>();
  out->file = file;
  out->digest = sha256OfFile(file);
  out->features = std::move(features);
  return out;
}

}  // namespace

std::optional<int> FittedStatistics::lacking(std::span<const int> channels) const {
  if (!maxLogits) return std::nullopt;
  for (const int channel : channels) {
    const bool isFitted = std::ranges::binary_search(maxLogits->channels, channel);
    if (!isFitted || !(maxLogits->classes[static_cast<std::size_t>(channel)] || maxLogits->pooled)) return channel;
  }
  return std::nullopt;
}

std::optional<MaxLogitStatistics> FittedStatistics::scalesOf(std::span<const int> channels) const {
  if (!maxLogits || channels.empty() || lacking(channels)) return std::nullopt;
  const auto count = static_cast<std::size_t>(channels.back()) + 1;
  MaxLogitStatistics out{.mean = std::vector<double>(count, 0.0), .variance = std::vector<double>(count, 1.0)};
  for (const int channel : channels) {
    const auto at = static_cast<std::size_t>(channel);
    const ClassScale scale = maxLogits->classes[at] ? *maxLogits->classes[at] : *maxLogits->pooled;
    out.mean[at] = scale.mean;
    out.variance[at] = scale.variance;
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> FittedStatistics::facts() const {
  std::vector<std::pair<std::string, std::string>> out = {{"statistics", file.filename().string()},
                                                          {"statistics_sha256", digest}};
  if (!set.empty()) out.emplace_back("statistics_set", set);
  std::string borrowed;
  if (maxLogits)
    for (const int channel : maxLogits->channels)
      if (!maxLogits->classes[static_cast<std::size_t>(channel)])
        borrowed.append(borrowed.empty() ? "" : ", ").append(std::to_string(channel));
  if (!borrowed.empty()) out.emplace_back("statistics_of_all_classes_for", "channels " + borrowed);
  return out;
}

void FittedStatistics::addTo(ScoreInputs& inputs, std::span<const int> channels) const {
  inputs.hasClassStatistics = maxLogits.has_value();
  if (const auto channel = lacking(channels)) inputs.channelWithoutStatistics = *channel;
  if (!features) return;
  inputs.gaussianDimensions = features->gaussians ? features->gaussians->dimensions() : 0;
  inputs.bankDimensions = features->neighbours ? features->neighbours->dimensions() : 0;
}

void addStatistics(const FittedStatistics* statistics, std::span<const int> channels, ScoreInputs& inputs) {
  if (statistics != nullptr) statistics->addTo(inputs, channels);
}

void addStatistics(const FittedStatistics* statistics, ScoreParameters& parameters) {
  if (statistics == nullptr) return;
  parameters.classStatistics = statistics->scalesOf(parameters.channels);
  parameters.features = statistics->features;
}

std::shared_ptr<const FittedStatistics> readStatistics(const fs::path& file) {
  const std::string ending = file.extension().string();
  if (ending == ".npy") return readPublishedStatistics(file);
  return ending == ".h5" || ending == ".hdf5" ? readHdf5Statistics(file) : readJsonStatistics(file);
}

bool isStatisticsFile(const fs::path& file) {
  try {
    const JsonValue json = readJsonFile(file, "statistics file");
    return json.isObject() && json.find(kStatisticsMember).has_value();
  } catch (const Error&) {
    return false;
  }
}

bool fits(const FittedStatistics& statistics, const ModelInfo& model) {
  return statistics.model.empty() || statistics.model == model.fingerprint;
}

void requireFits(const FittedStatistics& statistics, const ModelInfo& model) {
  if (fits(statistics, model)) return;
  throw Error(ErrorParts{.what = "the statistics are of another network than " + model.file.filename().string(),
                         .expected = "fitted for SHA-256 " + model.fingerprint,
                         .found = statistics.model,
                         .file = statistics.file});
}

fs::path statisticsBeside(const fs::path& model) {
  return model.parent_path() / (model.stem().string() + ".statistics.json");
}

ChosenStatistics chooseStatistics(const std::optional<fs::path>& named, const ModelInfo& model) {
  ChosenStatistics out;
  if (named) {
    out.statistics = readStatistics(*named);
    requireFits(*out.statistics, model);
    return out;
  }
  const fs::path beside = statisticsBeside(model.file);
  std::error_code unknown;
  if (!fs::exists(beside, unknown)) return out;
  try {
    auto found = readStatistics(beside);
    requireFits(*found, model);
    out.statistics = std::move(found);
  } catch (const Error& error) {
    out.warning = std::string("the statistics beside the network are not used: ") + error.what();
  }
  return out;
}

}  // namespace oodscope
