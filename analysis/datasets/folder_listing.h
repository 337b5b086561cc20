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

/// What file managers, archivers and notebooks leave behind: .DS_Store, ._name, Thumbs.db, desktop.ini, __MACOSX,
/// @eaDir, .ipynb_checkpoints and all else that begins with a dot. Never a frame, a companion or a folder of a set.
[[nodiscard]] bool isLeftBehind(const std::filesystem::path& path);

/// Files of a folder in natural order without what is left behind; links that lead nowhere are among them. Throws Error
/// where the folder cannot be read.
[[nodiscard]] std::vector<std::filesystem::path> filesIn(const std::filesystem::path& folder);
/// Sub-folders in natural order without what is left behind; none where there is no such folder.
[[nodiscard]] std::vector<std::filesystem::path> foldersIn(const std::filesystem::path& folder);
[[nodiscard]] bool isFolder(const std::filesystem::path& path);
[[nodiscard]] bool isFile(const std::filesystem::path& path);
/// Whether the path is a link whose target is not there.
[[nodiscard]] bool isBrokenLink(const std::filesystem::path& path);
/// Whether the file's name ends as a picture's does: .png, .jpg, .jpeg, .webp, .tif, .tiff, .bmp, in any case.
[[nodiscard]] bool isNamedAsPicture(const std::filesystem::path& file);
/// Whether the file's name ends as that of anything that people keep masks in, read or not: a picture's, .npy, .npz,
/// .gif, .mat, .jp2, .pgm and the like. Such a file is taken as a mask, so that what is not read fails by name.
[[nodiscard]] bool isNamedAsMask(const std::filesystem::path& file);
/// The last name of a path, of "." and "folder/" too.
[[nodiscard]] std::string folderName(const std::filesystem::path& root);
[[nodiscard]] bool endsWith(const std::filesystem::path& file, std::string_view ending);

/// How a name of an image led to its companion.
enum class NameMatch {
  Exact,
  OtherForm,     ///< case or Unicode form (composed, decomposed) differ
  Affix,         ///< alike without what is usual before or after: gt_0, 0_L, 0_mask, img_0
  CommonAffixes  ///< alike without what all images and what all companions begin and end with
};

/// Files that accompany images, found by the image's name.
class CompanionIndex {
public:
  /// keyOf: the image name that a file belongs to, or nothing where the file is no companion (it is then `foreign`).
  using KeyOf = std::function<std::optional<std::string>(const std::filesystem::path&)>;
  CompanionIndex() = default;
  CompanionIndex(const std::vector<std::filesystem::path>& files, const KeyOf& keyOf);

  /// The file of each name, in the order of `names`. All names are tried by the strictest rule of NameMatch first; a
  /// looser rule serves only what is left, and only where one name and one file are left for each other. Where
  /// `loosest` is Exact or OtherForm, affixes are not looked at.
  [[nodiscard]] std::vector<std::optional<std::filesystem::path>> match(const std::vector<std::string>& names,
                                                                        NameMatch loosest = NameMatch::CommonAffixes);
  [[nodiscard]] bool isEmpty() const { return m_entries.empty(); }
  /// All companions, matched or not.
  [[nodiscard]] std::vector<std::filesystem::path> files() const;
  /// What was never taken, and what two files of one name lost.
  [[nodiscard]] std::vector<std::filesystem::path> unused() const;
  [[nodiscard]] const std::vector<std::filesystem::path>& doubles() const { return m_doubles; }
  [[nodiscard]] const std::vector<std::filesystem::path>& foreign() const { return m_foreign; }
  [[nodiscard]] std::size_t matchedBy(NameMatch rule) const;

private:
  struct Entry {
    std::string key;
    std::filesystem::path file;
    bool isTaken = false;
  };
  using Words = std::function<std::string(const std::string&)>;
  struct Search {
    const std::vector<std::string>& names;
    std::vector<std::optional<std::filesystem::path>>& found;
  };
  void matchBy(NameMatch rule, Search search, const Words& ofName, const Words& ofFile);
  void matchByCommonAffixes(Search search);

  std::vector<Entry> m_entries;  ///< in ascending order of key
  std::vector<std::filesystem::path> m_doubles;
  std::vector<std::filesystem::path> m_foreign;
  std::map<NameMatch, std::size_t> m_matchedBy;
};

}  // namespace oodscope
