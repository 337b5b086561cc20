// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace oodscope {

/// Values of a network's options by the options' names, see NetworkOption; one that is not there has its first value.
using NetworkOptions = std::map<std::string, std::string, std::less<>>;

/// The names of all options of all networks, each once: what sidecars may name.
[[nodiscard]] std::vector<std::string> networkOptionNames();

}  // namespace oodscope
