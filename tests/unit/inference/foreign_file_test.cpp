// SPDX-License-Identifier: GPL-3.0-or-later
// Files that people take for models: each is named for what it is, with a way to mend it.
#include "analysis/core/error.h"
#include "analysis/formats/zip_archive.h"
#include "inference/models/model.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

using namespace std::string_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::string refusal(const std::string& content) {
  const testing::TemporaryFolder folder;
  try {
    (void)Model::load(folder.write("m.pth", content));
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("m.pth"));
    return error.what();
  }
  return "no error";
}

std::string zipOf(std::initializer_list<const char*> names) {
  ZipWriter zip;
  for (const char* name : names) zip.add(name, std::as_bytes(std::span("x", 1)));
  const auto bytes = zip.finish();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(ForeignFile, SafetensorsIsNamedWithTheConversion) {
  const std::string head = R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  EXPECT_THAT(refusal(std::string(1, static_cast<char>(head.size())) + "\0\0\0\0\0\0\0"s + head + "\0\0\x80\x3f"s),
              AllOf(HasSubstr("a safetensors file"), HasSubstr("load_file")));
}

TEST(ForeignFile, ModelsOfOtherProgramsAreNamed) {
  EXPECT_THAT(refusal("\x08\x08\x12\x07pytorch\x1a\x05"
                      "1.13."s +
                      std::string(200, '\0')),
              HasSubstr("an ONNX model"));
  EXPECT_THAT(refusal("\x89HDF\r\n\x1a\n"s + std::string(100, '\0')), HasSubstr("an HDF5 file"));
  EXPECT_THAT(refusal("MATLAB 5.0 MAT-file, Platform: GLNXA64"), HasSubstr("a MATLAB file"));
  EXPECT_THAT(refusal("MATLAB 7.3 MAT-file"s + std::string(493, ' ') + "\x89HDF\r\n\x1a\n"s),
              HasSubstr("a MATLAB file"));
  EXPECT_THAT(refusal("\x1c\0\0\0TFL3\0\0"s), HasSubstr("a TensorFlow Lite model"));
  EXPECT_THAT(refusal(zipOf({"config.json", "model.weights.h5"})), HasSubstr("a Keras model"));
  EXPECT_THAT(refusal(zipOf({"m/archive_format", "m/models/model.json"})), HasSubstr("torch.export"));
  EXPECT_THAT(refusal("\x93NUMPY\1\0"s), HasSubstr("a numpy array"));
  EXPECT_THAT(refusal(zipOf({"a.npy", "b.npy"})), HasSubstr("numpy arrays (.npz)"));
}

TEST(ForeignFile, WhatADownloadLeavesIsNamed) {
  EXPECT_THAT(refusal("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 8404981\n"),
              AllOf(HasSubstr("a Git LFS pointer"), HasSubstr("git lfs pull")));
  EXPECT_THAT(refusal("<!DOCTYPE html><html><head><title>Virus scan warning</title>"), HasSubstr("a web page"));
  EXPECT_THAT(refusal("\r\n  <HTML><body>Not found"), HasSubstr("a web page"));
  EXPECT_THAT(refusal("<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>"),
              AllOf(HasSubstr("an XML text"), HasSubstr("AccessDenied")));
  EXPECT_THAT(refusal("{\"error\": \"rate limit\"}"), HasSubstr("a JSON text"));
  EXPECT_THAT(refusal("404: Not Found"), HasSubstr("\"404: Not Found\""));
  EXPECT_THAT(refusal(std::string(5000, '\0')), HasSubstr("zeros alone"));
}

TEST(ForeignFile, ArchivesAreNamedWithWhatTheyHold) {
  std::string tar = "erfnet.pth"s + std::string(247, '\0') + "ustar\0"s + "00"s;
  tar.resize(1024, '\0');
  EXPECT_THAT(refusal(tar), AllOf(HasSubstr("a tar archive whose first file is erfnet.pth"), HasSubstr("unpack")));
  EXPECT_THAT(refusal("\x1f\x8b\x08\0\0"s), HasSubstr("a gzip archive"));
  EXPECT_THAT(refusal("\xfd"
                      "7zXZ\0\0"s),
              HasSubstr("an xz archive"));
  EXPECT_THAT(refusal(zipOf({"run/erfnet.pth", "run/log.txt"})),
              HasSubstr("a zip archive of run/erfnet.pth, run/log.txt"));
}

TEST(ForeignFile, APickleThatTorchDidNotWriteIsNamed) {
  EXPECT_THAT(refusal("\x80\x02}."s), HasSubstr("a pickle that torch.save did not write"));
}

}  // namespace
}  // namespace oodscope
