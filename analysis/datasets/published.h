// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// A number somebody printed, with where. All values in percent, as printed.
struct PublishedValue {
  std::string title;  ///< of the paper
  std::string authors;
  std::string table;     ///< "2"
  std::string row;       ///< as printed
  std::string protocol;  ///< the program's name of the protocol that fits the source; empty where it is not known
  std::string set;       ///< folder name of the set; with -test or -val where only a part is meant
  std::string model;     ///< "ERFNet"; empty where the table names none
  std::string method;    ///< the command line's name where the program has the method, else the source's
  std::optional<double> temperature;
  std::optional<double> ap;
  std::optional<double> fpr95;
  std::map<std::string, double> other;       ///< "miou", "auroc", "open_miou", "ap_deviation", …
  std::string note;                          ///< what is doubtful about it
  [[nodiscard]] std::string source() const;  ///< "TITLE, table 2, ROW"
};

/// Published values to stand beside measured ones.
class PublishedValues {
public:
  /// Reads resources/published.json. Throws Error: unreadable, no JSON, a value without its source or of a wrong type.
  [[nodiscard]] static PublishedValues read(const std::filesystem::path& file);

  [[nodiscard]] std::span<const PublishedValue> all() const { return m_values; }

  /// The values for a set, model and method, in the file's order. Names are compared without regard to case, spaces and
  /// punctuation; a set answers to its other names, too ("RoadObstacle21" to "RoadObsticle21"). Without a temperature
  /// the value at 1 or the one without is meant. Empty where there is none. Cost: O(values).
  [[nodiscard]] std::vector<PublishedValue> find(std::string_view set, std::string_view model, std::string_view method,
                                                 std::optional<double> temperature = {}) const;

private:
  std::vector<PublishedValue> m_values;
};

}  // namespace oodscope
