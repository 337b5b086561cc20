// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <stdexcept>
#include <string>

namespace oodscope {

/// What a world failure is made of: everything a user needs to mend it. Empty parts are left out of the text.
struct ErrorParts {
  std::string what;           ///< what failed, a sentence without a full stop
  std::string expected = {};  ///< what would have been right
  std::string found = {};     ///< what was there instead
  std::filesystem::path file = {};
};

/// A failure of the world (files, models, data), never of the caller. what() is "WHAT: expected …, found … (FILE)".
class Error : public std::runtime_error {
public:
  explicit Error(ErrorParts parts);
  Error(std::string what, std::filesystem::path file);
  [[nodiscard]] const ErrorParts& parts() const noexcept { return m_parts; }

private:
  ErrorParts m_parts;
};

/// A broken precondition, thrown in all builds: a defect of the program, not of its input.
class ContractViolation : public std::logic_error {
public:
  using std::logic_error::logic_error;
};

/// Throws ContractViolation with `message` unless `condition` holds.
inline void require(bool condition, const char* message) {
  if (!condition) throw ContractViolation(message);
}

}  // namespace oodscope
