#include "tests/faults/seeds.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <thread>
#include <vector>

namespace tokprep::faults {

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool take_option(Seeds& seeds, std::string_view name, std::string_view value) {
  if (name == "--program") {
    seeds.program = std::filesystem::absolute(value);
    return true;
  }
  const auto given = number_in(value);
  if (!given) return false;
  if (name == "--count") seeds.count = *given;
  else if (name == "--first" || name == "--seed") seeds.first = *given;
  else if (name == "--parallel") seeds.parallel = std::max<std::uint64_t>(*given, 1);
  else return false;
  if (name == "--seed") seeds.count = 1;
  seeds.verbose = seeds.verbose || name == "--seed";
  return true;
}

void play_all(const Seeds& seeds, const std::function<void(std::uint64_t seed)>& play_one) {
  std::atomic<std::uint64_t> next = seeds.first;
  const auto work = [&] {
    for (std::uint64_t seed = next++; seed < seeds.first + seeds.count; seed = next++) play_one(seed);
  };
  std::vector<std::jthread> threads;
  for (std::uint64_t i = 0; i < seeds.parallel; ++i) threads.emplace_back(work);
}

}  // namespace tokprep::faults
