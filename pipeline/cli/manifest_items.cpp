#include "pipeline/cli/manifest_items.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "base/units.h"
#include "pipeline/cli/manifest_keys.h"
#include "pipeline/cli/post_settings.h"
#include "pipeline/cli/values.h"
#include "pipeline/folder_scan.h"
#include "pipeline/manifest.h"
#include "pipeline/output_stems.h"

namespace tokprep::cli {
namespace {

namespace fs = std::filesystem;
using Use = ManifestKey::Use;

tl::unexpected<Error> refuse(std::string why) { return fail(ErrorCode::kInvalidArgument, std::move(why)); }

/// A value as text for the readers of settings. `must_be_text`: of JSON, only a string will do.
Result<std::string> text_of(const Json& value, bool must_be_text) {
  if (value.is_string()) return value.get<std::string>();
  if (must_be_text) return refuse("it must be a text");
  if (value.is_boolean()) return std::string(value.get<bool>() ? "true" : "false");
  if (value.is_number_integer()) return value.dump();
  if (value.is_number_float()) return format_number(value.get<double>());
  return refuse("it must be a text, a number, true or false");
}

/// "a.jpg|b.jpg", ["a.jpg", "b.jpg"], or one path. In CSV a cell may hold the list as JSON, for names with a bar.
Result<std::vector<std::string>> paths_of(const Json& value, bool is_csv) {
  if (value.is_string() && is_csv) {
    const auto& text = value.get_ref<const std::string&>();
    if (const auto list = parse_json(text, "cell"); list && list->is_array()) return paths_of(*list, false);
    std::vector<std::string> paths;
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t end = std::min(text.find('|', at), text.size());
      paths.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    return paths;
  }
  if (value.is_string()) return std::vector<std::string>{value.get<std::string>()};
  const auto is_text = [](const Json& one) { return one.is_string(); };
  if (!value.is_array() || value.empty() || !std::ranges::all_of(value, is_text)) {
    return refuse("it must be a path, or a list of paths");
  }
  return value.get<std::vector<std::string>>();
}

/// The name that a text stands for. The system would end it at a zero byte, and take another file.
Result<fs::path> name_of(const std::string& text) {
  std::string bytes = bytes_of_name(text);
  if (bytes.find('\0') != std::string::npos) return refuse("a zero byte (U+0000), which no file name can have");
  return fs::path(std::move(bytes));
}

/// One line of the manifest on its way to an item.
class ItemReader {
 public:
  ItemReader(const ManifestRecord& record, const std::string& file, const fs::path& folder)
      : record_(record), file_(file), folder_(folder) {}

  /// Error: with file, line and, of JSON, column.
  Result<Item> read() {
    for (const auto& [name, value] : record_.values.items()) {
      if (value.is_null()) continue;
      if (Status taken = take(name, value); !taken) return fail(located(name, std::move(taken).error()));
    }
    if (!item_.sources.empty()) return std::move(item_);
    return fail(manifest_error(file_, record_.line, 0, "'media' is missing: the file or files to post"));
  }

 private:
  Status take(const std::string& name, const Json& value) {
    TOKPREP_ASSIGN(const ManifestKey* key, find_manifest_key(name));
    switch (key->use) {
      case Use::kMedia:
        return named(name, take_media(value));
      case Use::kCover:
        return named(name, take_cover(value));
      case Use::kOutput:
        return named(name, take_output(value));
      case Use::kConvert:
        return named(name, take_convert(*key->convert, value));
      case Use::kPost:
        return named(name, take_post(*key->post, value));
      case Use::kValidate:
        return named(name, take_validate(value));
      case Use::kObject:
        break;
    }
    if (record_.is_csv) return refuse(fmt::format("'{0}' is an object; a column is called {0}.visibility", name));
    return merge(post_options_of({{name, value}}));
  }

  Status take_media(const Json& value) {
    TOKPREP_ASSIGN(const auto paths, paths_of(value, record_.is_csv));
    for (const std::string& text : paths) {
      TOKPREP_ASSIGN(item_.sources.emplace_back(), path_of(text, "download it, and name the file"));
    }
    item_.photo_folder = paths.size() > 1;
    return {};
  }

  Status take_cover(const Json& value) {
    TOKPREP_ASSIGN(const std::string text, text_of(value, true));
    TOKPREP_ASSIGN(item_.cover, path_of(text, "tikTokOptions.thumbNail takes a URL"));
    return {};
  }

  Status take_output(const Json& value) {
    TOKPREP_ASSIGN(const std::string text, text_of(value, true));
    TOKPREP_ASSIGN(const fs::path given, name_of(text));
    const fs::path stem = given.lexically_normal();
    const bool leads_out = stem.is_absolute() || (!stem.empty() && stem.begin()->native() == "..");
    if (leads_out || !stem.has_filename() || stem == ".") {
      return refuse(fmt::format("'{}' is no name below the output folder, such as 2026/beach", text));
    }
    item_.output_stem = stem;
    item_.output_is_given = true;
    return {};
  }

  Status take_convert(const ConvertField& field, const Json& value) {
    TOKPREP_ASSIGN(std::string text, text_of(value, false));
    ConvertSettings unused;
    TOKPREP_TRY(field.set(unused, text));
    item_.convert.push_back({std::string(field.key), std::move(text)});
    return {};
  }

  Status take_post(const PostField& field, const Json& value) {
    const bool is_text = value_of(field) == "TEXT" || value_of(field) == "TIME";
    TOKPREP_ASSIGN(const std::string text, text_of(value, is_text));
    PostOptions one;
    TOKPREP_TRY(set(one, field, text));
    return merge(std::move(one));
  }

  Status take_validate(const Json& value) {
    TOKPREP_ASSIGN(const std::string text, text_of(value, false));
    TOKPREP_ASSIGN(item_.validate, parse_bool(text));
    return {};
  }

  /// An option may have two names ("caption" and "post"); it is said once.
  Status merge(Result<PostOptions> more) {
    if (!more) return fail(std::move(more).error());
    const PostOptions& so_far = item_.options.or_default();
    for (const PostField& field : kPostFields) {
      const bool twice = std::visit([&](auto member) { return so_far.*member && (*more).*member; }, field.member);
      if (twice) return refuse("another key of the line says the same");
    }
    item_.options = merged(so_far, *more);
    return {};
  }

  [[nodiscard]] Result<fs::path> path_of(const std::string& text, std::string instead_of_url) const {
    if (text.empty()) return refuse("an empty path");
    if (text.find("://") != std::string::npos) {
      Error error;
      error.code = ErrorCode::kInvalidArgument;
      error.message = fmt::format("a URL ({}); tokprep prepares files of this machine", text);
      error.fix = std::move(instead_of_url);
      return fail(std::move(error));
    }
    TOKPREP_ASSIGN(const fs::path name, name_of(text));
    return folder_ / name;
  }

  static Status named(const std::string& name, Status status) {
    if (status) return status;
    status.error().message = fmt::format("'{}': {}", name, status.error().message);
    return status;
  }

  [[nodiscard]] Error located(const std::string& key, Error error) const {
    Error whole = manifest_error(file_, record_.line, record_.column_of(key), error.message);
    whole.fix = std::move(error.fix);
    return whole;
  }

  const ManifestRecord& record_;
  const std::string& file_;
  const fs::path& folder_;
  Item item_;
};

/// Gives the items names and stems of their own.
class Collected {
 public:
  Collected(std::string file, fs::path folder) : file_(std::move(file)), folder_(std::move(folder)) {}

  void add(ManifestRecord record) {
    Item item;
    auto read = record.error ? fail(std::move(*record.error)) : ItemReader(record, file_, folder_).read();
    if (read) item = std::move(*read);
    else item.error = std::move(read).error();
    if (!item.error) settle_place(item, record.line);
    if (item.error) {
      item.sources = {file_};
      item.kind = MediaKind::kVideo;  // of what is never opened
      item.name = fmt::format("{}, line {}", file_, record.line);
    }
    items.push_back(std::move(item));
  }

  std::vector<Item> items;

 private:
  void settle_place(Item& item, std::size_t line) {
    const fs::path& first = item.sources.front();
    item.name = text_of_name(first.native());
    if (!names_.emplace(item.name).second) item.name += fmt::format(" [line {}]", line);
    if (item.photo_folder) item.kind = MediaKind::kImage;
    else item.kind = kind_of_file(first);
    const OutputShape shape = item.photo_folder ? OutputShape::kPhotos : shape_of(item.kind);
    if (item.output_stem.empty()) {
      item.output_stem = stems_.claim(first.stem(), first.extension().string(), shape);
    } else if (!stems_.take(item.output_stem, shape)) {
      const std::string stem = item.output_stem.string();
      item.error = manifest_error(
          file_, line, 0,
          stems_.has(item.output_stem)
              ? fmt::format("'output': an item above writes to {} already", stem)
              : fmt::format("'output': files of {} would have the names of files of an item above", stem));
    }
  }

  std::string file_;
  fs::path folder_;
  OutputStems stems_;
  std::unordered_set<std::string> names_;
};

Status check_columns(const std::vector<std::string>& columns, const std::string& file) {
  for (const std::string& column : columns) {
    if (auto key = find_manifest_key(column); !key) return fail(manifest_error(file, 1, 0, key.error().message));
  }
  if (columns.empty() || std::ranges::find(columns, "media") != columns.end()) return {};
  return fail(manifest_error(file, 1, 0, "no column 'media'; the first line names the columns, such as media,caption"));
}

}  // namespace

fs::path folder_of_manifest(const fs::path& manifest) {
  const fs::path folder = manifest.parent_path();
  const bool is_stream =
      manifest == "-" || manifest == "/dev/stdin" || folder == "/dev/fd" || folder == "/proc/self/fd";
  return is_stream ? fs::path() : folder;
}

Result<std::vector<Item>> manifest_items(const fs::path& manifest, std::stop_token stop) {
  const std::string file = manifest == "-" ? "stdin" : text_of_name(manifest.native());
  TOKPREP_ASSIGN(ManifestReader reader, ManifestReader::open(manifest, std::move(stop)));
  TOKPREP_TRY(check_columns(reader.columns(), file));
  Collected list(file, folder_of_manifest(manifest));
  while (true) {
    TOKPREP_ASSIGN(auto record, reader.next());
    if (!record) break;
    list.add(std::move(*record));
  }
  if (list.items.empty()) return fail(manifest_error(file, 1, 0, "no items in it"));
  return std::move(list.items);
}

}  // namespace tokprep::cli
