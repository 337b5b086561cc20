// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studies/fit_statistics.h"

#include "analysis/core/failure_text.h"
#include "analysis/core/half.h"
#include "analysis/core/sha256.h"
#include "analysis/core/size_text.h"
#include "analysis/formats/atomic_file.h"
#include "analysis/formats/npy.h"
#include "analysis/formats/zip_archive.h"
#include "analysis/imaging/resize.h"
#include "analysis/scores/score_function.h"
#include "analysis/tables/value.h"
#include "app/sources/fitted_statistics.h"

#include <algorithm>
#include <numeric>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

/// A frame's features as float32, widened where they are stored as float16.
struct OwnFeatures {
  std::vector<float> widened;
  FeatureView view;

  explicit OwnFeatures(const LogitsView& array) {
    const std::size_t count = static_cast<std::size_t>(array.channels) * array.size().area();
    if (array.half != nullptr) {
      widened.resize(count);
      std::ranges::transform(std::span(array.half, count), widened.begin(), floatFromHalf);
    }
    view = {.values = array.half != nullptr ? std::span<const float>(widened) : std::span(array.single, count),
            .dimensions = array.channels,
            .size = array.size()};
  }
};

/// Tallies that frames are added to, one after the other.
class SetFit {
public:
  SetFit(const ScoreSource& source, const FitOptions& options) : m_source(source), m_options(options) {}

  void add(std::size_t frame, const OutputsView& outputs) {
    const LogitsView& logits = outputs[Output::Logits];
    requireAsBefore(Output::Logits, logits, m_logitChannels);
    const LogitsView& features = outputs[Output::Features];
    requireAsBefore(Output::Features, features, m_featureChannels);
    if (logits.channels > 0) addLogits(outputs);
    if (features.channels > 0) addFeatures(frame, outputs);
    ++m_fitted.frames;
  }

  [[nodiscard]] FittedSet finish() {
    m_fitted.logits = m_logits;
    if (m_features) {
      FittedFeatures& out = m_fitted.features.emplace();
      out.dimensions = m_features->dimensions();
      out.pixels = m_featurePixels;
      addGaussians(out);
      out.bank = m_bank->bank();
    }
    return std::move(m_fitted);
  }
  FittedSet& fitted() { return m_fitted; }

private:
  void requireAsBefore(Output output, const LogitsView& array, std::optional<int>& channels) const {
    if (!channels) channels = array.channels;
    if (*channels == array.channels) return;
    throw Error(ErrorParts{.what = "a frame's " + std::string(outputName(output)) + " are not as those of the first",
                           .expected = std::to_string(*channels) + " channels",
                           .found = std::to_string(array.channels)});
  }

  void addLogits(const OutputsView& outputs) {
    const LogitsView& logits = outputs[Output::Logits];
    if (!m_logits) {
      m_logits.emplace(logits.channels);
      const ScoreParameters parameters = m_source.scoreParameters({{}, Method(), 1.0F}, outputs);
      m_fitted.channels = parameters.channels;
      if (m_fitted.channels.empty()) {
        m_fitted.channels.resize(static_cast<std::size_t>(logits.channels));
        std::iota(m_fitted.channels.begin(), m_fitted.channels.end(), 0);
      }
    }
    m_logits->add(logits, m_fitted.channels);
    m_fitted.pixels += logits.size().area();
    const std::string size = sizeText(logits.size());
    if (m_fitted.resolution.empty()) m_fitted.resolution = size;
    if (m_fitted.resolution != size) m_fitted.resolution = "several";
  }

  void addFeatures(std::size_t frame, const OutputsView& outputs) {
    const OwnFeatures own(outputs[Output::Features]);
    const LogitsView& logits = outputs[Output::Logits];
    if (!m_features) {
      m_features.emplace(std::max(logits.channels, 1), own.view.dimensions);
      m_bank.emplace(m_options.bank, own.view.dimensions, m_options.seed);
    }
    ClassMap classes(own.view.size);
    std::ranges::fill(classes.values(), std::uint8_t{0});
    if (logits.channels > 0) {
      ClassMap predicted(logits.size());
      predictedClasses(logits, m_fitted.channels, predicted.values());
      classes = predicted.size() == own.view.size ? std::move(predicted) : resizePilNearest(predicted, own.view.size);
    }
    m_features->add(own.view, classes);
    m_bank->add(frame, own.view);
    m_featurePixels += own.view.size.area();
  }

  void addGaussians(FittedFeatures& out) const {
    std::vector<int> classes = m_fitted.channels;
    if (!m_logits) classes = {0};
    for (const int channel : classes) {
      const FeatureMoments& moments = m_features->of(static_cast<std::size_t>(channel));
      const int name = m_logits ? channel : -1;
      if (moments.count <= static_cast<std::uint64_t>(out.dimensions)) {
        out.leftOut.push_back(name);
        continue;
      }
      try {
        out.gaussians.push_back(featureClassOf(moments, m_options.ridge).value());
      } catch (const Error&) {  // of one value alone: no ridge makes that a covariance
        out.leftOut.push_back(name);
        continue;
      }
      out.classes.push_back(name);
      out.counts.push_back(moments.count);
    }
  }

  const ScoreSource& m_source;
  const FitOptions& m_options;
  FittedSet m_fitted;
  std::optional<int> m_logitChannels, m_featureChannels;
  std::optional<ClassStatistics> m_logits;
  std::optional<FeatureStatistics> m_features;
  std::optional<BankSampler> m_bank;
  std::uint64_t m_featurePixels = 0;
};

Value::Object momentsObject(const Moments& moments) {
  Value::Object out{{"count", static_cast<std::int64_t>(moments.count)}};
  if (moments.count > 0) out.push_back({"mean", moments.mean});
  if (const auto variance = moments.variance(); variance && *variance > 0.0) out.push_back({"variance", *variance});
  return out;
}

Value::Object maxLogitObject(const FittedSet& fitted) {
  Value::Array classes;
  for (const int channel : fitted.channels) {
    Value::Object one = momentsObject(fitted.logits->of(static_cast<std::size_t>(channel)));
    one.insert(one.begin(), {"channel", channel});
    classes.emplace_back(std::move(one));
  }
  return {{"of", "the largest logit by predicted class"},
          {"resolution", fitted.resolution},
          {"pixels", static_cast<std::int64_t>(fitted.pixels)},
          {"classes", classes},
          {"all_classes", momentsObject(fitted.logits->all())}};
}

template <class T>
void addArray(ZipWriter& zip, const char* name, NpyType type, const std::vector<std::size_t>& shape,
              const std::vector<T>& values) {
  const std::string header = npyHeaderText(type, shape);
  std::vector<std::byte> bytes(header.size() + values.size() * sizeof(T));
  std::ranges::copy(std::as_bytes(std::span(header)), bytes.begin());
  std::ranges::copy(std::as_bytes(std::span(values)), bytes.begin() + static_cast<std::ptrdiff_t>(header.size()));
  zip.add(std::string(name) + ".npy", bytes);
}

void writeFeatureArrays(const fs::path& file, const FittedFeatures& features) {
  ZipWriter zip;
  const auto dimensions = static_cast<std::size_t>(features.dimensions), classes = features.gaussians.size();
  if (classes > 0) {
    std::vector<double> means, inverses;
    for (const FeatureClass& one : features.gaussians) {
      means.insert(means.end(), one.mean.begin(), one.mean.end());
      inverses.insert(inverses.end(), one.inverse.begin(), one.inverse.end());
    }
    addArray(zip, "means", NpyType::Float64, {classes, dimensions}, means);
    addArray(zip, "inverse", NpyType::Float64, {classes, dimensions, dimensions}, inverses);
  }
  addArray(zip, "bank", NpyType::Float32, {features.bank.count(), dimensions}, features.bank.values);
  writeFileAtomically(file, zip.finish());
}

Value::Array numbersOf(const auto& values) {
  Value::Array out;
  for (const auto value : values) out.emplace_back(static_cast<std::int64_t>(value));
  return out;
}

Value::Object featuresObject(const FittedFeatures& features, const fs::path& arrays, const FitOptions& options) {
  Value::Object out{{"file", arrays.filename().string()},
                    {"sha256", sha256OfFile(arrays)},
                    {"dimensions", features.dimensions},
                    {"pixels", static_cast<std::int64_t>(features.pixels)}};
  if (!features.gaussians.empty())
    out.push_back({"gaussians", Value::Object{{"channels", numbersOf(features.classes)},
                                              {"counts", numbersOf(features.counts)},
                                              {"left_out", numbersOf(features.leftOut)},
                                              {"ridge", options.ridge}}});
  if (features.bank.count() > 0) {
    const auto most = static_cast<int>(std::min<std::size_t>(features.bank.count(), 1U << 30U));
    out.push_back({"bank", Value::Object{{"count", static_cast<std::int64_t>(features.bank.count())},
                                         {"seed", static_cast<std::int64_t>(options.seed)}}});
    out.push_back({"neighbours", std::min(options.neighbours, most)});
  }
  return out;
}

}  // namespace

FittedSet fitStatistics(const DataSet& set, ScoreSource& source, const FitOptions& options,
                        const ProgressSink& progress, const std::stop_token& stop) {
  require(options.bank > 0 && options.neighbours > 0 && options.ridge >= 0.0, "fitStatistics: options out of range");
  const ScoreInputs inputs = source.inputs();
  if (inputs.channels == 0 && inputs.featureChannels == 0)
    throw Error(ErrorParts{.what = source.name() + " gives nothing that statistics are fitted on",
                           .expected = "logits or features",
                           .found = source.takesMethods() ? "memberships or masks alone" : "finished score maps",
                           .file = set.root});
  SetFit fit(source, options);
  for (std::size_t i = 0; i < set.frames.size(); ++i) {
    if (stop.stop_requested()) {
      fit.fitted().cancelled = true;
      break;
    }
    progress({"statistics", set.name + ", " + source.name(), i, set.frames.size()});
    std::optional<FrameOutputs> outputs;
    try {
      source.prepare(i);
      outputs = source.frameOutputs(i);
      if (!outputs) throw Error("finished scores where logits or features are expected", {});
      fit.add(i, outputs->view);
    } catch (const Error& failure) {
      fit.fitted().failures.push_back({set.name, set.frames[i].name, failureText(failure)});
      continue;
    }
    outputs->requireIntact();  // what was added cannot be taken out again
  }
  return fit.finish();
}

void writeStatistics(const fs::path& file, const FittedSet& fitted, const FitOrigin& origin,
                     const FitOptions& options) {
  Value::Object out{{kStatisticsMember, kStatisticsFormat}, {"set", origin.set}};
  if (!origin.model.empty()) out.push_back({"model_sha256", origin.model});
  out.push_back({"frames", static_cast<std::int64_t>(fitted.frames)});
  if (fitted.logits) out.push_back({"max_logit", maxLogitObject(fitted)});
  if (fitted.features) {
    const fs::path arrays = file.parent_path() / (file.stem().string() + ".features.npz");
    writeFeatureArrays(arrays, *fitted.features);
    out.push_back({"features", featuresObject(*fitted.features, arrays, options)});
  }
  Value::Object facts;
  for (const auto& [key, value] : origin.facts) facts.push_back({key, value});
  out.push_back({"provenance", facts});
  writeFileAtomically(file, Value(out).json(2) + "\n");
}

}  // namespace oodscope
