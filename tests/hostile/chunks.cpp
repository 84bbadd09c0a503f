#include "tests/hostile/chunks.h"

#include <algorithm>
#include <cctype>

namespace tokprep::hostile {
namespace {

constexpr std::size_t kHeaderBytes = 8;

bool is_type(std::string_view four) {
  return std::ranges::all_of(four, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == ' ' || c == '\xA9' || c == '-';
  });
}

/// Its length counts what `overhead` does not.
void add(std::vector<Chunk>& chunks, std::string_view bytes, Chunk chunk, std::uint64_t length, std::size_t overhead) {
  const std::uint64_t whole = length + overhead;
  if (whole < kHeaderBytes || whole > bytes.size() - chunk.begin) return;
  chunk.size_bytes = static_cast<std::size_t>(whole);
  chunks.push_back(chunk);
}

}  // namespace

std::uint32_t read_u32(std::string_view bytes, std::size_t at, bool big_endian) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[at + (big_endian ? i : 3 - i)]);
    value = value << 8 | byte;
  }
  return value;
}

void write_u32(std::string& bytes, std::size_t at, std::uint32_t value, bool big_endian) {
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t shift = 8 * (big_endian ? 3 - i : i);
    bytes[at + i] = static_cast<char>(value >> shift & 0xFF);
  }
}

std::vector<Chunk> find_chunks(std::string_view bytes) {
  std::vector<Chunk> chunks;
  const bool png = bytes.starts_with("\x89PNG");
  const bool riff = bytes.starts_with("RIFF");
  for (std::size_t at = 0; at + kHeaderBytes <= bytes.size(); ++at) {
    if (riff) {
      if (is_type(bytes.substr(at, 4)))
        add(chunks, bytes, {Chunk::Form::kRiff, at}, read_u32(bytes, at + 4, false), kHeaderBytes);
    } else if (is_type(bytes.substr(at + 4, 4))) {
      const Chunk chunk{png ? Chunk::Form::kPng : Chunk::Form::kBox, at};
      add(chunks, bytes, chunk, read_u32(bytes, at, true), png ? kHeaderBytes + 4 : 0);
    }
  }
  return chunks;
}

}  // namespace tokprep::hostile
