#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace tokprep::faults {

/// Random numbers that a seed decides, with every library: the distributions of <random> are free to differ.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(engine_() % end); }
  int between(int least, int most) {
    return least + static_cast<int>(below(static_cast<std::size_t>(most - least + 1)));
  }
  bool one_in(std::size_t n) { return below(n) == 0; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace tokprep::faults
