// SPDX-License-Identifier: GPL-3.0-or-later
// A training that is killed twenty times at moments spread over its work. The killed one is this program, started
// again.
#include "analysis/core/sha256.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/training/tiny_pictures.h"

#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string_view>
#include <vector>

extern char** environ;

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using testing::TemporaryFolder;
using testing::TinyPictures;

constexpr int kKills = 20;

/// Four epochs of three steps, a checkpoint after each step: writing is a good part of the work.
TrainingOptions options(const std::string& loss) {
  TrainingOptions out = testing::tinyTraining();
  out.epochs = 2;
  out.headEpochs = 1;  // the state of a phase before the last, of a plateau, of two rates
  out.schedule = Schedule::Plateau;
  out.plateauPatience = 0;
  out.backboneRate = 0.5;
  out.stepsBetweenCheckpoints = 1;
  out.loss = loss;
  if (!headOf(out).servesStages) out.stageEpochs = {};
  return out;
}

TrainingResult trainIn(const fs::path& folder, const std::string& loss) {
  const TinyPictures pictures;
  return train(options(loss), pictures, nullptr, folder, [](const TrainingProgress&) {});
}

void killMyself(int) { kill(getpid(), SIGKILL); }

/// Runs in the started program: trains, and kills itself without any warning after `microseconds` (0: never).
int trainAndDie(const fs::path& folder, long microseconds, const std::string& loss) {
  std::signal(SIGALRM, killMyself);
  const itimerval timer{.it_interval = {},
                        .it_value = {.tv_sec = microseconds / 1'000'000, .tv_usec = microseconds % 1'000'000}};
  setitimer(ITIMER_REAL, &timer, nullptr);
  return trainIn(folder, loss).complete ? 0 : 1;
}

/// The wait status of this program, started with `arguments`.
int statusOf(const std::vector<std::string>& arguments) {
  std::vector<char*> raw;
  for (const std::string& argument : arguments) raw.push_back(const_cast<char*>(argument.c_str()));
  raw.push_back(nullptr);
  pid_t child = 0;
  if (posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, raw.data(), environ) != 0) return -1;
  int status = -1;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

/// Kills a training by each loss again and again; it ends with the weights of one that is left alone.
void expectSameWeights(const std::string& loss, int kills) {
  const TemporaryFolder folder;
  const auto whole = trainIn(folder.path() / "whole", loss);
  const fs::path broken = folder.path() / "broken";
  int killed = 0;
  for (int i = 0; i < kills; ++i) {
    // 3 ms to 250 ms after its start: before the first step, in steps, in writing.
    const long after = 3'000 + 13'000L * ((i * 7) % kKills);
    const int status = statusOf({"killed", "--train", broken.string(), std::to_string(after), loss});
    ASSERT_NE(status, -1);
    if (WIFSIGNALED(status)) {
      EXPECT_EQ(WTERMSIG(status), SIGKILL);
      ++killed;
    } else {
      // Done before its time came. What it wrote is whole: begin anew to have something to kill.
      ASSERT_EQ(WEXITSTATUS(status), 0);
      EXPECT_EQ(sha256OfFile(broken / "weights.pth"), sha256OfFile(whole.weights));
      fs::remove_all(broken);
    }
  }
  EXPECT_GT(killed, kills / 2);
  ASSERT_EQ(statusOf({"killed", "--train", broken.string(), "0", loss}), 0);
  EXPECT_EQ(sha256OfFile(broken / "weights.pth"), sha256OfFile(whole.weights));
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(broken)) ++files;
  EXPECT_EQ(files, 5U) << "checkpoint, log, weights, sidecar and lock, and nothing that a killed one left";
}

TEST(KilledTraining, ComesToTheWeightsOfAnUninterruptedOne) { expectSameWeights("cross-entropy", kKills); }

TEST(KilledTraining, WithASecondHeadDoesSo) { expectSameWeights("densehybrid", kKills / 2); }

}  // namespace
}  // namespace oodscope

int main(int argc, char** argv) {
  if (argc == 5 && std::string_view(argv[1]) == "--train") {
    return oodscope::trainAndDie(argv[2], std::strtol(argv[3], nullptr, 10), argv[4]);
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
