// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/ensembles/expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

using ::testing::HasSubstr;

std::string messageOf(std::string_view text) {
  try {
    static_cast<void>(parseEnsemble(text));
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

TEST(Ensembles, AreItemsWithAStar) {
  EXPECT_TRUE(isEnsemble("0.75*void+0.25*max-entropy"));
  EXPECT_FALSE(isEnsemble("energy+gaussian"));
  EXPECT_FALSE(isEnsemble("msp@\"a*b\""));
}

TEST(Ensembles, AreReadTermByTerm) {
  const EnsembleExpression read = parseEnsemble("0.75*(sml+boundary+dilated)@net.pth+-2.5e-1*max-entropy+msp*void");
  ASSERT_EQ(read.terms.size(), 3U);
  EXPECT_EQ(read.terms[0].weight, 0.75);
  EXPECT_EQ(textOf(read.terms[0].factors[0].score), "sml+boundary+dilated");
  EXPECT_EQ(read.terms[0].factors[0].source, "net.pth");
  EXPECT_EQ(read.terms[1].weight, -0.25);
  EXPECT_EQ(read.terms[1].factors[0].score.base, "max-entropy");
  EXPECT_EQ(read.terms[2].weight, 1.0);
  EXPECT_EQ(read.terms[2].factors.size(), 2U);
}

TEST(Ensembles, ReadBackAsTheyAreWritten) {
  for (const char* text : {"0.75*void+0.25*max-entropy", "2*(energy+gaussian)@maps",
                           "1*msp*void+0.5*energy@\"a+b (2)\"", "1e+30*msp+-0.1*void"}) {
    EXPECT_EQ(parseEnsemble(textOf(parseEnsemble(text))), parseEnsemble(text)) << text;
    EXPECT_TRUE(isEnsemble(textOf(parseEnsemble(text))));
  }
  EXPECT_EQ(textOf(parseEnsemble("0.5*energy@\"a+b\"")), "0.5*energy@\"a+b\"");
  EXPECT_EQ(parseEnsemble("1e+3*msp").terms.front().weight, 1000.0);
}

TEST(Ensembles, MayBeFilteredAsAWhole) {
  const EnsembleExpression read = parseEnsemble("(0.5*(energy+gaussian)@net.pth+msp*void)+boundary+dilated");
  ASSERT_EQ(read.terms.size(), 2U);
  EXPECT_EQ(textOf(read.terms[0].factors[0]), "(energy+gaussian)@net.pth");
  EXPECT_EQ(read.terms[1].factors.size(), 2U);
  EXPECT_EQ(read.filters, (FilterChain{*Filter::named("boundary"), *Filter::named("dilated")}));
  EXPECT_EQ(textOf(read), "(0.5*(energy+gaussian)@net.pth+1*msp*void)+boundary+dilated");
  EXPECT_EQ(parseEnsemble(textOf(read)), read);
  EXPECT_TRUE(isEnsemble(textOf(read)));
  const EnsembleExpression bare = parseEnsemble("((energy+gaussian)+2*msp)");
  EXPECT_EQ(bare, parseEnsemble("(energy+gaussian)+2*msp")) << "brackets alone change nothing";
  EXPECT_TRUE(bare.filters.empty());
  EXPECT_TRUE(parseEnsemble("(energy+gaussian)*msp").filters.empty()) << "a score's brackets are its own";
  EXPECT_THAT(messageOf("(0.5*msp+0.5*void"), HasSubstr("')' behind the sum"));
  EXPECT_THAT(messageOf("(0.5*msp)+blur"), HasSubstr("found 'blur'"));
  EXPECT_THAT(messageOf("(0.5*msp)*void"), HasSubstr("'+' and a filter"));
}

TEST(Ensembles, ThatAreWrongNameThePart) {
  EXPECT_THAT(messageOf("0.5*"), HasSubstr("expected a score, found nothing"));
  EXPECT_THAT(messageOf("0.5*msp+"), HasSubstr("expected a score"));
  EXPECT_THAT(messageOf("0.5x*msp"), HasSubstr("found '0.5x'"));
  EXPECT_THAT(messageOf("1e999*msp"), HasSubstr("found '1e999'"));
  EXPECT_THAT(messageOf("0.5*(energy+gaussian"), HasSubstr("expected ')'"));
  EXPECT_THAT(messageOf("0.5*(energy+blur)"), HasSubstr("found 'blur'"));
  EXPECT_THAT(messageOf("0.5*msp@"), HasSubstr("label behind '@'"));
  EXPECT_THAT(messageOf("0.5*msp@\"a"), HasSubstr("behind a source's label"));
  EXPECT_THAT(messageOf("msp*2*void"), HasSubstr("the weight before the scores"));
  EXPECT_THAT(messageOf("0.5*msp)x"), HasSubstr("'+' or '*' between scores"));
  EXPECT_THAT(messageOf(""), HasSubstr("expected a score"));
}

}  // namespace
}  // namespace oodscope
