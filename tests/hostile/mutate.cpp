#include "tests/hostile/mutate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <system_error>

#include "codecs/sniff.h"
#include "tests/hostile/chunks.h"
#include "tests/support/dice.h"

namespace tokprep::hostile {
namespace {

namespace fs = std::filesystem;

// Half of the damage goes where the formats keep their numbers: to the head, or the end (an MP4's index is often last).
constexpr std::size_t kHeadBytes = 4096;
constexpr std::array<std::uint32_t, 14> kOddNumbers = {
    0, 1, 7, 8, 15, 0x7F, 0xFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF, 0x20000000};

std::size_t place(test::Dice& dice, std::size_t size_bytes) {
  const std::size_t near = std::min(size_bytes, kHeadBytes);
  switch (dice.below(4)) {
    case 0:
      return dice.below(near);
    case 1:
      return size_bytes - near + dice.below(near);
    default:
      return dice.below(size_bytes);
  }
}

std::string turn_bits(std::string& bytes, test::Dice& dice) {
  const std::size_t count = 1 + dice.below(dice.once_in(3) ? 64 : 6);
  for (std::size_t i = 0; i < count; ++i) {
    char& byte = bytes[place(dice, bytes.size())];
    byte = static_cast<char>(byte ^ (1 << dice.below(8)));
  }
  return fmt::format("{} bits turned", count);
}

std::string overwrite_run(std::string& bytes, test::Dice& dice) {
  constexpr std::array<char, 4> kFills = {'\0', '\xFF', '\x7F', 'A'};
  const std::size_t begin = place(dice, bytes.size());
  const std::size_t length = std::min(bytes.size() - begin, 1 + dice.below(dice.once_in(2) ? 16 : 2048));
  const bool noise = dice.once_in(2);
  const char fill = dice.one_of(kFills);
  for (std::size_t i = begin; i < begin + length; ++i) bytes[i] = noise ? static_cast<char>(dice.below(256)) : fill;
  return fmt::format("{} bytes from {} overwritten", length, begin);
}

std::string cut(std::string& bytes, test::Dice& dice) {
  const std::size_t at = place(dice, bytes.size());
  if (dice.once_in(2)) {
    bytes.resize(at);
    return fmt::format("cut at {}", at);
  }
  const std::size_t length = std::min(bytes.size() - at, 1 + dice.below(dice.once_in(2) ? 32 : 8192));
  bytes.erase(at, length);
  return fmt::format("{} bytes taken out at {}", length, at);
}

std::string splice(std::string& bytes, test::Dice& dice, const StockFile& other) {
  const std::size_t at = place(dice, bytes.size());
  const std::size_t from = dice.below(other.bytes.size());
  bytes = bytes.substr(0, at) + other.bytes.substr(from);
  return fmt::format("from {} on {} from {}", at, other.path.filename().string(), from);
}

std::uint32_t odd_number(test::Dice& dice, std::uint32_t was) {
  switch (dice.below(4)) {
    case 0:
      return was + 1;
    case 1:
      return was - 1;
    case 2:
      return was * 2;
    default:
      return dice.one_of(kOddNumbers);
  }
}

/// A number anywhere: of two or four bytes, either end first.
std::string blow_number(std::string& bytes, test::Dice& dice) {
  const std::size_t at = place(dice, bytes.size());
  if (bytes.size() - at < 4) return turn_bits(bytes, dice);
  const bool big_endian = dice.once_in(2);
  const std::uint32_t was = read_u32(bytes, at, big_endian);
  const std::uint32_t odd = odd_number(dice, was);
  const bool half = dice.once_in(3);
  write_u32(bytes, at, half ? (was & 0xFFFF) | odd << 16 : odd, big_endian);
  return fmt::format("the number at {} made {:#x}", at, odd);
}

std::string blow_length(std::string& bytes, test::Dice& dice) {
  const std::vector<Chunk> chunks = find_chunks(bytes);
  if (chunks.empty()) return blow_number(bytes, dice);
  const Chunk& chunk = chunks[dice.below(chunks.size())];
  const bool big_endian = chunk.form != Chunk::Form::kRiff;
  const std::uint32_t odd = odd_number(dice, read_u32(bytes, chunk.length_at(), big_endian));
  write_u32(bytes, chunk.length_at(), odd, big_endian);
  return fmt::format("the length at {} made {:#x}", chunk.length_at(), odd);
}

std::string shuffle_chunks(std::string& bytes, test::Dice& dice) {
  const std::vector<Chunk> chunks = find_chunks(bytes);
  if (chunks.empty()) return cut(bytes, dice);
  const Chunk& one = chunks[dice.below(chunks.size())];
  const Chunk& other = chunks[dice.below(chunks.size())];
  const std::string copy = bytes.substr(one.begin, one.size_bytes);
  switch (dice.below(4)) {
    case 0:
      bytes.erase(one.begin, one.size_bytes);
      return fmt::format("the chunk at {} dropped", one.begin);
    case 1:
      bytes.insert(other.begin, copy);
      return fmt::format("the chunk at {} doubled at {}", one.begin, other.begin);
    case 2:
      bytes.replace(other.begin, other.size_bytes, copy);
      return fmt::format("the chunk at {} put in place of that at {}", one.begin, other.begin);
    default:
      // Its content, below a header that says something else.
      bytes.replace(one.begin + 4, 4, bytes, other.begin + 4, 4);
      return fmt::format("the chunk at {} called as that at {}", one.begin, other.begin);
  }
}

std::string damage(std::string& bytes, test::Dice& dice, const std::vector<StockFile>& stock) {
  switch (dice.below(8)) {
    case 0:
    case 1:
      return turn_bits(bytes, dice);
    case 2:
      return overwrite_run(bytes, dice);
    case 3:
      return cut(bytes, dice);
    case 4:
      return splice(bytes, dice, dice.one_of(stock));
    case 5:
      return blow_number(bytes, dice);
    case 6:
      return blow_length(bytes, dice);
    default:
      return shuffle_chunks(bytes, dice);
  }
}

Status read_folder(const fs::path& folder, std::uintmax_t largest_bytes, std::vector<StockFile>& stock) {
  std::vector<fs::path> files;
  std::error_code missing;
  for (const auto& entry : fs::recursive_directory_iterator(folder, missing)) {
    if (entry.is_regular_file() && entry.file_size() > 0 && entry.file_size() <= largest_bytes)
      files.push_back(entry.path());
  }
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    std::ifstream stream(file, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    if (!stream) return fail(ErrorCode::kInputUnreadable, fmt::format("cannot read {}", file.string()));
    if (sniff(bytes.substr(0, kSniffBytes)) != Sniffed::kText) stock.push_back({file, std::move(bytes)});
  }
  return {};
}

}  // namespace

Result<std::vector<StockFile>> read_stock(const std::vector<fs::path>& folders, std::uintmax_t largest_bytes) {
  std::vector<StockFile> stock;
  for (const fs::path& folder : folders) TOKPREP_TRY(read_folder(folder, largest_bytes, stock));
  return stock;
}

Mutation draw_mutation(std::uint64_t seed, const std::vector<StockFile>& stock) {
  test::Dice dice(seed);
  const StockFile& file = dice.one_of(stock);
  Mutation mutation;
  mutation.name = fmt::format("{}{}", seed, file.path.extension().string());
  mutation.recipe = file.path.filename().string() + ":";
  mutation.bytes = file.bytes;
  const std::size_t times = 1 + (dice.once_in(2) ? 0 : dice.below(3));
  for (std::size_t i = 0; i < times && !mutation.bytes.empty(); ++i) {
    mutation.recipe += (i == 0 ? " " : ", ") + damage(mutation.bytes, dice, stock);
  }
  return mutation;
}

}  // namespace tokprep::hostile
