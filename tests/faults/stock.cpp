#include "tests/faults/stock.h"

#include <fmt/format.h>

#include <cstdint>
#include <fstream>
#include <system_error>

#include "base/digest.h"
#include "base/json.h"
#include "base/run_context.h"
#include "tests/faults/child.h"
#include "tests/faults/lines.h"

namespace tokprep::faults {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kPreparing{120};
constexpr std::uint32_t kSidePx = 96;
// Just above what the small upload takes (30,000,000 bytes).
constexpr std::uint32_t kFillerBytes = 30'100'000;

void put(std::string& bytes, std::uint32_t value, int count) {
  for (int i = 0; i < count; ++i) bytes += static_cast<char>((value >> (8 * i)) & 0xFF);
}

/// A BMP of 24 bits: a gradient in a hue that `kind` chooses.
std::string picture(std::uint32_t kind) {
  constexpr std::uint32_t kHeadBytes = 54;
  constexpr std::uint32_t kPixelBytes = kSidePx * kSidePx * 3;
  std::string bytes = "BM";
  for (const std::uint32_t field : {kHeadBytes + kPixelBytes, 0U, kHeadBytes, 40U, kSidePx, kSidePx}) {
    put(bytes, field, 4);
  }
  put(bytes, 1, 2);   // planes
  put(bytes, 24, 2);  // bits a pixel
  for (const std::uint32_t field : {0U, kPixelBytes, 2835U, 2835U, 0U, 0U}) put(bytes, field, 4);
  for (std::uint32_t i = 0; i < kSidePx * kSidePx; ++i) {
    put(bytes, (kind * 47 + i % kSidePx) % 256, 1);
    put(bytes, (kind * 101 + i / kSidePx * 2) % 256, 1);
    put(bytes, (kind * 193) % 256, 1);
  }
  return bytes;
}

void write(const fs::path& file, std::string_view bytes) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << bytes;
}

/// A box that players pass over makes any MP4 as long as one likes.
Status lengthen(const fs::path& file) {
  std::string box;
  for (int i = 3; i >= 0; --i) box += static_cast<char>((kFillerBytes >> (8 * i)) & 0xFF);
  box += "free";
  std::ofstream stream(file, std::ios::binary | std::ios::app);
  stream << box << std::string(kFillerBytes - box.size(), '\0');
  if (stream.flush()) return {};
  return fail(ErrorCode::kIo, "cannot write " + file.string());
}

Status make_drop(const fs::path& drop, const fs::path& samples) {
  for (std::uint32_t i = 1; i <= 5; ++i) write(drop / fmt::format("photo{}.bmp", i), picture(i));
  write(drop / "twin.bmp", picture(1));
  for (std::uint32_t i = 1; i <= 3; ++i) write(drop / "carousel" / fmt::format("{}.bmp", i), picture(10 + i));
  std::error_code error;
  fs::copy_file(samples / "city.mp4", drop / "city.mp4", error);
  if (!error) fs::copy_file(samples / "city.cover.png", drop / "city.cover.png", error);
  if (!error) fs::copy_file(samples / "city.mp4", drop / "long.mp4", error);
  if (error) return fail(ErrorCode::kIo, "cannot copy the samples: " + error.message(), error.value());
  return lengthen(drop / "long.mp4");
}

std::vector<std::string> files_below(const fs::path& folder, const std::string& stem) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string file = fs::relative(entry.path(), folder).string();
    const bool belongs = file.starts_with(stem + ".") || file.starts_with(stem + "/");
    if (belongs && entry.is_regular_file()) files.push_back(file);
  }
  return files;
}

Result<StockItem> item_of(const Json& done, const fs::path& folder) {
  StockItem item;
  item.name = fs::path(done.value("item", "")).filename();
  item.is_folder = fs::is_directory(folder / "drop" / item.name);
  const std::string stem = fs::path(item.name).stem();
  item.drop_files = files_below(folder / "drop", stem);
  item.out_files = files_below(folder / "out", stem);
  for (const Json& output : done["outputs"]) {
    if (output["role"] != "media") continue;
    TOKPREP_ASSIGN(auto digest, sha256_of_file(folder / output["path"].get<std::string>(), RunContext{}));
    item.media_sha256.push_back(std::move(digest));
    item.is_large = item.is_large || output["size_bytes"] > 30'000'000;
  }
  return item;
}

}  // namespace

std::string StockItem::caption_file() const {
  return is_folder ? name + "/caption.txt" : fs::path(name).replace_extension(".txt").string();
}

std::string StockItem::options_file() const {
  return is_folder ? name + "/post.json" : fs::path(name).replace_extension(".post.json").string();
}

Result<Stock> Stock::make(const fs::path& program, const fs::path& samples, const fs::path& folder) {
  TOKPREP_TRY(make_drop(folder / "drop", samples));
  ChildCommand command{
      {program.string(), "prepare", "drop", "-o", "out", "--json"},
      {{"TOKPREP_STATE_DIR", (folder / "state").string()}, {"XDG_CONFIG_HOME", (folder / "config").string()}},
      folder,
      folder / "prepare.out",
      folder / "prepare.err"};
  TOKPREP_ASSIGN(auto child, Child::start(command));
  if (!child.wait(kPreparing) || child.exit_code() != 0) {
    return fail(ErrorCode::kInternal,
                "tokprep prepare failed: " + text_of(command.err_file) + text_of(command.out_file));
  }
  Stock stock{folder, {}};
  for (const Json& line : lines_of(command.out_file)) {
    if (line["type"] != "item_done") continue;
    TOKPREP_ASSIGN(auto item, item_of(line, folder));
    stock.items.push_back(std::move(item));
  }
  return stock;
}

Status Stock::lend(const StockItem& item, const fs::path& to) const {
  std::error_code error;
  const auto link = [&](const char* part, const std::string& file) {
    if (error) return;
    fs::create_directories((to / part / file).parent_path(), error);
    if (!error) fs::create_hard_link(folder / part / file, to / part / file, error);
  };
  for (const std::string& file : item.drop_files) link("drop", file);
  for (const std::string& file : item.out_files) link("out", file);
  if (error) return fail(ErrorCode::kIo, "cannot link " + item.name + ": " + error.message(), error.value());
  return {};
}

}  // namespace tokprep::faults
