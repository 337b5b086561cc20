// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"
#include "analysis/datasets/folder_listing.h"

namespace oodscope {

/// A layout on disk: how to tell it and how to list its frames. Readers leave the order of frames and the remarks about
/// file kinds to openDataSet.
struct KnownLayout {
  std::optional<Layout> (*fits)(const std::filesystem::path& root);
  DataSet (*read)(const std::filesystem::path& root, Layout layout);
};

// One pair a file: layout_bundle, layout_city, layout_fishyscapes, layout_road_anomaly, layout_street_hazards.
[[nodiscard]] std::optional<Layout> fitsBundle(const std::filesystem::path& root);
[[nodiscard]] DataSet readBundle(const std::filesystem::path& root, Layout layout);
[[nodiscard]] std::optional<Layout> fitsCity(const std::filesystem::path& root);
[[nodiscard]] DataSet readCity(const std::filesystem::path& root, Layout layout);
[[nodiscard]] std::optional<Layout> fitsFishyscapes(const std::filesystem::path& root);
[[nodiscard]] DataSet readFishyscapes(const std::filesystem::path& root, Layout layout);
[[nodiscard]] std::optional<Layout> fitsRoadAnomaly2019(const std::filesystem::path& root);
[[nodiscard]] DataSet readRoadAnomaly2019(const std::filesystem::path& root, Layout layout);
[[nodiscard]] std::optional<Layout> fitsStreetHazards(const std::filesystem::path& root);
[[nodiscard]] DataSet readStreetHazards(const std::filesystem::path& root, Layout layout);
[[nodiscard]] DataSet readGeneric(const std::filesystem::path& root, const GenericLayout& generic);

// What the readers share.

/// 0 normal, 1 anomaly, 255 void, anything else an error.
[[nodiscard]] LabelEncoding binaryEncoding();
/// Adds what an index did not use to set.skipped, and a remark where names matched but for case.
void addLeftovers(DataSet& set, const CompanionIndex& index, const std::string& unusedReason,
                  const std::string& foreignReason);
/// "1 frame", "3 frames".
[[nodiscard]] std::string counted(std::size_t count, const std::string& noun);

}  // namespace oodscope
