// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// Files of a folder in natural order, hidden ones left out. Throws Error where the folder cannot be read.
[[nodiscard]] std::vector<std::filesystem::path> filesIn(const std::filesystem::path& folder);
/// Sub-folders in natural order, hidden ones left out; none where there is no such folder.
[[nodiscard]] std::vector<std::filesystem::path> foldersIn(const std::filesystem::path& folder);
[[nodiscard]] bool isFolder(const std::filesystem::path& path);
[[nodiscard]] bool isFile(const std::filesystem::path& path);
/// Whether the file's name ends as a picture's does: .png, .jpg, .jpeg, .webp, .tif, .tiff, .bmp, in any case.
[[nodiscard]] bool isNamedAsPicture(const std::filesystem::path& file);
/// The last name of a path, of "." and "folder/" too.
[[nodiscard]] std::string folderName(const std::filesystem::path& root);
[[nodiscard]] bool endsWith(const std::filesystem::path& file, std::string_view ending);

/// Files that accompany images, found by the image's name.
class CompanionIndex {
public:
  /// keyOf: the image name that a file belongs to, or nothing where the file is no companion (it is then `foreign`).
  using KeyOf = std::function<std::optional<std::string>(const std::filesystem::path&)>;
  CompanionIndex() = default;
  CompanionIndex(const std::vector<std::filesystem::path>& files, const KeyOf& keyOf);

  /// The file for `name`: an exact match, else the only one whose name differs in case alone.
  [[nodiscard]] std::optional<std::filesystem::path> take(const std::string& name);
  [[nodiscard]] bool hasExactly(const std::string& name) const { return m_files.contains(name); }
  [[nodiscard]] bool isEmpty() const { return m_files.empty(); }
  /// What was never taken, and what two files of one name lost.
  [[nodiscard]] std::vector<std::filesystem::path> unused() const;
  [[nodiscard]] const std::vector<std::filesystem::path>& doubles() const { return m_doubles; }
  [[nodiscard]] const std::vector<std::filesystem::path>& foreign() const { return m_foreign; }
  [[nodiscard]] std::size_t takenByOtherCase() const { return m_takenByOtherCase; }

private:
  std::map<std::string, std::filesystem::path> m_files;
  std::multimap<std::string, std::string> m_namesByLowerCase;
  std::set<std::string> m_taken;
  std::vector<std::filesystem::path> m_doubles;
  std::vector<std::filesystem::path> m_foreign;
  std::size_t m_takenByOtherCase = 0;
};

}  // namespace oodscope
