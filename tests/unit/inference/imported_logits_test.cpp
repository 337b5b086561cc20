// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/logits/imported_logits.h"
#include "analysis/core/error.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace oodscope {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

constexpr Size kFrame{6, 4};
constexpr std::size_t kChannels = 3, kHeight = 4, kWidth = 6;

/// Channels first: 0, 1, 2, …, in quarters.
std::vector<double> expected() {
  std::vector<double> out;
  for (std::size_t i = 0; i < kChannels * kHeight * kWidth; ++i) out.push_back(static_cast<double>(i) / 4 - 5);
  return out;
}

template <class T>
std::string elements(const std::vector<double>& values, bool isBigEndian = false) {
  std::string out;
  for (const double value : values) {
    const T stored = static_cast<T>(value);
    std::string element(sizeof(T), '\0');
    std::memcpy(element.data(), &stored, sizeof(T));
    if (isBigEndian) std::reverse(element.begin(), element.end());
    out += element;
  }
  return out;
}

std::string npy(const std::string& descr, bool isFortran, const std::string& shape, const std::string& data) {
  std::string dict =
      "{'descr': '" + descr + "', 'fortran_order': " + (isFortran ? "True" : "False") + ", 'shape': (" + shape + "), }";
  dict.resize(117, ' ');
  dict += '\n';
  return std::string("\x93NUMPY\x01\0", 8) + static_cast<char>(dict.size()) + '\0' + dict + data;
}

std::vector<double> valuesOf(const ImportedLogits& opened) {
  const LogitsView view = opened.logits.view();
  EXPECT_EQ(view.channels, 3);
  EXPECT_EQ(view.size(), kFrame);
  EXPECT_NE(view.single, nullptr);
  return {view.single, view.single + kChannels * kHeight * kWidth};
}

TEST(ImportedLogits, EveryOrderOfBytesAndAxesGivesTheSame) {
  const TemporaryFolder folder;
  const auto read = [&](const std::string& content) {
    return valuesOf(openImportedLogits(folder.write("a.npy", content), kFrame));
  };
  const auto logits = expected();
  EXPECT_THAT(read(npy("<f4", false, "3, 4, 6", elements<float>(logits))), ElementsAreArray(logits));
  EXPECT_THAT(read(npy("<f4", false, "1, 3, 4, 6", elements<float>(logits))), ElementsAreArray(logits));
  EXPECT_THAT(read(npy("<f8", false, "3, 4, 6", elements<double>(logits))), ElementsAreArray(logits));
  EXPECT_THAT(read(npy(">f4", false, "3, 4, 6", elements<float>(logits, true))), ElementsAreArray(logits));
  std::vector<double> fortran, last;
  for (std::size_t x = 0; x < kWidth; ++x)
    for (std::size_t y = 0; y < kHeight; ++y)
      for (std::size_t c = 0; c < kChannels; ++c) fortran.push_back(logits[(c * kHeight + y) * kWidth + x]);
  for (std::size_t i = 0; i < kHeight * kWidth; ++i)
    for (std::size_t c = 0; c < kChannels; ++c) last.push_back(logits[c * kHeight * kWidth + i]);
  EXPECT_THAT(read(npy("<f4", true, "3, 4, 6", elements<float>(fortran))), ElementsAreArray(logits));
  EXPECT_THAT(read(npy("<f4", false, "4, 6, 3", elements<float>(last))), ElementsAreArray(logits));
  EXPECT_TRUE(openImportedLogits(folder.path() / "a.npy", kFrame).wereChannelsLast);
}

TEST(ImportedLogits, RoundingOfDoublesIsTold) {
  const TemporaryFolder folder;
  auto logits = expected();
  EXPECT_FALSE(
      openImportedLogits(folder.write("a.npy", npy("<f8", false, "3, 4, 6", elements<double>(logits)))).areRounded);
  logits[5] = 0.1;
  EXPECT_TRUE(
      openImportedLogits(folder.write("b.npy", npy("<f8", false, "3, 4, 6", elements<double>(logits)))).areRounded);
}

TEST(ImportedLogits, WhatIsNotRightIsRefusedInWords) {
  const TemporaryFolder folder;
  const auto message = [&](const std::string& content) -> std::string {
    try {
      static_cast<void>(openImportedLogits(folder.write("a.npy", content), kFrame));
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  };
  const auto logits = expected();
  EXPECT_THAT(message(npy("<f4", false, "3, 6, 4", elements<float>(logits))),
              AllOf(HasSubstr("logits are transposed"), HasSubstr("6 high, 4 wide: exchange the two axes")));
  EXPECT_THAT(message(npy("<i4", false, "3, 4, 6", elements<std::int32_t>(logits))),
              HasSubstr("whole numbers: write the network's output before argmax"));
  EXPECT_THAT(message(npy("<f4", false, "2, 3, 2, 6", elements<float>(logits))), HasSubstr("one file a frame"));
  EXPECT_THAT(message(npy("<f4", false, "3, 0, 6", "")), HasSubstr("array holds no logits"));
  EXPECT_THAT(message("no array"), HasSubstr("plain text"));
}

std::string refusalOf(Output output, const std::filesystem::path& file) {
  try {
    (void)openImportedOutput(output, file);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(ImportedOutput, ComesInTheShapeThatItIsToHave) {
  const TemporaryFolder folder;
  const auto values = elements<float>(expected());  // 72 values
  folder.write("matrix.npy", npy("<f4", false, "8, 9", values));
  folder.write("plane.npy", npy("<f4", false, "1, 8, 9", values));
  folder.write("three.npy", npy("<f4", false, "3, 4, 6", values));
  const auto at = [&](const char* name) { return folder.path() / name; };
  const ImportedLogits classes = openImportedOutput(Output::ClassLogits, at("matrix.npy"));
  EXPECT_EQ(classes.logits.view().channels, 8);
  EXPECT_EQ(classes.logits.view().size(), (Size{9, 1}));
  for (const char* name : {"matrix.npy", "plane.npy"}) {
    const ImportedLogits outlier = openImportedOutput(Output::Outlier, at(name));
    EXPECT_EQ(outlier.logits.view().channels, 1);
    EXPECT_EQ(outlier.logits.view().size(), (Size{9, 8}));
    EXPECT_EQ(outlier.logits.view().single[5], static_cast<float>(expected()[5]));
  }
  EXPECT_EQ(openImportedOutput(Output::MaskLogits, at("three.npy")).logits.view().channels, 3);
  EXPECT_THAT(refusalOf(Output::Outlier, at("three.npy")),
              AllOf(HasSubstr("\"outlier\""), HasSubstr("1 or 2 x h x w"), HasSubstr("3x4x6")));
  EXPECT_THAT(refusalOf(Output::ClassLogits, at("three.npy")),
              AllOf(HasSubstr("\"class_logits\""), HasSubstr("Q x (K + 1)"), HasSubstr("3x4x6")));
  folder.write("whole.npy", npy("<i4", false, "3, 4, 6", elements<std::int32_t>(expected())));
  EXPECT_THAT(refusalOf(Output::Membership, at("whole.npy")), AllOf(HasSubstr("\"membership\""), HasSubstr("int32")));
}

}  // namespace
}  // namespace oodscope
