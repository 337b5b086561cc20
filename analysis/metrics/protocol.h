// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <version>  // Qt 6.4's moc reads <compare> only after the library's configuration

#include <compare>
#include <functional>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace oodscope {

struct ProtocolRule;

/// A way to turn scores and labels of a set into published numbers: one of the rows of protocol_rules.h, as a value.
/// They differ by points: never mix them. Whoever needs to know something of a protocol asks its rule; nobody outside
/// this folder asks which one it is.
class Protocol {
public:
  /// The first of allProtocols(), which stands wherever nothing was chosen.
  Protocol() noexcept;
  explicit constexpr Protocol(const ProtocolRule& rule) : m_rule(&rule) {}
  /// The protocol of a name as the command line and sessions write it (course, fishyscapes, …). Case matters.
  [[nodiscard]] static std::optional<Protocol> named(std::string_view name);

  [[nodiscard]] constexpr const ProtocolRule& rule() const { return *m_rule; }
  [[nodiscard]] std::string_view name() const;
  [[nodiscard]] std::string_view title() const;
  /// What the protocol does, one sentence for a tooltip or a help text.
  [[nodiscard]] std::string_view description() const;
  /// Whether frames whose label holds no anomaly take no part.
  [[nodiscard]] bool skipsFramesWithoutAnomaly() const;
  /// Whether the set's pixels are ranked together, as they are or binned; else each frame within itself.
  [[nodiscard]] bool poolsPixels() const;

  friend constexpr bool operator==(Protocol, Protocol) = default;
  /// By name, so that an order does not depend on where rows lie.
  friend std::strong_ordering operator<=>(Protocol a, Protocol b);
  friend std::ostream& operator<<(std::ostream& out, Protocol protocol);

private:
  const ProtocolRule* m_rule;
};

/// All protocols in menu order.
[[nodiscard]] std::span<const Protocol> allProtocols();
/// Their names in that order, "course, fishyscapes, …".
[[nodiscard]] std::string protocolNames();

}  // namespace oodscope

template <>
struct std::hash<oodscope::Protocol> {
  std::size_t operator()(oodscope::Protocol protocol) const { return std::hash<std::string_view>()(protocol.name()); }
};
