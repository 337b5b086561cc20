// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/error.h"
#include "analysis/datasets/data_set.h"
#include "tests/support/temporary_folder.h"

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

namespace oodscope::testing {

/// Writes a picture of one value, or the given matrix, below the folder; the name's ending decides the format.
inline std::filesystem::path writePicture(const TemporaryFolder& folder, const std::string& below, const cv::Mat& mat) {
  const auto file = folder.path() / below;
  std::filesystem::create_directories(file.parent_path());
  if (!cv::imwrite(file.string(), mat)) throw std::runtime_error("cannot write " + file.string());
  return file;
}
inline std::filesystem::path writeImage(const TemporaryFolder& folder, const std::string& below, int width = 6,
                                        int height = 4) {
  return writePicture(folder, below, cv::Mat(height, width, CV_8UC3, cv::Scalar(10, 20, 30)));
}
inline std::filesystem::path writeLabel(const TemporaryFolder& folder, const std::string& below,
                                        std::vector<std::uint8_t> values, int width) {
  const cv::Mat mat(static_cast<int>(values.size()) / width, width, CV_8UC1, values.data());
  return writePicture(folder, below, mat);
}
inline std::filesystem::path writeLabel(const TemporaryFolder& folder, const std::string& below, std::uint8_t value = 0,
                                        int width = 6, int height = 4) {
  return writePicture(folder, below, cv::Mat(height, width, CV_8UC1, cv::Scalar(value)));
}

/// A .npy of height x width (or whatever `shape` says) made by hand; `descr` as NumPy writes it: "|u1", "<i4", "<f4".
template <class T>
std::filesystem::path writeArray(const TemporaryFolder& folder, const std::string& below, const std::string& descr,
                                 const std::string& shape, const std::vector<T>& values) {
  std::string header = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  header.resize((10 + header.size() + 64) / 64 * 64 - 11, ' ');
  header += '\n';
  std::string bytes("\x93NUMPY\1\0", 8);
  bytes += static_cast<char>(header.size() & 0xFFU);
  bytes += static_cast<char>(header.size() >> 8U);
  bytes += header;
  bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  return folder.write(below, bytes);
}
inline std::vector<std::uint8_t> labelValues(const DataSet& set, std::size_t frame) {
  const auto label = readLabel(set, set.frames.at(frame));
  return {label.values().begin(), label.values().end()};
}
inline std::vector<std::string> frameNames(const DataSet& set) {
  std::vector<std::string> names;
  for (const auto& frame : set.frames) names.push_back(frame.name);
  return names;
}

/// The message of the Error that `call` throws; "no error" where it throws none.
template <class Call>
std::string errorOf(Call call) {
  try {
    static_cast<void>(call());
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace oodscope::testing
