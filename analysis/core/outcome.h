// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <utility>
#include <variant>

namespace oodscope {

/// What a job brings back: a value, the news that it was cancelled, or a failure's text. Exceptions never cross
/// threads.
template <class T>
class Outcome {
public:
  struct Cancelled {};
  struct Failure {
    std::string message;
  };

  Outcome(T value) : m_state(std::move(value)) {}
  static Outcome cancelled() { return Outcome(State(std::in_place_type<Cancelled>)); }
  static Outcome failed(std::string message) { return Outcome(State(Failure{std::move(message)})); }

  [[nodiscard]] bool hasValue() const { return std::holds_alternative<T>(m_state); }
  [[nodiscard]] bool isCancelled() const { return std::holds_alternative<Cancelled>(m_state); }
  [[nodiscard]] bool isFailure() const { return std::holds_alternative<Failure>(m_state); }
  [[nodiscard]] const T& value() const& { return std::get<T>(m_state); }
  [[nodiscard]] T&& value() && { return std::get<T>(std::move(m_state)); }
  [[nodiscard]] const std::string& failure() const { return std::get<Failure>(m_state).message; }

private:
  using State = std::variant<T, Cancelled, Failure>;
  explicit Outcome(State state) : m_state(std::move(state)) {}
  State m_state;
};

}  // namespace oodscope
