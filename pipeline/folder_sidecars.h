#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/folder_bounds.h"
#include "base/result.h"
#include "pipeline/folder.h"

namespace tokprep {

/// A file that belongs to an item.
struct Sidecar {
  std::filesystem::path path;
  std::string problem;  ///< why it must not be read: a link that leads out of the folder; empty if it may
};

struct Sidecars {
  std::optional<Sidecar> caption, options, cover;
  std::shared_ptr<const FolderBounds> bounds = {};  ///< of the folder that they were found in; null: of any
};

/// Reads caption and options into `item.options` and sets `item.cover`.
///
/// Errors, naming file and place: kInvalidArgument (options as `parse_post_options`; a caption that is not UTF-8, by
/// its byte; two captions that differ; a link that leads out), kInputUnreadable (also for what leads out by
/// now), kIo.
Status read_sidecars(const Sidecars& sidecars, Item& item);

}  // namespace tokprep
