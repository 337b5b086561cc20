// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "analysis/datasets/data_set.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace oodscope {

/// What the out-of-class clutter of training frames is.
enum class ClutterKind : std::uint8_t {
  Shapes,  ///< 2 to 5 a scene of seven kinds, gaudy: what a void class was first trained on
  Heaps    ///< 4 to 9 a scene, random heaps of primitives from 0.3 to 2 m, dark as often as bright, in any material
};

/// What a demo frame is to hold. The defaults are those of the test set that ships with the program.
struct DemoOptions {
  Size size{1024, 512};       ///< pixels; 2:1, at least 64x32
  bool withAnomalies = true;  ///< label 1 objects on or near the road, except in frames isAnomalyFree() names
  bool withVoidObjects =
      false;        ///< out-of-class clutter, kinds that never occur as anomalies: for training a void class
  int quality = 2;  ///< samples per pixel and axis, 1 or 2
  ClutterKind clutter = ClutterKind::Shapes;  ///< what withVoidObjects puts there
};

/// Where the camera stands above the flat road: enough to compute the disparity of any road pixel by hand.
struct DemoPose {
  double height = 0.0;  ///< metres above the road
  double pitch = 0.0;   ///< radians, positive looks down
};

/// One rendered road scene with everything that is known about it. All grids have the image's size.
struct DemoFrame {
  std::string name;  ///< "demo_07"
  RgbImage image;
  LabelMap label;                  ///< kAnomaly on anomalies, kVoid where classes is 255 otherwise, kNormal elsewhere
  ClassMap classes;                ///< Cityscapes train ids 0..18; 255 on anomalies, void objects, bonnet and border
  Grid<std::uint8_t> voidObjects;  ///< 1 on void objects (clutter put there for training), 0 elsewhere
  Grid<std::uint16_t> disparity;  ///< d * 256, d in pixels at this size, to 1/32 pixel; 0 unknown (sky, bonnet, border)
  StereoCamera camera;            ///< intrinsics at this size, baseline in metres
  DemoPose pose;
  std::string description;  ///< "city street, low sun, wet; 2 anomalies: tyre at 14 m, deer at 31 m"
};

/// The cycle of 24 scenes holds two without anomalies: indices 7 and 19, modulo 24.
[[nodiscard]] bool isAnomalyFree(int index);

/// Renders scene `index` of the series `seed`. The same bytes for the same arguments, whatever the number of threads.
/// Requires: index >= 0, size 2:1 and at least 64x32, quality 1 or 2. Cost: about 0.5 µs per sample on one core,
/// and some 60 ms for geometry and shadow maps.
[[nodiscard]] DemoFrame renderDemoFrame(std::uint64_t seed, int index, const DemoOptions& options = {});

/// Renders frames 0 to frames-1 and writes them in the course-bundle layout with extras: images/<name>.webp,
/// labels_masks/<name>.png (0, 1, 255), class_labels/<name>.png (train ids), disparity/<name>.png (16 bit, d * 256, 0
/// unknown), camera/<name>.json (Cityscapes camera file) and descriptions.txt. Each file is written under another name
/// and renamed. The same bytes each time on one machine. Requires: frames >= 1. Throws Error where a file cannot be
/// written.
void writeDemoSet(const std::filesystem::path& folder, std::uint64_t seed, int frames, const DemoOptions& options = {});

}  // namespace oodscope
