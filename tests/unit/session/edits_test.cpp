// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session/edits.h"

#include <gtest/gtest.h>

namespace oodscope {
namespace {

const ViewState& untouched() {
  static const ViewState kView;
  return kView;
}

ViewState after(const Edit& edit, const ViewState& view = untouched()) {
  ViewState out = view;
  edit.change(out);
  return out;
}

ViewState comparing() {
  ViewState view;
  view.other = ComparedRun{};
  return view;
}

TEST(Edits, AThresholdSetByHandReleasesThePinOfItsRun) {
  const ViewState a = after(edits::setThreshold(0.25), comparing());
  EXPECT_EQ(a.threshold, 0.25F);
  EXPECT_EQ(a.pin, PinRule::None);
  EXPECT_EQ(a.other, ComparedRun{}) << "B keeps its own";
  const ViewState b = after(edits::setThreshold(0.25, RunSide::B), comparing());
  EXPECT_EQ(b.other->threshold, 0.25F);
  EXPECT_EQ(b.other->pin, PinRule::None);
  EXPECT_EQ(b.pin, untouched().pin);
  EXPECT_EQ(after(edits::setOperatingPoint(2.0, -1.5)).pin, PinRule::None);
}

TEST(Edits, APinThatIsTakenAwayLeavesTheThresholdWhereItIs) {
  EXPECT_EQ(after(edits::setPin(PinRule::None, 0.0, 0.5F)).threshold, 0.5F);
  EXPECT_FALSE(after(edits::setPin(PinRule::FalsePositiveRate, 0.05, 0.5F)).threshold);
  ViewState view;
  view.threshold = 0.1F;
  EXPECT_EQ(after(edits::setPin(PinRule::None, 0.0, 0.5F), view).threshold, 0.1F) << "one that was typed";
}

TEST(Edits, TemperaturesStayWithinWhatAHandCanSet) {
  EXPECT_EQ(after(edits::setTemperature(100.0)).score.temperature, 20.0F);
  EXPECT_EQ(after(edits::setTemperature(0.0)).score.temperature, 0.05F);
  EXPECT_EQ(after(edits::setTemperature(2.5, RunSide::B), comparing()).other->score.temperature, 2.5F);
  EXPECT_EQ(after(edits::setMethodAt(methods::kEnergy, 1e9)).score.temperature, 20.0F);
  ViewState view;
  for (int i = 0; i < 200; ++i) edits::scaleTemperature(1.1).change(view);
  EXPECT_EQ(view.score.temperature, 20.0F);
}

TEST(Edits, WhatAPassIsRunWithIsKeptUnlessItIsUsual) {
  const ViewState view = after(edits::setPassValue(kDropoutPasses, 3.0));
  EXPECT_EQ(view.score.passes, (PassValues{{"passes", 3.0}}));
  EXPECT_EQ(after(edits::setPassValue(kDropoutPasses, 8.0), view), untouched()) << "the usual one leaves nothing";
  EXPECT_EQ(after(edits::setPassValue(kOdinEpsilon, 0.01), view).score.passes,
            (PassValues{{"odin-epsilon", 0.01}, {"passes", 3.0}}));
  const ViewState both = after(edits::setPassValue(kDropoutSeed, 5.0, RunSide::B), comparing());
  EXPECT_TRUE(both.score.passes.empty());
  EXPECT_EQ(both.other->score.passes, (PassValues{{"seed", 5.0}}));
}

TEST(Edits, FiltersStandInTheirDeclaredOrderOfEachRun) {
  const Filter gaussian = Filter::named("gaussian").value(), dilated = Filter::named("dilated").value();
  ViewState view = after(edits::setFilter(dilated, true));
  EXPECT_EQ(view.score.filters, FilterChain{dilated});
  view = after(edits::setFilter(gaussian, true), view);
  EXPECT_EQ(view.score.filters, (FilterChain{gaussian, dilated}));
  EXPECT_EQ(after(edits::setFilter(gaussian, true), view), view) << "it is in already";
  EXPECT_EQ(after(edits::setFilter(gaussian, false), view).score.filters, FilterChain{dilated});
  EXPECT_EQ(after(edits::setMethod(methods::kEnergy), view).score.filters, view.score.filters) << "filters stay";
  EXPECT_TRUE(after(edits::setFilters({}), view).score.filters.empty());
  const ViewState both = after(edits::setFilter(gaussian, true, RunSide::B), comparing());
  EXPECT_EQ(both.other->score.filters, FilterChain{gaussian});
  EXPECT_TRUE(both.score.filters.empty());
  EXPECT_EQ(after(edits::setFilters({gaussian}, RunSide::B)), untouched()) << "without a run B";
}

TEST(Edits, AMethodTakesThePlaceOfMapsThatHaveNone) {
  ViewState maps;
  maps.score.imported = "maps";
  EXPECT_FALSE(after(edits::setMethod(methods::kEnergy), maps).score.imported);
  maps.score.importedLogits = true;
  EXPECT_EQ(after(edits::setMethod(methods::kEnergy), maps).score.imported, "maps") << "methods apply to logits";
  EXPECT_FALSE(after(edits::setModel("m.pth"), maps).score.imported);
  EXPECT_EQ(after(edits::setModelAtHand("m.pth"), maps).score.imported, "maps");
}

TEST(Edits, ThoseOfBChangeNothingWhereThereIsNone) {
  const ViewState none;
  for (const Edit& edit : {edits::setThreshold(1.0, RunSide::B), edits::setTemperature(3.0, RunSide::B),
                           edits::setMethod(methods::kEnergy, RunSide::B), edits::setModel("m", RunSide::B),
                           edits::setPin(PinRule::None, 0.0, 1.0F, RunSide::B), edits::swapRuns()})
    EXPECT_EQ(after(edit, none), none) << edit.text;
}

TEST(Edits, APinCanChooseOnAnotherSet) {
  ViewState view;
  view.set = "shown";
  EXPECT_FALSE(isPinnedElsewhere(view));
  view = after(edits::setPinSet("other"), view);
  EXPECT_TRUE(isPinnedElsewhere(view));
  EXPECT_FALSE(isPinnedElsewhere(after(edits::setThreshold(1.0), view))) << "by hand it is chosen nowhere";
  EXPECT_FALSE(isPinnedElsewhere(after(edits::setSet("other", "0"), view))) << "there it is the set's own";
  EXPECT_FALSE(isPinnedElsewhere(after(edits::setPinSet(""), view)));
}

TEST(Edits, SwappingTwiceChangesNothing) {
  ViewState view = comparing();
  view.model = "a.pth";
  view.other->model = "b.pth";
  view.other->score = atTemperature(view.other->score, 4.0);
  const ViewState once = after(edits::swapRuns(), view);
  EXPECT_EQ(once.model, "b.pth");
  EXPECT_EQ(once.score.temperature, 4.0F);
  EXPECT_EQ(after(edits::swapRuns(), once), view);
}

TEST(Edits, KeptRunsAreDrawnUnlessTheyAreHidden) {
  RunChoice one, other;
  one.set = other.set = "s";
  other.model = "m";
  EXPECT_TRUE(isOverlaid(untouched(), one));
  const ViewState hidden = after(edits::setOverlaid({one}, false));
  EXPECT_FALSE(isOverlaid(hidden, one));
  EXPECT_TRUE(isOverlaid(hidden, other));
  EXPECT_EQ(after(edits::setOverlaid({one}, false), hidden), hidden) << "hidden once";
  EXPECT_EQ(after(edits::setOverlaid({one, other}, true), hidden), untouched());
}

TEST(Edits, ARunIsKeptOnce) {
  Session session;
  RunChoice none, run;
  run.set = "s";
  run.model = "m";
  EXPECT_FALSE(keepRun(session, none)) << "no set, no run";
  EXPECT_TRUE(keepRun(session, run));
  EXPECT_FALSE(keepRun(session, run));
  RunChoice other = run;
  other.resolution = Resolution::Label;
  EXPECT_TRUE(keepRun(session, other)) << "measured elsewhere, it is another";
  EXPECT_TRUE(removeRun(session, run));
  EXPECT_EQ(session.runs, std::vector<RunChoice>{other});
}

}  // namespace
}  // namespace oodscope
