// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/logits/logits_store.h"

#include "analysis/core/error.h"
#include "analysis/formats/npy.h"
#include "inference/logits/entry.h"
#include "inference/logits/half_conversion.h"
#include "tests/support/temporary_folder.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <set>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class LogitsStoreTest : public ::testing::Test {
protected:
  fs::path onlyEntry() const {
    fs::path found;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.path().extension() == ".npy") found = entry.path();
    }
    return found;
  }
  const testing::TemporaryFolder scratch, scratchTwo;
  const fs::path folder = scratch.path();
};

std::string contentOf(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void writeText(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

std::size_t countOf(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

/// What the version before wrote: its checksum leaves the header out, and its record has none of its own.
std::string entryOfVersion1(const std::string& address, const LogitsMap& logits) {
  std::vector<std::uint16_t> half(logits.values.size());
  toHalf(logits.values, half);
  const std::array shape{static_cast<std::size_t>(logits.channels), static_cast<std::size_t>(logits.size.height),
                         static_cast<std::size_t>(logits.size.width)};
  DataChecksum sum;
  sum.add(std::as_bytes(std::span(half)));
  const std::array<std::uint64_t, 3> numbers{half.size() * 2, sum.value(), 0};
  std::string out = npyHeaderText(NpyType::Float16, shape);
  out.append(reinterpret_cast<const char*>(half.data()), half.size() * 2);
  out += "OODSCOPE LOGITS1" + address;
  out.append(reinterpret_cast<const char*>(numbers.data()), sizeof numbers);
  return out + std::string(24, '\0');
}

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
  const std::string whole = contentOf(entry);
  ASSERT_EQ(whole.size(), 128U + 2 * 64 + 128);
  for (std::size_t at = 0; at < whole.size(); ++at) {  // the header's shape and the record's numbers too
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x01);
    std::ofstream(entry, std::ios::binary) << damaged;
    EXPECT_FALSE(LogitsStore({.folder = folder}).find(address).has_value()) << at;
  }
  std::ofstream(entry, std::ios::binary) << whole.substr(0, whole.size() / 2);
  EXPECT_FALSE(LogitsStore({.folder = folder}).find(address).has_value());
  writer.put(address, ramp());
  EXPECT_EQ(contentOf(entry), whole);
  EXPECT_TRUE(LogitsStore({.folder = folder}).find(address).has_value());
}

TEST_F(LogitsStoreTest, EntriesOfTheVersionBeforeAreReadAndTheirHeaderMustBeOurs) {
  const std::string address = LogitsStore({.folder = folder}).address("image", "model");
  const fs::path entry = folder / address.substr(0, 2) / (address + ".npy");
  const std::string old = entryOfVersion1(address, ramp());
  writeText(entry, old);
  const auto found = LogitsStore({.folder = folder}).find(address);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->view().half[2], 0x3C00);
  // Version 1's checksum does not see the header: whatever the store would not have written is refused.
  for (const auto& [was, is] :
       {std::pair{"(2, 4, 8), }", "(2,4 , 8), }"}, {"(2, 4, 8), } ", "(2, 4, 8,), }"}, {"'<f2'", "\"<f2\""}}) {
    std::string changed = old;
    ASSERT_EQ(std::string(was).size(), std::string(is).size());
    changed.replace(changed.find(was), std::string(was).size(), is);
    writeText(entry, changed);
    EXPECT_FALSE(LogitsStore({.folder = folder}).find(address).has_value()) << is;
  }
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

TEST_F(LogitsStoreTest, AFullDiskIsSaidAndCostsNoFrame) {
  LogitsStore store({.folder = folder});
  const LogitsMap logits = ramp(4096);
  struct rlimit before {};
  getrlimit(RLIMIT_FSIZE, &before);
  struct rlimit tight = before;
  tight.rlim_cur = 10'000;
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &tight);
  const StoredLogits kept = store.put(store.address("a", "m"), logits);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(kept.view().half[2], 0x3C00);
  EXPECT_NE(store.share(kept), nullptr) << "memory takes it";
  EXPECT_THAT(store.warnings(), ElementsAre(HasSubstr("(File too large)")));
  EXPECT_EQ(store.bytesUsed(), 0U);
  for (const auto& entry : fs::recursive_directory_iterator(folder)) EXPECT_NE(entry.path().extension(), ".part");
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

TEST_F(LogitsStoreTest, ATemporaryStoreHasNoNameAnywhere) {
  setenv("TMPDIR", folder.c_str(), 1);
  LogitsStore store({.temporary = true});
  const StoredLogits held = store.put(store.address("a", "m"), ramp());
  unsetenv("TMPDIR");
  EXPECT_EQ(held.view().half[2], 0x3C00);
  EXPECT_NE(store.share(held), nullptr);
  EXPECT_TRUE(fs::is_empty(folder)) << "what a kill would leave";
  EXPECT_TRUE(store.warnings().empty());
}

TEST_F(LogitsStoreTest, WhatFitsNowhereIsReturnedForOneUse) {
  LogitsStore store({.maxBytes = 1000, .temporary = true, .workingBytes = 800, .memoryBytes = 600});
  const StoredLogits a = store.put(store.address("a", "m"), ramp(16));  // 768 bytes with header and record
  const StoredLogits b = store.put(store.address("b", "m"), ramp(16));  // 512 bytes in memory
  const StoredLogits c = store.put(store.address("c", "m"), ramp(16));
  EXPECT_NE(store.share(a), nullptr);
  EXPECT_NE(store.share(b), nullptr);
  EXPECT_EQ(store.share(c), nullptr);
  for (const auto* each : {&a, &b, &c}) EXPECT_EQ(each->view().half[2], 0x3C00);
}

TEST_F(LogitsStoreTest, AFrameLargerThanTheBoundIsKeptElsewhereAndTheFolderWithinIt) {
  {
    LogitsStore large({.folder = folder});
    large.put(large.address("b", "m"), ramp(16));
  }
  LogitsStore store({.folder = folder, .maxBytes = 700});
  const StoredLogits held = store.put(store.address("a", "m"), ramp(16));
  EXPECT_EQ(held.view().half[2], 0x3C00);
  EXPECT_NE(store.share(held), nullptr);
  EXPECT_EQ(store.bytesUsed(), 0U);
  EXPECT_THAT(store.warnings(), ElementsAre(HasSubstr("less than those of one frame")));
}

TEST_F(LogitsStoreTest, AFolderThatCannotBeMadeIsSaidAndDoneWithout) {
  writeText(folder / "file", "x");
  LogitsStore store({.folder = folder / "file/below"});
  EXPECT_TRUE(store.folder().empty());
  EXPECT_THAT(store.warnings(), ElementsAre(HasSubstr("no logits are kept in")));
  EXPECT_EQ(store.put(store.address("a", "m"), ramp()).view().half[2], 0x3C00);
  EXPECT_FALSE(store.find(store.address("a", "m")).has_value());
  store.clear();
}

TEST_F(LogitsStoreTest, AStoppedProcessThatHoldsTheLockIsWaitedForOnce) {
  LogitsStore store({.folder = folder, .maxBytes = 2000, .patience = std::chrono::milliseconds(50)});
  const int lock = open((folder / ".lock").c_str(), O_RDWR | O_CREAT, 0644);
  ASSERT_EQ(flock(lock, LOCK_EX), 0);  // another description: to the store as good as another process
  std::vector<StoredLogits> held;
  for (const char* image : {"a", "b", "c", "d"})
    held.push_back(store.put(store.address(image, "m"), ramp(16)));  // 768 bytes each: the third would need room
  for (const StoredLogits& each : held) EXPECT_EQ(each.view().half[2], 0x3C00);
  EXPECT_LE(store.bytesUsed(), 2000U);
  EXPECT_THAT(store.warnings(), ElementsAre(HasSubstr("another process holds the lock")));
  close(lock);
  store.put(store.address("e", "m"), ramp(16));
  EXPECT_TRUE(store.find(store.address("e", "m")).has_value()) << "the lock is free again";
}

/// A process that takes the folder's lock and is then stopped, as by Ctrl-Z; killed at the end.
class StoppedHolder {
public:
  explicit StoppedHolder(const fs::path& folder) {
    const std::string file = (folder / ".lock").string();
    m_process = fork();
    if (m_process == 0) {
      const int lock = open(file.c_str(), O_RDWR | O_CREAT, 0644);
      if (lock < 0 || flock(lock, LOCK_EX) != 0) _exit(1);
      raise(SIGSTOP);
      _exit(0);
    }
    int status = 0;
    m_isStopped = waitpid(m_process, &status, WUNTRACED) == m_process && WIFSTOPPED(status);
  }
  ~StoppedHolder() { end(); }
  StoppedHolder(const StoppedHolder&) = delete;
  StoppedHolder& operator=(const StoppedHolder&) = delete;
  [[nodiscard]] bool isStopped() const { return m_isStopped; }
  void end() {
    if (m_process <= 0) return;
    kill(m_process, SIGKILL);
    waitpid(m_process, nullptr, 0);
    m_process = 0;
  }

private:
  pid_t m_process = 0;
  bool m_isStopped = false;
};

TEST_F(LogitsStoreTest, AProcessStoppedWithTheLockCostsNoFrame) {
  LogitsStore store({.folder = folder, .maxBytes = 2000, .patience = std::chrono::milliseconds(50)});
  StoppedHolder holder(folder);
  ASSERT_TRUE(holder.isStopped());
  for (const char* image : {"a", "b", "c", "d"})
    EXPECT_EQ(store.put(store.address(image, "m"), ramp(16)).view().half[2], 0x3C00);
  EXPECT_LE(store.bytesUsed(), 2000U);
  EXPECT_THAT(store.warnings(), ElementsAre(HasSubstr("another process holds the lock")));
  holder.end();
  store.put(store.address("e", "m"), ramp(16));
  EXPECT_TRUE(store.find(store.address("e", "m")).has_value()) << "the lock is free again";
}

TEST_F(LogitsStoreTest, OnlyItsOwnEntriesAreEvictedAndCleared) {
  LogitsStore store({.folder = folder, .maxBytes = 2000});
  const std::string address = store.address("mine", "m");
  writeText(folder / "mine.npy", "own");
  writeText(folder / "ab/mine.npy", "own");
  writeText(folder / "ab/mine.part", "own");
  writeText(folder / address.substr(0, 2) / (address + ".npy"), std::string(5000, 'x'));  // the name alone
  writeText(scratchTwo.path() / "ab" / ("ab" + std::string(62, '0') + ".npy"),
            entryOfVersion1("ab" + std::string(62, '0'), ramp()));
  fs::create_directory_symlink(scratchTwo.path() / "ab", folder / "cd");
  for (const char* image : {"a", "b", "c", "d"}) store.put(store.address(image, "m"), ramp(16));
  EXPECT_LE(store.bytesUsed(), 2000U);
  EXPECT_GT(store.bytesUsed(), 0U);
  EXPECT_FALSE(store.find(address).has_value());
  store.clear();
  EXPECT_EQ(store.bytesUsed(), 0U);
  for (const char* own : {"mine.npy", "ab/mine.npy", "ab/mine.part"}) EXPECT_TRUE(fs::exists(folder / own)) << own;
  EXPECT_TRUE(fs::exists(folder / address.substr(0, 2) / (address + ".npy")));
  EXPECT_EQ(countOf(scratchTwo.path() / "ab"), 1U);
}

TEST_F(LogitsStoreTest, AnEmptyFolderIsTagged) {
  const LogitsStore store({.folder = folder});
  EXPECT_EQ(store.folder(), folder);
  EXPECT_THAT(contentOf(folder / "CACHEDIR.TAG"), HasSubstr("Signature: 8a477f597d28d172789f06886806bc55"));
  EXPECT_TRUE(store.warnings().empty());
}

TEST_F(LogitsStoreTest, AFolderOfTheVersionBeforeIsAdoptedAndAnyOtherLeftAlone) {
  const std::string address = "ab" + std::string(62, '0');
  writeText(folder / "ab" / (address + ".npy"), entryOfVersion1(address, ramp()));
  writeText(folder / ".lock", "");
  {
    const LogitsStore store({.folder = folder});
    EXPECT_EQ(store.folder(), folder);
    EXPECT_TRUE(fs::exists(folder / "CACHEDIR.TAG"));
    EXPECT_TRUE(store.find(address).has_value());
  }
  // One foreign file, or an entry's name without its record, makes it somebody's folder.
  for (const char* foreign : {"notes.txt", "ab/image.npy", "CACHEDIR.TAG"}) {
    const testing::TemporaryFolder other;
    writeText(other.path() / "ab" / (address + ".npy"), entryOfVersion1(address, ramp()));
    writeText(other.path() / foreign, "somebody's");
    LogitsStore store({.folder = other.path()});
    EXPECT_EQ(store.folder(), other.path() / "oodscope-logits") << foreign;
    EXPECT_THAT(store.warnings(), ElementsAre(HasSubstr("holds files that are not Oodscope's")));
    store.put(store.address("a", "m"), ramp());
    store.clear();
    EXPECT_EQ(contentOf(other.path() / foreign), "somebody's");
    EXPECT_TRUE(fs::exists(other.path() / "ab" / (address + ".npy")));
    EXPECT_EQ(LogitsStore({.folder = other.path()}).folder(), store.folder()) << "the same the next time";
  }
}

TEST_F(LogitsStoreTest, TheDefaultFolderIsTheProgramsOwn) {
  setenv("XDG_CACHE_HOME", folder.c_str(), 1);
  const fs::path standard = folder / "oodscope/logits";
  const std::string address = "ab" + std::string(62, '0');
  writeText(standard / "ab" / (address + ".npy"), "cut short by a power cut");
  const LogitsStore store({});
  unsetenv("XDG_CACHE_HOME");
  EXPECT_EQ(store.folder(), standard);
  EXPECT_TRUE(fs::exists(standard / "CACHEDIR.TAG"));
}

TEST_F(LogitsStoreTest, WhatAKilledWriterBeganIsSweptAndALivingOnesIsNot) {
  { const LogitsStore made({.folder = folder}); }
  const std::string address = "ab" + std::string(62, '0');
  const fs::path dead = folder / "ab" / (address + ".77-0.part"), living = folder / "ab" / (address + ".77-1.part");
  writeText(dead, "half of");
  writeText(living, "half of");
  writeText(folder / "ab/mine.part", "own");
  const int writer = open(living.c_str(), O_RDWR);
  ASSERT_EQ(flock(writer, LOCK_EX), 0);
  const LogitsStore store({.folder = folder});
  EXPECT_FALSE(fs::exists(dead));
  EXPECT_TRUE(fs::exists(living));
  EXPECT_TRUE(fs::exists(folder / "ab/mine.part"));
  close(writer);
}

TEST_F(LogitsStoreTest, AFileThatShrinksWhileItIsOpenReadsAsZerosAndIsNoticed) {
  LogitsStore store({.folder = folder});
  const std::string address = store.address("a", "m");
  const StoredLogits stored = store.put(address, ramp(4096));
  writeText(folder / "mine.npy", contentOf(onlyEntry()));
  const StoredLogits imported = openLogits(folder / "mine.npy");
  for (const auto& [logits, file] : {std::pair{&stored, onlyEntry()}, std::pair{&imported, folder / "mine.npy"}}) {
    EXPECT_TRUE(logits->isIntact());
    ASSERT_EQ(truncate(file.c_str(), 0), 0);
    const LogitsView view = logits->view();
    std::uint64_t sum = 0;  // reads every page: the program would end here
    for (std::size_t i = 0; i < 2 * view.size().area(); ++i) sum += view.half[i];
    EXPECT_EQ(sum, 0U);
    EXPECT_FALSE(logits->isIntact());
    EXPECT_THROW(logits->requireIntact(), Error);
  }
  EXPECT_FALSE(store.find(address).has_value());
}

TEST_F(LogitsStoreTest, AFileOverwrittenInPlaceIsNoticedAndOneReplacedIsNot) {
  LogitsStore store({.folder = folder});
  const StoredLogits held = store.put(store.address("a", "m"), ramp());
  const fs::path entry = onlyEntry();
  writeText(folder / "other", contentOf(entry));
  fs::rename(folder / "other", entry);
  EXPECT_TRUE(held.isIntact()) << "the old file stays what it was";
  const StoredLogits again = openLogits(entry);
  const int descriptor = open(entry.c_str(), O_WRONLY);
  ASSERT_EQ(pwrite(descriptor, "x", 1, 200), 1);
  const std::array times{timespec{0, UTIME_OMIT}, timespec{1, 0}};
  futimens(descriptor, times.data());  // whatever the clock's grain
  close(descriptor);
  EXPECT_FALSE(again.isIntact());
  EXPECT_TRUE(held.isIntact());
}

TEST_F(LogitsStoreTest, WithoutAMappingTheFileIsReadAndNotDeleted) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer's own allocator has none left either";
#endif
  const pid_t child = fork();
  if (child == 0) {
    LogitsStore store({.folder = folder});
    const std::string address = store.address("a", "m");
    store.put(address, ramp(16));
    // So many mappings that the process may have no more: neighbours of other protection are not merged.
    while (mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED &&
           mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED) {
    }
    const auto found = store.find(address);
    const bool whole = found && found->view().half[2] == 0x3C00 && found->isIntact();
    _exit(whole && fs::exists(onlyEntry()) ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST_F(LogitsStoreTest, EntriesRemovedByAnotherAreFoundNoMoreAndStayReadable) {
  LogitsStore store({.folder = folder});
  const std::string address = store.address("a", "m");
  const StoredLogits held = store.put(address, ramp());
  LogitsStore({.folder = folder}).clear();
  EXPECT_FALSE(store.find(address).has_value());
  EXPECT_EQ(held.view().half[2], 0x3C00);
  EXPECT_TRUE(held.isIntact());
}

TEST(OutputAddress, IsTheLogitsOwnForLogitsAndAnothersForEachOther) {
  const std::string address(64, 'a');
  EXPECT_EQ(outputAddress(address, Output::Logits), address);
  std::set<std::string> all;
  for (const Output output : kAllOutputs) {
    EXPECT_EQ(outputAddress(address, output).size(), 64U);
    all.insert(outputAddress(address, output));
  }
  EXPECT_EQ(all.size(), kOutputCount);
}

}  // namespace
}  // namespace oodscope
