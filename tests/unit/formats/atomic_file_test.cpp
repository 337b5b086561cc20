// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/atomic_file.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/formats/made_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <csignal>

namespace oodscope {
namespace {

using testing::contentOf;
using testing::errorOf;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

std::size_t filesIn(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

TEST(AtomicFile, ReplacesTheOldContentAndLeavesNothingElse) {
  const TemporaryFolder folder;
  const auto file = folder.write("a.json", "old and longer");
  writeFileAtomically(file, "new");
  EXPECT_EQ(contentOf(file), "new");
  EXPECT_EQ(filesIn(folder.path()), 1U);
}

TEST(AtomicFile, FailureNamesTheFileAndKeepsTheOldContent) {
  const TemporaryFolder folder;
  const auto attempt = [](const std::filesystem::path& file, const std::string& text) {
    return errorOf([&] {
      writeFileAtomically(file, text);
      return 0;
    });
  };
  EXPECT_THAT(attempt(folder.path() / "none/a.json", "x"), HasSubstr("No such file or directory"));
  EXPECT_THAT(attempt(folder.path(), "x"), HasSubstr("expected a file name, found a folder"));

  // A full disk, played by a limit on the size of files: the write fails half-way.
  const auto file = folder.write("a.json", "old");
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{4096, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  const auto message = attempt(file, std::string(100000, 'x'));
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_DFL);
  EXPECT_THAT(message, HasSubstr("file cannot be written: found File too large"));
  EXPECT_THAT(message, HasSubstr("a.json"));
  EXPECT_EQ(contentOf(file), "old");
  EXPECT_EQ(filesIn(folder.path()), 1U);
}

TEST(AtomicFile, LinksAreFollowed) {
  const TemporaryFolder folder;
  const auto target = folder.write("target.json", "old");
  std::filesystem::create_symlink(target, folder.path() / "link.json");
  writeFileAtomically(folder.path() / "link.json", "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder.path() / "link.json"));
  EXPECT_EQ(contentOf(target), "new");
}

}  // namespace
}  // namespace oodscope
