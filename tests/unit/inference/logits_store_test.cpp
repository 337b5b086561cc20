// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/logits/logits_store.h"

#include "analysis/core/error.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

class LogitsStoreTest : public ::testing::Test {
protected:
  fs::path onlyEntry() const {
    fs::path found;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.path().extension() == ".npy") found = entry.path();
    }
    return found;
  }
  const testing::TemporaryFolder scratch;
  const fs::path folder = scratch.path();
};

LogitsMap ramp(int height = 4) {
  LogitsMap logits{.channels = 2, .size = {8, height}, .values = {}};
  for (int i = 0; i < 16 * height; ++i) logits.values.push_back(static_cast<float>(i) * 0.5F);
  return logits;
}

TEST_F(LogitsStoreTest, AnotherStoreFindsWhatOnePut) {
  LogitsStore first({.folder = folder});
  const std::string address = first.address("image", "model");
  EXPECT_FALSE(first.find(address).has_value());
  first.put(address, ramp());
  const auto found = LogitsStore({.folder = folder}).find(address);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->view().channels, 2);
  EXPECT_EQ(found->view().half[2], 0x3C00);  // 1.0
  EXPECT_EQ(openLogits(onlyEntry()).view().half[2], 0x3C00);
}

TEST_F(LogitsStoreTest, AnotherProcessFindsWhatOnePut) {
  LogitsStore store({.folder = folder});
  const std::string address = store.address("image", "model");
  const pid_t child = fork();
  if (child == 0) {
    LogitsStore({.folder = folder}).put(address, ramp());
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(store.find(address).has_value());
}

TEST_F(LogitsStoreTest, EveryDamagedByteIsNoticed) {
  LogitsStore writer({.folder = folder});
  const std::string address = writer.address("image", "model");
  writer.put(address, ramp());
  const fs::path entry = onlyEntry();
  std::ifstream in(entry, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  for (std::size_t at = 128; at < whole.size() - 32; ++at) {  // from the data to the record's numbers
    if (at >= whole.size() - 128 + 96) break;
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    std::ofstream(entry, std::ios::binary) << damaged;
    EXPECT_FALSE(LogitsStore({.folder = folder}).find(address).has_value()) << at;
  }
  std::ofstream(entry, std::ios::binary) << whole.substr(0, whole.size() / 2);
  EXPECT_FALSE(LogitsStore({.folder = folder}).find(address).has_value());
  EXPECT_FALSE(fs::exists(entry));
  writer.put(address, ramp());
  EXPECT_TRUE(LogitsStore({.folder = folder}).find(address).has_value());
}

TEST_F(LogitsStoreTest, TheLeastRecentlyUsedGoFirstAndOpenOnesStayReadable) {
  LogitsStore store({.folder = folder, .maxBytes = 2000});
  const std::string a = store.address("a", "m"), b = store.address("b", "m"), c = store.address("c", "m");
  const StoredLogits held = store.put(a, ramp(16));  // about 770 bytes each
  store.put(b, ramp(16));
  ASSERT_TRUE(store.find(a).has_value());  // now b is the oldest
  store.put(c, ramp(16));
  EXPECT_FALSE(store.find(b).has_value());
  EXPECT_TRUE(store.find(c).has_value());
  EXPECT_LE(store.bytesUsed(), 2000U);
  EXPECT_EQ(held.view().half[2], 0x3C00);
}

TEST_F(LogitsStoreTest, AFullDiskIsAnErrorThatLeavesNothingBehind) {
  LogitsStore store({.folder = folder});
  const LogitsMap logits = ramp(4096);
  struct rlimit before {};
  getrlimit(RLIMIT_FSIZE, &before);
  struct rlimit tight = before;
  tight.rlim_cur = 10'000;
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &tight);
  EXPECT_THROW(store.put(store.address("a", "m"), logits), Error);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(store.bytesUsed(), 0U);
  for (const auto& entry : fs::recursive_directory_iterator(folder)) EXPECT_NE(entry.path().extension(), ".part");
  EXPECT_EQ(LogitsStore::holdInMemory(logits, StorePrecision::Half).view().half[2], 0x3C00);
}

TEST_F(LogitsStoreTest, ValuesBeyondFloat16AreSaturatedAndCounted) {
  LogitsMap logits = ramp(1);
  logits.values[0] = 1e6F;
  logits.values[1] = -1e6F;
  const StoredLogits held = LogitsStore::holdInMemory(logits, StorePrecision::Half);
  EXPECT_EQ(held.view().half[0], 0x7BFF);
  EXPECT_EQ(held.view().half[1], 0xFBFF);
  EXPECT_EQ(held.saturated(), 2U);
}

TEST_F(LogitsStoreTest, ATemporaryStoreIsGoneAfterwards) {
  fs::path where;
  {
    LogitsStore store({.temporary = true});
    where = store.folder();
    store.put(store.address("a", "m"), ramp());
    EXPECT_TRUE(fs::exists(where));
  }
  EXPECT_FALSE(fs::exists(where));
}

}  // namespace
}  // namespace oodscope
