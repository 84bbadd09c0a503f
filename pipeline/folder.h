#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/boxed.h"
#include "base/input_files.h"
#include "base/result.h"
#include "codecs/media_info.h"
#include "upload/ayrshare/post_options.h"

namespace tokprep {

/// Which part of a photo item that was split into several posts.
struct PhotoPart {
  int number = 1;  ///< from 1
  int of = 1;
  int first_image = 0;  ///< counted from 0 in the whole
  int images = 0;
};

/// A conversion option by its name in tokprep.toml, and its text.
struct ConvertChoice {
  std::string key;
  std::string text;
};

/// What becomes one post: one video, or 1–35 images in order, with its caption and options. A folder may hold 100,000:
/// what few of them have takes little room in the others.
struct Item {
  std::string name;  ///< as the user knows it: the path of its file or folder, in UTF-8 (`text_of_name`)
  std::vector<std::filesystem::path> sources;  ///< one file, or the images of a photo item in natural order
  bool photo_folder = false;                   ///< the sources are a folder's (or a --carousel's) images
  std::filesystem::path output_stem;           ///< below the output folder, without extension: "sub/beach"
  bool output_is_given = false;                ///< its line of a manifest says so: no other will do
  std::optional<std::filesystem::path> cover;  ///< NAME.cover.*
  /// The named folder that the sources were found in, and the cover: they are opened inside of it alone (`inputs_of`).
  /// Null: the user named the files themselves, and links are followed.
  std::shared_ptr<const FolderBounds> bounds, cover_bounds;
  /// In place of `bounds`, by source, where some of a --carousel's images were found in a folder and others named.
  Boxed<std::map<std::filesystem::path, std::shared_ptr<const FolderBounds>>> mixed_bounds;
  Boxed<PostOptions> options;          ///< sidecars merged: post.json, caption.txt; or its line of a manifest
  std::vector<ConvertChoice> convert;  ///< said of this item alone, by its line of a manifest
  std::optional<bool> validate;        ///< likewise: ask the service about it before it is sent
  std::optional<MediaKind> kind;       ///< of the (first) source where it was looked into already
  std::optional<PhotoPart> part;       ///< of more images than one post takes
  Boxed<Error> error;                  ///< a sidecar that cannot be used, with file and line
};

/// A file or folder that is no part of an item now, and why: "still being written", "hidden", a sidecar without its
/// media. The folder's `tokprep.toml` is neither here nor there: settings are the caller's.
struct LeftOut {
  std::filesystem::path path;
  std::string reason;
};

/// The folder that this source of the item was found in; null: the user named it.
const std::shared_ptr<const FolderBounds>& bounds_of(const Item& item, const std::filesystem::path& source);

/// The sources and the cover, as they may be opened.
InputFiles inputs_of(const Item& item);

struct ItemList {
  std::vector<Item> items;
  std::vector<LeftOut> left_out;
};

struct CollectOptions {
  bool carousel = false;  ///< the inputs together are one photo item
  /// Look twice this far apart for files still growing, and fresh ones that end early or are open for writing; 0:
  /// neither.
  std::chrono::milliseconds settle_time{0};
  std::optional<std::filesystem::path> output;  ///< a folder of ours that is not walked where it lies in an input
};

/// Turns files and folders into items, by the folder convention (README, "A folder of posts").
///
/// What a file is, is told by its first bytes; one whose name claims to be media is an item whatever it holds, and so
/// is every file that is named here, except the sidecars of media that are named as well. Items come in natural order
/// of their names, each file once. Output stems are distinct: of two media with one stem the later gets its extension
/// appended, and a long one is shortened so that every output's name fits. Links to files are followed inside the named
/// folder only, links to folders never; what a name leads to is judged anew whenever it is opened (`inputs_of`).
/// Sidecars that cannot be used make their item fail, not the call. Takes no lock and changes nothing; blocks for
/// `settle_time`. Errors of the call: kInputUnreadable (an input is missing or unreadable); kUnsupportedInput (a folder
/// without media: names the folder); kInvalidArgument (carousel with something that is no image); kCancelled.
Result<ItemList> collect_items(const std::vector<std::filesystem::path>& inputs, const CollectOptions& options,
                               std::stop_token stop);

}  // namespace tokprep
