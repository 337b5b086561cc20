// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/atomic_file.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/formats/made_files.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <thread>

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

TEST(AtomicFile, TheTargetOfALinkIsReplacedWhereverItLiesOrIsYetToLie) {
  const TemporaryFolder folder;
  namespace fs = std::filesystem;
  fs::create_directories(folder.path() / "far");
  fs::create_symlink("far/middle", folder.path() / "first");
  fs::create_symlink("end.json", folder.path() / "far/middle");  // leads to nothing yet
  writeFileAtomically(folder.path() / "first", "new");
  EXPECT_TRUE(fs::is_symlink(folder.path() / "first"));
  EXPECT_TRUE(fs::is_symlink(folder.path() / "far/middle"));
  EXPECT_EQ(contentOf(folder.path() / "far/end.json"), "new");
  EXPECT_EQ(filesIn(folder.path()), 2U);
  EXPECT_EQ(filesIn(folder.path() / "far"), 2U);

  fs::create_symlink("round", folder.path() / "about");
  fs::create_symlink("about", folder.path() / "round");
  EXPECT_THAT(errorOf([&] {
                writeFileAtomically(folder.path() / "about", "x");
                return 0;
              }),
              HasSubstr("Too many levels of symbolic links"));
}

TEST(AtomicFile, AFifoIsWrittenIntoAndStaysOne) {
  const TemporaryFolder folder;
  const auto fifo = folder.path() / "fifo", link = folder.path() / "link";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  std::filesystem::create_symlink(fifo, link);
  for (const auto& path : {fifo, link}) {
    std::string read;
    std::thread reader([&] { read = contentOf(fifo); });
    writeFileAtomically(path, "through");
    struct stat status {};
    ASSERT_EQ(stat(fifo.c_str(), &status), 0);
    ASSERT_TRUE(S_ISFIFO(status.st_mode)) << "replaced; its reader waits for ever";
    reader.join();
    EXPECT_EQ(read, "through");
  }
  EXPECT_EQ(filesIn(folder.path()), 2U);
}

TEST(AtomicFile, ADeviceStaysADevice) {
  const TemporaryFolder folder;
  const auto device = folder.path() / "null";
  // The null device under another name: the machine's own is no toy.
  if (mknod(device.c_str(), S_IFCHR | 0666, makedev(1, 3)) != 0) GTEST_SKIP() << "making devices is not allowed here";
  writeFileAtomically(device, "into nothing");
  EXPECT_TRUE(std::filesystem::is_character_file(device));
  EXPECT_EQ(filesIn(folder.path()), 1U);
}

TEST(AtomicFile, AnOpenDescriptorIsWrittenInto) {
  const TemporaryFolder folder;
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  writeFileAtomically("/proc/self/fd/" + std::to_string(ends[1]), "piped");
  std::array<char, 5> read{};
  EXPECT_EQ(::read(ends[0], read.data(), read.size()), 5);
  EXPECT_EQ(std::string(read.data(), read.size()), "piped");
  close(ends[0]);
  close(ends[1]);
  // Standard output sent to a file: what stands there already stays, and so does the open file.
  const auto file = folder.write("out.txt", "before ");
  const int descriptor = open(file.c_str(), O_WRONLY | O_APPEND);
  writeFileAtomically("/proc/self/fd/" + std::to_string(descriptor), "after");
  ASSERT_EQ(write(descriptor, "!", 1), 1);
  close(descriptor);
  EXPECT_EQ(contentOf(file), "before after!");
}

TEST(AtomicFile, PermissionsOfTheOldFileAreKeptAndNewOnesFollowTheMask) {
  const TemporaryFolder folder;
  const auto file = folder.write("a.json", "old");
  const auto modeOf = [](const std::filesystem::path& path) {
    struct stat status {};
    return stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0U;
  };
  for (const mode_t mode : {0600, 0664, 0755}) {
    ASSERT_EQ(chmod(file.c_str(), mode), 0);
    writeFileAtomically(file, "new");
    EXPECT_EQ(modeOf(file), mode);
  }
  const mode_t before = umask(027);
  writeFileAtomically(folder.path() / "fresh.json", "new");
  umask(before);
  EXPECT_EQ(modeOf(folder.path() / "fresh.json"), 0640U);
}

TEST(AtomicFile, TheLongestNameCanBeWritten) {
  const TemporaryFolder folder;
  const auto file = folder.path() / std::string(255, 'n');
  writeFileAtomically(file, "new");
  EXPECT_EQ(contentOf(file), "new");
}

}  // namespace
}  // namespace oodscope
