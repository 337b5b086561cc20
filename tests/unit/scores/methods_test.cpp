// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/method_kinds.h"
#include "analysis/scores/score_function.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <unordered_set>

namespace oodscope {
namespace {

TEST(Methods, EveryNameLeadsBackToItsMethod) {
  std::set<std::string_view> names;
  for (const Method method : allMethods()) {
    EXPECT_EQ(Method::named(method.name()), method);
    EXPECT_TRUE(names.insert(method.name()).second) << method.name() << " stands twice";
  }
  for (const char* name : {"msp", "max-logit", "max-entropy", "energy", "softmax-distance", "void"})
    EXPECT_TRUE(names.contains(name)) << name;
}

TEST(Methods, AnUnknownNameIsNoMethod) {
  EXPECT_FALSE(Method::named("MSP").has_value());
  EXPECT_FALSE(Method::named("").has_value());
}

TEST(Methods, TheFirstStandsWhereNothingWasChosen) {
  EXPECT_EQ(Method(), allMethods().front());
  EXPECT_EQ(Method().name(), "msp");
}

TEST(Methods, DeclareAllThatMenusAndPagesShow) {
  for (const Method method : allMethods()) {
    const MethodKind& kind = method.kind();
    EXPECT_FALSE(kind.title.empty() || kind.formula.empty() || kind.reference.empty()) << kind.name;
    EXPECT_TRUE(kind.summary.ends_with('.')) << kind.name;
    EXPECT_FALSE(kind.needs.empty()) << kind.name;
    EXPECT_NE(kind.kernel == nullptr, kind.featureScore == nullptr) << kind.name << ": one way to score";
    EXPECT_EQ(kind.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string_view::npos)
        << kind.name;
  }
}

TEST(Methods, MaxLogitsRankingIgnoresTemperature) {
  EXPECT_FALSE(methods::kMaxLogit.usesTemperature());
  for (const Method method : {methods::kMsp, methods::kMaxEntropy, methods::kEnergy, methods::kVoid})
    EXPECT_TRUE(method.usesTemperature()) << method;
}

TEST(Methods, OnlyWhatIsBoundedByZeroAndOneIsAProbability) {
  for (const Method method : {methods::kMsp, methods::kMaxEntropy, methods::kSoftmaxDistance, methods::kVoid})
    EXPECT_TRUE(method.kind().range.isProbability()) << method;
  for (const Method method : {methods::kMaxLogit, methods::kEnergy})
    EXPECT_FALSE(method.kind().range.isProbability()) << method;
}

TEST(Methods, SayWhatASourceLacks) {
  EXPECT_FALSE(methods::kVoid.whyNot({.channels = 20, .voidChannel = 19}));
  EXPECT_FALSE(methods::kMsp.whyNot({.channels = 19}));
  const auto ofNetwork = methods::kVoid.whyNot({.channels = 19});
  ASSERT_TRUE(ofNetwork);
  EXPECT_EQ(ofNetwork->what, "the network has no void channel to score with");
  EXPECT_EQ(ofNetwork->found, "19 outputs");
  const auto ofFiles = methods::kVoid.whyNot({.isNetwork = false, .channels = 19});
  ASSERT_TRUE(ofFiles);
  EXPECT_EQ(ofFiles->what, "the logits have no void channel");
  EXPECT_TRUE(methods::kMsp.whyNot({.isNetwork = false, .channels = 0})) << "finished maps have no logits";
}

TEST(Methods, AreOrderedAndHashedByTheirNames) {
  EXPECT_LT(methods::kEnergy, methods::kMsp);
  EXPECT_EQ(std::unordered_set<Method>(allMethods().begin(), allMethods().end()).size(), allMethods().size());
  std::ostringstream out;
  out << methods::kMaxLogit;
  EXPECT_EQ(out.str(), "max-logit");
}

}  // namespace
}  // namespace oodscope
