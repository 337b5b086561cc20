// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/zip_archive.h"

#include "tests/support/temporary_folder.h"
#include "tests/unit/formats/made_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

using testing::contentOf;
using ::testing::ElementsAre;
using testing::errorOf;
using ::testing::HasSubstr;
using testing::recorded;

constexpr std::uint64_t kMost = 1 << 20;

std::string textOf(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
std::string made(std::initializer_list<std::pair<const char*, std::string>> members) {
  ZipWriter writer;
  for (const auto& [name, content] : members) writer.add(name, std::as_bytes(std::span(content)));
  return textOf(writer.finish());
}
std::string readFrom(const std::string& zip, const std::string& name, std::uint64_t most = kMost) {
  std::vector<std::byte> buffer;
  return textOf(ZipArchive(std::as_bytes(std::span(zip)), "made.zip").read(name, buffer, most));
}
/// The file with so many bytes, counted from the start of the first record of this signature, replaced.
std::string with(std::string zip, const char* signature, std::size_t at, const std::string& bytes) {
  return zip.replace(zip.find(signature) + at, bytes.size(), bytes);
}
const char* const kEntry = "PK\x01\x02";
const char* const kLocal = "PK\x03\x04";
const char* const kEnd = "PK\x05\x06";

TEST(ZipArchive, InMemoryAndOnDiskAreTheSame) {
  for (const char* file : {"stored.npz", "two.npz", "wide.npz"}) {
    const std::string bytes = contentOf(recorded(file));
    const ZipArchive inMemory(std::as_bytes(std::span(bytes)), file), onDisk(recorded(file));
    ASSERT_EQ(inMemory.names(), onDisk.names()) << file;
    ASSERT_FALSE(onDisk.members().empty()) << file;
    for (const ZipMember& member : onDisk.members()) {
      std::vector<std::byte> a, b;
      const auto whole = onDisk.read(member.name, a, kMost);
      EXPECT_EQ(textOf(whole), textOf(inMemory.read(member.name, b, kMost))) << member.name;
      for (const std::size_t count : {std::size_t{0}, std::size_t{10}, whole.size(), whole.size() + 99}) {
        const std::string start = textOf(whole).substr(0, count);
        EXPECT_EQ(textOf(onDisk.readStart(member.name, count)), start) << member.name;
        EXPECT_EQ(textOf(inMemory.readStart(member.name, count)), start) << member.name;
      }
    }
  }
}

TEST(ZipArchive, MembersKeepTheirOrderAndTheFirstOfAName) {
  const std::string zip = made({{"b", "first"}, {"a", "x"}, {"b", "second"}});
  const ZipArchive archive(std::as_bytes(std::span(zip)), "made.zip");
  std::vector<std::string> order;
  for (const ZipMember& member : archive.members()) order.push_back(member.name);
  EXPECT_THAT(order, ElementsAre("b", "a", "b"));
  EXPECT_THAT(archive.names(), ElementsAre("a", "b"));
  EXPECT_EQ(readFrom(zip, "b"), "first");
}

/// Each claim that a file can make falsely, by one field of an archive of one member of five bytes.
TEST(ZipArchive, ClaimsAreCheckedAgainstWhatIsThere) {
  using namespace std::string_literals;
  const std::string zip = made({{"a", "12345"}});
  ASSERT_EQ(readFrom(zip, "a"), "12345");
  const std::string far = "\xF0\xFF\xFF\x7F"s, more = "\x06\0\0\0"s, most = "\xFF\xFF\xFF\xFF"s;
  const struct {
    std::string zip, complaint;
  } cases[] = {
      {with(zip, kEntry, 8, "\x01\x08"), "encrypted a"},
      {with(zip, kEntry, 10, "\x0C\0"s), "a packed by method 12"},
      {with(zip, kEntry, 16, "\x01\x02\x03\x04"), "member a with a wrong checksum"},
      {with(zip, kEntry, 20, more), "member a of 5 bytes"},
      {with(zip, kEntry, 24, far), "bytes"},
      {with(with(zip, kEntry, 10, "\x08\0"s), kEntry, 24, far), "bytes"},
      {with(zip, kEntry, 28, "\xFF\xFF"), "a broken directory"},
      {with(zip, kEntry, 42, far), "beyond the end of the file"},
      {with(zip, kEntry, 42, more), "member a without a header"},
      {with(zip, kLocal, 26, "\xFF\xFF"), "beyond the end of the file"},
      {with(zip, kEnd, 10, "\xFE\xFF"), "a broken directory"},
      {with(zip, kEnd, 12, far), "a directory of"},
      {with(zip, kEnd, 16, far), "beyond the end of the file"},
      {zip.substr(0, zip.size() - 1), "no directory at its end"},
      {std::string(), "no directory at its end"},
      {with(zip, kEntry, 10, "\x08\0"s), "a that cannot be unpacked"},
  };
  for (const auto& [bytes, complaint] : cases)
    EXPECT_THAT(errorOf([&] { return readFrom(bytes, "a"); }), HasSubstr(complaint));
  EXPECT_THAT(errorOf([&] { return readFrom(zip, "a", 4); }), HasSubstr("member a of 5 bytes"));
  EXPECT_THAT(errorOf([&] { return readFrom(zip, "b"); }), HasSubstr("no member b"));
}

TEST(ZipArchive, AZip64EntryWithoutTheNumberItIsAskedForIsRefused) {
  using namespace std::string_literals;
  std::string zip = with(made({{"a", "12345"}}), kEntry, 24, "\xFF\xFF\xFF\xFF");
  zip.insert(zip.find(kEntry) + 47, "\x01\0\0\0"s);  // an entry of no bytes, behind the name
  zip = with(with(zip, kEntry, 30, "\x04\0"s), kEnd, 12, "\x33\0"s);
  EXPECT_THAT(errorOf([&] { return readFrom(zip, "a"); }), HasSubstr("a broken zip64 entry of a"));
}

TEST(ZipArchive, AnAbsurdCountOfMembersIsRefused) {
  const testing::TemporaryFolder folder;
  // A zip64 record before the end record, with a locator to it, that claims 2^32 members.
  const std::string zip = made({{"a", "12345"}});
  const std::size_t end = zip.find(kEnd);
  const auto number = [](std::uint64_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
    return out;
  };
  const std::size_t directory = zip.find(kEntry);
  const std::string record = "PK\x06\x06" + number(44, 8) + number(45, 2) + number(45, 2) + number(0, 8) +
                             number(std::uint64_t{1} << 32, 8) + number(std::uint64_t{1} << 32, 8) +
                             number(end - directory, 8) + number(directory, 8);
  const std::string locator = "PK\x06\x07" + number(0, 4) + number(end, 8) + number(1, 4);
  const std::string wide = zip.substr(0, end) + record + locator + zip.substr(end);
  EXPECT_THAT(errorOf([&] { return readFrom(wide, "a"); }), HasSubstr("4294967296 members"));
  EXPECT_THAT(errorOf([&] { return ZipArchive(folder.write("wide.zip", wide)).names(); }),
              HasSubstr("4294967296 members"));
}

}  // namespace
}  // namespace oodscope
