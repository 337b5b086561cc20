// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/torch_file.h"

#include "analysis/formats/array_file.h"
#include "analysis/formats/score_map_file.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/torch_files.h"
#include "tests/unit/formats/made_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

using testing::bytesOf;
using ::testing::ElementsAre;
using testing::errorOf;
using ::testing::HasSubstr;
using testing::MadeTensor;
using testing::TemporaryFolder;
using testing::torchFile;

const std::vector<float> kSix{0.5F, 1.0F, -2.0F, 3.0F, 4.0F, 5.5F};

MadeTensor sixFloats(std::vector<std::size_t> sizes, std::vector<std::size_t> strides) {
  return {"FloatStorage", sizeof(float), bytesOf(kSix), std::move(sizes), std::move(strides)};
}

TEST(TorchFile, ATensorAloneIsAScoreMap) {
  const TemporaryFolder folder;
  const auto file = folder.write("a.pt", torchFile({{"", sixFloats({2, 3}, {3, 1})}}));
  const ScoreMap map = readScoreMap(file);
  EXPECT_EQ(map.size(), (Size{3, 2}));
  EXPECT_EQ(std::vector<float>(map.values().begin(), map.values().end()), kSix);
}

TEST(TorchFile, StridesAreFollowed) {
  const TemporaryFolder folder;
  const auto file = folder.write("t.pt", torchFile({{"", sixFloats({3, 2}, {1, 3})}}));
  EXPECT_THAT(npyAsFloat(readTorchArray(file)), ElementsAre(0.5F, 3.0F, 1.0F, 4.0F, -2.0F, 5.5F));
}

TEST(TorchFile, OfADictionaryTheScoresAndTheClassesAreTold) {
  const TemporaryFolder folder;
  const std::vector<std::int64_t> classes{0, 1, 2, 13, 18, 255};
  const MadeTensor map{"LongStorage", sizeof(std::int64_t), bytesOf(classes), {2, 3}, {3, 1}};
  const auto file = folder.write("d.pt", torchFile({{"prediction", map}, {"score", sixFloats({2, 3}, {3, 1})}}));
  const auto arrays = arraysIn(file);
  EXPECT_EQ(chosenArray(arrays, {}, file).name, "score");
  EXPECT_EQ(classArray(arrays), "prediction");
  EXPECT_THAT(npyAsInteger(readTorchArray(file, "prediction")), ElementsAre(0, 1, 2, 13, 18, 255));
  EXPECT_THAT(errorOf([&] { return readTorchArray(file, "other"); }),
              HasSubstr("expected a tensor named other, found prediction, score"));
}

TEST(TorchFile, Bfloat16IsTheUpperHalfOfAFloat) {
  const TemporaryFolder folder;
  const std::vector<std::uint16_t> halves{0x3F80, 0xC000, 0x3E80};  // 1, -2, 0.25
  const auto file = folder.write("b.pt", torchFile({{"", {"BFloat16Storage", 2, bytesOf(halves), {1, 3}, {3, 1}}}}));
  EXPECT_THAT(npyAsFloat(readTorchArray(file)), ElementsAre(1.0F, -2.0F, 0.25F));
}

TEST(TorchFile, WhatIsDamagedOrRunsCodeIsRefused) {
  const TemporaryFolder folder;
  MadeTensor cut = sixFloats({2, 3}, {3, 1});
  cut.width = 2;  // claims twelve elements of which six are there
  EXPECT_THAT(errorOf([&] {
                return readTorchArray(folder.write("c.pt", torchFile({{"", cut}})));
              }),
              HasSubstr("expected storage 0 of 48 bytes, found 24 bytes"));
  EXPECT_THAT(errorOf([&] {
                return readTorchArray(folder.write("o.pt", torchFile({{"", sixFloats({3, 3}, {3, 1})}})));
              }),
              HasSubstr("a tensor lies outside its storage"));
  const std::string honest = torchFile({{"", sixFloats({2, 3}, {3, 1})}});
  EXPECT_NE(errorOf([&] { return torchArrays(folder.write("h.pt", honest.substr(0, honest.size() / 2))); }),
            "no error");
  EXPECT_THAT(errorOf([&] { return torchArrays(folder.write("n.pt", "text")); }), HasSubstr("found plain text"));
  ZipWriter hostile;
  const std::string code =
      "\x80\x02"
      "cos\nsystem\nX\x04" +
      std::string(3, '\0') + "true\x85R.";
  hostile.add("archive/data.pkl", std::as_bytes(std::span(code)));
  const auto bytes = hostile.finish();
  EXPECT_THAT(errorOf([&] {
                return torchArrays(
                    folder.write("x.pt", std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())));
              }),
              HasSubstr("would run code"));
}

}  // namespace
}  // namespace oodscope
