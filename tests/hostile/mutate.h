#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace tokprep::hostile {

/// A file that is well enough, to be made worse.
struct StockFile {
  std::filesystem::path path;
  std::string bytes;
};

/// The files up to `largest_bytes` of the folders and all below, in the order given and by name; what is text is left
/// out. Folders that are missing hold nothing. Error: kInputUnreadable.
Result<std::vector<StockFile>> read_stock(const std::vector<std::filesystem::path>& folders,
                                          std::uintmax_t largest_bytes);

struct Mutation {
  std::string name;    ///< of the file it is to be written to
  std::string recipe;  ///< for people: "clip.mp4: 3 bits turned, cut at 812"
  std::string bytes;
};

/// One to three kinds of damage to one file of the stock: bits turned, runs of bytes overwritten, cuts, the end of
/// another file, lengths and other numbers blown up, chunks doubled, dropped or exchanged. The same seed and stock make
/// the same mutation. The stock must hold something.
Mutation draw_mutation(std::uint64_t seed, const std::vector<StockFile>& stock);

}  // namespace tokprep::hostile
