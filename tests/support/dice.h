#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace tokprep::test {

/// Throws that a seed decides, the same on every machine: the distributions of <random> are free to differ.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  /// From 0 to `limit` - 1; 0 where the limit is 0.
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : static_cast<std::size_t>(engine_() % limit); }

  int between(int least, int most) {
    return least + static_cast<int>(below(static_cast<std::size_t>(most - least + 1)));
  }

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

}  // namespace tokprep::test
