// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/published.h"
#include "app/window/presenters.h"

#include <filesystem>
#include <optional>
#include <string>

namespace oodscope {

/// Published values as a reference column. The file is read at the first question; a file that cannot be read answers
/// none.
class PublishedReference {
public:
  explicit PublishedReference(std::filesystem::path file) : m_file(std::move(file)) {}

  /// The value whose set, model, method, temperature and protocol are those asked for. The first one with an AP wins.
  [[nodiscard]] std::optional<ReferenceNumbers> find(const std::string& set, const std::string& architecture,
                                                     const Configuration& configuration, Protocol protocol);

private:
  std::filesystem::path m_file;
  bool m_isRead = false;
  std::optional<PublishedValues> m_values;
};

}  // namespace oodscope
