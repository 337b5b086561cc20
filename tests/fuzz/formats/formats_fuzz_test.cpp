// SPDX-License-Identifier: GPL-3.0-or-later
// Every reader of a foreign file gets damaged copies of valid files: it must throw Error or succeed, never crash, and
// never take memory for what a header merely claims.
#include "analysis/core/error.h"
#include "analysis/datasets/data_set.h"
#include "analysis/datasets/published.h"
#include "analysis/formats/npz.h"
#include "analysis/formats/score_map_file.h"
#include "analysis/tables/result_table.h"
#include "app/session/session.h"
#include "inference/models/sidecar.h"
#include "tests/support/full_session.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <random>

namespace oodscope {
namespace {

using testing::TemporaryFolder;

std::string contentOf(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}
std::filesystem::path recorded(const std::string& name) {
  return std::filesystem::path(OODSCOPE_SOURCE_DIR) / "tests/unit/formats/files" / name;
}

/// One of five kinds of damage: flipped bytes, extreme bytes, a cut, a doubled piece, a removed piece.
std::string damaged(std::string bytes, std::mt19937& random) {
  const auto upTo = [&](std::size_t most) { return static_cast<std::size_t>(random()) % (most + 1); };
  if (bytes.empty()) return bytes;
  const auto at = upTo(bytes.size() - 1);
  const auto length = 1 + upTo(std::min<std::size_t>(bytes.size() - at, 16) - 1);
  switch (random() % 5) {
    case 0:
      for (std::size_t i = 0; i < 1 + random() % 8; ++i) bytes[upTo(bytes.size() - 1)] = static_cast<char>(random());
      break;
    case 1:
      bytes.replace(at, length, std::string(length, random() % 2 == 0 ? '\xFF' : '\0'));
      break;
    case 2:
      bytes.resize(at);
      break;
    case 3:
      bytes.insert(at, bytes.substr(at, length));
      break;
    default:
      bytes.erase(at, length);
      break;
  }
  return bytes;
}

using Reader = std::function<void(const std::filesystem::path&)>;

/// Runs `read` over `rounds` damaged copies of `valid` and requires that the valid one itself is read.
void fuzz(const std::string& name, const std::string& valid, int rounds, const Reader& read) {
  const TemporaryFolder folder;
  ASSERT_NO_THROW(read(folder.write(name, valid))) << name;
  std::mt19937 random(20240611);
  int refused = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto file = folder.write(name, damaged(valid, random));
    try {
      read(file);
    } catch (const Error&) {
      ++refused;
    } catch (const std::exception& other) {
      FAIL() << name << " round " << round << ": " << other.what();
    }
  }
  EXPECT_GT(refused, 0) << name << ": no damage was ever noticed";
}

std::string encoded(const std::string& ending, const cv::Mat& mat) {
  std::vector<std::uint8_t> bytes;
  cv::imencode(ending, mat, bytes);
  return {bytes.begin(), bytes.end()};
}
cv::Mat noise(int type) {
  cv::Mat mat(9, 13, type);
  cv::theRNG().state = 7;
  cv::randu(mat, 0, 200);
  return mat;
}
void readAsScores(const std::filesystem::path& file) { static_cast<void>(countNotFinite(readScoreMap(file))); }

TEST(Fuzz, NpyHeadersAndArrays) {
  for (const std::string name : {"half.npy", "fortran.npy"}) {
    fuzz(name, contentOf(recorded(name)), 800, [](const auto& file) { static_cast<void>(npyAsFloat(readNpy(file))); });
  }
}

TEST(Fuzz, NpzArchives) {
  for (const std::string name : {"stored.npz", "two.npz", "wide.npz"}) {
    fuzz(name, contentOf(recorded(name)), 400,
         [](const auto& file) { static_cast<void>(npyAsFloat(readNpz(file, "score"))); });
  }
}

TEST(Fuzz, SmiycHdf5) {
  const TemporaryFolder folder;
  ScoreMap scores(Size{37, 21});
  for (std::size_t i = 0; i < scores.values().size(); ++i) scores.values()[i] = static_cast<float>(i * i % 97);
  writeSmiycScores(folder.path() / "a.hdf5", scores);
  fuzz("a.hdf5", contentOf(folder.path() / "a.hdf5"), 400, readAsScores);
}

TEST(Fuzz, ScorePictures) {
  fuzz("a.png", encoded(".png", noise(CV_16UC1)), 300, readAsScores);
  fuzz("a.tiff", encoded(".tiff", noise(CV_32FC1)), 300, readAsScores);
}

TEST(Fuzz, ImagesAndLabels) {
  for (const std::string ending : {".png", ".jpg", ".webp"}) {
    fuzz("a" + ending, encoded(ending, noise(CV_8UC3)), 200, [](const auto& file) {
      static_cast<void>(readPictureSize(file));
      static_cast<void>(readPicture(file));
    });
  }
  const DataSet set{.encoding = {.meaning = {{0, kNormal}}, .otherwise = kAnomaly}};
  fuzz("label.png", encoded(".png", noise(CV_8UC1)), 300,
       [&](const auto& file) { static_cast<void>(readLabel(set, {.name = "a", .image = file, .label = file})); });
}

/// JSON values and texts that are none: extremes, other kinds, absurdly long and deep ones.
const std::vector<std::string>& impossibleValues() {
  static const std::vector<std::string> values{"0",
                                               "-1",
                                               "1e308",
                                               "-1e308",
                                               "1e999",
                                               "99999999999",
                                               "9223372036854775807",
                                               "18446744073709551615",
                                               "1e-320",
                                               "0.5",
                                               "null",
                                               "true",
                                               "[]",
                                               "{}",
                                               "\"\"",
                                               "\"x\\u0000y\"",
                                               "\"nan\"",
                                               "NaN",
                                               "-0",
                                               "[[[[[[1]]]]]]",
                                               "{\"a\": {\"a\": 1}}",
                                               std::string(40'000, '['),
                                               '"' + std::string(200'000, 'x') + '"'};
  return values;
}

/// Valid JSON of which one value is no longer possible.
std::string withImpossibleValue(const std::string& valid, std::mt19937& random) {
  const std::vector<std::string>& values = impossibleValues();
  std::vector<std::pair<std::size_t, std::size_t>> places;  // of scalars: begin and end
  for (std::size_t at = 0; at < valid.size(); ++at) {
    const char before = at == 0 ? ' ' : valid[at - 1];
    if (before != ' ' && before != '[' && before != ':') continue;
    const auto end = valid.find_first_of(",]}\n", at);
    if (end != std::string::npos && end > at && valid[at] != '{' && valid[at] != '[' && valid[at] != ' ')
      places.emplace_back(at, end);
  }
  const auto [begin, end] = places[random() % places.size()];
  return valid.substr(0, begin) + values[random() % values.size()] + valid.substr(end);
}

void fuzzJson(const std::string& name, const std::string& valid, int rounds, const Reader& read) {
  fuzz(name, valid, rounds, read);
  const TemporaryFolder folder;
  std::mt19937 random(20250118);
  int refused = 0;
  for (int round = 0; round < rounds; ++round) {
    const std::string text = withImpossibleValue(valid, random);
    try {
      read(folder.write(name, text));
    } catch (const Error& error) {
      ++refused;
      EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << "the file is not named: " << error.what();
    } catch (const std::exception& other) {
      FAIL() << name << " round " << round << ": " << other.what() << " from " << text.substr(0, 2000);
    }
  }
  EXPECT_GT(refused, rounds / 4) << name;
}

TEST(Fuzz, CameraJson) {
  fuzzJson("a.json", R"({"extrinsic": {"baseline": 0.209313, "pitch": 0.03}, "intrinsic": {"fx": 2262.52, "fy": 2265.3,
       "u0": 1096.98, "v0": 513.137}})",
           800, [](const auto& file) { static_cast<void>(readCamera(file)); });
}

TEST(Fuzz, FrameList) {
  const TemporaryFolder images;
  const auto image = images.write("a.jpg", encoded(".jpg", noise(CV_8UC3)));
  fuzzJson("frame_list.json", R"(["animals01.jpg", "cow.jpg", "b\u00e4r.jpg"])", 400, [&](const auto& file) {
    const auto frames = file.parent_path() / "frames";
    if (!std::filesystem::exists(frames)) {
      std::filesystem::create_directory(frames);
      std::filesystem::copy_file(image, frames / "cow.jpg");
    }
    static_cast<void>(openDataSet(file.parent_path()));
  });
}

TEST(Fuzz, PublishedValues) {
  fuzzJson(
      "published.json",
      R"({"sources": {"x": {"title": "t", "protocol": "course"}}, "values": [{"source": "x", "table": "1", "row": "r",
       "set": "s", "model": "m", "method": "msp", "temperature": 1.0, "ap": 3.5, "fpr95": null, "other": {"miou": 7}}]})",
      800, [](const auto& file) { static_cast<void>(PublishedValues::read(file)); });
}

TEST(Fuzz, Sessions) {
  const auto read = [](const std::filesystem::path& file) {
    const Session session = readSession(file);
    EXPECT_NO_THROW(static_cast<void>(sessionText(session, file.parent_path()))) << "what was read can be saved";
  };
  fuzzJson("session.json",
           contentOf(std::filesystem::path(OODSCOPE_SOURCE_DIR) / "tests/unit/session/version_0_1_0.json"), 1000, read);
}

TEST(Fuzz, EveryMemberOfASession) {
  using Json = nlohmann::ordered_json;
  const TemporaryFolder folder;
  const Json valid = Json::parse(sessionText(testing::fullSession(folder.path()), folder.path()));
  const std::string marker = "the member";
  for (const std::string& member : sessionMembers()) {
    Json changed = valid;
    changed[Json::json_pointer(member)] = marker;
    const std::string text = changed.dump();
    const std::size_t at = text.find('"' + marker + '"');
    ASSERT_NE(at, std::string::npos) << member;
    int refused = 0;
    for (const std::string& value : impossibleValues()) {
      const auto file = folder.write("s.json", text.substr(0, at) + value + text.substr(at + marker.size() + 2));
      try {
        static_cast<void>(sessionText(readSession(file), folder.path()));
      } catch (const Error& error) {
        ++refused;
        EXPECT_NE(std::string(error.what()).find("s.json"), std::string::npos) << member << ": " << error.what();
      } catch (const std::exception& other) {
        FAIL() << member << ": " << other.what() << " from " << value.substr(0, 100);
      }
    }
    EXPECT_GT(refused, 10) << member << " is hardly looked at";
  }
}

TEST(Fuzz, Sidecars) {
  fuzzJson("net.json", R"({"input_size": [1024, 512], "resize": "bilinear", "scale": 0.00392, "mean": [0.4, 0.4, 0.4],
           "std": [0.2, 0.2, 0.2], "channel_order": "rgb", "output": 0, "channels": ["road", "sky", "void"],
           "known_classes": 2, "void_channel": 2, "description": "made"})",
           1500, [](const auto& file) {
             const auto sidecar = readSidecar(file);
             for (const int channels : {0, 3}) static_cast<void>(resolveSidecar(sidecar, channels));
           });
}

TEST(Fuzz, SidecarsOfAnyDepthAndKindOfFile) {
  const TemporaryFolder folder;
  const std::string deep = std::string(200'000, '[') + std::string(200'000, ']');
  for (const std::string& text :
       {deep, "{\"scale\": " + deep + "}", "{\"unknown\": " + deep + "}", std::string("{\"scale\": 1, \"scale\": 2}"),
        std::string("{\"scale\": NaN}"), std::string(), std::string("\xFF\xFE{")}) {
    folder.write("net.json", text);
    EXPECT_THROW(static_cast<void>(readSidecar(folder.path() / "net.pth")), Error) << text.substr(0, 40);
  }
  std::filesystem::create_directory(folder.path() / "other.json");
  EXPECT_THROW(static_cast<void>(readSidecar(folder.path() / "other.pth")), Error);
}

TEST(Fuzz, ResultTables) {
  ResultTable table;
  ResultRow& row = table.rows.emplace_back();
  row.set = "a";
  row.model = "m";
  row.method = "msp";
  row.temperature = 1.6;
  row.protocol = "course";
  row.frames = 10;
  row.ap = 0.5;
  row.fpr95 = 0.25;
  row.components = ComponentColumns{0.1, 0.2, 0.3, 0.4};
  table.warnings = {"w"};
  table.provenance = {{"command", "x"}, {"list", Value::Array{1, 2.5, true}}};
  fuzzJson("table.json", writeTable(table, "json"), 2000, [](const auto& file) {
    try {
      static_cast<void>(writeTable(tableFromJson(contentOf(file)), "latex"));
    } catch (const Error& error) {
      throw Error(error.what(), file);  // a table's text has no file
    }
  });
}

}  // namespace
}  // namespace oodscope
