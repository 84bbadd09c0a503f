#pragma once

#include <optional>
#include <string_view>

#include "codecs/av/handles.h"
#include "codecs/media_info.h"
#include "codecs/mp4/mp4_index.h"

namespace tokprep::av {

/// What is known of the box around the streams. `head` is the front of the file; `index` is there for
/// ISO base media only.
ContainerInfo describe_container(const AVFormatContext& format, std::string_view head,
                                 const std::optional<mp4::Mp4Index>& index);

/// The type of an EBML document, "matroska" or "webm"; empty where `head` does not say.
std::string_view ebml_doc_type(std::string_view head);

/// Fills `cut_by_edits` of every stream from the index of the same file.
void describe_edits(const AVFormatContext& format, const mp4::Mp4Index& index, MediaInfo& info);

}  // namespace tokprep::av
