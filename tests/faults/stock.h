#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace tokprep::faults {

/// One item that was prepared beforehand, so that posting it costs nothing but requests.
struct StockItem {
  std::string name;                       ///< in the drop: "photo1.bmp", "carousel"
  bool is_folder = false;                 ///< a carousel
  std::vector<std::string> drop_files;    ///< below `drop/`, without the caption
  std::vector<std::string> out_files;     ///< below `out/`
  std::vector<std::string> media_sha256;  ///< of its media, in order: what the service must receive
  bool is_large = false;                  ///< goes by an upload URL

  /// Where its caption belongs, below `drop/`.
  [[nodiscard]] std::string caption_file() const;

  /// Where its options belong.
  [[nodiscard]] std::string options_file() const;
};

/// `folder/drop` and `folder/out`, made once by `tokprep prepare`: pictures drawn here, two of them equal, a carousel,
/// a sample video with a cover of its own and the same one made larger than the small upload takes.
struct Stock {
  std::filesystem::path folder;
  std::vector<StockItem> items;

  /// Errors: kIo; kInternal where `tokprep prepare` fails, with what it printed.
  static Result<Stock> make(const std::filesystem::path& program, const std::filesystem::path& samples,
                            const std::filesystem::path& folder);

  /// Links the files of one item into `folder/drop` and `folder/out`, as if prepared there. Error: kIo.
  Status lend(const StockItem& item, const std::filesystem::path& to) const;
};

}  // namespace tokprep::faults
