#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace tokprep::hostile {

/// Throws that are the same on every machine: the standard's distributions are not.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  /// From 0 to `limit` - 1; 0 where the limit is 0.
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : static_cast<std::size_t>(engine_() % limit); }

  /// True once in so many throws.
  bool once_in(std::size_t throws) { return below(throws) == 0; }

  /// An element of an array or vector that holds some.
  template <class Choices>
  const auto& one_of(const Choices& choices) {
    return choices[below(choices.size())];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace tokprep::hostile
