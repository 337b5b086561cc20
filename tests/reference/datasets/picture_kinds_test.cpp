// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/core/sha256.h"
#include "analysis/datasets/data_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

using ::testing::HasSubstr;

/// Kinds that are refused, and what they are called then.
const std::map<std::string, std::string>& refused() {
  static const std::map<std::string, std::string> kinds = {
      {"animated.gif", "found a GIF"}, {"plain.jp2", "JPEG 2000"}, {"animated.webp", "animated WebP"}};
  return kinds;
}

TEST(PictureKinds, EachIsReadAsPilReadsItOrRefusedByItsName) {
  const std::filesystem::path base = OODSCOPE_SOURCE_DIR "/tests/reference/datasets";
  std::ifstream stream(base / "pil_kinds.json");
  const auto records = nlohmann::json::parse(stream);
  ASSERT_EQ(records.size(), 35U);
  for (const auto& [name, record] : records.items()) {
    SCOPED_TRACE(name);
    const auto file = base / "pictures" / name;
    try {
      const auto image = readPicture(file);
      EXPECT_FALSE(refused().contains(name));
      EXPECT_EQ(image.size(), (Size{record["width"], record["height"]}));
      EXPECT_EQ(readPictureSize(file), image.size());
      EXPECT_EQ(Sha256().add(std::as_bytes(image.values())).hex(), record["rgb_sha256"]);
    } catch (const Error& error) {
      ASSERT_TRUE(refused().contains(name)) << error.what();
      EXPECT_THAT(error.what(), HasSubstr(refused().at(name)));
    }
  }
}

}  // namespace
}  // namespace oodscope
