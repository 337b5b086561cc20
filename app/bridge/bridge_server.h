// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/bridge/bridge_host.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace oodscope {

/// Where a program listens, or is spoken to.
struct BridgeAddress {
  std::filesystem::path path = {};  ///< of a Unix socket; empty: TCP
  std::string host = "127.0.0.1";   ///< to connect to; a program listens on 127.0.0.1 alone
  std::uint16_t port = 0;           ///< 0, to listen: any that is free
  [[nodiscard]] bool isUnix() const { return !path.empty(); }
  /// "unix:PATH" or "tcp:PORT".
  [[nodiscard]] std::string text() const;
};
/// Reads "unix:PATH", "tcp:PORT" or "tcp:HOST:PORT". Throws Error (what is expected).
[[nodiscard]] BridgeAddress parseBridgeAddress(std::string_view text);
/// unix:$XDG_RUNTIME_DIR/NAME. Throws Error without XDG_RUNTIME_DIR: an address is to be given then.
[[nodiscard]] BridgeAddress defaultBridgeAddress(std::string_view name);

struct BridgeOptions {
  BridgeAddress address;
  std::string token = {};  ///< that hello must name; empty: none, and over TCP one is made
};

/// Listens and serves, a thread a connection, until it is dropped. See README.md of this folder for the protocol.
class BridgeServer {
public:
  /// Throws Error: the address is in use, not ours or cannot be made. `host` outlives this.
  BridgeServer(BridgeHost& host, const BridgeOptions& options);
  /// Ends every connection and waits for its thread; nothing that was not committed stays.
  ~BridgeServer();
  BridgeServer(const BridgeServer&) = delete;
  BridgeServer& operator=(const BridgeServer&) = delete;

  /// Where it listens, with the port that was found.
  [[nodiscard]] const BridgeAddress& address() const;
  [[nodiscard]] const std::string& token() const;
  /// How many are connected.
  [[nodiscard]] std::size_t connections() const;

private:
  struct Parts;
  std::unique_ptr<Parts> m_parts;
};

}  // namespace oodscope
