// SPDX-License-Identifier: GPL-3.0-or-later
// What windows leave that are killed: each its own, offered until it is taken or refused.
#include "app/desk/autosave.h"

#include "analysis/core/error.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

Session noted(const std::string& text) {
  Session session;
  session.notes = {{.set = "s", .frame = "f", .tags = {}, .text = text}};
  return session;
}

std::string textOf(const std::optional<LeftWork>& left) {
  return left && !left->session.notes.empty() ? left->session.notes.front().text : std::string();
}

/// Windows of one user. One that is let go without being closed was killed: its lock goes with it.
class AutosaveTest : public ::testing::Test {
protected:
  [[nodiscard]] std::unique_ptr<Autosave> window() const {
    auto out = std::make_unique<Autosave>(folder.path() / "autosave");
    out->setSpacing(std::chrono::milliseconds(0));
    return out;
  }
  void leave(const std::string& text, const std::optional<fs::path>& file = {}) const {
    window()->write(noted(text), file);
  }
  [[nodiscard]] std::size_t foldersLeft() const {
    std::error_code none;
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder.path() / "autosave", none), {}));
  }
  testing::TemporaryFolder folder;
};

TEST_F(AutosaveTest, WhatAKilledWindowLeftIsFoundWithItsFile) {
  leave("look again", "/home/me/my.oodscope");
  const auto next = window();
  ASSERT_TRUE(next->left());
  EXPECT_EQ(textOf(next->left()), "look again");
  EXPECT_EQ(next->left()->file, "/home/me/my.oodscope");
  EXPECT_LT(std::chrono::system_clock::now() - next->left()->when, std::chrono::hours(1));
}

TEST_F(AutosaveTest, AWindowThatLivesOrWasClosedLeavesNothing) {
  const auto living = window();
  living->write(noted("mine"), {});
  EXPECT_FALSE(window()->left());
  living->remove();
  EXPECT_FALSE(window()->left());
  EXPECT_EQ(foldersLeft(), 0U);
}

TEST_F(AutosaveTest, AKillSoonAfterAStartKeepsWhatWasNotTakenYet) {
  leave("first");
  {
    const auto second = window();
    ASSERT_TRUE(second->left());
    second->write(noted("second"), {});  // and killed, without an answer
  }
  const auto third = window();
  ASSERT_TRUE(third->left());
  EXPECT_EQ(third->moreLeft(), 1U);
  std::vector<std::string> texts{textOf(third->left())};
  third->dropLeft();
  texts.push_back(textOf(third->left()));
  EXPECT_THAT(texts, ::testing::UnorderedElementsAre("first", "second"));
  third->dropLeft();
  EXPECT_FALSE(third->left());
}

TEST_F(AutosaveTest, WhatIsOfferedInOneWindowIsNotOfferedInAnother) {
  leave("one");
  const auto first = window();
  ASSERT_TRUE(first->left());
  const auto second = window();
  EXPECT_FALSE(second->left());
  EXPECT_EQ(second->moreLeft(), 0U);
  first->putLeftBack();  // closed without an answer
  EXPECT_EQ(textOf(second->left()), "one");
}

TEST_F(AutosaveTest, StatesOfDifferentMinutesAreKeptAndTheNewestThatCanBeReadCounts) {
  {
    const auto one = window();
    for (const char* text : {"a", "b", "c", "d"}) one->write(noted(text), {});
  }
  const auto next = window();
  ASSERT_EQ(textOf(next->left()), "d");
  next->putLeftBack();
  fs::path own;
  for (const auto& entry : fs::directory_iterator(folder.path() / "autosave"))
    if (fs::exists(entry.path() / "1.oodscope")) own = entry.path();
  ASSERT_FALSE(own.empty());
  EXPECT_TRUE(fs::exists(own / "3.oodscope"));
  EXPECT_FALSE(fs::exists(own / "4.oodscope"));
  fs::resize_file(own / "1.oodscope", 7);  // the power went while it was written
  EXPECT_EQ(textOf(window()->left()), "c");
}

TEST_F(AutosaveTest, WhatVersion020LeftAfterACrashIsOfferedToo) {
  const fs::path state = folder.path() / "autosave.oodscope", mark = folder.path() / "running";
  writeSession(noted("of 0.2.0"), state);
  EXPECT_FALSE(window()->left()) << "without the mark it was closed";
  EXPECT_TRUE(fs::exists(state));
  folder.write("running", "1");
  {
    const auto next = window();
    EXPECT_EQ(textOf(next->left()), "of 0.2.0");
    EXPECT_FALSE(next->left()->file);
    EXPECT_EQ(next->moreLeft(), 0U);
  }  // closed without an answer
  EXPECT_FALSE(fs::exists(state));
  EXPECT_FALSE(fs::exists(mark));
  leave("of today");
  const auto later = window();
  std::vector<std::string> texts{textOf(later->left())};
  later->dropLeft();
  texts.push_back(textOf(later->left()));
  later->dropLeft();
  EXPECT_THAT(texts, ::testing::UnorderedElementsAre("of 0.2.0", "of today"));
  EXPECT_FALSE(later->left());
  EXPECT_EQ(foldersLeft(), 0U);
}

TEST_F(AutosaveTest, WhatVersion020LeftAndCannotBeReadStays) {
  folder.write("autosave.oodscope", "{\"sets\": 7");
  folder.write("running", "1");
  EXPECT_FALSE(window()->left());
  EXPECT_TRUE(fs::exists(folder.path() / "autosave.oodscope"));
}

TEST_F(AutosaveTest, NewestFirst) {
  leave("old");
  fs::path old;
  for (const auto& entry : fs::directory_iterator(folder.path() / "autosave")) old = entry.path();
  fs::last_write_time(old / "1.oodscope", fs::file_time_type::clock::now() - std::chrono::hours(30));
  leave("new");
  EXPECT_EQ(textOf(window()->left()), "new");
}

TEST_F(AutosaveTest, WhatIsNotItsOwnIsNotTouched) {
  leave("one");
  const fs::path mine = folder.write("autosave/letter.txt", "mine");
  const fs::path deep = folder.write("autosave/other/1.oodscope", "no lock beside it");
  const auto next = window();
  ASSERT_TRUE(next->left());
  next->dropLeft();
  EXPECT_FALSE(next->left());
  EXPECT_TRUE(fs::exists(mine));
  EXPECT_TRUE(fs::exists(deep));
}

TEST_F(AutosaveTest, APlaceThatIsAFileIsSaidWithItsName) {
  const fs::path file = folder.write("state", "a file");
  Autosave autosave(file / "autosave");
  try {
    autosave.write(noted("x"), {});
    FAIL() << "nothing can be kept there";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr(file.string()));
    EXPECT_THAT(error.what(), HasSubstr("crash"));
  }
  EXPECT_FALSE(autosave.left());
  autosave.setFolder(folder.path() / "elsewhere");
  autosave.write(noted("x"), {});
  autosave.remove();
}

TEST_F(AutosaveTest, AnotherPlaceTakesOverBeforeTheFirstIsCleared) {
  const auto one = window();
  one->write(noted("here"), {});
  one->setFolder(folder.path() / "there");
  EXPECT_EQ(foldersLeft(), 1U) << "nothing is put by there yet";
  one->write(noted("there"), {});
  EXPECT_EQ(foldersLeft(), 0U);
  one->setFolder(folder.path() / "there");
  EXPECT_FALSE(Autosave(folder.path() / "there").left()) << "the same place is no change";
}

}  // namespace
}  // namespace oodscope
