// SPDX-License-Identifier: GPL-3.0-or-later
// A file compiled once for every instruction set must not be fused by the compiler: products and sums would round
// another way on processors with FMA, and a pixel alone another way than in its frame.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

namespace fs = std::filesystem;

std::string textOf(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(KernelFlags, NoKernelOfTheNumericCoreIsFusedByTheCompiler) {
  const std::string commands = textOf(fs::path(OODSCOPE_BINARY_DIR) / "compile_commands.json");
  ASSERT_FALSE(commands.empty());
  int kernels = 0;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(OODSCOPE_SOURCE_DIR) / "analysis")) {
    if (entry.path().extension() != ".cpp" || textOf(entry.path()).find("hwy/foreach_target.h") == std::string::npos)
      continue;
    ++kernels;
    const std::size_t end = commands.find(" -c " + entry.path().string() + "\"");
    ASSERT_NE(end, std::string::npos) << entry.path() << " is compiled among others";
    const std::size_t begin = commands.rfind("\"command\"", end);
    EXPECT_NE(commands.substr(begin, end - begin).find("-ffp-contract=off"), std::string::npos) << entry.path();
  }
  EXPECT_GE(kernels, 5);
}

}  // namespace
