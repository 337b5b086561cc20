// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <map>

namespace oodscope {

/// Numbers by class from a .npy that holds one pickled dictionary {int: float}, as standardised max-logits are
/// published (stats/SET_mean.npy, SET_var.npy; NumPy opens them with allow_pickle alone). Nothing of the pickle is
/// executed. Throws Error: missing, another kind of file, an array of anything else than one such dictionary, keys
/// below 0 or above 254, values that are not finite. Source: shjung13/Standardized-max-logits, calculate_statistics.py.
[[nodiscard]] std::map<int, double> readPickledNumbers(const std::filesystem::path& file);

}  // namespace oodscope
