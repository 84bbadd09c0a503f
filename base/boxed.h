#pragma once

#include <memory>
#include <optional>
#include <utility>

namespace tokprep {

/// An optional that takes a pointer's room while it is empty, and copies and compares by value: for what few of many
/// objects have. Moved from, it is empty.
template <class T>
class Boxed {
 public:
  Boxed() = default;
  Boxed(T value) : value_(std::make_unique<T>(std::move(value))) {}  // NOLINT: converts as an optional does
  Boxed(std::optional<T> value) : value_(value ? std::make_unique<T>(std::move(*value)) : nullptr) {}  // NOLINT
  Boxed(const Boxed& other) : value_(other.value_ ? std::make_unique<T>(*other.value_) : nullptr) {}
  Boxed(Boxed&&) noexcept = default;
  Boxed& operator=(Boxed other) noexcept {
    value_ = std::move(other.value_);
    return *this;
  }
  ~Boxed() = default;

  [[nodiscard]] explicit operator bool() const { return value_ != nullptr; }
  [[nodiscard]] const T& operator*() const { return *value_; }
  [[nodiscard]] const T* operator->() const { return value_.get(); }

  /// The value, or that of a `T{}`, which lives as long as the program.
  [[nodiscard]] const T& or_default() const {
    static const T kDefault{};
    return value_ ? *value_ : kDefault;
  }

  /// To be changed; made where there was none.
  [[nodiscard]] T& edit() {
    if (!value_) value_ = std::make_unique<T>();
    return *value_;
  }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace tokprep
