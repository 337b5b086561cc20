// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/npz.h"
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

TEST(Npz, StoredDeflatedAndZip64MembersHoldTheSameArray) {
  const auto expected = npyAsFloat(readNpy(recorded("half.npy")));
  EXPECT_EQ(npyAsFloat(readNpz(recorded("stored.npz"))), expected);
  EXPECT_EQ(npyAsFloat(readNpz(recorded("two.npz"), "score")), expected);
  EXPECT_EQ(npyAsFloat(readNpz(recorded("wide.npz"), "score")), expected);
  EXPECT_THAT(npyAsInteger(readNpz(recorded("two.npz"), "other")), ElementsAre(1, 2));
}

TEST(Npz, NamesWhatIsThereWhereTheArrayIsNot) {
  EXPECT_THAT(errorOf([] { return readNpz(recorded("two.npz")); }),
              HasSubstr("expected a single array, found score, other"));
  EXPECT_THAT(errorOf([] { return readNpz(recorded("two.npz"), "rgb"); }),
              HasSubstr("expected an array named rgb, found score, other"));
}

TEST(Npz, DamageIsFound) {
  const testing::TemporaryFolder folder;
  const auto whole = contentOf(recorded("stored.npz"));
  EXPECT_THAT(errorOf([&] { return readNpz(folder.write("cut.npz", whole.substr(0, whole.size() - 10))); }),
              HasSubstr("no directory at its end (truncated?)"));
  auto flipped = whole;
  flipped[180] = static_cast<char>(flipped[180] ^ 1);  // within the array
  EXPECT_THAT(errorOf([&] { return readNpz(folder.write("flip.npz", flipped)); }), HasSubstr("wrong checksum"));
  EXPECT_THAT(errorOf([&] { return readNpz(recorded("half.npy")); }), HasSubstr("file is not a zip archive"));
}

}  // namespace
}  // namespace oodscope
