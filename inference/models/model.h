// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "analysis/scores/outputs.h"
#include "analysis/scores/pass.h"
#include "inference/networks/network_options.h"
#include "inference/networks/output_array.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace oodscope {

enum class Device { Cpu, Cuda };
enum class ModelKind { Weights /* of a known architecture */, TorchScript };
enum class ResizeRule {
  PilBilinear,  ///< antialiased, equal to PIL's 8-bit result
  Bilinear      ///< plain, half-pixel centres, rounded to 8 bits
};

/// How an image becomes the network's input, and what the outputs mean. Every field can be edited by the user and is
/// part of the logits' fingerprint. Read from MODEL.json beside the file where it exists, else assumed and said.
struct Preprocessing {
  Size input{1024, 512};
  ResizeRule resize = ResizeRule::PilBilinear;
  double scale = 1.0 / 255.0;                 ///< pixel value times this
  std::array<double, 3> mean{0.0, 0.0, 0.0};  ///< subtracted after scaling, RGB
  std::array<double, 3> deviation{1.0, 1.0, 1.0};
  bool bgr = false;
};

struct OutputMeaning {
  int output = 0;                         ///< which of several outputs holds the logits
  std::vector<std::string> channelNames;  ///< one a channel
  int knownClasses = 19;                  ///< the first so many channels beside the void channel, the default subset
  int voidChannel = -1;                   ///< trained "anything else" channel; -1: none
  std::vector<int> knownChannels = {};    ///< in place of the first ones: exactly these, in the order of the classes
};

/// The channels that are known classes, class by class: the default channel subset. Requires: outputs of a loaded model
/// with `channels` channels. Never empty.
[[nodiscard]] std::vector<int> knownChannels(const OutputMeaning& outputs, int channels);

struct ModelInfo {
  ModelKind kind = ModelKind::Weights;
  std::string architecture;     ///< "ERFNet", "ENet", "TorchScript"
  NetworkOptions options = {};  ///< of the architecture, each of them
  /// How the logits are computed: "fast", and why where something quicker was given up. Part of the provenance.
  std::string arrangement = {};
  std::filesystem::path file;
  std::string fingerprint;  ///< SHA-256 of the file
  Preprocessing preprocessing;
  OutputMeaning outputs;
  int channels = 0;   ///< of the logits; without any, known classes that memberships or class logits tell apart
  Size output{0, 0};  ///< resolution of the outputs for `preprocessing.input`, see OutputsView::size()
  /// What a pass gives. Logits alone, but for scripts whose sidecar names more and networks that declare others.
  std::vector<OutputArray> arrays = {};
  std::string arrayNames = {};  ///< where the sidecar finds them, "logits=out, outlier=1"; empty where it does not say
  std::vector<const PassKind*> passes = {};  ///< how it can be run besides
  std::vector<OutputArray> added = {};       ///< what those of them give that add an array (PassKind::adds)
  std::int64_t parameters = 0;
  std::int64_t multiplyAdds = 0;         ///< of convolutions for one frame; FLOPs = 2x
  std::vector<std::string> assumptions;  ///< said aloud: "no mean and standard deviation given: none applied"
  std::vector<std::string> warnings;     ///< likely mistakes: input values far outside what networks are trained on
  bool channelsAssumed = false;          ///< nobody said which channel is void
  std::int64_t nonZeroParameters = 0;    ///< of `parameters`: pruning leaves others at 0
};

/// What a run of a pass gives, in this order; null: of the plain one. Requires: the pass is among ModelInfo::passes.
[[nodiscard]] std::vector<OutputArray> arraysOf(const ModelInfo& info, const PassKind* pass);

/// Logits as the network gave them: planar C x H x W float32.
struct LogitsMap {
  int channels = 0;
  Size size;
  std::vector<float> values;
};

/// All that a pass gave, in the order of arraysOf().
struct OutputMaps {
  std::vector<LogitsMap> maps;
};

/// A built-in network as TorchScript.
struct ExportedModel {
  Size input;                   ///< of the one image that it takes
  std::string script = {};      ///< bytes of the file, which torch.jit.load opens
  std::string sidecar = {};     ///< JSON as readSidecar() takes it
  std::int64_t parameters = 0;  ///< in the file
  double difference = 0.0;      ///< the largest from the network's own values, on a picture that was not recorded
};

struct ModelOptions {
  Device device = Device::Cpu;
  int threads = 0;  ///< 0: all cores that this process may use. Set for the whole process at each infer()
  std::optional<Preprocessing> preprocessing = {};  ///< overrides what the file or its sidecar says
  std::optional<Size> input = {};                   ///< overrides its size alone
  std::optional<OutputMeaning> outputs = {};
  NetworkOptions options = {};  ///< of the architecture, in place of what the sidecar says of them
  /// Where it is remembered which arrangement of a network is right on this machine (see arrangementMemory()); empty:
  /// nowhere, for this process alone.
  std::filesystem::path memory = {};
};

/// A network ready to run. The first time that it meets a LibTorch, count of threads, processor and device, its quick
/// arrangement is compared with the plain network on one thread without oneDNN, on an image of the input's size, and
/// replaced by one that agrees where it is wrong; ModelInfo::warnings then says so. Construction and infer() throw
/// Error (missing, left-over or mis-shaped keys listed; NaN outputs are the caller's to count). Not thread-safe: one
/// infer() at a time; parallel inside.
class Model {
public:
  [[nodiscard]] static Model load(const std::filesystem::path& file, const ModelOptions& options = {});
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;
  ~Model();

  [[nodiscard]] const ModelInfo& info() const;
  /// Preprocesses and runs one image of any size. Cost: see the bench; 0.14 s at 512x1024 for ERFNet on two cores.
  /// Throws Error where the network gives no logits.
  [[nodiscard]] LogitsMap infer(const RgbImage& image);
  /// The same with every array that the network gives.
  [[nodiscard]] OutputMaps inferOutputs(const RgbImage& image);
  /// The same of one run of a further pass, what a mirrored image gives mirrored back. Requires: the pass is among
  /// ModelInfo::passes. Cost: see PassKind::costs; memory for the activations of a backward pass, about 1 GB for ERFNet
  /// at 512x1024.
  [[nodiscard]] OutputMaps inferPass(const RgbImage& image, const PassChoice& pass, const PassRun& run);
  /// Median seconds of `runs` passes over a constant image after one warm-up.
  [[nodiscard]] double measureLatency(int runs = 5);
  /// The plain network as TorchScript on the CPU, for images of the input's size alone and with what it is given in the
  /// sidecar: the script neither resizes nor normalises. Of a network that sees images at sizes of their own, for those
  /// of the input's shape. Compared with the network before it is given away. Throws Error: a model that is TorchScript
  /// already, a forward pass that cannot be recorded. Cost: three passes of the plain network; memory for its weights
  /// twice more.
  [[nodiscard]] ExportedModel exported() const;
  /// Whether exported() computes otherwise for images of another shape than the input's.
  [[nodiscard]] bool seesImagesAtOwnSize() const;
  /// What identifies the logits of this model besides the image: fingerprint, options, preprocessing, output choice,
  /// and what rounding depends on: arithmetic, arrangement, library, processor, device and, where it matters, threads.
  [[nodiscard]] std::string logitsKey() const;

private:
  struct Impl;
  explicit Model(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> m_impl;
};

/// Sets what must be set before LibTorch is first used: allocator (no mmap, no trim), OpenMP waits passively.
/// Re-executes the program once where libgomp has already read its environment. Call first thing in main.
void prepareProcessForInference(int argc, char** argv);
/// Whether the allocator keeps what is freed: quicker while networks run, as prepareProcessForInference() leaves it,
/// but the score maps of a long session then stay resident by the gigabyte. For the whole process, from any thread.
void keepFreedMemory();
/// The other way; what is free now goes back to the system at once.
void returnFreedMemory();
[[nodiscard]] bool hasCuda();
[[nodiscard]] std::string torchVersion();
/// Name and options of the architecture: "ENet (since-2021-03)".
[[nodiscard]] std::string architectureText(const ModelInfo& info);

}  // namespace oodscope
