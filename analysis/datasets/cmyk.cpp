// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/cmyk.h"

#include "analysis/core/error.h"

#include <array>
#include <csetjmp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>
// libjpeg's header needs size_t and FILE before it.
#include <jpeglib.h>

namespace oodscope {
namespace {

/// a * b / 255, rounded to the nearest.
int scaled(int a, int b) {
  const int product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

/// libjpeg's way to report: it must not return from an error.
struct Failure {
  jpeg_error_mgr manager;
  std::jmp_buf back;
  std::array<char, JMSG_LENGTH_MAX> message;
};

void leave(j_common_ptr info) {
  auto* failure = reinterpret_cast<Failure*>(info->err);
  (*info->err->format_message)(info, failure->message.data());
  std::longjmp(failure->back, 1);
}

void stayQuiet(j_common_ptr /*info*/) {}

/// Rows of four components; nothing with a destructor lives between setjmp and longjmp but what the caller owns.
struct Rows {
  std::vector<std::uint8_t> values;
  Size size;
};

bool decodeRows(std::span<const std::uint8_t> bytes, Rows& rows, Failure& failure) {
  jpeg_decompress_struct info{};
  info.err = jpeg_std_error(&failure.manager);
  failure.manager.error_exit = leave;
  failure.manager.output_message = stayQuiet;
  if (setjmp(failure.back) != 0) {
    jpeg_destroy_decompress(&info);
    return false;
  }
  jpeg_create_decompress(&info);
  jpeg_mem_src(&info, bytes.data(), static_cast<unsigned long>(bytes.size()));
  jpeg_read_header(&info, TRUE);
  info.out_color_space = JCS_CMYK;
  jpeg_start_decompress(&info);
  rows.size = {static_cast<int>(info.output_width), static_cast<int>(info.output_height)};
  const std::size_t stride = std::size_t{4} * info.output_width;
  rows.values.resize(stride * info.output_height);
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = rows.values.data() + stride * info.output_scanline;
    jpeg_read_scanlines(&info, &row, 1);
  }
  jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
  return true;
}

}  // namespace

Rgb rgbFromInk(std::uint8_t cyan, std::uint8_t magenta, std::uint8_t yellow, std::uint8_t black) {
  const int light = 255 - black;
  const auto colour = [&](std::uint8_t ink) { return static_cast<std::uint8_t>(light - scaled(ink, light)); };
  return {colour(cyan), colour(magenta), colour(yellow)};
}

RgbImage decodeCmykJpeg(std::span<const std::uint8_t> bytes, const std::filesystem::path& file) {
  Rows rows;
  const auto failure = std::make_unique<Failure>();
  if (!decodeRows(bytes, rows, *failure)) {
    throw Error({.what = "picture cannot be decoded",
                 .expected = "an intact CMYK JPEG",
                 .found = std::string("damaged data (") + failure->message.data() + ")",
                 .file = file});
  }
  RgbImage image(rows.size);
  const auto* ink = rows.values.data();
  for (auto& pixel : image.values()) {
    const auto inverted = [&](std::size_t i) { return static_cast<std::uint8_t>(255 - ink[i]); };
    pixel = rgbFromInk(inverted(0), inverted(1), inverted(2), inverted(3));
    ink += 4;
  }
  return image;
}

}  // namespace oodscope
