// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/npy.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/formats/made_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <array>
#include <numeric>

namespace oodscope {
namespace {

using ::testing::AllOf;
using testing::contentOf;
using ::testing::ElementsAre;
using testing::errorOf;
using ::testing::HasSubstr;
using testing::recorded;
using testing::TemporaryFolder;

/// A version 1 file whose header is the given text.
std::string npyWith(const std::string& dict, std::size_t dataBytes) {
  std::string out("\x93NUMPY\x01\0", 8);
  out += static_cast<char>(dict.size() & 0xFFU);
  out += static_cast<char>(dict.size() >> 8);
  return out + dict + std::string(dataBytes, '\0');
}
std::string refusal(const std::string& dict, std::size_t dataBytes = 64) {
  const TemporaryFolder folder;
  return errorOf([&] { return readNpyHeader(folder.write("x.npy", npyWith(dict, dataBytes))); });
}
std::string shaped(const std::string& shape) {
  return "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }";
}

TEST(Npy, BigEndianElementsAreRead) {
  EXPECT_EQ(npyAsFloat(readNpy(recorded("big_endian.npy"))), npyAsFloat(readNpy(recorded("half.npy"))));
  EXPECT_TRUE(readNpyHeader(recorded("big_endian.npy")).isBigEndian);
}

TEST(Npy, TypesThatAreNoNumbersAreNamed) {
  const testing::TemporaryFolder folder;
  const auto message = [&](const std::string& descr) {
    std::string text = npyHeaderText(NpyType::Float64, std::vector<std::size_t>{2});
    text.replace(text.find("<f8"), 3, descr);
    return errorOf([&] { return readNpyHeader(folder.write("a.npy", text + std::string(64, '0'))); });
  };
  EXPECT_THAT(message("<c8"), HasSubstr("complex numbers"));
  EXPECT_THAT(message("<U1"), HasSubstr("text"));
  EXPECT_THAT(message("<M8"), HasSubstr("dates or times"));
}

TEST(Npy, LastAxisFirstTurnsChannelsRound) {
  const auto array = readNpy(recorded("fortran.npy"));  // 2x3x4, ascending in C order
  const auto turned = withLastAxisFirst(array);
  EXPECT_THAT(turned.header.shape, ElementsAre(4U, 2U, 3U));
  EXPECT_EQ(npyAsInteger(turned)[6], 1) << "channel 1 of the first pixel";
  EXPECT_EQ(npyAsInteger(withAxesReversed(withAxesReversed(array))), npyAsInteger(array));
}

TEST(Npy, ReadsWhatNumpyWrote) {
  const auto half = readNpy(recorded("half.npy"));
  EXPECT_EQ(npyText(half.header), "float16 2x3");
  EXPECT_THAT(npyAsFloat(half), ElementsAre(0.0F, 0.25F, 0.5F, 0.75F, 1.0F, 1.25F));
}

TEST(Npy, FortranOrderIsTransposed) {
  const auto array = readNpy(recorded("fortran.npy"));
  EXPECT_TRUE(array.header.isFortranOrder);
  std::vector<std::int64_t> expected(24);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(npyAsInteger(array), expected);
}

TEST(Npy, WritesTheBytesThatNumpyWrites) {
  const TemporaryFolder folder;
  const std::vector<std::uint16_t> halves = {0x0000, 0x3400, 0x3800, 0x3A00, 0x3C00, 0x3D00};
  const std::array<std::size_t, 2> shape = {2, 3};
  writeNpyAtomically(folder.path() / "a.npy", NpyType::Float16, shape, std::as_bytes(std::span(halves)));
  EXPECT_EQ(contentOf(folder.path() / "a.npy"), contentOf(recorded("half.npy")));
}

TEST(Npy, RefusesWhatIsNoPlainArray) {
  EXPECT_THAT(errorOf([] { return readNpyHeader(recorded("objects.npy")); }),
              HasSubstr("Python objects, which are never unpickled"));
  EXPECT_THAT(errorOf([] { return readNpyHeader(recorded("record.npy")); }), HasSubstr("a record of several fields"));
  EXPECT_THAT(errorOf([] { return readNpyHeader(recorded("stored.npz")); }),
              HasSubstr("file is not a NumPy array: expected \\x93NUMPY at its start, found zip archive"));
}

TEST(Npy, RefusesAbsurdHeaders) {
  EXPECT_EQ(refusal(shaped("(4, 4)")), "no error");
  EXPECT_THAT(refusal(shaped("(4, 5)")),
              AllOf(HasSubstr("shape does not fit the file: expected 80 bytes for float32 4x5"),
                    HasSubstr("found 64 bytes after the header")));
  EXPECT_THAT(refusal(shaped("(4294967296, 4294967296)")), HasSubstr("shape does not fit the file"));
  EXPECT_THAT(refusal(shaped("(0, 4294967296, 4294967296, 4)")), HasSubstr("shape does not fit the file"));
  EXPECT_THAT(refusal(shaped("(99999999999999999999,)")), HasSubstr("a dimension that fits the address space"));
  EXPECT_THAT(refusal(shaped("(-1, 4)")), HasSubstr("a dimension that is not negative"));
  EXPECT_THAT(refusal("{'descr': '<f4', 'shape': (4,), }"), HasSubstr("the keys descr, fortran_order and shape"));
  EXPECT_THAT(refusal("{'descr': '<c8', 'fortran_order': False, 'shape': (4,), }"),
              HasSubstr("found complex numbers (<c8)"));
  EXPECT_THAT(refusal("__import__('os').system('true')"), HasSubstr("expected {, found \"__import__"));
  const TemporaryFolder folder;
  const auto whole = contentOf(recorded("half.npy"));
  EXPECT_THAT(errorOf([&] { return readNpyHeader(folder.write("a.npy", whole.substr(0, 9))); }),
              HasSubstr("a file that ends in its header"));
  EXPECT_THAT(errorOf([&] { return readNpyHeader(folder.write("b.npy", whole.substr(0, 60))); }),
              HasSubstr("bytes announced in a file of 60"));
  EXPECT_THAT(errorOf([&] { return readNpy(folder.write("c.npy", whole.substr(0, whole.size() - 1))); }),
              HasSubstr("found 11 bytes after the header"));
  EXPECT_THAT(errorOf([&] { return readNpy(folder.write("d.npy", "")); }), HasSubstr("file is empty"));
}

}  // namespace
}  // namespace oodscope
