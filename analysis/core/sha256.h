// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace oodscope {

/// SHA-256 (FIPS 180-4) over bytes as they come. Source of the algorithm: OpenSSL's libcrypto.
class Sha256 {
public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  Sha256& add(std::span<const std::byte> bytes);
  Sha256& add(std::string_view text);
  /// 64 lowercase hexadecimal digits. Call once, last.
  [[nodiscard]] std::string hex();

private:
  struct State;
  std::unique_ptr<State> m_state;
};

/// Digest of a file's content, streamed. Throws Error where the file cannot be read. Cost: O(bytes).
[[nodiscard]] std::string sha256OfFile(const std::filesystem::path& file);

}  // namespace oodscope
