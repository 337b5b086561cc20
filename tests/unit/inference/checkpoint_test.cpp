// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/model.h"

#include "inference/checkpoints/checkpoint.inl.h"

#include "analysis/core/error.h"
#include "analysis/formats/zip_archive.h"
#include "inference/networks/weights.inl.h"
#include "tests/support/shared_data.h"
#include "tests/support/temporary_folder.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/rand.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class CheckpointTest : public ::testing::Test {
protected:
  fs::path write(const std::string& name, const std::string& content) const { return scratch.write(name, content); }
  fs::path writeZip(const std::string& name, const std::string& pickled) const {
    ZipWriter zip;
    zip.add("archive/data.pkl", std::as_bytes(std::span(pickled)));
    const auto bytes = zip.finish();
    return write(name, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  const testing::TemporaryFolder scratch;
  const fs::path folder = scratch.path();
};

std::string bytesOf(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

template <class Call>
std::string messageOf(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

StateDict smallErfnet() {
  const auto network = makeNetwork("ERFNet", {.classes = 5, .widths = {8, 12, 16}});
  return stateDictOf(*network);
}

TEST_F(CheckpointTest, WhatWasWrittenIsReadBackInOrder) {
  const StateDict tensors{{"b.weight", at::arange(6, at::kFloat).view({2, 3})},
                          {"a.count", at::full({}, 7, at::kLong)},
                          {"a.half", at::arange(4, at::kFloat).to(at::kHalf)}};
  writeStateDict(folder / "x.pth", tensors);
  const StateDict read = readCheckpoint(folder / "x.pth").tensors();
  ASSERT_EQ(read.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(read[i].first, tensors[i].first);
    EXPECT_TRUE(read[i].second.equal(tensors[i].second));
  }
}

TEST_F(CheckpointTest, TheSameTensorsGiveTheSameBytes) {
  const StateDict tensors{{"w", at::arange(6, at::kFloat)}};
  writeStateDict(folder / "x.pth", tensors);
  writeStateDict(folder / "y.pth", tensors);
  EXPECT_EQ(bytesOf(folder / "x.pth"), bytesOf(folder / "y.pth"));
}

TEST_F(CheckpointTest, PythonReadsWhatWasWritten) {
  if (std::system("/usr/bin/python3 -c 'import torch' 2>/dev/null") != 0) GTEST_SKIP() << "python3-torch is absent";
  writeStateDict(folder / "x.pth", {{"w", at::arange(6, at::kFloat).view({2, 3})}, {"n", at::full({}, 7, at::kLong)}});
  const std::string command =
      "/usr/bin/python3 -c \"import torch; d = torch.load('" + (folder / "x.pth").string() +
      "'); assert list(d) == ['w', 'n'] and d['w'].tolist() == [[0, 1, 2], [3, 4, 5]] and int(d['n']) == 7\"";
  EXPECT_EQ(std::system(command.c_str()), 0);
}

TEST_F(CheckpointTest, ACallOfTheSystemIsRefusedByNameAndNotMade) {
  const fs::path trace = folder / "was-run";
  const std::string pickled =
      "\x80\x02"
      "cos\nsystem\n(Vtouch " +
      trace.string() + "\ntR.";
  EXPECT_THAT(messageOf([&] { (void)readCheckpoint(writeZip("evil.pth", pickled)); }),
              ::testing::AllOf(HasSubstr("os.system"), HasSubstr("nothing was run")));
  EXPECT_THAT(messageOf([&] { (void)readCheckpoint(write("evil.pkl", pickled)); }), HasSubstr("os.system"));
  EXPECT_FALSE(fs::exists(trace));
}

TEST_F(CheckpointTest, AWholeModelIsToldFromAStateDict) {
  const std::string pickled =
      "\x80\x02"
      "cmynet\nNet\n)\x81}b.";
  EXPECT_THAT(messageOf([&] { (void)readCheckpoint(writeZip("model.pth", pickled)); }),
              ::testing::AllOf(HasSubstr("mynet.Net"), HasSubstr("state_dict")));
}

TEST_F(CheckpointTest, AForeignStateDictIsComparedWithTheNearestKnownNetwork) {
  StateDict tensors = stateDictOf(*makeNetwork("ENet", {}));
  for (auto& [key, tensor] : tensors) key = "other." + key + "_";
  writeStateDict(folder / "x.pth", tensors);
  EXPECT_THAT(messageOf([&] { (void)Model::load(folder / "x.pth"); }),
              ::testing::AllOf(HasSubstr("the nearest is ENet"), HasSubstr("(initial_block.main_branch.weight, "),
                               HasSubstr("left-over keys: 622 (other.initial_block.main_branch.weight_, ")));
}

/// {"epoch": 7, "state_dict": {"w": [0, 1, 2]}} and its like, as Python 3.11 with torch 1.13 pickles them.
std::string wrapped(const std::string& entry) {
  using namespace std::string_literals;
  return "\x80\x02}q\0(X\x05\0\0\0epochq\1K\7X"s + static_cast<char>(entry.size()) + "\0\0\0"s + entry +
         "q\2}q\3X\1\0\0\0wq\4ctorch._utils\n_rebuild_tensor_v2\nq\5((X\7\0\0\0storageq\6ctorch\nFloatStorage\nq\7"
         "X\1\0\0\0"s +
         "0q\x08X\3\0\0\0cpuq\tK\3tq\nQK\0K\3\x85q\x0bK\1\x85q\x0c\x89"s +
         "ccollections\nOrderedDict\nq\r)Rq\x0etq\x0fRq\x10su."s;
}

TEST_F(CheckpointTest, StateDictsInsideTrainingCheckpointsAreFound) {
  for (const std::string entry : {"state_dict", "model", "model_state_dict", "whatever"}) {
    const std::string pickled = wrapped(entry);
    const std::array<float, 3> values{0.0F, 1.0F, 2.0F};
    ZipWriter zip;
    zip.add("archive/data.pkl", std::as_bytes(std::span(pickled)));
    zip.add("archive/data/0", std::as_bytes(std::span(values)));
    const auto bytes = zip.finish();
    const Checkpoint read =
        readCheckpoint(write("wrapped.pth", {reinterpret_cast<const char*>(bytes.data()), bytes.size()}));
    ASSERT_EQ(read.tables().size(), 1U) << entry;
    EXPECT_EQ(read.tables()[0].path, entry);
    const StateDict tensors = read.tensors();
    ASSERT_EQ(tensors.size(), 1U) << entry;
    EXPECT_EQ(tensors[0].first, "w");
    EXPECT_TRUE(tensors[0].second.equal(at::arange(3, at::kFloat)));
  }
}

TEST_F(CheckpointTest, PythonsOwnFilesAreReadAlike) {
  if (std::system("/usr/bin/python3 -c 'import torch' 2>/dev/null") != 0) GTEST_SKIP() << "python3-torch is absent";
  const std::string command =
      "cd '" + folder.string() +
      "' && /usr/bin/python3 -c \""
      "import torch; from torch import nn; m = nn.Sequential(nn.Conv2d(3, 2, 1)); d = m.state_dict(); "
      "nn.init.ones_(m[0].weight); torch.save(d, 'plain.pth'); torch.save({'epoch': 3, 'state_dict': d}, "
      "'wrapped.pth'); "
      "torch.save(d, 'legacy.pth', _use_new_zipfile_serialization=False); torch.save(m, 'whole.pth'); "
      "torch.save(nn.DataParallel(m).state_dict(), 'module.pth'); torch.save({'w': 1}, 'none.pth')\"";
  ASSERT_EQ(std::system(command.c_str()), 0);
  for (const char* name : {"plain.pth", "wrapped.pth", "legacy.pth", "module.pth"}) {
    const StateDict read = readCheckpoint(folder / name).tensors();
    ASSERT_EQ(read.size(), 2U) << name;
    EXPECT_EQ(read[0].first, std::string(name) == "module.pth" ? "module.0.weight" : "0.weight") << name;
    EXPECT_TRUE(read[0].second.equal(at::full({2, 3, 1, 1}, 1.0F))) << name;
  }
  EXPECT_THAT(messageOf([&] { (void)readCheckpoint(folder / "whole.pth"); }),
              ::testing::AllOf(HasSubstr("whole Python object"), HasSubstr("Sequential")));
  EXPECT_THAT(messageOf([&] { (void)readCheckpoint(folder / "none.pth"); }), HasSubstr("no state dict"));
}

TEST_F(CheckpointTest, DamageIsAnErrorAndNeverACrash) {
  writeStateDict(folder / "x.pth", {{"w", at::arange(40, at::kFloat)}, {"v", at::arange(3, at::kFloat)}});
  const std::string whole = bytesOf(folder / "x.pth");
  for (std::size_t length = 0; length < whole.size(); length += 13) {
    EXPECT_NE(messageOf([&] { (void)readCheckpoint(write("cut.pth", whole.substr(0, length))).tensors(); }), "no error")
        << length;
  }
  for (std::size_t bit = 0; bit < whole.size() * 8; bit += 29) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    try {
      (void)readCheckpoint(write("flipped.pth", flipped)).tensors();
    } catch (const Error&) {  // any other exception fails the test
    }
  }
}

TEST_F(CheckpointTest, MissingLeftOverAndMisshapenKeysAreNamed) {
  StateDict tensors = smallErfnet();
  for (auto& [key, tensor] : tensors) {
    if (key == "encoder.layers.1.bn1.weight") key = "encoder.layers.1.norm.weight";
    if (key == "encoder.layers.2.conv1x3_1.bias") tensor = at::rand({3});
  }
  writeStateDict(folder / "x.pth", tensors);
  EXPECT_THAT(messageOf([&] { (void)Model::load(folder / "x.pth"); }),
              ::testing::AllOf(HasSubstr("missing keys: 1 (encoder.layers.1.bn1.weight)"),
                               HasSubstr("left-over keys: 1 (encoder.layers.1.norm.weight)"),
                               HasSubstr("encoder.layers.2.conv1x3_1.bias is 3, expected 12")));
}

TEST_F(CheckpointTest, ThePrefixOfDataParallelIsStripped) {
  StateDict tensors = smallErfnet();
  for (auto& [key, tensor] : tensors) key = "module." + key;
  writeStateDict(folder / "x.pth", tensors);
  const Model model = Model::load(folder / "x.pth");
  EXPECT_EQ(model.info().architecture, "ERFNet");
  EXPECT_EQ(model.info().channels, 5);
}

TEST(RealCheckpoints, OtherNetworksAreRefusedWithReasons) {
  OODSCOPE_SHARED_OR_SKIP(weights, "data/weights");
  EXPECT_THAT(messageOf([&] { (void)Model::load(weights / "enet_other_layout.pth"); }),
              ::testing::AllOf(HasSubstr("unknown architecture"), HasSubstr("the nearest is ENet"),
                               HasSubstr("missing keys: "), HasSubstr("(initial_block.main_branch.weight, "),
                               HasSubstr("left-over keys: "), HasSubstr("initial.conv.weight, ")));
}

}  // namespace
}  // namespace oodscope
