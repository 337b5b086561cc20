// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

struct Include {
  fs::path file;
  std::string target;
};

std::vector<Include> includesBelow(const std::string& folder, const std::function<bool(const fs::path&)>& wanted) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
  std::vector<Include> out;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(OODSCOPE_SOURCE_DIR) / folder)) {
    if (!entry.is_regular_file() || !wanted(entry.path())) continue;
    std::ifstream in(entry.path());
    std::smatch match;
    for (std::string line; std::getline(in, line);)
      if (std::regex_search(line, match, kInclude)) out.push_back({entry.path(), match[1]});
  }
  return out;
}

bool isHeader(const fs::path& file) { return file.extension() == ".h"; }
bool isSource(const fs::path& file) { return file.extension() == ".cpp" || file.extension() == ".h"; }
/// Headers that only .cpp files of their own folder's library include may carry third-party types.
bool isPublicHeader(const fs::path& file) {
  return isHeader(file) && file.string().find(".inl.h") == std::string::npos;
}

void expectNone(const std::vector<Include>& includes, const std::string& pattern, const char* rule) {
  const std::regex forbidden(pattern);
  for (const Include& include : includes)
    EXPECT_FALSE(std::regex_search(include.target, forbidden))
        << rule << ": " << include.file << " includes " << include.target;
  EXPECT_FALSE(includes.empty()) << rule << ": nothing was scanned";
}

const char* const kQt = "^(Q[A-Z]|q[a-z]+\\.h|qcustomplot)";
const char* const kTorch = "^(torch/|ATen/|c10/|caffe2/)";
const char* const kVtk = "^vtk";

}  // namespace

TEST(Layers, AnalysisKnowsNeitherQtNorTorchNorTheFoldersAboveIt) {
  const auto includes = includesBelow("analysis", isSource);
  expectNone(includes, kQt, "analysis without Qt");
  expectNone(includes, kTorch, "analysis without torch");
  expectNone(includes, kVtk, "analysis without VTK");
  expectNone(includes, "^(inference|widgets|app)/", "analysis stands below the others");
}

TEST(Layers, AnalysisHeadersShowNoThirdParty) {
  expectNone(includesBelow("analysis", isPublicHeader), "^(opencv2/|hwy/|tbb/|oneapi/|nlohmann/|hdf5|openssl/|zlib)",
             "third parties stay in .cpp files");
}

TEST(Layers, InferenceKnowsNeitherQtNorVtkNorTheFoldersAboveIt) {
  const auto includes = includesBelow("inference", isSource);
  expectNone(includes, kQt, "inference without Qt");
  expectNone(includes, kVtk, "inference without VTK");
  expectNone(includes, "^(widgets|app)/", "inference stands below the others");
}

TEST(Layers, TorchIsSeenInNoPublicHeader) {
  for (const char* folder : {"inference", "widgets", "app"})
    expectNone(includesBelow(folder, isPublicHeader), kTorch, "torch stays in .cpp files of inference");
}

TEST(Layers, HeadersWithThirdPartyTypesStayInTheirLibrary) {
  for (const char* folder : {"analysis", "inference", "widgets", "app"}) {
    for (const Include& include : includesBelow(folder, isSource)) {
      if (!include.target.ends_with(".inl.h")) continue;
      EXPECT_TRUE(include.target.starts_with(std::string(folder) + "/"))
          << include.file << " includes another library's " << include.target;
      EXPECT_FALSE(isPublicHeader(include.file)) << include.file << " hands on " << include.target;
    }
  }
}

TEST(Layers, OnlyInferenceIncludesTorch) {
  for (const char* folder : {"widgets", "app"})
    expectNone(includesBelow(folder, isSource), kTorch, "LibTorch is inference's business");
}

TEST(Layers, WidgetsKnowNeitherFilesNorNetworks) {
  const auto includes = includesBelow("widgets", isSource);
  expectNone(includes, kTorch, "widgets without torch");
  expectNone(includes, "^(opencv2/|inference/|app/|fstream$)", "widgets get values and open nothing");
}

TEST(Layers, QCustomPlotAndVtkStayInSourceFiles) {
  expectNone(includesBelow("widgets", isPublicHeader), "^(vtk|qcustomplot)",
             "plot and 3D libraries stay in .cpp files");
}

TEST(Layers, TheHeadlessProgramIncludesNoQt) {
  for (const char* folder : {"app/cli", "app/session", "app/sources", "app/live", "app/studies", "app/documents"})
    expectNone(includesBelow(folder, isSource), kQt, "oodscope-cli without Qt");
}
