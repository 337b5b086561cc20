// SPDX-License-Identifier: GPL-3.0-or-later
// The cache may cost time, never a number: the same rows whatever bounds, other processes and disks do to it.
#include "tests/end_to_end/command.h"
#include "tests/end_to_end/small_set.h"
#include "tests/support/temporary_folder.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <future>
#include <nlohmann/json.hpp>

namespace oodscope::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;

/// A file system in memory for the time of a test.
class Mounted {
public:
  Mounted(fs::path at, const char* options) : m_at(std::move(at)) {
    fs::create_directories(m_at);
    m_isMounted = mount("tmpfs", m_at.c_str(), "tmpfs", 0, options) == 0;
  }
  Mounted(const Mounted&) = delete;
  Mounted& operator=(const Mounted&) = delete;
  ~Mounted() {
    if (m_isMounted) umount2(m_at.c_str(), MNT_DETACH);
  }
  [[nodiscard]] bool isMounted() const { return m_isMounted; }
  void makeReadOnly() const { mount("tmpfs", m_at.c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr); }

private:
  fs::path m_at;
  bool m_isMounted = false;
};

class StoredLogitsTest : public ::testing::Test {
protected:
  StoredLogitsTest() {
    writeSmallSet(set, 12);
    writeSmallModel(scratch / "small.pth");
  }
  [[nodiscard]] CommandResult run(const std::vector<std::string>& more, const RunOptions& options = {},
                                  const char* command = "evaluate") const {
    std::vector<std::string> all{command,         "--set",   set,        "--model",  model,       "--format", "json",
                                 "--temperature", "1,2,0.5", "--method", "msp,void", "--threads", "1"};
    all.insert(all.end(), more.begin(), more.end());
    return runCli(all, options);
  }
  /// Rows of a run that must be complete.
  [[nodiscard]] static json rowsOf(const CommandResult& result) {
    EXPECT_EQ(result.code, 0) << result.err;
    return json::parse(result.out).at("rows");
  }
  [[nodiscard]] json reference() const { return rowsOf(run({"--cache-dir", scratch / "whole"})); }
  [[nodiscard]] static std::uint64_t bytesIn(const fs::path& folder) {
    std::uint64_t bytes = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
      if (entry.path().extension() == ".npy") bytes += entry.file_size();
    return bytes;
  }
  const TemporaryFolder scratch;
  std::string set = scratch / "Small", model = scratch / "small.pth", cache = scratch / "cache";
};

}  // namespace

TEST_F(StoredLogitsTest, BoundsChangeNoNumber) {
  const json expected = reference();
  ASSERT_EQ(expected.size(), 6U);
  for (const char* gigabytes : {"0.00001", "0.0001", "0.0003", "8"}) {  // less than one frame, one, three, all
    EXPECT_EQ(rowsOf(run({"--cache-dir", cache, "--cache-size", gigabytes})), expected) << gigabytes;
    EXPECT_LE(static_cast<double>(bytesIn(cache)), std::stod(gigabytes) * 1e9);
  }
  EXPECT_EQ(rowsOf(run({"--no-cache"})), expected);
}

TEST_F(StoredLogitsTest, BoundsChangeNoSweep) {
  const json expected = rowsOf(run({"--cache-dir", scratch / "whole"}, {}, "sweep"));
  for (const char* gigabytes : {"0.00001", "0.0003"})
    EXPECT_EQ(rowsOf(run({"--cache-dir", cache, "--cache-size", gigabytes}, {}, "sweep")), expected) << gigabytes;
  EXPECT_EQ(rowsOf(run({"--no-cache"}, {}, "sweep")), expected);
}

TEST_F(StoredLogitsTest, ThreeProcessesShareOneBound) {
  const json expected = reference();
  std::vector<std::future<CommandResult>> runs;
  for (int i = 0; i < 3; ++i)
    runs.push_back(std::async(std::launch::async, [&] {
      return run({"--cache-dir", cache, "--cache-size", "0.0003"});
    }));
  for (auto& each : runs) EXPECT_EQ(rowsOf(each.get()), expected);
}

TEST_F(StoredLogitsTest, EntriesThatAreRemovedOrCutShortMeanwhileCostNoFrame) {
  const json expected = reference();
  const auto onEach = [&](const std::function<void(const fs::path&)>& change) {
    return [this, change] {
      std::error_code ignored;
      for (fs::recursive_directory_iterator at(cache, ignored), end; !ignored && at != end; at.increment(ignored))
        if (at->path().extension() == ".npy") change(at->path());
      return false;
    };
  };
  EXPECT_EQ(rowsOf(run({"--cache-dir", cache}, {.interruptWhen = onEach([](const fs::path& entry) {
                                                  std::error_code gone;
                                                  fs::remove(entry, gone);
                                                })})),
            expected);
  EXPECT_EQ(rowsOf(run({"--cache-dir", cache}, {.interruptWhen = onEach([](const fs::path& entry) {
                                                  [[maybe_unused]] const int cut = truncate(entry.c_str(), 0);
                                                })})),
            expected);
}

TEST_F(StoredLogitsTest, AFolderThatCannotBeWrittenIsSaidAndChangesNoNumber) {
  const json expected = reference();
  std::ofstream(scratch / "file") << "x";
  const CommandResult below = run({"--cache-dir", scratch / "file/cache"});
  EXPECT_EQ(rowsOf(below), expected);
  EXPECT_THAT(below.err, HasSubstr("warning: "));
  EXPECT_THAT(below.err, HasSubstr("no logits are kept in"));

  const Mounted readOnly(cache, "size=1m");
  if (!readOnly.isMounted()) GTEST_SKIP() << "mounting is not allowed here";
  const CommandResult full = run({"--cache-dir", cache});  // twelve frames of 82 kB: one half of them fits
  EXPECT_EQ(rowsOf(full), expected);
  readOnly.makeReadOnly();
  EXPECT_EQ(rowsOf(run({"--cache-dir", cache})), expected);
  fs::remove_all(scratch / "whole");
  const Mounted empty(scratch / "whole", "size=1m");
  empty.makeReadOnly();
  const CommandResult untagged = run({"--cache-dir", scratch / "whole"});
  EXPECT_EQ(rowsOf(untagged), expected);
  EXPECT_THAT(untagged.err, HasSubstr("Read-only file system"));
}

TEST_F(StoredLogitsTest, ALockThatIsNeverLetGoIsSaidAndChangesNoNumber) {
  const json expected = reference();
  fs::create_directories(cache);
  const int lock = open((cache + "/.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  ASSERT_EQ(flock(lock, LOCK_EX), 0);  // as a stopped process holds it
  const CommandResult result = run({"--cache-dir", cache, "--cache-size", "0.0003"});
  close(lock);
  EXPECT_EQ(rowsOf(result), expected);
  EXPECT_THAT(result.err, HasSubstr("another process holds the lock"));
  EXPECT_LE(bytesIn(cache), 300'000U);
}

TEST_F(StoredLogitsTest, AFolderOfOtherFilesKeepsThem) {
  fs::create_directories(fs::path(cache) / "ab");
  for (const char* own : {"/mine.npy", "/ab/mine.npy", "/ab/mine.part"}) std::ofstream(cache + own) << "own";
  const CommandResult result = run({"--cache-dir", cache, "--cache-size", "0.0001"});
  EXPECT_EQ(rowsOf(result), reference());
  EXPECT_THAT(result.err, HasSubstr("oodscope-logits"));
  for (const char* own : {"/mine.npy", "/ab/mine.npy", "/ab/mine.part"}) EXPECT_TRUE(fs::exists(cache + own)) << own;
}

TEST_F(StoredLogitsTest, OutputIntoAFifoAndThroughALink) {
  const std::string fifo = scratch / "fifo", link = scratch / "link";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  auto reader = std::async(std::launch::async, [&] { return json::parse(std::ifstream(fifo)).at("rows").size(); });
  EXPECT_EQ(run({"--no-cache", "--output", fifo}).code, 0);
  EXPECT_TRUE(fs::is_fifo(fifo));
  EXPECT_EQ(reader.get(), 6U);
  fs::create_symlink("yet-to-be.json", link);
  EXPECT_EQ(run({"--no-cache", "--output", link}).code, 0);
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_TRUE(fs::is_regular_file(scratch / "yet-to-be.json"));
  EXPECT_EQ(rowsOf(run({"--no-cache", "--output", "/dev/stdout"})).size(), 6U);
}

TEST(StoredLogitsOfTheDemo, BoundsAndProcessesChangeNoNumber) {
  const TemporaryFolder scratch;
  const std::string demo = OODSCOPE_SOURCE_DIR "/resources/demo/";
  const auto start = [&](const std::string& folder, const std::string& gigabytes) {
    return std::async(std::launch::async, [=, &scratch] {
      return runCli({"evaluate", "--set", demo + "set", "--model", demo + "model/erfnet_slim_demo.pth", "--format",
                     "json", "--cache-dir", scratch / folder, "--cache-size", gigabytes});
    });
  };
  const auto rows = [](const CommandResult& result) {
    EXPECT_EQ(result.code, 0) << result.err;
    return json::parse(result.out).at("rows");
  };
  const json expected = rows(start("whole", "8").get());
  EXPECT_EQ(expected.at(0).at("frames"), 22);
  EXPECT_EQ(rows(start("whole", "0.001").get()), expected);
  std::vector<std::future<CommandResult>> three;
  for (int i = 0; i < 3; ++i) three.push_back(start("one", "0.03"));
  for (auto& each : three) EXPECT_EQ(rows(each.get()), expected);
}

}  // namespace oodscope::testing
