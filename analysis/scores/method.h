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

struct MethodKind;
struct MethodLack;
struct ScoreInputs;

/// How a network's outputs become one anomaly score per pixel: one of the declarations of method_kinds.h, as a value.
/// Whoever needs to know something of a method asks its kind; nobody outside this folder asks which one it is.
class Method {
public:
  /// The first of allMethods(), which stands wherever nothing was chosen.
  Method() noexcept;
  explicit constexpr Method(const MethodKind& kind) : m_kind(&kind) {}
  /// The method of a name as the command line and sessions write it (msp, max-logit, …). Case matters.
  [[nodiscard]] static std::optional<Method> named(std::string_view name);

  [[nodiscard]] constexpr const MethodKind& kind() const { return *m_kind; }
  [[nodiscard]] std::string_view name() const;
  [[nodiscard]] std::string_view title() const;
  /// Whether a temperature changes the ranking of pixels, for a source that has all that the method can read.
  [[nodiscard]] bool usesTemperature() const;
  /// The same for what a source gives: stored memberships have no class logits left to divide.
  [[nodiscard]] bool usesTemperature(const ScoreInputs& inputs) const;
  /// What a source lacks to be scored with this method; nothing where it can be.
  [[nodiscard]] std::optional<MethodLack> whyNot(const ScoreInputs& inputs) const;

  /// Whether the source must be run once more for it: it can be, and the method reads what that gives.
  [[nodiscard]] bool needsPass(const ScoreInputs& inputs) const;

  friend constexpr bool operator==(Method, Method) = default;
  /// By name, so that an order does not depend on where declarations lie.
  friend std::strong_ordering operator<=>(Method a, Method b);
  friend std::ostream& operator<<(std::ostream& out, Method method);

private:
  const MethodKind* m_kind;
};

/// All methods in menu order (keys 1 to 9).
[[nodiscard]] std::span<const Method> allMethods();
/// Their names in that order, "msp, max-logit, …".
[[nodiscard]] std::string methodNames();

}  // namespace oodscope

template <>
struct std::hash<oodscope::Method> {
  std::size_t operator()(oodscope::Method method) const { return std::hash<std::string_view>()(method.name()); }
};
