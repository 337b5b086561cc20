// SPDX-License-Identifier: GPL-3.0-or-later
// The pages of resources/guide that are made from declarations. To write them anew:
//   OODSCOPE_WRITE_GUIDE=1 build/release/bin/unit_guide --gtest_filter='ReferencePages.*'
#include "analysis/guide/reference_pages.h"

#include "analysis/datasets/layout_kinds.h"
#include "analysis/filters/filter.h"
#include "analysis/metrics/protocol_rules.h"
#include "analysis/scores/method_kinds.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace oodscope {
namespace {

const std::filesystem::path kGuide = std::filesystem::path(OODSCOPE_SOURCE_DIR) / "resources/guide";

std::string pageOf(std::string_view file) {
  for (const ReferencePage& page : analysisPages())
    if (page.file == file) return page.text();
  return {};
}

TEST(ReferencePages, AreAsTheDeclarationsSay) {
  for (const ReferencePage& page : analysisPages()) {
    const std::filesystem::path file = kGuide / page.file;
    if (std::getenv("OODSCOPE_WRITE_GUIDE") != nullptr) std::ofstream(file) << page.text();
    std::ifstream in(file);
    std::ostringstream committed;
    committed << in.rdbuf();
    EXPECT_EQ(committed.str(), page.text()) << file << ": write it anew, the first lines of this test say how";
  }
}

TEST(ReferencePages, NameEveryMethodProtocolAndLayout) {
  const std::string methods = pageOf("methods.md"), protocols = pageOf("protocols.md"), layouts = pageOf("layouts.md");
  for (const Method method : allMethods()) {
    EXPECT_NE(methods.find("| `" + std::string(method.name()) + "` |"), std::string::npos) << method;
    EXPECT_NE(methods.find(method.kind().formula), std::string::npos) << method;
  }
  for (const Protocol protocol : allProtocols())
    EXPECT_NE(protocols.find("| `" + std::string(protocol.name()) + "` |"), std::string::npos) << protocol;
  for (const Layout layout : allLayouts()) EXPECT_NE(layouts.find(layout.name()), std::string::npos) << layout;
}

TEST(ReferencePages, NameEveryFilter) {
  const std::string filters = pageOf("filters.md");
  for (const Filter filter : allFilters())
    EXPECT_NE(filters.find("| `" + std::string(filter.name()) + "` |"), std::string::npos) << filter;
}

TEST(ReferencePages, HaveTablesWhoseRowsAreAllOfOneWidth) {
  for (const ReferencePage& page : analysisPages()) {
    std::istringstream lines(page.text());
    std::ptrdiff_t columns = 0;
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with('|')) {
        columns = 0;
        continue;
      }
      std::ptrdiff_t cells = 0;
      for (std::size_t i = 0; i < line.size(); ++i) cells += line[i] == '|' && (i == 0 || line[i - 1] != '\\') ? 1 : 0;
      if (columns == 0) columns = cells;
      EXPECT_EQ(cells, columns) << page.file << ": " << line;
    }
  }
}

}  // namespace
}  // namespace oodscope
